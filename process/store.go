package process

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"time"
)

// Store keeps the records. process/store implements it on SQLite and
// PostgreSQL; one conformance suite holds both to it.
type Store interface {
	// InTx runs f in one durable transaction: all of it or nothing. f may run
	// again after a serialisation failure, so it changes nothing but tx. It
	// never touches the store outside tx and does no network I/O. Transactions
	// of different callers may share one commit; the answer comes after it.
	// When ctx ends while the transaction waits for its turn, it does not run.
	InTx(ctx context.Context, f func(tx Tx) error) error
	// View runs f on one consistent state; writes fail.
	View(ctx context.Context, f func(tx Tx) error) error
	// StageBlob stores a large blob ahead of the transaction that keeps it;
	// small ones wait for the transaction. What is never kept is swept.
	StageBlob(ctx context.Context, b *Blob) error
	// StageText does what can be done of a long text ahead of the transaction that
	// stores it; it may be left out.
	StageText(text string)
	// Blob reads kept bytes; CodeNotFound when there are none.
	Blob(ctx context.Context, sha256 string) ([]byte, error)
	// OpenBlob reads kept bytes piece by piece, while ctx lasts; CodeNotFound
	// when there are none. Read from the start to the end, they have the hash
	// that was asked for, or the last read fails.
	OpenBlob(ctx context.Context, sha256 string) (BlobReader, error)
}

// Tx is a transaction. Its methods are bound to the context of InTx or View.
// What is read by Get in a writing transaction stays locked until its end.
type Tx interface {
	Leads() Records[Lead]
	Customers() Records[Customer]
	Contacts() Records[Contact]
	Opportunities() Records[Opportunity]
	Quotes() Records[Quote]
	Orders() Records[Order]
	Invoices() Records[Invoice]
	CreditNotes() Records[CreditNote]
	Payments() Records[Payment]
	// BankEntries are found by key, reference, customer and file.
	BankEntries() Records[BankEntry]
	Subscriptions() Records[Subscription]
	Products() Records[Product]
	PriceLists() Records[PriceList]
	Rates() Records[Rate]
	Tasks() Records[Task]
	// TimeEntries are found by person, date, month (2006-01), order, line and invoice.
	TimeEntries() Records[Hours]
	Deliveries() Records[Delivery]
	Messages() Records[Message]
	Quarantine() Records[Quarantine]
	Submissions() Records[Submission]
	SenderRules() Records[SenderRule]
	Users() Records[User]
	Sessions() Records[Session]
	Tokens() Records[Token]
	Links() Records[Link]

	// RateOn is the newest rate that is not after the day, nil when there is none.
	RateOn(base, currency string, day Date) (*Rate, error)

	// Reports computes figures over the records.
	Reports() Reports

	// AddActivity appends to the timeline.
	AddActivity(a Activity) error
	// Activities lists the timeline, newest first. Match keys: thread,
	// about_type, about_id, type, related_id, id.
	Activities(f Filter) ([]Activity, string, error)

	// JoinThreads moves everything on one thread to another.
	JoinThreads(from, to string) error

	// Audit appends a link to the chain.
	Audit(e AuditEntry) error

	// Numbered is the document with a number: the newest quote, else invoice, else
	// order, else credit note; the zero Ref when there is none.
	Numbered(number string) (Ref, error)
	// NextNumber takes the next counter of a series that begins at first; it is
	// given back when the transaction rolls back.
	NextNumber(series string, first int64) (int64, error)

	// SeenMails are the messages of a Message-ID with a content, the newest first;
	// without a Message-ID those that have none.
	SeenMails(messageID, contentHash string) ([]Message, error)
	// Traces tells what there is of senders: of their addresses, and of names,
	// which are addresses and domains, in their normal form.
	Traces(addresses, names []string) (Traces, error)
	// Settings are the newest ones, DefaultSettings and version 0 before there are
	// any. Others have them too: nothing in them may be changed.
	Settings() (Settings, int64, error)
	// PutSettings adds a version after the given one; CodeConflict when there is a newer one.
	PutSettings(s Settings, after int64, by Actor, at time.Time) error

	// KeepBlob makes a blob live in this transaction, storing it when it was not staged.
	KeepBlob(b *Blob) error
	// PutSnapshot freezes what a document says, for ever.
	PutSnapshot(document string, s Snapshot) error
	// Snapshot reads it; CodeNotFound before the document was issued.
	Snapshot(document string) (Snapshot, error)

	// SeeUID records that a mailbox's UID became the message; it reports false
	// when that UID was handled before.
	SeeUID(u MailboxUID, message string) (bool, error)
	// Cursor is the greatest UID handled under this UIDVALIDITY, 0 for none.
	Cursor(mailbox string, uidValidity uint32) (uint32, error)
	// SetCursor moves it forward, never back.
	SetCursor(u MailboxUID) error
	// StartMailbox notes the first contact under a UIDVALIDITY; what was noted
	// before stays. What was to be marked under another one is forgotten.
	StartMailbox(b MailboxStart, at time.Time) error
	// MarkLater notes that something is to be done on the server with a mail that
	// is committed; ToMark gives those mails, the lowest UIDs first and at most
	// MaxToMark of them, and Marked says that it is done, or never will be.
	MarkLater(u MailboxUID) error
	ToMark(mailbox string, uidValidity uint32) ([]uint32, error)
	Marked(mailbox string, uidValidity uint32, uids []uint32) error
	// MailboxStarts lists what was noted of a mailbox with its present cursors,
	// the oldest UIDVALIDITY first.
	MailboxStarts(mailbox string) ([]MailboxStart, error)

	// Claim reserves an idempotency key. When it was answered before, the
	// answer comes back and nothing is to be done. A claim in flight elsewhere
	// is waited for.
	Claim(k IdempotencyKey, at time.Time) (*Answer, error)
	// Answered stores the answer to a claimed key.
	Answered(k IdempotencyKey, a Answer) error

	// Lock waits until no other transaction holds the key, and holds it until
	// this one ends: for what is first looked for and then added.
	Lock(key string) error

	// Enqueue adds a job that runs after the commit, not before at.
	Enqueue(j Job, at time.Time) error
}

