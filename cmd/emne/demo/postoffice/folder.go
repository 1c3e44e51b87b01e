package postoffice

import (
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/emersion/go-imap/v2"
)

var errFolderGone = errors.New("the folder was deleted")

// folder is one mailbox in the sense of IMAP: an index of messages by UID, with
// their content in a vault. Its index only changes after the vault has made the
// change last, and every change wakes those who wait on changes().
type folder struct {
	vault    vault
	address  string
	validity uint32 // UIDVALIDITY

	queueMu sync.Mutex
	queue   []*filing // waiting for the next commit

	writing sync.Mutex // held by the one goroutine that writes to the vault

	mu         sync.Mutex
	name       string
	subscribed bool
	messages   []*message // ascending UIDs
	next       imap.UID   // UIDNEXT
	savedNext  imap.UID   // UIDNEXT in state.json
	modseq     uint64     // counts changes of flags
	expunges   uint64     // counts removals
	gone       bool
	wake       chan struct{} // closed at the next change
}

// filing is one letter on its way into a folder. uid and err are its outcome.
type filing struct {
	letter   letter
	received time.Time
	flags    []imap.Flag

	uid imap.UID
	err error
}

func newFolder(s state, v vault) *folder {
	return &folder{
		vault:      v,
		address:    s.Address,
		validity:   s.UIDValidity,
		name:       s.Folder,
		subscribed: s.Subscribed,
		next:       max(s.UIDNext, 1),
		savedNext:  s.UIDNext,
		wake:       make(chan struct{}),
	}
}

// file puts letters into the folder and returns when they last and are visible.
// Letters filed at the same time by others share its sync. The first error of
// the caller's own letters is returned; the other letters are filed all the same.
func (f *folder) file(items ...*filing) error {
	f.queueMu.Lock()
	f.queue = append(f.queue, items...)
	f.queueMu.Unlock()

	f.writing.Lock()
	f.queueMu.Lock()
	batch := f.queue
	f.queue = nil
	f.queueMu.Unlock()
	if len(batch) > 0 { // else an earlier holder of writing has filed ours
		f.commit(batch)
	}
	f.writing.Unlock()

	for _, item := range items {
		if item.err != nil {
			return fmt.Errorf("file into %s: %w", f.displayName(), item.err)
		}
	}
	return nil
}

// commit files a batch under consecutive UIDs. f.writing is held.
func (f *folder) commit(batch []*filing) {
	f.mu.Lock()
	next, gone := f.next, f.gone
	f.mu.Unlock()
	if gone {
		fail(batch, errFolderGone)
		return
	}

	filed := make([]*message, 0, len(batch))
	owners := make([]*filing, 0, len(batch))
	var flags []flagChange
	for _, item := range batch {
		// File names hold microseconds, so that is what a date is from the start.
		m := &message{uid: next, received: item.received.UTC().Truncate(time.Microsecond), size: item.letter.size, flags: item.flags}
		next++
		if item.err = f.vault.put(m, item.letter); item.err != nil {
			continue
		}
		item.uid = m.uid
		filed, owners = append(filed, m), append(owners, item)
		if len(m.flags) > 0 {
			flags = append(flags, flagChange{m.uid, m.flags})
		}
	}
	var err error
	if len(flags) > 0 {
		err = f.vault.logFlags(flags)
	}
	if err == nil && len(filed) > 0 {
		err = f.vault.sync()
	}
	if err != nil {
		for _, m := range filed {
			err = errors.Join(err, f.vault.take(m))
		}
		fail(owners, err)
		filed = nil
	}

	f.mu.Lock()
	f.next = next
	f.messages = append(f.messages, filed...)
	f.announce()
	f.mu.Unlock()
}

func fail(items []*filing, err error) {
	for _, item := range items {
		item.err = err
	}
}

// announce wakes everybody who waits for a change. f.mu is held.
func (f *folder) announce() {
	close(f.wake)
	f.wake = make(chan struct{})
}

// changes returns a channel that is closed at the next change. Who takes it
// before looking at the folder misses none.
func (f *folder) changes() <-chan struct{} {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.wake
}

func (f *folder) displayName() string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.name
}

// position finds a UID's place in the index. f.mu is held.
func (f *folder) position(uid imap.UID) (int, bool) {
	return slices.BinarySearchFunc(f.messages, uid, func(m *message, uid imap.UID) int {
		return int(int64(m.uid) - int64(uid))
	})
}

