package postoffice

import (
	"crypto/subtle"
	"errors"
	"log/slog"
	"strings"
	"sync"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapserver"
)

func newIMAPServer(o *Office) *imapserver.Server {
	return imapserver.New(&imapserver.Options{
		NewSession: func(*imapserver.Conn) (imapserver.Session, *imapserver.GreetingData, error) {
			if err := o.enter(); err != nil {
				return nil, nil, &imap.Error{Type: imap.StatusResponseTypeBye, Text: "Closing down"}
			}
			return &imapSession{office: o}, nil, nil
		},
		Caps: imap.CapSet{
			imap.CapIMAP4rev1:  {},
			imap.CapIMAP4rev2:  {},
			imap.CapSpecialUse: {},
			imap.CapChildren:   {},
		},
		Logger:       slog.NewLogLogger(o.log.Handler(), slog.LevelWarn),
		InsecureAuth: true,
	})
}

// imapSession is one connection. The library calls its methods one after the
// other, but for Idle, whose end it does not wait for when the connection
// breaks: mu keeps that tail apart from what follows.
type imapSession struct {
	office *Office

	mu      sync.Mutex
	account *account
	view    *view // nil when no mailbox is selected
}

var (
	_ imapserver.SessionIMAP4rev2   = (*imapSession)(nil)
	_ imapserver.SessionAppendLimit = (*imapSession)(nil)
)

func (s *imapSession) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.view = nil
	s.office.leave()
	return nil
}

func (s *imapSession) Login(username, password string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	box, err := mailboxAddress(username)
	right := subtle.ConstantTimeCompare([]byte(password), []byte(Password)) == 1
	if err != nil || !right {
		return imapserver.ErrAuthFailed
	}
	s.account, err = s.office.account(box)
	return s.answer(err)
}

func (s *imapSession) AppendLimit() uint32 { return MaxMessage }

func (s *imapSession) Namespace() (*imap.NamespaceData, error) {
	return &imap.NamespaceData{Personal: []imap.NamespaceDescriptor{{Delim: delimiter}}}, nil
}

// answer turns an error of the store into the response that the client gets.
func (s *imapSession) answer(err error) error {
	if err == nil {
		return nil
	}
	if _, ok := errors.AsType[*imap.Error](err); ok {
		return err
	}
	code := imap.ResponseCode("")
	switch {
	case errors.Is(err, errNoFolder), errors.Is(err, errFolderGone):
		code = imap.ResponseCodeNonExistent
	case errors.Is(err, errFolderExists):
		code = imap.ResponseCodeAlreadyExists
	case errors.Is(err, errFolderName):
		code = imap.ResponseCodeCannot
	case errors.Is(err, errTooManyBoxes), errors.Is(err, errTooManyAccounts):
		code = imap.ResponseCodeLimit
	default:
		s.office.log.Error("IMAP command failed", "error", err)
		return &imap.Error{Type: imap.StatusResponseTypeNo, Code: imap.ResponseCodeServerBug, Text: "The mail store failed"}
	}
	return &imap.Error{Type: imap.StatusResponseTypeNo, Code: code, Text: strings.ToUpper(err.Error()[:1]) + err.Error()[1:]}
}

// target finds the folder that messages are put into.
func (s *imapSession) target(name string) (*folder, error) {
	f, err := s.account.folder(name)
	if errors.Is(err, errNoFolder) {
		return nil, &imap.Error{Type: imap.StatusResponseTypeNo, Code: imap.ResponseCodeTryCreate, Text: "No such mailbox"}
	}
	return f, s.answer(err)
}

func (s *imapSession) Create(name string, _ *imap.CreateOptions) error {
	return s.answer(s.account.create(name))
}

func (s *imapSession) Delete(name string) error { return s.answer(s.account.delete(name)) }

func (s *imapSession) Rename(from, to string, _ *imap.RenameOptions) error {
	return s.answer(s.account.rename(from, to))
}

func (s *imapSession) Subscribe(name string) error   { return s.subscribe(name, true) }
func (s *imapSession) Unsubscribe(name string) error { return s.subscribe(name, false) }

func (s *imapSession) subscribe(name string, on bool) error {
	f, err := s.account.folder(name)
	if err != nil {
		return s.answer(err)
	}
	return s.answer(f.update(func(s *state) { s.Subscribed = on }))
}