// Records is one collection.
type Records[T any] interface {
	// Get reads one; CodeNotFound when there is none.
	Get(id string) (*T, error)
	// Insert adds one; a taken unique key is CodeConflict.
	Insert(*T) error
	// Update writes one whose Version is the stored one, and counts it up;
	// CodeConflict ("stale") when somebody was faster.
	Update(*T) error
	// Delete removes one in this version.
	Delete(id string, version int64) error
	// List reads a page, newest first, and the cursor of the next page ("" at the end).
	List(Filter) ([]T, string, error)
}

// Filter narrows a list. Match names columns and their exact values; the
// columns that may be named are those by which the use cases look up, and an
// unknown one is an error. Query is a search by words or parts of words,
// without case, over the record's texts.
type Filter struct {
	State  string
	Query  string
	Match  map[string]string
	Limit  int // at most MaxLimit; 0 is 50
	Cursor string
}

// MaxLimit is the largest page.
const MaxLimit = 1000

// Traces are the kinds of records in which senders are found.
type Traces struct {
	Lead, Contact bool // with one of the addresses
	Customer      bool // with one of the addresses or names
	Rule          bool // for one of the names
}

// MaxToMark bounds the mails that ToMark gives.
const MaxToMark = 100_000

// MailboxUID is where a mail lies on its server (RFC 3501 section 2.3.1.1).
type MailboxUID struct {
	Mailbox     string
	UIDValidity uint32
	UID         uint32
}

// MailboxStart is what was noted at the first contact with a mailbox under a
// UIDVALIDITY; its UID is the cursor.
type MailboxStart struct {
	MailboxUID
	// Backlog is the greatest UID that was there. Of the mails up to it, only
	// those are taken that arrived at Since or later; all when Since is zero.
	Backlog uint32
	Since   time.Time
}

// Blob is content-addressed bytes.
type Blob struct {
	SHA256 string
	Size   int64
	Data   []byte
	// Source writes the bytes, each time it is asked to, when they are too many
	// for Data, which is nil then.
	Source io.WriterTo
	// Staged is set by StageBlob when the bytes are already stored.
	Staged bool
	// Packed is the store's own form of Data, made by StageBlob so that no
	// transaction waits for it.
	Packed *PackedBlob
	// addressed is set by NewBlob, which computed the address.
	addressed bool
}

// BlobReader reads the bytes of a blob. It is for one goroutine.
type BlobReader interface {
	io.ReadSeekCloser
	Size() int64
}

// PackedBlob is data as a store keeps it.
type PackedBlob struct {
	Data     []byte
	Encoding string
}

// NewBlob addresses data.
func NewBlob(data []byte) *Blob {
	sum := sha256.Sum256(data)
	return &Blob{SHA256: hex.EncodeToString(sum[:]), Size: int64(len(data)), Data: data, addressed: true}
}

// Sound reports whether the address is that of Data.
func (b *Blob) Sound() bool {
	if b.addressed {
		return true
	}
	sum := sha256.Sum256(b.Data)
	return hex.EncodeToString(sum[:]) == b.SHA256 && int64(len(b.Data)) == b.Size
}

// IdempotencyKey is a sender's promise that a repeated request is the same one.
type IdempotencyKey struct {
	// Scope keeps senders and end points apart.
	Scope string
	Key   string
	// Request is the SHA-256 of what was asked; the same key with another
	// request is refused.
	Request string
}

// Answer is what the sender got.
type Answer struct {
	Status int
	Body   []byte
}
