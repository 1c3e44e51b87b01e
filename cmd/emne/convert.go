package main

import (
	"cmp"
	"crypto/x509"
	"fmt"
	"maps"
	"os"
	"slices"

	"github.com/emne/emne/cmd/emne/config"
	"github.com/emne/emne/documents/accesspoint"
	"github.com/emne/emne/documents/mail"
	"github.com/emne/emne/intake/mailbox"
	"github.com/emne/emne/intake/mailbox/oauth"
	"github.com/emne/emne/intake/webform"
)

// accounts turns the configuration's mailboxes into the intake's, by name: one
// for each folder, since a cursor belongs to a folder.
func accounts(boxes map[string]config.Mailbox, signIns map[string]*oauth.Source) []mailbox.Account {
	var as []mailbox.Account
	for _, name := range slices.Sorted(maps.Keys(boxes)) {
		m := boxes[name]
		a := mailbox.Account{
			Name: name, Address: m.Address, Host: m.Host, Port: m.Port, TLS: mailbox.TLS(m.TLS), CAFile: m.CAFile,
			Username: m.Username, Password: m.Password.Reveal(), Folder: m.Folder, Poll: m.Poll, Idle: m.Idle,
			Backfill: mailbox.Backfill{All: m.Backfill.All, Since: m.Backfill.Since},
			After:    mailbox.After(m.After), Keyword: m.Keyword, MoveTo: m.MoveTo,
		}
		if signIn := signIns[name]; signIn != nil {
			a.Auth = signIn.Client
		}
		if m.Kind == config.MailboxOwn {
			a.User = m.User
			as = append(as, a)
			a.Name, a.Folder, a.Sent = name+mailbox.FolderMark+"Sent", cmp.Or(m.Sent, mailbox.FolderSent), true
		}
		as = append(as, a)
		for _, folder := range m.Folders {
			a.Name, a.Folder = name+mailbox.FolderMark+folder, folder
			as = append(as, a)
		}
	}
	return as
}

func sources(ss map[string]config.Source) map[string]webform.Source {
	out := make(map[string]webform.Source, len(ss))
	for name, s := range ss {
		out[name] = webform.Source{
			Kind: webform.Kind(s.Kind), Token: s.Token.Reveal(), Secret: s.Secret.Reveal(), Origins: s.Origins, ThankYouURL: s.ThankYouURL,
			Language: s.Language, MaxPerAddressPerHour: s.MaxPerAddressPerHour,
		}
	}
	return out
}

func submission(s config.Submission, signIns map[string]*oauth.Source) (mail.Submission, error) {
	out := mail.Submission{Host: s.Host, Port: s.Port, TLS: string(s.TLS), Username: s.Username, Password: s.Password.Reveal(),
		From: s.From, Hello: s.Hello, Timeout: s.Timeout}
	if signIn := signIns[s.OAuth]; signIn != nil {
		out.Auth = signIn.Client
	}
	var err error
	out.RootCAs, err = authorities("submission", s.CAFile)
	return out, err
}

// authorities reads a section's ca_file; nil, the system's, when there is none.
func authorities(section, file string) (*x509.CertPool, error) {
	if file == "" {
		return nil, nil
	}
	pem, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("%s.ca_file: %w", section, err)
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(pem) {
		return nil, fmt.Errorf("%s.ca_file: %s holds no certificate", section, file)
	}
	return pool, nil
}

// accessPoint is where e-invoices go.
func accessPoint(a config.AccessPoint) (accesspoint.Drop, error) {
	switch {
	case a.Folder != "":
		return accesspoint.Folder(a.Folder), nil
	case a.URL != "":
		roots, err := authorities("access_point", a.CAFile)
		if err != nil {
			return nil, err
		}
		return accesspoint.NewEndpoint(accesspoint.EndpointOptions{URL: a.URL, Token: a.Token.Reveal(), Username: a.Username, Password: a.Password.Reveal(),
			RootCAs: roots, Timeout: a.Timeout}), nil
	}
	return accesspoint.Nowhere{}, nil
}
