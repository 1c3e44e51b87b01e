package message

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"iter"
)

// ErrTooLarge is of a mail in a mailbox file that is longer than MaxSize.
var ErrTooLarge = errors.New("a mail in it is larger than what is read of one")

// Split gives the mails of a mailbox file (mbox, RFC 4155) one after the other,
// each without its "From " line and with its quoted ones (">From ") as they
// were. A line that begins with "From " ends a mail when an empty one stands
// before it. A mail that is too large is left out with an error, and the next one
// still comes; any other error ends it.
func Split(file io.Reader) iter.Seq2[[]byte, error] { return splitUpTo(file, MaxSize) }

// splitUpTo is Split with another bound of a mail.
func splitUpTo(file io.Reader, most int) iter.Seq2[[]byte, error] {
	return func(yield func([]byte, error) bool) {
		r := bufio.NewReaderSize(file, 64<<10)
		var mail bytes.Buffer
		begun, empty, fresh, long := false, true, true, false
		give := func() bool {
			defer mail.Reset()
			if !begun {
				return true
			}
			if long {
				return yield(nil, ErrTooLarge)
			}
			return yield(bytes.Clone(mail.Bytes()), nil)
		}
		for {
			piece, err := r.ReadSlice('\n')
			whole := !errors.Is(err, bufio.ErrBufferFull)
			if whole && err != nil && !errors.Is(err, io.EOF) {
				yield(nil, err)
				return
			}
			switch {
			case fresh && empty && bytes.HasPrefix(piece, []byte("From ")):
				if !give() {
					return
				}
				begun, long = false, false
			case len(piece) > 0:
				begun = begun || len(bytes.TrimSpace(piece)) > 0
				if fresh {
					piece = unquoteFrom(piece)
				}
				if long = long || mail.Len()+len(piece) > most; !long {
					mail.Write(piece)
				}
			}
			empty = whole && fresh && len(bytes.TrimRight(piece, "\r\n")) == 0
			fresh = whole
			if whole && err != nil {
				give()
				return
			}
		}
	}
}

// unquoteFrom takes one ">" off a line of a text that began with "From ".
func unquoteFrom(line []byte) []byte {
	if rest := bytes.TrimLeft(line, ">"); len(rest) < len(line) && bytes.HasPrefix(rest, []byte("From ")) {
		return line[1:]
	}
	return line
}
