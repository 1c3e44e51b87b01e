package mailbox

import (
	"errors"
	"fmt"
	"io"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"
)

// maxKept is how much is kept, in octets, of a mail that is too large.
const maxKept = 1 << 20

// fetched is a mail as it came over the line.
type fetched struct {
	entry
	raw []byte
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
			if e, asked := wanted[uid]; asked && !got[uid] && raw != nil {
				got[uid] = true
				if err := take(fetched{entry: e, raw: raw, cut: cut || part}); err != nil {
					s.link.cut() // else the rest would be read to be thrown away
					return errors.Join(err, cmd.Close())
				}
			}
		}
		return cmd.Close()
	})
	return got, err
}

// body reads one mail; raw is nil when the answer has none.
func (s *session) body(message *imapclient.FetchMessageData) (uid uint32, raw []byte, cut bool, err error) {
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
			raw = make([]byte, size)
			if _, err := io.ReadFull(item.Literal, raw); err != nil {
				return uid, nil, false, fmt.Errorf("reading mail %d: %w", uid, err)
			}
			if _, err := io.Copy(io.Discard, item.Literal); err != nil {
				return uid, nil, false, fmt.Errorf("reading mail %d: %w", uid, err)
			}
		}
	}
	return uid, raw, cut, nil
}
