package message

import (
	"regexp"
	"strings"
)

// The shapes of this file are what is left of a report when a program on the
// way took its machine's parts away, or never wrote them: Postfix, Gmail and
// Exchange. Each is known by its words, in the languages that it writes.

// readPostfix reads "<address>: reason", the reason on indented lines.
func readPostfix(text string) *DeliveryReport {
	text = bounceText(text)
	if !strings.Contains(text, "This is the mail system at host") && !strings.Contains(text, "The Postfix program") && !strings.Contains(text, "The mail system\n") {
		return nil
	}
	action := "failed"
	if strings.Contains(text, "THIS IS A WARNING ONLY") || strings.Contains(text, "It will be retried until") {
		action = "delayed"
	}
	r := &DeliveryReport{Shape: ShapePostfix}
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		addr, reason, ok := strings.Cut(line, ">:")
		addr, open := strings.CutPrefix(strings.TrimSpace(addr), "<")
		if !ok || !open || strings.Count(addr, "@") != 1 || strings.ContainsAny(addr, " <") || strings.HasPrefix(line, " ") || len(r.Recipients) >= maxRecipients {
			continue
		}
		for _, more := range lines[i+1 : min(len(lines), i+20)] {
			if blank(more) || strings.HasPrefix(more, "<") {
				break
			}
			reason += " " + strings.TrimSpace(more)
		}
		r.Recipients = append(r.Recipients, reported(addr, action, reason))
	}
	return r.ofMail(text)
}

// The words of Gmail's reports, and those of them that speak of a delay.
var (
	gmailWords = []string{"delivery to the following recipient", "your message wasn't delivered to", "there was a temporary problem delivering your message to", "there was a problem delivering your message to",
		"your message to", "meldingen din ble ikke levert til", "ditt meddelande levererades inte till", "din besked blev ikke leveret til", "din meddelelse blev ikke leveret til", "ihre nachricht wurde nicht zugestellt an",
		"deine nachricht wurde nicht zugestellt an", "votre message n'a pas été distribué à", "votre message n'est pas parvenu à"}
	gmailDelays = []string{"has been delayed", "delivery incomplete", "temporary problem delivering", "gmail will retry", "gmail will keep trying", "levering ufullstendig", "warning message only"}
	gmailStarts = []string{"the response from the remote server was:", "the response was:", "technical details of permanent failure:", "technical details of temporary failure:", "svaret var:", "svaret fra den eksterne serveren var:",
		"svaret från fjärrservern var:", "svaret blev:", "die antwort lautete:", "antwort des remoteservers:", "la réponse était :", "réponse du serveur distant :"}
)

// readGmail reads the reports of googlemail.com.
func readGmail(h header, text string) *DeliveryReport {
	from := strings.ToLower(h.get("from"))
	if !strings.Contains(from, "@googlemail.com") && !strings.Contains(from, "@google.com") {
		return nil
	}
	text = bounceText(text)
	lower := strings.ToLower(strings.NewReplacer("’", "'", "\u00a0", " ").Replace(text))
	action := "failed"
	for _, d := range gmailDelays {
		if strings.Contains(lower, d) {
			action = "delayed"
		}
	}
	var failed []string
	for v := range h.all("x-failed-recipients") {
		for _, a := range parseAddresses(v, &ledger{}) {
			failed = append(failed, a.Address)
		}
	}
	for _, w := range gmailWords {
		if _, rest, ok := strings.Cut(lower, w); ok && len(failed) == 0 {
			if a := addressIn.FindString(rest[:min(len(rest), 300)]); a != "" {
				failed = append(failed, a)
			}
		}
	}
	reason := ""
	for _, s := range gmailStarts {
		if i := strings.Index(lower, s); i >= 0 && reason == "" && len(lower) == len(text) {
			reason = paragraph(text[i+len(s):])
		} else if i >= 0 && reason == "" {
			reason = paragraph(lower[i+len(s):])
		}
	}
	r := &DeliveryReport{Shape: ShapeGmail}
	for _, a := range failed[:min(len(failed), maxRecipients)] {
		r.Recipients = append(r.Recipients, reported(a, action, reason))
	}
	return r.ofMail(text)
}

