package main

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"

	"github.com/spf13/cobra"

	"github.com/emne/emne/cmd/emne/config"
	"github.com/emne/emne/intake/mailbox"
	"github.com/emne/emne/process"
)

// mailboxCommand signs in to mailboxes that want OAuth2.
func mailboxCommand(p *place) *cobra.Command {
	cmd := &cobra.Command{Use: "mailbox", Short: "Mailboxes: how they do, sign-in, people's own"}
	cmd.AddCommand(mailboxLoginCommand(p), mailboxStatusCommand(p), mailboxOpenCommand(p), mailboxCloseCommand(p), mailboxBccCommand(p))
	return cmd
}

func mailboxStatusCommand(p *place) *cobra.Command {
	return &cobra.Command{Use: "status", Short: "How the mailboxes of the running server do, as JSON", Args: cobra.NoArgs, RunE: func(c *cobra.Command, _ []string) error {
		r := &records{place: p, collection: "sources", json: true}
		return r.call(c, "GET", r.path()+"?kind=mail&limit=1000", nil, "")
	}}
}

func mailboxOpenCommand(p *place) *cobra.Command {
	var from string
	cmd := &cobra.Command{Use: "open EMAIL", Short: "Let a user's own mailbox be read, when the user asks for it", Args: cobra.ExactArgs(1), RunE: func(c *cobra.Command, args []string) error {
		return p.show(c, "POST", "users/"+url.PathEscape(args[0])+"/own-mail", ownMail{Open: true, From: process.Date(from)})
	}}
	cmd.Flags().StringVar(&from, "from", "", "day from which on mail is filed; from now on when left out")
	return cmd
}

func mailboxCloseCommand(p *place) *cobra.Command {
	return &cobra.Command{Use: "close EMAIL", Short: "Read a user's own mailbox no longer", Args: cobra.ExactArgs(1), RunE: func(c *cobra.Command, args []string) error {
		return p.show(c, "POST", "users/"+url.PathEscape(args[0])+"/own-mail", ownMail{})
	}}
}

func mailboxLoginCommand(p *place) *cobra.Command {
	var browser bool
	cmd := &cobra.Command{Use: "login NAME", Short: "Sign in to a mailbox by OAuth2, and try it", Args: cobra.ExactArgs(1), RunE: func(c *cobra.Command, args []string) error {
		cfg, err := p.load()
		if err != nil {
			return err
		}
		name := args[0]
		m, known := cfg.Mailboxes[name]
		switch {
		case !known:
			return usageError{fmt.Errorf("the configuration has no mailbox %q", name)}
		case !m.OAuth.Configured():
			return usageError{fmt.Errorf("mailbox %s signs in by a password: it has no oauth section", name)}
		}
		if err := os.MkdirAll(cfg.Data, 0o700); err != nil {
			return fmt.Errorf("making the data folder: %w", err)
		}
		signIns, done, err := p.signIns(c.Context(), cfg)
		if err != nil {
			return err
		}
		defer done()
		out := c.OutOrStdout()
		show := func(page string) {
			fmt.Fprintf(out, "Open this page in a browser on this machine and sign in as %s:\n\n  %s\n\n", m.Username, page)
		}
		switch flow := m.OAuth.Flow; {
		case flow == config.FlowApp:
			// It signs in for itself; what follows tries it.
		case flow == config.FlowDevice && !browser:
			err = signIns[name].LoginDevice(c.Context(), func(page, code string) {
				fmt.Fprintf(out, "Open %s on any device, type the code %s, and sign in as %s.\n", page, code, m.Username)
			})
		default:
			err = signIns[name].LoginBrowser(c.Context(), show)
		}
		if err != nil {
			return err
		}
		ctx, cancel := context.WithTimeout(c.Context(), onlineTime)
		defer cancel()
		for _, a := range accounts(cfg.Mailboxes, signIns) {
			if a.Name != name {
				continue
			}
			if err := mailbox.Check(ctx, a); err != nil {
				return fmt.Errorf("signed in, but the mailbox does not work: %w", err)
			}
			_, err := fmt.Fprintf(out, "mailbox %s: works; a running emne reads it within five minutes\n", name)
			return err
		}
		return errors.New("the mailbox is gone")
	}}
	cmd.Flags().BoolVar(&browser, "browser", false, "sign in in a browser on this machine, whatever flow is set")
	return cmd
}

func mailboxBccCommand(p *place) *cobra.Command {
	return &cobra.Command{Use: "bcc EMAIL", Short: "A user's address for blind copies", Args: cobra.ExactArgs(1), RunE: func(c *cobra.Command, args []string) error {
		return p.show(c, "GET", "users/"+url.PathEscape(args[0])+"/bcc", nil)
	}}
}
