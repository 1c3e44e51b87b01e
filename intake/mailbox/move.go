package mailbox

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"
)

// copiedAtOnce is how many mails are moved together where that takes several
// commands: after an interruption each of them is looked for in the other folder.
const copiedAtOnce = 100

// maxMessageID bounds, in octets, a Message-ID that is looked for (a line of RFC
// 5322 section 2.1.1).
const maxMessageID = 998

func (l *link) canMove() bool { return l.caps.Has(imap.CapMove) || l.caps.Has(imap.CapUIDPlus) }

// move uses MOVE (RFC 6851), or copies and removes exactly the copied mails
// (UIDPLUS, RFC 4315), each step only after the one before it has worked. The
// library's own replacement does not wait.
func (s *session) move(uids []uint32) error {
	client, to := s.link.client, s.m.account.MoveTo
	if s.link.caps.Has(imap.CapMove) {
		return s.link.do(func() error { _, err := client.Move(setOf(uids), to).Wait(); return err })
	}
	if !s.link.canMove() {
		return trouble(ReasonMove, nil, "the server cannot move mails (neither MOVE nor UIDPLUS): set after to keyword or none")
	}
	var there map[uint32]bool
	if !s.moves {
		// The connection before this one may have broken in the middle.
		var err error
		if there, err = s.copied(uids); err != nil {
			return err
		}
		s.moves = true
	}
	missing := slices.DeleteFunc(slices.Clone(uids), func(uid uint32) bool { return there[uid] })
	if len(missing) > 0 {
		if err := s.link.do(func() error { _, err := client.Copy(setOf(missing), to).Wait(); return err }); err != nil {
			return err
		}
	}
	if err := s.flag(setOf(uids), imap.FlagDeleted); err != nil {
		return err
	}
	return s.link.do(func() error { return client.UIDExpunge(setOf(uids)).Close() })
}

// likeness is what a mail and its copy in another folder share.
type likeness struct {
	messageID string
	size      int64
	arrived   time.Time
}

// copied tells which mails lie in the folder to move to already. A mail without
// a Message-ID cannot be told from others. Afterwards the own folder is open again,
// whatever was met in the other one: UIDs are that folder's alone.
func (s *session) copied(uids []uint32) (map[uint32]bool, error) {
	here, err := s.likenesses(setOf(uids))
	if err != nil || len(here) == 0 {
		return nil, err
	}
	// Asked first: a SELECT that fails leaves no folder open (RFC 3501 section 6.3.1).
	if err := s.link.askMoveTo(); err != nil {
		return nil, err
	}
	there, looked := s.lookFor(here)
	if err := s.back(); err != nil {
		return nil, err
	}
	if looked != nil {
		return nil, trouble(ReasonMove, looked, "mails cannot be moved to the folder %q on this server: what lies there already cannot be looked for: %v", s.m.account.MoveTo, looked)
	}
	return there, nil
}

// askMoveTo tells whether there is a folder to move to, and opens none.
func (l *link) askMoveTo() error {
	err := l.do(func() error {
		_, err := l.client.Status(l.account.MoveTo, &imap.StatusOptions{NumMessages: true}).Wait()
		return err
	})
	return l.account.folderTrouble(ReasonMoveTo, l.account.MoveTo, err)
}

// lookFor opens the folder to move to and tells which mails have their like there.
func (s *session) lookFor(here map[uint32]likeness) (map[uint32]bool, error) {
	if _, err := s.selected(s.m.account.MoveTo, true); err != nil {
		return nil, err
	}
	there := map[uint32]bool{}
	for uid, like := range here {
		found, err := s.alike(like)
		if err != nil {
			return nil, err
		}
		there[uid] = found
	}
	return there, nil
}

// back opens the own folder again.
func (s *session) back() error {
	name, err := s.link.folder()
	if err != nil {
		return err
	}
	folder, err := s.selected(name, false)
	if err != nil {
		return err
	}
	if folder.UIDValidity != s.start.UIDValidity {
		return trouble(ReasonBroken, nil, "the folder %q was made anew while it was read", name)
	}
	s.reopened = true
	return nil
}

func (s *session) alike(like likeness) (bool, error) {
	var found *imap.SearchData
	err := s.link.do(func() (err error) {
		found, err = s.link.client.UIDSearch(&imap.SearchCriteria{Header: []imap.SearchCriteriaHeaderField{{Key: "Message-ID", Value: like.messageID}}}, nil).Wait()
		return err
	})
	if err != nil || len(found.AllUIDs()) == 0 {
		return false, err
	}
	others, err := s.likenesses(imap.UIDSetNum(found.AllUIDs()...))
	for _, other := range others {
		if other == like {
			return true, err
		}
	}
	return false, err
}

// likenesses reads those of mails in the selected folder that have a Message-ID.
func (s *session) likenesses(set imap.UIDSet) (map[uint32]likeness, error) {
	found := map[uint32]likeness{}
	section := &imap.FetchItemBodySection{Specifier: imap.PartSpecifierHeader, HeaderFields: []string{"Message-ID"}, Peek: true}
	err := s.link.do(func() error {
		cmd := s.link.client.Fetch(set, &imap.FetchOptions{UID: true, InternalDate: true, RFC822Size: true, BodySection: []*imap.FetchItemBodySection{section}})
		for message := cmd.Next(); message != nil; message = cmd.Next() {
			e, header, err := readHeader(message)
			if err != nil {
				s.link.cut() // as where bodies are fetched
				<-s.link.client.Closed()
				return errors.Join(err, cmd.Close())
			}
			if id := messageID(header); id != "" {
				found[e.uid] = likeness{id, e.size, e.arrived.UTC()}
			}
		}
		return cmd.Close()
	})
	return found, err
}

func readHeader(message *imapclient.FetchMessageData) (e entry, header []byte, err error) {
	for item := message.Next(); item != nil; item = message.Next() {
		e.note(item)
		section, is := item.(imapclient.FetchItemDataBodySection)
		if !is || section.Literal == nil {
			continue
		}
		if header, err = io.ReadAll(io.LimitReader(section.Literal, maxMessageID+64)); err == nil {
			_, err = io.Copy(io.Discard, section.Literal)
		}
		if err != nil {
			return e, nil, fmt.Errorf("reading a Message-ID: %w", err)
		}
	}
	return e, header, nil
}

// messageID is the value of a header of that field alone, "" when there is none
// that a server can be asked for.
func messageID(header []byte) string {
	_, value, _ := strings.Cut(string(header), ":")
	value = strings.TrimSpace(strings.NewReplacer("\r", "", "\n", "").Replace(value))
	strange := func(r rune) bool { return r < ' ' || r > '~' || r == '"' || r == '\\' }
	if len(value) > maxMessageID || strings.ContainsFunc(value, strange) {
		return ""
	}
	return value
}
