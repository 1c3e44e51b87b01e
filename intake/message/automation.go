package message

import (
	"slices"
	"strings"
)

// Automation says why a mail counts as written by a machine. The zero value
// means that a person wrote it. An automated mail is never answered.
type Automation struct {
	Code   string // see the Automated constants
	Header string // the field that said it, as "Name: value"
}

// The codes of Automation.Code, in the order in which they are looked for.
const (
	AutomatedReport         = "report"           // multipart/report: RFC 6522
	AutomatedAutoSubmitted  = "auto_submitted"   // Auto-Submitted other than no: RFC 3834 section 5
	AutomatedList           = "list"             // List-Id: RFC 2919; List-Unsubscribe of bulk mail: RFC 2369 and 8058
	AutomatedPrecedence     = "precedence"       // Precedence bulk, list, junk, auto_reply
	AutomatedSuppress       = "suppress"         // X-Auto-Response-Suppress: MS-OXCMAIL
	AutomatedAutoReply      = "auto_reply"       // X-Autoreply and its kin
	AutomatedNullReturnPath = "null_return_path" // Return-Path: <>
	AutomatedDaemonSender   = "daemon_sender"    // From mailer-daemon or postmaster
)

// IsZero tells whether a person wrote the mail.
func (a Automation) IsZero() bool { return a == Automation{} }

func findAutomation(h header, m *Message) Automation {
	said := func(code, name, value string) Automation {
		value = oneLine(value)
		if len(value) > 200 {
			value = strings.ToValidUTF8(value[:200], "")
		}
		return Automation{Code: code, Header: name + ": " + value}
	}
	if v := h.get("content-type"); strings.HasPrefix(strings.ToLower(v), "multipart/report") {
		return said(AutomatedReport, "Content-Type", v)
	}
	if isDMARC(m.Subject) {
		return said(AutomatedReport, "Subject", m.Subject)
	}
	for v := range h.all("auto-submitted") {
		if w := firstWord(v); w != "" && w != "no" {
			return said(AutomatedAutoSubmitted, "Auto-Submitted", v)
		}
	}
	if v, ok := h.lookup("list-id"); ok {
		return said(AutomatedList, "List-Id", v)
	}
	if v, ok := h.lookup("list-unsubscribe"); ok && isBulk(h, m) && !m.passedOn() {
		return said(AutomatedList, "List-Unsubscribe", v)
	}
	for _, name := range [...]string{"Precedence", "X-Precedence"} {
		v := h.get(strings.ToLower(name))
		switch firstWord(v) {
		case "bulk", "list", "junk", "auto_reply", "auto-reply":
			return said(AutomatedPrecedence, name, v)
		}
	}
	if v := h.get("x-auto-response-suppress"); v != "" && firstWord(v) != "none" {
		return said(AutomatedSuppress, "X-Auto-Response-Suppress", v)
	}
	for _, name := range [...]string{"X-Autoreply", "X-Autorespond", "X-Autoresponse", "X-Auto-Reply", "X-Autoreply-From", "X-Autoresponder", "X-Mail-Autoreply"} {
		v, ok := h.lookup(strings.ToLower(name))
		if w := firstWord(v); ok && w != "no" && w != "false" {
			return said(AutomatedAutoReply, name, v)
		}
	}
	if m.ReturnPath != nil && *m.ReturnPath == "" {
		return said(AutomatedNullReturnPath, "Return-Path", "<>")
	}
	for _, a := range m.From {
		if isDaemon(a.Address) {
			return said(AutomatedDaemonSender, "From", a.Address)
		}
	}
	if from := h.get("from"); len(m.From) == 0 && from != "" && strings.HasPrefix(strings.NewReplacer("-", " ", "\"", "").Replace(strings.ToLower(from)), "mailer daemon") {
		return said(AutomatedDaemonSender, "From", from)
	}
	return Automation{}
}

// isDMARC tells the subject of an aggregate report (RFC 7489 section 7.2.1.1).
func isDMARC(subject string) bool {
	s := strings.ToLower(subject)
	_, rest, ok := strings.Cut(s, "report domain:")
	return ok && len(s) < 500 && strings.Contains(rest, "submitter:") && strings.Contains(rest, "report-id:")
}

// bulkFields are those that services for bulk mail write beside List-Unsubscribe:
// the one click of RFC 8058, the other commands of RFC 2369, and what the large
// mailbox providers and the services themselves ask for.
var bulkFields = [...]string{"list-unsubscribe-post", "list-help", "list-subscribe", "list-post", "list-owner", "list-archive",
	"feedback-id", "x-csa-complaints", "x-campaign", "x-campaignid"}

// isBulk tells a newsletter from a letter, when either can be unsubscribed from:
// programs for sales people put List-Unsubscribe into what one person writes to
// another. Such a letter has no other sign of bulk mail, or answers one.
func isBulk(h header, m *Message) bool {
	if len(m.InReplyTo) > 0 {
		return false
	}
	for _, name := range bulkFields {
		if _, ok := h.lookup(name); ok {
			return true
		}
	}
	return len(m.From) == 0 || isMachine(m.From[0].Address) || isNewsletter(m.From[0].Address)
}

// isListed tells a letter that can be unsubscribed from: whether a person wrote it
// is not sure enough to answer it by a machine.
func isListed(h header, m *Message) bool {
	_, ok := h.lookup("list-unsubscribe")
	return ok && m.Automation.IsZero() && !m.passedOn()
}

// isNewsletter tells addresses that newsletters are sent from.
func isNewsletter(addr string) bool {
	switch strings.Map(withoutMarks, localOf(addr)) {
	case "news", "newsletter", "newsletters", "nyhetsbrev", "nyhedsbrev", "nyheter", "nyheder", "nyhetsbrevet", "marketing", "kampanje", "kampagne", "kampanj", "mailing":
		return true
	}
	return false
}

// passedOn tells a mail that a service sends for a person who is to be answered
// elsewhere, as those of forms do, from a newsletter: it comes from a program, or
// from the address of the very company that gets it, or the person has a free
// mailbox.
func (m *Message) passedOn() bool {
	if len(m.From) == 0 || len(m.ReplyTo) == 0 || isMachine(m.ReplyTo[0].Address) {
		return false
	}
	from, to := domainOf(m.From[0].Address), domainOf(m.ReplyTo[0].Address)
	if from == to || strings.HasSuffix(from, "."+to) || strings.HasSuffix(to, "."+from) {
		return false
	}
	own := slices.ContainsFunc(m.To, func(a Address) bool { return domainOf(a.Address) == from })
	return own || isMachine(m.From[0].Address) || IsFreeMail(to)
}

func isDaemon(addr string) bool {
	switch localOf(addr) {
	case "mailer-daemon", "mailerdaemon", "mail-daemon", "postmaster":
		return true
	}
	// The sender of Exchange's own mails.
	return strings.HasPrefix(localOf(addr), "microsoftexchange329e71ec88ae4615bbc36ab6ce41109e")
}

// firstWord is the first word of a value in lower case, without parameters and comments.
func firstWord(v string) string {
	v = strings.TrimSpace(v)
	if i := strings.IndexAny(v, "; \t(,"); i >= 0 {
		v = v[:i]
	}
	return strings.ToLower(strings.Trim(v, "\"'"))
}
