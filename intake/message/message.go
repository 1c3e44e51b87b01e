package message

import (
	"bytes"
	"runtime/debug"
	"time"

	"github.com/emne/emne/intake"
)

// Message is what a person needs to know of a mail. Every string is valid UTF-8
// without control characters other than line feed and tab.
type Message struct {
	MessageID  string    // without angle brackets, empty when there is none
	InReplyTo  []string  // ids without angle brackets
	References []string  // ids without angle brackets, newest last as in the header
	Date       time.Time // zero when unreadable; the sender's offset is kept

	From, ReplyTo, To, Cc []Address
	// Bcc is what the copy among the sent mails says, and some servers leave.
	Bcc []Address

	// ReturnPath is the envelope sender that the final server wrote down: nil
	// when it wrote none, empty for the null path of RFC 5321 section 4.5.5.
	ReturnPath *string
	// DeliveredTo is Delivered-To, OriginalTo is X-Original-To and
	// Envelope-To: the addresses that the mail was for on the way.
	DeliveredTo, OriginalTo []string

	Subject string // decoded, on one line

	Text      string // what the sender wrote, quoted reply and signature folded away
	Quoted    string // the quoted reply
	Signature string
	FullText  string // the whole readable text
	// HTML is the HTML as it came, brought to UTF-8 but NOT sanitised: it may
	// hold scripts, trackers and forms.
	HTML string

	// Charsets are what the texts were read as, each once, in lower case. It is
	// not always what their labels say.
	Charsets []string

	Attachments []Attachment

	// ContentHash is the same for copies of one mail in different mailboxes.
	ContentHash [32]byte

	Automation Automation      // the zero value means: a person wrote it
	Listed     bool            // a person wrote it, and it can be unsubscribed from
	Report     *DeliveryReport // nil when it reports on no delivery
	Language   string          // nb, en, sv, da, de, fr, or empty when unsure
	Guess      Guess

	// Original is the mail that this one forwards, inline or attached; nil when
	// it forwards none. It may forward one itself.
	Original *Message

	Defects []string          // what was repaired, see the Defect constants
	fields  map[string]string // those that begin with x-, for rules about spam

	Problem string // why the mail belongs into quarantine, see the Problem constants
}

// Address is one mail address with the name that stood beside it. Address may
// lack an @ when the mail's did; it is never empty.
type Address struct {
	Name, Address string
}

// Attachment is a part that is not the text of the mail.
type Attachment struct {
	// Name is for display only: cleaned of path parts and control characters,
	// never empty, not unique.
	Name        string
	ContentType string // type/subtype in lower case, as the sender said it
	ContentID   string // without angle brackets
	Inline      bool   // shown inside the HTML, not a file of its own
	Content     []byte // decoded; may share memory with the raw mail
	large       *part  // instead of Content, in a spooled mail
}

// Options are what the reader of a mail knows beforehand.
type Options struct {
	// Region is the ISO 3166 country whose phone numbers need no prefix, and
	// whose postal addresses are looked for first.
	Region string

	// Of a spooled mail: the mail itself, and the size of the parts that stay in
	// its file; large is 0 for a mail in memory.
	raw   intake.Raw
	large int

	scratch  *scratch
	noHTML   bool      // Message.HTML is not wanted
	deadline time.Time // of the whole mail
}

// maxOldMail is the size of a mail whose lines may end in a bare carriage return.
const maxOldMail = 4 << 20

// Parse reads a mail. It is pure: the same bytes give the same message, unless
// that takes longer than [MaxTime]. The message may share memory with raw.
func Parse(raw []byte, o Options) (m *Message) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true)) // a spooled mail whose file cannot be read
	defer func() {
		if recover() != nil {
			m = &Message{Problem: ProblemInternal}
		}
	}()
	return parse(raw, o)
}

func parse(raw []byte, o Options) *Message {
	if o.deadline.IsZero() {
		o.deadline = time.Now().Add(MaxTime)
	}
	if o.scratch == nil {
		o.scratch = &scratch{}
	}
	return parseNested(raw, o, 0)
}

// parseNested reads a mail that is attached to depth others.
func parseNested(raw []byte, o Options, depth int) *Message {
	m := &Message{}
	l := &ledger{paging: paging{raw: o.raw, spooled: o.large > 0, large: o.large}, scratch: o.scratch, deadline: o.deadline}
	if len(bytes.TrimSpace(raw)) == 0 {
		m.Problem = ProblemEmpty
		return m
	}
	if len(raw) <= maxOldMail && bytes.IndexByte(raw, '\n') < 0 {
		raw = bytes.ReplaceAll(raw, []byte("\r"), []byte("\n")) // lines as on an old Macintosh
	}
	h, rest := splitHeader(raw, true, l)
	m.readHeader(h, l)
	switch {
	case len(h) == 0:
		l.fail(ProblemNoHeader)
	case len(raw) > MaxSize:
		l.fail(ProblemTooLarge)
		rest = nil
	}
	b := readBody(h, rest, l)
	lines := m.readText(b)
	m.Attachments = b.attachments
	html := b.html()
	if !o.noHTML {
		m.HTML = string(html)
	}
	markInline(m.Attachments, html)
	m.Report = findReport(h, m, b)
	m.Automation = findAutomation(h, m)
	m.Listed = isListed(h, m)
	m.Language = language(m.Text)
	m.Guess = guess(h, m, o)
	m.ContentHash = contentHash(m, h, b, o.scratch)
	m.Original = findOriginal(m, b, lines, o, depth)
	m.Defects, m.Problem = l.defects, l.problem
	for _, buffer := range l.lent {
		o.scratch.putBack(buffer)
	}
	return m
}

// readHeader fills the fields that come from the header alone.
func (m *Message) readHeader(h header, l *ledger) {
	m.MessageID = firstID(h.get("message-id"))
	m.InReplyTo = messageIDs(h.get("in-reply-to"))
	m.References = messageIDs(h.get("references"))
	m.Subject = oneLine(decodeWords(h.get("subject"), l))
	m.From = h.addresses("from", l)
	if len(m.From) == 0 {
		m.From = h.addresses("sender", l)
	}
	m.ReplyTo = h.addresses("reply-to", l)
	m.To = h.addresses("to", l)
	m.Cc = h.addresses("cc", l)
	m.Bcc = h.addresses("bcc", l)
	if v, ok := h.lookup("return-path"); ok {
		p := pathOf(v)
		m.ReturnPath = &p
	}
	m.DeliveredTo = h.paths("delivered-to")
	m.OriginalTo = append(h.paths("x-original-to"), h.paths("envelope-to")...)
	m.Date = parseDate(h.get("date"), l)
	m.fields = h.extensions()
}

// readText folds the text of the body into its shares.
func (m *Message) readText(b *body) []textLine {
	m.Charsets = b.charsets
	full, lines := b.lines()
	f := fold(full, lines, isForward(m.Subject))
	m.FullText, m.Text, m.Quoted, m.Signature = f.full, f.own, f.quoted, f.signature
	return lines
}