func (s *imapSession) List(w *imapserver.ListWriter, ref string, patterns []string, options *imap.ListOptions) error {
	if len(patterns) == 0 { // RFC 9051 section 6.3.9: asks for the delimiter
		return w.WriteList(&imap.ListData{Attrs: []imap.MailboxAttr{imap.MailboxAttrNoSelect}, Delim: delimiter})
	}
	names := s.account.names()
	for _, name := range names {
		matched := false
		for _, pattern := range patterns {
			if strings.EqualFold(pattern, inboxName) {
				pattern = inboxName
			}
			matched = matched || imapserver.MatchList(name, delimiter, ref, pattern)
		}
		if !matched {
			continue
		}
		data, err := s.listData(name, names, options)
		if err != nil {
			return s.answer(err)
		}
		if data == nil {
			continue
		}
		if err := w.WriteList(data); err != nil {
			return err
		}
	}
	return nil
}

// listData describes a folder, or returns nil when options select others.
func (s *imapSession) listData(name string, names []string, options *imap.ListOptions) (*imap.ListData, error) {
	if options.SelectSpecialUse && name != sentName {
		return nil, nil
	}
	data := &imap.ListData{Mailbox: name, Delim: delimiter}
	subscribed := true
	if f := s.account.existing(name); f != nil {
		f.mu.Lock()
		subscribed = f.subscribed
		f.mu.Unlock()
	}
	if options.SelectSubscribed && !subscribed {
		return nil, nil
	}
	if subscribed && (options.SelectSubscribed || options.ReturnSubscribed) {
		data.Attrs = append(data.Attrs, imap.MailboxAttrSubscribed)
	}
	child := imap.MailboxAttrHasNoChildren
	for _, other := range names {
		if strings.HasPrefix(other, name+string(delimiter)) {
			child = imap.MailboxAttrHasChildren
		}
	}
	data.Attrs = append(data.Attrs, child)
	if name == sentName {
		data.Attrs = append(data.Attrs, imap.MailboxAttrSent)
	}
	if options.ReturnStatus != nil {
		f, err := s.account.folder(name)
		if err != nil {
			return nil, err
		}
		data.Status = f.status(name, options.ReturnStatus)
	}
	return data, nil
}

func (s *imapSession) Status(name string, options *imap.StatusOptions) (*imap.StatusData, error) {
	f, err := s.account.folder(name)
	if err != nil {
		return nil, s.answer(err)
	}
	return f.status(folderName(name), options), nil
}

func (f *folder) status(name string, options *imap.StatusOptions) *imap.StatusData {
	f.mu.Lock()
	defer f.mu.Unlock()
	var (
		messages                = uint32(len(f.messages))
		recent, unseen, deleted uint32
		size, deletedSize       int64
		limit                   = uint32(MaxMessage)
	)
	for _, m := range f.messages {
		size += m.size
		if !hasFlag(m.flags, imap.FlagSeen) {
			unseen++
		}
		if hasFlag(m.flags, imap.FlagDeleted) {
			deleted++
			deletedSize += m.size
		}
	}
	// The server writes only what was asked for.
	return &imap.StatusData{
		Mailbox: name, NumMessages: &messages, NumRecent: &recent, UIDNext: f.next, UIDValidity: f.validity,
		NumUnseen: &unseen, NumDeleted: &deleted, Size: &size, AppendLimit: &limit, DeletedStorage: &deletedSize,
	}
}

func (s *imapSession) Append(name string, r imap.LiteralReader, options *imap.AppendOptions) (*imap.AppendData, error) {
	f, err := s.target(name)
	if err != nil {
		return nil, err
	}
	l, err := s.office.spool(r)
	if err != nil {
		return nil, s.answer(err)
	}
	defer s.office.discard(l)
	if l.size < r.Size() {
		return nil, &imap.Error{Type: imap.StatusResponseTypeBad, Text: "The message was cut off"}
	}
	item := &filing{letter: l, received: options.Time, flags: cleanFlags(options.Flags)}
	if item.received.IsZero() {
		item.received = s.office.now()
	}
	if err := f.file(item); err != nil {
		return nil, s.answer(err)
	}
	return &imap.AppendData{UID: item.uid, UIDValidity: f.validity}, nil
}
