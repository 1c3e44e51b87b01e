package message

import (
	"bytes"
	"strings"
)

// DeliveryReport is what a mail says of the delivery of another one.
type DeliveryReport struct {
	Shape      string // see the Shape constants
	Recipients []RecipientReport
	// OriginalMessageID is that of the mail it reports on, taken from the
	// returned header; empty when none came back.
	OriginalMessageID string
	// OriginalSubject is its Subject, from the same header.
	OriginalSubject string
	// OriginalEnvelopeID is what the sender gave as ENVID (RFC 3461 section 4.4).
	OriginalEnvelopeID string
}

// RecipientReport is the outcome for one recipient. Fields that the report does
// not have are empty.
type RecipientReport struct {
	Recipient         string // Final-Recipient: the address that was tried
	OriginalRecipient string // Original-Recipient: the address that the sender used
	Action            string // failed, delayed, delivered, relayed, expanded: RFC 3464 section 2.3.3
	Status            string // such as 5.1.1: RFC 3463
	Diagnostic        string // Diagnostic-Code without its type
}

// The codes of DeliveryReport.Shape.
const (
	ShapeRFC3464  = "rfc3464"
	ShapeQmail    = "qmail"
	ShapeExim     = "exim"
	ShapePostfix  = "postfix"
	ShapeGmail    = "gmail"
	ShapeExchange = "exchange"
)

// maxRecipients bounds the recipients of one report.
const maxRecipients = 1000

// findReport reads a delivery report by RFC 3464, else by the shapes known.
// Those without the standard's parts must come from a daemon.
func findReport(h header, m *Message, b *body) *DeliveryReport {
	daemon := m.ReturnPath != nil && *m.ReturnPath == "" || len(m.From) > 0 && isDaemon(m.From[0].Address)
	var r *DeliveryReport
	if b.status != nil && (b.isReport || daemon) {
		r = readStatus(b.status)
	}
	if r == nil && daemon {
		r = readGmail(h, m.FullText)
	}
	if r == nil && (daemon || m.ReturnPath == nil) {
		r = readBounce(h, m.FullText)
	}
	if r == nil && daemon {
		if r = readPostfix(m.FullText); r == nil {
			r = readExchange(m.FullText)
		}
	}
	if r == nil {
		return nil
	}
	if b.returned == nil && len(b.nested) == 1 {
		b.returned = b.nested[0]
	}
	if b.returned != nil {
		returned, _ := splitHeader(b.returned, true, &ledger{})
		if id := firstID(returned.get("message-id")); id != "" {
			r.OriginalMessageID = id
		}
		r.OriginalSubject = oneLine(decodeWords(returned.get("subject"), &ledger{}))
	}
	return r
}

// readStatus reads the groups of a delivery-status: the first is about the
// mail, each other about one recipient.
func readStatus(b []byte) *DeliveryReport {
	r := &DeliveryReport{Shape: ShapeRFC3464}
	for n := 0; len(b) > 0 && n < maxRecipients; n++ {
		var h header
		h, b = splitHeader(trimBlankLines(b), false, &ledger{})
		if len(h) == 0 {
			line, rest := cutLine(b) // a line that is no field
			if len(line) == 0 && len(rest) == 0 {
				break
			}
			b = rest
			continue
		}
		if v := h.get("original-envelope-id"); v != "" {
			r.OriginalEnvelopeID = oneLine(v)
		}
		if id := firstID(h.get("x-original-message-id")); id != "" && r.OriginalMessageID == "" {
			r.OriginalMessageID = id // Exchange
		}
		one := RecipientReport{
			Recipient:         typedAddress(h.get("final-recipient")),
			OriginalRecipient: typedAddress(h.get("original-recipient")),
			Action:            firstWord(cleanText(h.get("action"))),
			Status:            statusCode(h.get("status")),
			Diagnostic:        typedValue(h.get("diagnostic-code")),
		}
		if one.Recipient == "" && one.OriginalRecipient == "" && one.Action == "" {
			continue
		}
		r.Recipients = append(r.Recipients, one)
	}
	if len(r.Recipients) == 0 {
		return nil
	}
	return r
}

// typedValue is a value without its type: "smtp; 550 No such user".
func typedValue(v string) string {
	if t, rest, ok := strings.Cut(v, ";"); ok && !strings.Contains(strings.TrimSpace(t), " ") {
		v = rest
	}
	return oneLine(decodeWords(v, &ledger{}))
}

func typedAddress(v string) string { return pathOf(typedValue(v)) }

// statusCode is the first enhanced status code (RFC 3463) in a text, or empty.
func statusCode(s string) string {
	digit := func(i int) bool { return i < len(s) && s[i] >= '0' && s[i] <= '9' }
	for i := 0; i+4 < len(s); i++ {
		if i > 0 && (digit(i-1) || s[i-1] == '.') || (s[i] != '2' && s[i] != '4' && s[i] != '5') || s[i+1] != '.' {
			continue
		}
		j := i + 2
		for digit(j) && j < i+5 {
			j++
		}
		if j == i+2 || j >= len(s) || s[j] != '.' {
			continue
		}
		k := j + 1
		for digit(k) && k < j+4 {
			k++
		}
		if k > j+1 {
			return s[i:k]
		}
	}
	return ""
}

// returnedID is the Message-ID of a header that stands in the text b.
func returnedID(text string) string {
	h, _ := splitHeader(trimBlankLines([]byte(text)), true, &ledger{})
	if id := firstID(h.get("message-id")); id != "" {
		return id
	}
	i := bytes.Index(bytes.ToLower([]byte(text)), []byte("\nmessage-id:"))
	if i < 0 {
		return ""
	}
	line, _, _ := strings.Cut(text[i+len("\nmessage-id:"):], "\n")
	return firstID(line)
}
