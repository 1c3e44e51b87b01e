package mailbox

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/emersion/go-imap/v2"

	"github.com/emne/emne/intake"
)

// FolderSent, as an account's folder, is the one of what was sent, whatever the
// server calls it (RFC 6154).
const FolderSent = `\Sent`

// sentNames are what servers that do not mark it call that folder, in lower
// case, without the folder that it may lie in.
var sentNames = []string{"sent", "sent items", "sent mail", "sent messages", "sendt", "sendte elementer", "sendt e-post", "skickat",
	"skickade objekt", "sendt post", "gesendet", "gesendete elemente", "gesendete objekte"}

// closedTime is how often a mailbox that its user has not opened is asked about
// again; Wake asks at once.
const closedTime = 15 * time.Second

// Consent tells whether a person lets the own mailbox be read, and of which
// moment on.
type Consent interface {
	OwnMail(ctx context.Context, user string) (since time.Time, agreed bool, err error)
}

// consent asks the person whose mailbox it is; for the company's nobody is asked.
func (m *Mailbox) consent(ctx context.Context) (time.Time, error) {
	if m.account.User == "" {
		return time.Time{}, nil
	}
	ask, cancel := context.WithTimeout(ctx, recordTime)
	defer cancel()
	since, agreed, err := m.consents.OwnMail(ask, m.account.User)
	switch {
	case err != nil:
		return since, trouble(ReasonStore, err, "the store does not work: %v", err)
	case !agreed:
		return since, trouble(ReasonClosed, nil, "%s has not opened this mailbox for emne: that is done on the page Mailboxes of the console", m.account.User)
	}
	return since, nil
}

// own says whose mailbox a mail lies in, nil for the company's.
func (a Account) own() *intake.OwnMailbox {
	if a.User == "" {
		return nil
	}
	return &intake.OwnMailbox{User: a.User, Sent: a.Sent}
}

// Wake makes the mailbox look at once at what may have changed: it connects
// without waiting longer, or looks for mail and for its user's consent.
func (m *Mailbox) Wake() {
	select {
	case m.woken <- struct{}{}:
	default:
	}
}

// pause waits before the next connection.
func (m *Mailbox) pause(ctx context.Context, wait time.Duration, again *retry) {
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-timer.C:
	case <-m.woken:
		again.reset()
	}
}

// folder is the name of an account's folder on the server.
func (l *link) folder() (string, error) {
	if l.account.Folder != FolderSent {
		return l.account.Folder, nil
	}
	options := &imap.ListOptions{ReturnSpecialUse: l.caps.Has(imap.CapSpecialUse) && l.caps.Has(imap.CapListExtended)}
	var folders []*imap.ListData
	if err := l.do(func() (err error) {
		folders, err = l.client.List("", "*", options).Collect()
		return err
	}); err != nil {
		return "", l.account.folderTrouble(ReasonFolder, FolderSent, err)
	}
	named := ""
	for _, f := range folders {
		if slices.Contains(f.Attrs, imap.MailboxAttrSent) {
			return f.Mailbox, nil
		}
		name := f.Mailbox
		if f.Delim != 0 {
			name = name[strings.LastIndexByte(name, byte(f.Delim))+1:]
		}
		if named == "" && slices.Contains(sentNames, strings.ToLower(name)) && !slices.Contains(f.Attrs, imap.MailboxAttrNoSelect) {
			named = f.Mailbox
		}
	}
	if named == "" {
		return "", trouble(ReasonFolder, nil, "the server does not say which folder of %s holds what was sent: name it as sent", l.account.Username)
	}
	return named, nil
}