// The words that Exchange and Microsoft 365 begin the list of recipients with,
// of a failure and of a delay.
var (
	exchangeFailures = []string{"delivery has failed to these recipients or", "the following recipient(s) cannot be reached", "did not reach some or all of the intended recipients", "couldn't be delivered", "wasn't found at",
		"levering mislyktes til disse mottakerne", "kunne ikke leveres", "det gick inte att leverera till", "kunde inte levereras", "levering kunne ikke gennemføres til disse modtagere", "levering mislykkedes til disse modtagere",
		"fehler bei der nachrichtenzustellung an folgende empfänger", "konnte nicht zugestellt werden", "échec de la remise à ces destinataires", "n'a pas pu être remis"}
	exchangeDelays = []string{"delivery is delayed to these recipients", "has been delayed", "levering er forsinket til disse mottakerne", "leveringen er forsinket", "leveransen är försenad", "leveringen er forsinket til disse modtagere",
		"verzögerung bei der nachrichtenzustellung", "la remise à ces destinataires", "message is delayed"}
	// addressIn is an address as it stands in a text.
	addressIn = regexp.MustCompile(`[A-Za-z0-9._%+\-]+@[A-Za-z0-9][A-Za-z0-9.\-]*[A-Za-z0-9]`)
	// replyIn is what a server answered: a code of RFC 5321, mostly with one of RFC 3463.
	replyIn = regexp.MustCompile(`\b[45][0-9]{2}[ \-]#?[45]\.[0-9]{1,3}\.[0-9]{1,3}[^'\n]*|#[45][0-9]{2} [45]\.[0-9]\.[0-9]{1,3}[^'\n#]*|#[45]\.[0-9]\.[0-9]{1,3}[^'\n>#]*`)
)

// readExchange reads the reports of Exchange and Microsoft 365.
func readExchange(text string) *DeliveryReport {
	text = bounceText(text)
	lower := strings.ToLower(strings.NewReplacer("’", "'", "\u00a0", " ").Replace(text))
	find := func(words []string) int {
		for _, w := range words {
			if i := strings.Index(lower, w); i >= 0 {
				return i
			}
		}
		return -1
	}
	action, at := "delayed", find(exchangeDelays)
	if at < 0 {
		if action, at = "failed", find(exchangeFailures); at < 0 {
			return nil
		}
	}
	// Microsoft 365 names the recipient before its words, on the same line.
	at = strings.LastIndexByte(lower[:at], '\n') + 1
	a := addressIn.FindString(lower[at:min(len(lower), at+1000)])
	if a == "" {
		return nil
	}
	r := &DeliveryReport{Shape: ShapeExchange}
	r.Recipients = append(r.Recipients, reported(a, action, replyIn.FindString(text)))
	return r.ofMail(text)
}

// reported is one recipient with what the server said.
func reported(address, action, reason string) RecipientReport {
	reason = oneLine(reason)
	if len(reason) > 500 {
		reason = strings.ToValidUTF8(reason[:500], "")
	}
	return RecipientReport{Recipient: cleanAddress(address), Action: action, Status: statusCode(reason), Diagnostic: reason}
}

// paragraph is the first paragraph of a text, on one line.
func paragraph(s string) string {
	p, _, _ := strings.Cut(strings.TrimSpace(s), "\n\n")
	return oneLine(p)
}

// ofMail adds which mail the report is about, from what came back of it in the
// text. A report without a recipient is none.
func (r *DeliveryReport) ofMail(text string) *DeliveryReport {
	if len(r.Recipients) == 0 {
		return nil
	}
	r.OriginalMessageID = returnedID(text)
	return r
}
