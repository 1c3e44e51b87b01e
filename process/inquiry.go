package process

import "time"

// Inquiry is the one form of a thing that came in, whether by mail, form or
// card. What was guessed rather than said is named in Guessed.
type Inquiry struct {
	Name               string
	Email              string
	Phone              string
	Company            string
	OrganisationNumber string
	Address            Address
	Subject            string
	Text               string
	Language           string
	Guessed            []string
	Attachments        []IncomingFile
}

// IncomingFile is a file that came with an inquiry. Name is for display alone.
type IncomingFile struct {
	Name        string
	ContentType string
	Inline      bool
	Content     *Blob
}

// IncomingMail is a mail as the mailbox's room hands it over: where it lay, its
// raw bytes, and what was read out of them.
type IncomingMail struct {
	At MailboxUID // UID 0 when it was imported from a file
	// CursorUpTo is how far the mailbox's cursor moves with this mail, 0 for
	// not at all: every mail with a UID up to it is handled by then.
	CursorUpTo uint32
	// MarkLater says that something is to be done with the mail on its server
	// when it is committed; see Service.MailsToMark.
	MarkLater  bool
	ReceivedAt time.Time
	Raw        *Blob
	// Own is set when the mail lies in a person's own mailbox.
	Own *OwnMailbox

	MessageID   string
	InReplyTo   []string
	References  []string // oldest first, as in the header
	ContentHash string   // of From, Date, Subject and decoded parts
	SentAt      time.Time
	FromName    string
	From        string
	To          []string          // To and Cc
	Bcc         []string          // as far as the mail still says
	DeliveredTo []string          // Delivered-To, X-Original-To and Envelope-To
	Fields      map[string]string // by names in lower case, for the rules about spam: those that begin with x-
	Quoted      string
	Signature   string
	Defects     []string
	// Automation is empty for a person's mail, or names the header that says otherwise.
	Automation string
	// Listed is set when a person seems to have written a mail that can be
	// unsubscribed from: it gets no automatic answer (RFC 3834 section 2).
	Listed bool
	// Report is set when the mail is a delivery report.
	Report *DeliveryReport
	// Unreadable is why the mail goes to quarantine; empty for all that can be read.
	Unreadable string

	Inquiry Inquiry

	// Original is the mail that this one forwards, nil when it forwards none.
	// Its place, raw bytes and hash are empty.
	Original *IncomingMail
}

// DeliveryReport is what a bounce says (RFC 3464).
type DeliveryReport struct {
	// MessageID is of the mail that it speaks of.
	MessageID string
	// Subject is that mail's, when its header came back.
	Subject    string
	Recipients []RecipientReport
}

// RecipientReport is one recipient's part of a delivery report.
type RecipientReport struct {
	Address    string
	Action     string // failed, delayed, delivered, relayed, expanded
	Status     string // RFC 3463
	Diagnostic string
}

// Receipt says what became of something that came in.
type Receipt struct {
	// Result is the lead, the quarantine entry, the delivery or the message.
	Result Ref
	// Decision is the stable key of the rule that decided.
	Decision string
	// Repeated says that it was recorded before.
	Repeated bool
}
