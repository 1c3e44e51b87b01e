package postoffice

import (
	"cmp"
	"fmt"
	"slices"
	"time"
)

// Summary is one line of a list of mailboxes.
type Summary struct {
	Address string
	Count   int       // mails in the INBOX
	Latest  time.Time // when the latest of them came, UTC; zero for none
}

// Message is a mail in an INBOX.
type Message struct {
	UID      uint32
	Received time.Time // UTC
	Size     int64     // octets

	folder  *folder
	message *message
}

// Raw returns the mail's bytes. The caller must not change them.
func (m Message) Raw() ([]byte, error) {
	if m.message.raw != nil {
		return m.message.raw, nil
	}
	c, err := m.folder.vault.open(m.message)
	if err != nil {
		return nil, fmt.Errorf("open message %d: %w", m.UID, err)
	}
	defer c.Close()
	raw, err := readAll(c, m.Size)
	if err != nil {
		return nil, fmt.Errorf("read message %d: %w", m.UID, err)
	}
	return raw, nil
}

// Mailboxes lists the addresses that ever got mail, by address.
func (o *Office) Mailboxes() []Summary {
	o.mu.Lock()
	accounts := make([]*account, 0, len(o.accounts))
	for _, a := range o.accounts {
		accounts = append(accounts, a)
	}
	o.mu.Unlock()

	var list []Summary
	for _, a := range accounts {
		f := a.existing(inboxName)
		if f == nil {
			continue
		}
		f.mu.Lock()
		s, used := Summary{Address: a.address, Count: len(f.messages)}, f.next > 1
		if s.Count > 0 {
			s.Latest = f.messages[s.Count-1].received
		}
		f.mu.Unlock()
		if used {
			list = append(list, s)
		}
	}
	slices.SortFunc(list, func(a, b Summary) int { return cmp.Compare(a.Address, b.Address) })
	return list
}

// Messages lists the INBOX of an address, the newest first.
func (o *Office) Messages(address string) []Message {
	f := o.inbox(address)
	if f == nil {
		return nil
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	list := make([]Message, 0, len(f.messages))
	for _, m := range slices.Backward(f.messages) {
		list = append(list, newMessage(f, m))
	}
	return list
}

// Message returns one mail of the INBOX of an address.
func (o *Office) Message(address string, uid uint32) (Message, bool) {
	f := o.inbox(address)
	if f == nil {
		return Message{}, false
	}
	m, _ := f.get(imapUID(uid))
	if m == nil {
		return Message{}, false
	}
	return newMessage(f, m), true
}

func newMessage(f *folder, m *message) Message {
	return Message{UID: uint32(m.uid), Received: m.received, Size: m.size, folder: f, message: m}
}

// inbox returns the INBOX of an address that was used already, or nil.
func (o *Office) inbox(address string) *folder {
	box, err := mailboxAddress(address)
	if err != nil {
		return nil
	}
	o.mu.Lock()
	a := o.accounts[box]
	o.mu.Unlock()
	if a == nil {
		return nil
	}
	return a.existing(inboxName)
}
