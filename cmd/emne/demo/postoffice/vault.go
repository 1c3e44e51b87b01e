package postoffice

import (
	"bytes"
	"errors"
	"io"
	"time"

	"github.com/emersion/go-imap/v2"
)

// message is one entry of a folder's index. Only flags, changed and changedBy
// change after it was filed, under folder.mu; the slice of flags is replaced,
// never written to.
type message struct {
	uid      imap.UID
	received time.Time // INTERNALDATE, UTC
	size     int64     // octets
	flags    []imap.Flag

	changed   uint64 // folder.modseq at the last change of flags
	changedBy *view  // the view that changed them, nil for none

	raw []byte // content when the office is in memory
}

// letter is the content of a message that is safe but in no folder yet.
type letter struct {
	size int64
	path string // on disk
	raw  []byte // in memory
}

// content reads a message; it must be closed.
type content interface {
	io.ReaderAt
	io.Closer
}

// flagChange is a message's whole set of flags from now on.
type flagChange struct {
	uid   imap.UID
	flags []imap.Flag
}

// state is what a folder remembers besides its messages.
type state struct {
	Address     string   `json:"address"`
	Folder      string   `json:"folder"`
	UIDValidity uint32   `json:"uid_validity"`
	UIDNext     imap.UID `json:"uid_next"`
	Subscribed  bool     `json:"subscribed"`
}

// accountState is what outlives the folders of an account: the highest
// UIDVALIDITY that it ever gave out. It is kept once a folder was deleted.
type accountState struct {
	Address         string `json:"address"`
	LastUIDValidity uint32 `json:"last_uid_validity"`
}

// vault keeps one folder's lasting side. Its writing methods are called by one
// goroutine at a time (folder.writing).
type vault interface {
	// put files content under m's UID and date. It lasts after sync.
	put(m *message, l letter) error
	// take removes m's content. It lasts after sync.
	take(m *message) error
	sync() error
	// logFlags makes flags last before it returns.
	logFlags(changes []flagChange) error
	// saveState makes s last before it returns.
	saveState(s state) error
	// drop removes the whole folder.
	drop() error

	letter(m *message) letter
	open(m *message) (content, error)
}

// memoryVault keeps nothing beyond the index itself.
type memoryVault struct{}

func (memoryVault) put(m *message, l letter) error {
	m.raw = l.raw
	return nil
}

func (memoryVault) take(*message) error         { return nil }
func (memoryVault) sync() error                 { return nil }
func (memoryVault) logFlags([]flagChange) error { return nil }
func (memoryVault) saveState(state) error       { return nil }
func (memoryVault) drop() error                 { return nil }
func (memoryVault) letter(m *message) letter    { return letter{size: m.size, raw: m.raw} }
func (memoryVault) open(m *message) (content, error) {
	return memoryContent{bytes.NewReader(m.raw)}, nil
}

type memoryContent struct{ *bytes.Reader }

func (memoryContent) Close() error { return nil }

// readAll returns the whole content of a message of the given size in octets.
func readAll(c content, size int64) ([]byte, error) {
	raw := make([]byte, size)
	if n, err := c.ReadAt(raw, 0); int64(n) < size {
		if err == nil || errors.Is(err, io.EOF) {
			err = io.ErrUnexpectedEOF
		}
		return nil, err
	}
	return raw, nil
}
