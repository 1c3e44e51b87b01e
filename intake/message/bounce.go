package message

import (
	"slices"
	"strings"
)

// maxBounceBytes is how much of a text is looked at as a bounce.
const maxBounceBytes = 256 << 10

// readBounce reads the reports of mail servers that do not write RFC 3464:
// qmail (its QSBMF format) and Exim.
func readBounce(h header, text string) *DeliveryReport {
	text = bounceText(text)
	if r := readQmail(text); r != nil {
		return r
	}
	return readExim(h, text)
}

// bounceText is as much of a text as is looked at.
func bounceText(text string) string {
	if len(text) > maxBounceBytes {
		return strings.ToValidUTF8(text[:maxBounceBytes], "")
	}
	return text
}

// readQmail reads QSBMF: an introduction that begins with "Hi. This is the",
// paragraphs "<address>:\nreason", a line of dashes, the returned mail.
func readQmail(text string) *DeliveryReport {
	if !strings.HasPrefix(strings.TrimSpace(text), "Hi. This is the") {
		return nil
	}
	report, returned, _ := strings.Cut(text, "\n--- ")
	r := &DeliveryReport{Shape: ShapeQmail}
	for _, paragraph := range strings.Split(report, "\n\n") {
		paragraph = strings.TrimSpace(paragraph)
		head, reason, _ := strings.Cut(paragraph, "\n")
		addr, ok := strings.CutPrefix(head, "<")
		if !ok || !strings.HasSuffix(addr, ">:") || len(r.Recipients) >= maxRecipients {
			continue
		}
		one := RecipientReport{Recipient: cleanAddress(strings.TrimSuffix(addr, ">:")), Action: "failed"}
		one.Diagnostic = oneLine(reason)
		one.Status = statusCode(reason)
		r.Recipients = append(r.Recipients, one)
	}
	if len(r.Recipients) == 0 {
		return nil
	}
	if _, mail, ok := strings.Cut(returned, "\n"); ok {
		r.OriginalMessageID = returnedID(mail)
	}
	return r
}

// eximReturned starts the line above the returned mail.
const eximReturned = "------ This is a copy of"

// readExim reads the report that Exim writes: X-Failed-Recipients in the header,
// or its words in the text, then addresses with indented reasons.
func readExim(h header, text string) *DeliveryReport {
	failed := slices.Collect(h.all("x-failed-recipients"))
	ours := strings.Contains(text, "This message was created automatically by mail delivery software")
	delayed := ours && strings.Contains(text, "has not been delivered")
	if len(failed) == 0 && !ours {
		return nil
	}
	report, returned, _ := strings.Cut(text, eximReturned)
	r := &DeliveryReport{Shape: ShapeExim}
	action := "failed"
	if delayed {
		action = "delayed"
	}
	lines := strings.Split(report, "\n")
	for i, line := range lines {
		addr := strings.TrimSpace(line)
		if !strings.HasPrefix(line, "  ") || strings.ContainsAny(addr, " \t") || strings.Count(addr, "@") != 1 || len(r.Recipients) >= maxRecipients {
			continue
		}
		one := RecipientReport{Recipient: cleanAddress(addr), Action: action}
		var reason []string
		for _, more := range lines[i+1 : min(len(lines), i+20)] {
			if !strings.HasPrefix(more, "    ") {
				break
			}
			reason = append(reason, strings.TrimSpace(more))
		}
		one.Diagnostic = oneLine(strings.Join(reason, " "))
		one.Status = statusCode(one.Diagnostic)
		r.Recipients = append(r.Recipients, one)
	}
	if len(r.Recipients) == 0 {
		for _, v := range failed {
			for _, a := range parseAddresses(v, &ledger{}) {
				r.Recipients = append(r.Recipients, RecipientReport{Recipient: a.Address, Action: action})
			}
		}
	}
	if len(r.Recipients) == 0 {
		return nil
	}
	if _, mail, ok := strings.Cut(returned, "\n"); ok {
		r.OriginalMessageID = returnedID(mail)
	}
	return r
}
