package postoffice

import (
	"slices"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapserver"
)

// view is what one client knows of the folder it has selected. Its sequence
// numbers count the messages that the client has been told of, whatever others
// remove meanwhile; poll closes the gap. New messages join at the beginning of a
// command already (grow), so that a client that asks for them without a NOOP
// before gets them; EXISTS follows at the command's end.
type view struct {
	folder   *folder
	readOnly bool
	uids     []imap.UID // sequence number - 1 is the place
	told     int        // how many messages the client believes there are
	saved    imap.UIDSet

	modseq   uint64 // of the folder when its flags were last looked at
	expunges uint64 // of the folder when its removals were last looked at
}

func newView(f *folder, readOnly bool) (*view, *imap.SelectData) {
	f.mu.Lock()
	defer f.mu.Unlock()
	v := &view{folder: f, readOnly: readOnly, modseq: f.modseq, expunges: f.expunges}
	data := &imap.SelectData{
		Flags:       systemFlags(),
		NumMessages: uint32(len(f.messages)),
		UIDNext:     f.next,
		UIDValidity: f.validity,
	}
	v.told = len(f.messages)
	v.uids = make([]imap.UID, len(f.messages))
	for i, m := range f.messages {
		v.uids[i] = m.uid
		if data.FirstUnseenSeqNum == 0 && !hasFlag(m.flags, imap.FlagSeen) {
			data.FirstUnseenSeqNum = uint32(i + 1)
		}
		for _, flag := range m.flags {
			if len(data.Flags) < maxFlags && !hasFlag(data.Flags, flag) {
				data.Flags = append(data.Flags, flag)
			}
		}
	}
	if !readOnly {
		data.PermanentFlags = append(slices.Clone(data.Flags), imap.FlagWildcard)
	}
	return v, data
}

// resolve returns the places in v.uids that a set of numbers names, ascending.
// "*" is the last message that the client knows of.
func (v *view) resolve(set imap.NumSet) []int {
	var places []int
	span := func(from, to int) {
		for i := max(from, 0); i < min(to, len(v.uids)); i++ {
			places = append(places, i)
		}
	}
	if imap.IsSearchRes(set) {
		set = v.saved
	}
	if len(v.uids) == 0 {
		return nil
	}
	switch set := set.(type) {
	case imap.SeqSet:
		for _, r := range set {
			first, last := fixRange(r.Start, r.Stop, uint32(len(v.uids)))
			span(int(first)-1, int(last))
		}
	case imap.UIDSet:
		for _, r := range set {
			first, last := fixRange(uint32(r.Start), uint32(r.Stop), uint32(v.uids[len(v.uids)-1]))
			from, _ := slices.BinarySearch(v.uids, imap.UID(first))
			to, found := slices.BinarySearch(v.uids, imap.UID(last))
			if found {
				to++
			}
			span(from, to)
		}
	}
	slices.Sort(places)
	return slices.Compact(places)
}

// fixRange replaces "*" (0) by the highest number and puts the smaller first.
func fixRange(start, stop, highest uint32) (uint32, uint32) {
	if start == 0 {
		start = highest
	}
	if stop == 0 {
		stop = highest
	}
	return min(start, stop), max(start, stop)
}

func (v *view) uidsAt(places []int) []imap.UID {
	uids := make([]imap.UID, len(places))
	for i, place := range places {
		uids[i] = v.uids[place]
	}
	return uids
}

// news is what a client has to be told.
type news struct {
	removed []uint32 // sequence numbers, descending
	exists  uint32   // 0 for no more than before
	flags   []flagNews
}

type flagNews struct {
	seq   uint32
	uid   imap.UID
	flags []imap.Flag
}

// catchUp brings the view to the folder's present state. Removals change the
// numbers of other messages, so they wait until they are allowed.
func (v *view) catchUp(allowExpunge bool) news {
	f := v.folder
	f.mu.Lock()
	defer f.mu.Unlock()
	var n news
	if allowExpunge && v.expunges != f.expunges {
		kept := v.uids[:0:0]
		for i, uid := range v.uids {
			if _, ok := f.position(uid); ok {
				kept = append(kept, uid)
			} else if i < v.told {
				n.removed = append(n.removed, uint32(i+1))
			}
		}
		slices.Reverse(n.removed)
		v.told -= len(n.removed)
		v.uids, v.expunges = kept, f.expunges
	}
	if v.modseq != f.modseq {
		for i, uid := range v.uids {
			if m := f.find(uid); m != nil && m.changed > v.modseq && m.changedBy != v {
				n.flags = append(n.flags, flagNews{uint32(i + 1), uid, m.flags})
			}
		}
		v.modseq = f.modseq
	}
	v.growLocked()
	if len(v.uids) > v.told {
		v.told = len(v.uids)
		n.exists = uint32(v.told)
	}
	return n
}

// grow takes in messages that were filed since the last look.
func (v *view) grow() {
	v.folder.mu.Lock()
	defer v.folder.mu.Unlock()
	v.growLocked()
}

// growLocked is grow with v.folder.mu held.
func (v *view) growLocked() {
	known := imap.UID(0)
	if len(v.uids) > 0 {
		known = v.uids[len(v.uids)-1]
	}
	first, _ := v.folder.position(known + 1)
	for _, m := range v.folder.messages[first:] {
		v.uids = append(v.uids, m.uid)
	}
}

// poll tells the client what has changed.
func (v *view) poll(w *imapserver.UpdateWriter, allowExpunge bool) error {
	n := v.catchUp(allowExpunge)
	for _, seq := range n.removed {
		if err := w.WriteExpunge(seq); err != nil {
			return err
		}
	}
	if n.exists > 0 {
		if err := w.WriteNumMessages(n.exists); err != nil {
			return err
		}
	}
	for _, m := range n.flags {
		if err := w.WriteMessageFlags(m.seq, m.uid, m.flags); err != nil {
			return err
		}
	}
	return nil
}

func (s *imapSession) Select(name string, options *imap.SelectOptions) (*imap.SelectData, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f, err := s.account.folder(name)
	if err != nil {
		return nil, s.answer(err)
	}
	var data *imap.SelectData
	s.view, data = newView(f, options.ReadOnly)
	return data, nil
}

func (s *imapSession) Unselect() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.view = nil
	return nil
}

func (s *imapSession) Poll(w *imapserver.UpdateWriter, allowExpunge bool) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.view == nil {
		return nil
	}
	return s.view.poll(w, allowExpunge)
}

// Idle tells the client of every change until stop closes.
func (s *imapSession) Idle(w *imapserver.UpdateWriter, stop <-chan struct{}) error {
	if err := s.office.enter(); err != nil {
		return s.answer(err)
	}
	defer s.office.leave()
	for {
		s.mu.Lock()
		v := s.view
		s.mu.Unlock()
		var changes <-chan struct{}
		if v != nil {
			changes = v.folder.changes() // before the look, so that none is missed
			if err := s.idlePoll(w, v, stop); err != nil {
				return err
			}
		}
		select {
		case <-changes:
		case <-stop:
			return nil
		case <-s.office.closing:
			return nil
		}
	}
}

// idlePoll polls v unless the client has gone on to something else.
func (s *imapSession) idlePoll(w *imapserver.UpdateWriter, v *view, stop <-chan struct{}) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	select {
	case <-stop:
		return nil
	default:
	}
	if s.view != v {
		return nil
	}
	return v.poll(w, true)
}
