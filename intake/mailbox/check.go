package mailbox

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/emersion/go-imap/v2"
)

// checkStall is how long a server may be silent when somebody waits to hear what
// is wrong with it.
const checkStall = 10 * time.Second

// Check signs in and opens the folders, changing nothing, and says in words
// what is wrong: a *Trouble, or nil.
func Check(ctx context.Context, a Account) error { return check(ctx, a, checkStall) }

func check(ctx context.Context, a Account, stall time.Duration) error {
	account, err := a.complete()
	if err == nil {
		_, err = account.schedule()
	}
	if err != nil {
		return trouble(ReasonSetup, err, "%v", err)
	}
	l, err := connect(ctx, account, stall)
	if err != nil {
		return err
	}
	defer l.close()
	release := context.AfterFunc(ctx, l.cut)
	defer release()
	name, err := l.folder()
	if err != nil {
		return err
	}
	var folder *imap.SelectData
	if err := l.do(func() (err error) {
		// What lasts is said of a folder that is open for writing alone.
		folder, err = l.client.Select(name, &imap.SelectOptions{ReadOnly: account.After != AfterKeyword}).Wait()
		return err
	}); err != nil {
		return l.withFolders(account.folderTrouble(ReasonFolder, name, err))
	}
	if folder.UIDValidity == 0 {
		return trouble(ReasonUIDs, nil, "the server gives the folder %q no lasting UIDs", name)
	}
	if err := account.keepsKeyword(folder); err != nil {
		return err
	}
	if account.After != AfterMove {
		return nil
	}
	if !l.canMove() {
		return trouble(ReasonMove, nil, "the server cannot move mails (neither MOVE nor UIDPLUS): set after to keyword or none")
	}
	if err := l.askMoveTo(); err != nil {
		return l.withFolders(err)
	}
	return nil
}

// maxNamed is how many folders a sentence names.
const maxNamed = 20

// withFolders adds to a missing folder which ones there are.
func (l *link) withFolders(err error) error {
	missing, is := errors.AsType[*Trouble](err)
	if !is || missing.Reason != ReasonFolder && missing.Reason != ReasonMoveTo {
		return err
	}
	var names []string
	if failed := l.do(func() error {
		folders, err := l.client.List("", "*", nil).Collect()
		for _, f := range folders {
			if !slices.Contains(f.Attrs, imap.MailboxAttrNoSelect) {
				names = append(names, f.Mailbox)
			}
		}
		return err
	}); failed != nil || len(names) == 0 {
		return err
	}
	slices.Sort(names)
	more := ""
	if len(names) > maxNamed {
		names, more = names[:maxNamed], " …"
	}
	missing.Message += "; there are " + strings.Join(names, ", ") + more
	return missing
}
