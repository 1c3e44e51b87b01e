package mailbox

import (
	"errors"
	"fmt"
	"io"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"

	"github.com/emne/emne/intake"
)

// maxKept is how much is kept, in octets, of a mail that is too large.
const maxKept = 1 << 20

// fetched is a mail as it came over the line.
type fetched struct {
	entry
	raw intake.Raw // the one who takes it closes it
	// cut says that raw is only the beginning.
	cut bool
}

// fetch reads the bodies of mails and gives each to take as it comes. It says
// which of them came; when the connection broke, the library is still drained.
// part reads their beginning alone.
func (s *session) fetch(batch []entry, part bool, take func(fetched) error) (got map[uint32]bool, err error) {
	var set imap.UIDSet
	wanted := make(map[uint32]entry, len(batch))
	for _, e := range batch {
		set.AddNum(imap.UID(e.uid))
		wanted[e.uid] = e
	}
	section := &imap.FetchItemBodySection{Peek: true}
	if part {
		section.Partial = &imap.SectionPartial{Size: maxKept}
	}
	got = make(map[uint32]bool, len(batch))
	err = s.link.do(func() error {
		cmd := s.link.client.Fetch(set, &imap.FetchOptions{UID: true, BodySection: []*imap.FetchItemBodySection{section}})
		for message := cmd.Next(); message != nil; message = cmd.Next() {
			uid, raw, cut, err := s.body(message)
			if err != nil {
				// The library goes on reading the connection, and reads what is
				// left of the failed literal again: it must have ended by then.
				s.link.cut()
				<-s.link.client.Closed()
				return errors.Join(err, cmd.Close())
			}
			e, asked := wanted[uid]
			switch {
			case !asked || got[uid] || raw.Bytes() == nil:
				err = raw.Close()
			default:
				got[uid] = true
				err = take(fetched{entry: e, raw: raw, cut: cut || part})
			}
			if err != nil {
				s.link.cut() // else the rest would be read to be thrown away
				return errors.Join(err, cmd.Close())
			}
		}
		return cmd.Close()
	})
	return got, err
}

// body reads one mail; raw has no bytes when the answer has none.
func (s *session) body(message *imapclient.FetchMessageData) (uid uint32, raw intake.Raw, cut bool, err error) {
	for item := message.Next(); item != nil; item = message.Next() {
		switch item := item.(type) {
		case imapclient.FetchItemDataUID:
			uid = uint32(item.UID)
		case imapclient.FetchItemDataBodySection:
			if item.Literal == nil {
				continue
			}
			size := item.Literal.Size()
			if size > s.m.maxSize { // it is larger than the server said
				size, cut = min(size, maxKept), true
			}
			if err := raw.Close(); err != nil { // an answer that has it twice
				return uid, raw, false, err
			}
			if raw, err = s.m.spool.Keep(item.Literal, size); err != nil {
				return uid, intake.Raw{}, false, fmt.Errorf("reading mail %d: %w", uid, err)
			}
			if _, err := io.Copy(io.Discard, item.Literal); err != nil {
				return uid, intake.Raw{}, false, errors.Join(fmt.Errorf("reading mail %d: %w", uid, err), raw.Close())
			}
		}
	}
	return uid, raw, cut, nil
}