// find returns the message with a UID, or nil. f.mu is held, or f is not shared.
func (f *folder) find(uid imap.UID) *message {
	if i, ok := f.position(uid); ok {
		return f.messages[i]
	}
	return nil
}

// get returns the message with a UID and its flags, or nil.
func (f *folder) get(uid imap.UID) (*message, []imap.Flag) {
	f.mu.Lock()
	defer f.mu.Unlock()
	m := f.find(uid)
	if m == nil {
		return nil, nil
	}
	return m, m.flags
}

// state is what state.json should hold. f.mu is held.
func (f *folder) state() state {
	return state{Address: f.address, Folder: f.name, UIDValidity: f.validity, UIDNext: f.next, Subscribed: f.subscribed}
}

// setFlags gives each of the messages the flags that change makes of its
// present ones. by is the view that asks, which is not told of it again.
func (f *folder) setFlags(uids []imap.UID, change func([]imap.Flag) []imap.Flag, by *view) error {
	f.writing.Lock()
	defer f.writing.Unlock()

	var changes []flagChange
	f.mu.Lock()
	for _, uid := range uids {
		if m := f.find(uid); m != nil {
			if flags := change(m.flags); !sameFlags(flags, m.flags) {
				changes = append(changes, flagChange{uid, flags})
			}
		}
	}
	f.mu.Unlock()
	if len(changes) == 0 {
		return nil
	}
	if err := f.vault.logFlags(changes); err != nil {
		return fmt.Errorf("store flags in %s: %w", f.displayName(), err)
	}

	f.mu.Lock()
	defer f.mu.Unlock()
	f.modseq++
	for _, c := range changes {
		// Only a holder of writing removes messages, so it is still there.
		m := f.find(c.uid)
		m.flags, m.changed, m.changedBy = c.flags, f.modseq, by
	}
	f.announce()
	return nil
}

// remove takes out the messages that pick chooses, for good.
func (f *folder) remove(pick func(*message) bool) error {
	f.writing.Lock()
	defer f.writing.Unlock()

	f.mu.Lock()
	var victims, rest []*message
	for _, m := range f.messages {
		if pick(m) {
			victims = append(victims, m)
		} else {
			rest = append(rest, m)
		}
	}
	s, saved := f.state(), f.savedNext
	f.mu.Unlock()
	if len(victims) == 0 {
		return nil
	}

	// UIDNEXT follows from the highest file until that file goes.
	if highest := len(rest) == 0 || rest[len(rest)-1].uid+1 < s.UIDNext; highest && saved < s.UIDNext {
		if err := f.save(s); err != nil {
			return err
		}
	}
	f.mu.Lock()
	f.messages = rest
	f.expunges++
	f.announce()
	f.mu.Unlock()

	for _, m := range victims {
		if err := f.vault.take(m); err != nil {
			return fmt.Errorf("remove from %s: %w", s.Folder, err)
		}
	}
	if err := f.vault.sync(); err != nil {
		return fmt.Errorf("remove from %s: %w", s.Folder, err)
	}
	return nil
}

// save writes the state down. f.writing is held.
func (f *folder) save(s state) error {
	if err := f.vault.saveState(s); err != nil {
		return fmt.Errorf("save state of %s: %w", s.Folder, err)
	}
	f.mu.Lock()
	f.savedNext = s.UIDNext
	f.mu.Unlock()
	return nil
}

// update changes name or subscription.
func (f *folder) update(change func(*state)) error {
	f.writing.Lock()
	defer f.writing.Unlock()
	f.mu.Lock()
	s := f.state()
	f.mu.Unlock()
	change(&s)
	if err := f.save(s); err != nil {
		return err
	}
	f.mu.Lock()
	f.name, f.subscribed = s.Folder, s.Subscribed
	f.mu.Unlock()
	return nil
}

// drop deletes the folder with everything in it.
func (f *folder) drop() error {
	f.writing.Lock()
	defer f.writing.Unlock()
	f.mu.Lock()
	f.gone = true
	f.messages = nil
	f.expunges++
	f.announce()
	name := f.name
	f.mu.Unlock()
	if err := f.vault.drop(); err != nil {
		return fmt.Errorf("delete %s: %w", name, err)
	}
	return nil
}
