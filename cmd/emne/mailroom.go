package main

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/emne/emne/intake/mailbox"
	"github.com/emne/emne/intake/mailbox/oauth"
	"github.com/emne/emne/process"
	"github.com/emne/emne/process/console"
)

// The bounds of sign-ins that are begun on the console and not ended.
const (
	signInTime = 10 * time.Minute
	maxBegun   = 100
)

// mailroom tells the console and the API of the mailboxes, and signs in to
// them. A sign-in lives in this process alone, is bound to the browser's
// session, and ends once or after ten minutes.
type mailroom struct {
	boxes    []*mailbox.Mailbox
	accounts []mailbox.Account
	signIns  map[string]*oauth.Source
	// base is where browsers reach the console, address the company's for mail.
	base, address string
	clock         func() time.Time

	mu    sync.Mutex
	begun map[string]begun
}

// begun is a sign-in on its way.
type begun struct {
	oauth.Begun
	mailbox string
	session [sha256.Size]byte
	until   time.Time
}

// companyAddress is the one that is extended for blind copies: the sender's when
// that is a company's mailbox, else the first of those, "" when there is none.
func companyAddress(accounts []mailbox.Account, sender string) (address string) {
	for _, a := range accounts {
		if a.User == "" && (address == "" || strings.EqualFold(a.Address, sender)) {
			address = a.Address
		}
	}
	return address
}

func newMailroom(boxes []*mailbox.Mailbox, o serverOptions, base string, clock func() time.Time) *mailroom {
	return &mailroom{boxes: boxes, accounts: o.mailboxes, signIns: o.signIns, base: base, address: companyAddress(o.mailboxes, o.submission.From), clock: clock, begun: map[string]begun{}}
}

// Address implements console.Mailboxes.
func (r *mailroom) Address() string { return r.address }

// Wake implements console.Mailboxes.
func (r *mailroom) Wake(user string) {
	for i, a := range r.accounts {
		if a.User != "" && strings.EqualFold(a.User, user) {
			r.boxes[i].Wake()
		}
	}
}

// Mailboxes implements console.Mailboxes.
func (r *mailroom) Mailboxes(ctx context.Context) []console.Mailbox {
	all := make([]console.Mailbox, 0, len(r.boxes))
	for i, b := range r.boxes {
		st, a := b.Status(), r.accounts[i]
		name, folder, _ := strings.Cut(a.Name, mailbox.FolderMark)
		m := console.Mailbox{Name: name, Folder: folder, Address: a.Address, User: strings.ToLower(a.User), State: stateOf(st), Reason: st.Reason, Detail: st.LastError,
			LastSuccess: st.LastSuccess, Lag: st.Lag, Done: st.Backfill.Done, Total: st.Backfill.Total, Rate: st.Backfill.Rate}
		if s := r.signIns[name]; s != nil {
			m.SignsIn = s.ByPerson()
			if e := soonest(ctx, s, r.clock()); e.What != "" {
				m.Expires, m.ExpiresAt = e.What, e.At
			}
		}
		all = append(all, m)
	}
	return all
}

// stateOf is how a mailbox does, in a word.
func stateOf(st mailbox.Status) string {
	switch {
	case st.Reason == mailbox.ReasonClosed:
		return "off"
	case st.LastError != "":
		return "failing"
	case st.Connected:
		return "ok"
	}
	return "starting"
}

// soonest is what ends first of a sign-in, if people are to be told of it now.
func soonest(ctx context.Context, s *oauth.Source, now time.Time) (first oauth.Expiry) {
	all, err := s.Expiries(ctx)
	if err != nil {
		return first // the mailbox's own state tells of the store
	}
	for _, e := range all {
		if e.Soon(now) && (first.What == "" || e.At.Before(first.At)) {
			first = e
		}
	}
	return first
}

// SignIn implements console.Mailboxes.
func (r *mailroom) SignIn(_ context.Context, name, session string) (string, error) {
	s := r.signIns[name]
	if s == nil {
		return "", process.NotFound("mailbox", name)
	}
	b, err := s.Begin(r.base + "/mailboxes/signed-in")
	if err != nil {
		return "", err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	now := r.clock()
	for state, one := range r.begun {
		if now.After(one.until) {
			delete(r.begun, state)
		}
	}
	if len(r.begun) >= maxBegun {
		return "", errors.New("too many sign-ins are on their way: try again in ten minutes")
	}
	r.begun[b.State] = begun{b, name, sha256.Sum256([]byte(session)), now.Add(signInTime)}
	return b.Page, nil
}

// SignedIn implements console.Mailboxes.
func (r *mailroom) SignedIn(ctx context.Context, session, state, code, refusal string) error {
	r.mu.Lock()
	b, known := r.begun[state]
	known = known && b.session == sha256.Sum256([]byte(session)) && !r.clock().After(b.until)
	if known {
		delete(r.begun, state)
	}
	r.mu.Unlock()
	switch {
	case !known:
		return errors.New("this sign-in was not begun here, was used already, or took longer than ten minutes: begin again")
	case refusal != "" || code == "":
		return fmt.Errorf("the provider refuses the sign-in: %.300s", refusal)
	}
	if err := r.signIns[b.mailbox].End(ctx, b.Begun, code); err != nil {
		return err
	}
	for i, a := range r.accounts {
		if name, _, _ := strings.Cut(a.Name, mailbox.FolderMark); name == b.mailbox {
			r.boxes[i].Wake()
		}
	}
	return nil
}
