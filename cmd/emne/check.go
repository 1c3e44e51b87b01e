package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/emne/emne/documents/accesspoint"
	"github.com/emne/emne/documents/pdf"
	"github.com/emne/emne/intake/mailbox"
	"github.com/emne/emne/intake/mailbox/oauth"
	"github.com/emne/emne/templates"
)

// onlineTime bounds one question to a server.
const onlineTime = 30 * time.Second

// checkCommand says everything that is wrong with a configuration, and with
// --online what is wrong with the servers that it names.
func checkCommand(p *place) *cobra.Command {
	var online bool
	cmd := &cobra.Command{Use: "check", Short: "Check the configuration, with --online the servers in it too", Args: cobra.NoArgs, RunE: func(c *cobra.Command, _ []string) error {
		cfg, err := p.load()
		if err != nil {
			return err
		}
		var errs []error
		if set, err := templates.Open(cfg.Templates); err != nil {
			errs = append(errs, usageError{err})
		} else if _, err := pdf.New(set, pdf.Options{}); err != nil {
			errs = append(errs, usageError{err})
		}
		if cfg.SettingsFile != "" {
			_, err := readSettings(cfg.SettingsFile)
			errs = append(errs, err)
		}
		if err := errors.Join(errs...); err != nil {
			return err
		}
		if !online {
			for name, m := range cfg.Mailboxes {
				if e := (oauth.Expiry{What: oauth.ExpiresSecret, At: m.OAuth.SecretExpires()}); e.Soon(time.Now()) {
					fmt.Fprintf(c.OutOrStdout(), "warning: mailbox %s: the app's secret expires on %s: make a new one at the provider\n", name, e.At.Format(time.DateOnly))
				}
			}
			_, err = fmt.Fprintln(c.OutOrStdout(), "the configuration is right")
			return err
		}
		bad := 0
		try := func(what string, f func(context.Context) error) {
			ctx, cancel := context.WithTimeout(c.Context(), onlineTime)
			defer cancel()
			result := "works"
			if err := f(ctx); err != nil {
				bad, result = bad+1, err.Error()
			}
			fmt.Fprintf(c.OutOrStdout(), "%s: %s\n", what, result)
		}
		signIns, done, err := p.signIns(c.Context(), cfg)
		if err != nil {
			return err
		}
		defer done()
		for _, a := range accounts(cfg.Mailboxes, signIns) {
			try("mailbox "+a.Name, func(ctx context.Context) error { return mailbox.Check(ctx, a) })
		}
		if err := printExpiries(c.Context(), c.OutOrStdout(), signIns, time.Now()); err != nil {
			return err
		}
		if cfg.Submission.Configured() {
			try("submission", func(ctx context.Context) error {
				s, err := submission(cfg.Submission, signIns)
				if err != nil {
					return err
				}
				return s.Check(ctx)
			})
		}
		if cfg.AccessPoint.Folder != "" {
			try("access point", accesspoint.Folder(cfg.AccessPoint.Folder).Check)
		}
		if bad > 0 {
			return fmt.Errorf("%d of the servers do not work", bad)
		}
		return nil
	}}
	cmd.Flags().BoolVar(&online, "online", false, "sign in to the mail servers too")
	return cmd
}
