package mailbox

import (
	"cmp"
	"math"
	"slices"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"
)

// maxListed is how many mails one list holds.
const maxListed = 10_000

// entry is a mail that lies in the folder.
type entry struct {
	uid     uint32
	size    int64
	arrived time.Time
}

// list gives the mails above the cursor, the lowest UIDs first; empty when
// there are none.
func (s *session) list() ([]entry, error) {
	if s.saved == math.MaxUint32 {
		return nil, nil
	}
	var above imap.UIDSet
	above.AddRange(imap.UID(s.saved+1), 0)
	var found []entry
	dropped := uint32(math.MaxUint32)
	err := s.link.do(func() error {
		cmd := s.link.client.Fetch(above, &imap.FetchOptions{UID: true, InternalDate: true, RFC822Size: true})
		for message := cmd.Next(); message != nil; message = cmd.Next() {
			e := read(message)
			switch {
			case e.uid <= s.saved: // n:* gives the last mail when n lies above it
			case len(found) < maxListed:
				found = append(found, e)
			default:
				dropped = min(dropped, e.uid)
			}
		}
		return cmd.Close()
	})
	if err != nil && !isRefusal(err) {
		return nil, err
	}
	if err != nil {
		return nil, trouble(ReasonRefused, err, "the server does not list the mails: %v", err)
	}
	slices.SortFunc(found, func(a, b entry) int { return cmp.Compare(a.uid, b.uid) })
	found = slices.CompactFunc(found, func(a, b entry) bool { return a.uid == b.uid })
	// Some servers list in another order: keep the unbroken beginning.
	found = slices.DeleteFunc(found, func(e entry) bool { return e.uid > dropped })
	return found, nil
}

func read(message *imapclient.FetchMessageData) entry {
	var e entry
	for item := message.Next(); item != nil; item = message.Next() {
		e.note(item)
	}
	return e
}

func (e *entry) note(item imapclient.FetchItemData) {
	switch item := item.(type) {
	case imapclient.FetchItemDataUID:
		e.uid = uint32(item.UID)
	case imapclient.FetchItemDataRFC822Size:
		e.size = item.Size
	case imapclient.FetchItemDataInternalDate:
		e.arrived = item.Time
	}
}
