package intake

import (
	"context"
	"time"

	"github.com/emne/emne/process"
)

// What comes in, in the process's own terms.
type (
	// Inquiry is the one form of a thing that came in.
	Inquiry = process.Inquiry
	// File is a file that came with it.
	File = process.IncomingFile
	// Address is a postal address.
	Address = process.Address
	// Mail is a mail as a mailbox hands it over.
	Mail = process.IncomingMail
	// OwnMailbox is whose mailbox it was read in, when it is not the company's.
	OwnMailbox = process.OwnMailbox
	// MailboxUID is where a mail lies on its server.
	MailboxUID = process.MailboxUID
	// MailboxStart is what was noted at the first contact with a mailbox.
	MailboxStart = process.MailboxStart
	// DeliveryReport is what a bounce says.
	DeliveryReport = process.DeliveryReport
	// RecipientReport is one recipient's part of it.
	RecipientReport = process.RecipientReport
	// Form is a hook's request that passed its checks.
	Form = process.IncomingForm
	// Submission is the stored body of one.
	Submission = process.Submission
	// Receipt says what became of something that came in.
	Receipt = process.Receipt
	// Actor is who records it.
	Actor = process.Actor
	// Blob is content-addressed bytes.
	Blob = process.Blob
	// Code is the machine's word for what went wrong.
	Code = process.Code
	// Error is a refusal that a person can act on.
	Error = process.Error
)

// The codes that hooks answer with.
const (
	CodeInvalid      = process.CodeInvalid
	CodeNotFound     = process.CodeNotFound
	CodeConflict     = process.CodeConflict
	CodeUnauthorized = process.CodeUnauthorized
	CodeTooLarge     = process.CodeTooLarge
	CodeRateLimited  = process.CodeRateLimited
	CodeInternal     = process.CodeInternal
)

// MaxToMark bounds the mails that MailsToMark gives.
const MaxToMark = process.MaxToMark

// NewBlob addresses data.
func NewBlob(data []byte) *Blob { return process.NewBlob(data) }

// CodeOf is the code of err.
func CodeOf(err error) Code { return process.CodeOf(err) }

// Recording is emne itself, recording what came in through a channel: mail or form.
func Recording(channel string) Actor {
	a := process.System()
	a.Channel = channel
	return a
}

// MailRecorder keeps what a mailbox reads. *process.Service implements it.
type MailRecorder interface {
	// StartMailbox notes the first contact with a mailbox under a UIDVALIDITY
	// and gives what holds now, with the present cursor.
	StartMailbox(ctx context.Context, a Actor, b MailboxStart) (MailboxStart, error)
	// PrepareMail does what can be done ahead of recording a mail, beside others.
	PrepareMail(ctx context.Context, a Actor, m *Mail) error
	// ReceiveMails records prepared mails in their order and moves the cursor as
	// far as they say, all or with an error none. The same UID again changes
	// nothing.
	ReceiveMails(ctx context.Context, a Actor, ms []Mail) ([]Receipt, error)
	// MoveCursor says that every mail up to a UID is handled.
	MoveCursor(ctx context.Context, a Actor, to MailboxUID) error
	// MailsToMark are committed mails that wait for what is to be done with them
	// on their server, the lowest UIDs first; MailsMarked says that it is done,
	// or never will be.
	MailsToMark(ctx context.Context, mailbox string, uidValidity uint32) ([]uint32, error)
	MailsMarked(ctx context.Context, a Actor, mailbox string, uidValidity uint32, uids []uint32) error
}

// FormRecorder keeps a hook's body before it is answered. *process.Service
// implements it.
type FormRecorder interface {
	// ReceiveSubmission stores a body and enqueues its filing; the same event
	// again gives the stored submission and true, with another body CodeInvalid.
	ReceiveSubmission(ctx context.Context, a Actor, f Form) (*Submission, bool, error)
}

// FormFiler makes stored submissions what they are. *process.Service implements it.
type FormFiler interface {
	SubmissionOf(ctx context.Context, a Actor, id string) (*Submission, []byte, error)
	// FileSubmission records the inquiry, or why the body could not be read.
	FileSubmission(ctx context.Context, a Actor, id string, in Inquiry, unreadable string) (Receipt, error)
}

var (
	_ MailRecorder = (*process.Service)(nil)
	_ FormRecorder = (*process.Service)(nil)
	_ FormFiler    = (*process.Service)(nil)
)

// A Parser turns the raw bytes of a mail into what is recorded. It is pure,
// never fails and never panics: what it cannot read is marked as Unreadable.
// The large files of a spooled mail can be had until that is closed.
type Parser func(raw Raw, at MailboxUID, received time.Time) Mail
