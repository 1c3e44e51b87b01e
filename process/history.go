package process

import "time"

// Activity is one entry of the timeline: who did what to which record, when,
// from which state to which, and why. Type is a stable key such as
// "quote.accepted"; pages word it.
type Activity struct {
	ID     string    `json:"id"`
	At     time.Time `json:"at"`
	Type   string    `json:"type"`
	About  Ref       `json:"about"`
	Thread string    `json:"thread"`
	Actor  Actor     `json:"actor"`
	From   string    `json:"from,omitempty"`
	To     string    `json:"to,omitempty"`
	Why    string    `json:"why,omitempty"`
	// Data holds what the wording needs: numbers, amounts, names, ids.
	Data map[string]string `json:"data,omitempty"`
	// Related is the record that came into being, the message or the delivery.
	Related Ref `json:"related,omitzero"`
}

// AuditEntry is one link of the audit chain, before the store has chained it.
// Payload is erasable; the chain keeps its salted hash alone.
type AuditEntry struct {
	At      time.Time
	Actor   Actor
	Kind    string // as Activity.Type
	About   Ref
	Payload []byte
}

// Attachment is a file that came with a message. Name is for display alone.
type Attachment struct {
	Name        string `json:"name"`
	ContentType string `json:"content_type"`
	Size        int64  `json:"size"`
	SHA256      string `json:"sha256"`
	Inline      bool   `json:"inline,omitempty"`
}

// Message is a mail that came in, and what was decided about it: filed (on a
// record), other (no inquiry) or quarantined.
type Message struct {
	Record
	State string `json:"state"`
	// Decision is the stable key of the rule that decided, Detail what it saw.
	Decision    string       `json:"decision"`
	Detail      string       `json:"detail,omitempty"`
	Mailbox     string       `json:"mailbox"`
	MessageID   string       `json:"message_id,omitempty"`
	ContentHash string       `json:"content_hash"`
	FromName    string       `json:"from_name,omitempty"`
	From        string       `json:"from"`
	To          []string     `json:"to,omitempty"`
	Subject     string       `json:"subject"`
	SentAt      *time.Time   `json:"sent_at,omitempty"`
	ReceivedAt  time.Time    `json:"received_at"`
	Text        string       `json:"text"`
	Quoted      string       `json:"quoted,omitempty"`
	Signature   string       `json:"signature,omitempty"`
	SHA256      string       `json:"sha256"` // raw bytes
	Size        int64        `json:"size"`
	About       Ref          `json:"about,omitzero"`
	Customer    string       `json:"customer,omitempty"`
	Attachments []Attachment `json:"attachments,omitempty"`
	Defects     []string     `json:"defects,omitempty"`
	Automated   bool         `json:"automated,omitempty"`
	Thread      string       `json:"thread,omitempty"`
	// Direction is in or out; Author is the user who wrote it, empty for others.
	Direction string `json:"direction"`
	Author    string `json:"author,omitempty"`
}

// Quarantine holds what could not be read, with its raw bytes and the reason.
type Quarantine struct {
	Record
	State  string `json:"state"` // quarantined, filed, other
	Kind   string `json:"kind"`  // mail, form
	Source string `json:"source"`
	Reason string `json:"reason"`
	Detail string `json:"detail,omitempty"`
	SHA256 string `json:"sha256"`
	Size   int64  `json:"size"`
	// Origin is the message or submission that it came from.
	Origin Ref `json:"origin,omitzero"`
}

// SenderRule says that the mail of an address or a whole domain is no inquiry:
// it goes to the other mail.
type SenderRule struct {
	Record
	State string `json:"state"` // active
	// Address is in lower case; without an @ it is a domain, its subdomains included.
	Address string `json:"address"`
	Reason  string `json:"reason"` // not_a_lead, spam
}

// Submission is the body of a hook as it came, stored before it is answered:
// pending until its job has made it a lead (mapped), recorded it on one
// (merged), put it away (quarantined) or dropped a robot's (spam).
type Submission struct {
	Record
	State       string            `json:"state"`
	Source      string            `json:"source"`
	EventID     string            `json:"event_id"`
	ContentType string            `json:"content_type"`
	Headers     map[string]string `json:"headers,omitempty"`
	Address     string            `json:"address,omitempty"`
	SHA256      string            `json:"sha256"`
	Size        int64             `json:"size"`
	// Result is the lead or the quarantine entry that it became.
	Result Ref `json:"result,omitzero"`
}

// Delivery is one mail on its way out; its state is the truth about it:
// queued, sending, accepted, retrying, failed, bounced or unknown.
type Delivery struct {
	Record
	State    string `json:"state"`
	Kind     string `json:"kind"` // quote, acceptance, invoice, reminder, credit_note, e_invoice, acknowledgement, notification
	About    Ref    `json:"about"`
	To       string `json:"to"`
	ToName   string `json:"to_name,omitempty"`
	Language string `json:"language"`
	// Reason keys a notification's text; Data is what its wording needs.
	Reason string            `json:"reason,omitempty"`
	Data   map[string]string `json:"data,omitempty"`
	// Subject, MessageID and SHA256 (of the bytes) are fixed before the first attempt.
	Subject   string `json:"subject,omitempty"`
	MessageID string `json:"message_id,omitempty"`
	SHA256    string `json:"sha256,omitempty"`
	InReplyTo string `json:"in_reply_to,omitempty"`
	Attempts  int    `json:"attempts"`
	// Reply is the server's last answer, or what went wrong, for people.
	Reply      string     `json:"reply,omitempty"`
	NextAt     *time.Time `json:"next_at,omitempty"`
	AcceptedAt *time.Time `json:"accepted_at,omitempty"`
	Thread     string     `json:"thread,omitempty"`
}
