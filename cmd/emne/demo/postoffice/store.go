package postoffice

import (
	"slices"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapserver"
)

var errReadOnly = &imap.Error{Type: imap.StatusResponseTypeNo, Code: imap.ResponseCodeNoPerm, Text: "The mailbox is open for reading only"}

func (s *imapSession) Store(w *imapserver.FetchWriter, set imap.NumSet, flags *imap.StoreFlags, _ *imap.StoreOptions) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	v := s.view
	if v.readOnly {
		return errReadOnly
	}
	v.grow()
	places := v.resolve(set)
	if err := v.folder.setFlags(v.uidsAt(places), flagEdit(flags.Op, flags.Flags), v); err != nil {
		return s.answer(err)
	}
	if flags.Silent {
		return nil
	}
	_, byUID := set.(imap.UIDSet)
	for _, place := range places {
		m, now := v.folder.get(v.uids[place])
		if m == nil {
			continue
		}
		if err := v.folder.fetch(w, uint32(place+1), m, now, &imap.FetchOptions{UID: byUID, Flags: true}); err != nil {
			return s.answer(err)
		}
	}
	return nil
}

// Expunge removes what has \Deleted. The poll after the command tells the client.
func (s *imapSession) Expunge(_ *imapserver.ExpungeWriter, uids *imap.UIDSet) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	v := s.view
	if v.readOnly {
		if uids == nil {
			return nil // CLOSE of an EXAMINEd mailbox removes nothing and succeeds
		}
		return errReadOnly
	}
	var chosen []imap.UID
	if uids != nil {
		chosen = v.uidsAt(v.resolve(*uids))
	} else {
		chosen = v.uids
	}
	return s.answer(v.folder.remove(func(m *message) bool {
		_, known := slices.BinarySearch(chosen, m.uid)
		return known && hasFlag(m.flags, imap.FlagDeleted)
	}))
}

func (s *imapSession) Copy(set imap.NumSet, name string) (*imap.CopyData, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	data, _, err := s.copy(set, name)
	return data, err
}

// Move copies and then removes. A crash between leaves the messages in both
// mailboxes, never in none (RFC 6851 section 3.3).
func (s *imapSession) Move(w *imapserver.MoveWriter, set imap.NumSet, name string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.view.readOnly {
		return errReadOnly
	}
	data, moved, err := s.copy(set, name)
	if err != nil || len(moved) == 0 {
		return err
	}
	err = s.view.folder.remove(func(m *message) bool {
		_, ok := slices.BinarySearch(moved, m.uid)
		return ok
	})
	if err != nil {
		return s.answer(err)
	}
	// The EXPUNGE responses follow from the poll after the command.
	return w.WriteCopyData(data)
}

// copy files the messages in another folder, all or none, and returns the UIDs
// that were copied.
func (s *imapSession) copy(set imap.NumSet, name string) (*imap.CopyData, []imap.UID, error) {
	target, err := s.target(name)
	if err != nil {
		return nil, nil, err
	}
	v := s.view
	v.grow()
	var items []*filing
	var copied []imap.UID
	for _, uid := range v.uidsAt(v.resolve(set)) {
		m, flags := v.folder.get(uid)
		if m == nil {
			continue // removed by another client; poll tells
		}
		items = append(items, &filing{letter: v.folder.vault.letter(m), received: m.received, flags: flags})
		copied = append(copied, uid)
	}
	if len(items) == 0 {
		return nil, nil, nil
	}
	failed := target.file(items...)
	var filed imap.UIDSet
	for _, item := range items {
		if item.err == nil {
			filed.AddNum(item.uid)
		}
	}
	if failed != nil {
		if err := target.remove(func(m *message) bool { return filed.Contains(m.uid) }); err != nil {
			s.office.log.Error("a failed copy left messages behind", "error", err)
		}
		return nil, nil, s.answer(failed)
	}
	data := &imap.CopyData{UIDValidity: target.validity, DestUIDs: filed}
	data.SourceUIDs.AddNum(copied...)
	return data, copied, nil
}
