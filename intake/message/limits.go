package message

import "time"

// The limits of what is read of one mail. A mail that passes one has a Problem;
// what was read until then is still there.
const (
	// MaxSize is the size in bytes of a mail whose body is read. Of a larger
	// one only the header is.
	MaxSize = 100 << 20
	// MaxHeaderBytes is the size of the header of a mail or of a part.
	MaxHeaderBytes = 1 << 20
	// MaxHeaderLines counts the physical lines of a header.
	MaxHeaderLines = 10_000
	// MaxTime is how long the reading of one mail may take. Everything is linear
	// in the size of the mail, so that only a machine in trouble comes near it.
	MaxTime = time.Minute
	// MaxDepth is how deep multiparts may be nested.
	MaxDepth = 30
	// MaxParts counts all parts of a mail, multiparts included.
	MaxParts = 2000
	// MaxDecodedBytes is what all parts together may be after decoding.
	MaxDecodedBytes = 128 << 20
	// MaxTextBytes is how much plain text, and MaxHTMLBytes how much HTML of
	// one mail is looked at. A part beyond it is an attachment.
	MaxTextBytes = 4 << 20
	MaxHTMLBytes = 16 << 20
	// MaxCalendarBytes is how much of an invitation is read.
	MaxCalendarBytes = 1 << 20
	// MaxAddresses is how many addresses of one field are read.
	MaxAddresses = 1000
	// MaxReferences is how many ids of References are read: the newest ones.
	MaxReferences = 1000
)

// The codes of Message.Problem.
const (
	ProblemEmpty           = "empty"             // no bytes but white space
	ProblemNoHeader        = "no_header"         // no header field at all
	ProblemTooLarge        = "too_large"         // passes MaxSize
	ProblemHeaderTooLarge  = "header_too_large"  // passes MaxHeaderBytes or MaxHeaderLines
	ProblemTooDeep         = "too_deep"          // passes MaxDepth
	ProblemTooManyParts    = "too_many_parts"    // passes MaxParts
	ProblemDecodedTooLarge = "decoded_too_large" // passes MaxDecodedBytes
	ProblemTooSlow         = "too_slow"          // passes MaxTime
	ProblemInternal        = "internal"          // a defect of this package was caught
)

// The codes of Message.Defects.
const (
	DefectHeader           = "header"            // a line in the header that is no field
	DefectEncodedWord      = "encoded_word"      // RFC 2047 word repaired
	DefectAddress          = "address"           // an address field repaired
	DefectDate             = "date"              // Date unreadable, or not as RFC 5322 has it
	DefectContentType      = "content_type"      // Content-Type repaired or ignored
	DefectBoundary         = "boundary"          // boundary missing or wrong
	DefectUnclosed         = "unclosed"          // a multipart without its end
	DefectTransferEncoding = "transfer_encoding" // unknown, or not what the bytes are
	DefectBase64           = "base64"            // base64 truncated or with foreign bytes
	DefectCharset          = "charset"           // unknown, or not what the bytes are
	DefectUUEncode         = "uuencode"          // uuencoded file truncated
	DefectTNEF             = "tnef"              // winmail.dat cut or with values that are wrong
	DefectTextTooLong      = "text_too_long"     // a text passes MaxTextBytes or MaxHTMLBytes and is an attachment
	DefectNestedOnly       = "nested_only"       // the only text is that of an attached message
)

// ledger counts what a mail has used of the limits and collects its defects.
type ledger struct {
	paging
	scratch  *scratch  // none when nil
	lent     [][]byte  // buffers of it that are in use until the mail is read
	deadline time.Time // none when zero
	parts    int
	decoded  int
	problem  string
	defects  []string
}

// defect notes a repair once.
func (l *ledger) defect(code string) {
	for _, d := range l.defects {
		if d == code {
			return
		}
	}
	l.defects = append(l.defects, code)
}

// fail notes the first limit that was passed.
func (l *ledger) fail(code string) {
	if l.problem == "" {
		l.problem = code
	}
}

// late tells whether the time is over.
func (l *ledger) late() bool {
	if l.deadline.IsZero() || time.Now().Before(l.deadline) {
		return false
	}
	l.fail(ProblemTooSlow)
	return true
}

// spend books n decoded bytes and tells whether they were still to be had.
func (l *ledger) spend(n int) bool {
	if l.decoded+n > MaxDecodedBytes {
		l.fail(ProblemDecodedTooLarge)
		return false
	}
	l.decoded += n
	return true
}
