package main

import (
	"context"
	"fmt"
	"io"
	"maps"
	"slices"
	"time"

	"github.com/emne/emne/intake/mailbox/oauth"
	"github.com/emne/emne/process"
)

// warnExpiry tells of the sign-ins that end soon: in the log, and by a task.
func (s *server) warnExpiry(ctx context.Context) error {
	now := s.h.clock()
	for _, name := range slices.Sorted(maps.Keys(s.o.signIns)) {
		ends, err := s.o.signIns[name].Expiries(ctx)
		if err != nil {
			return err
		}
		for _, e := range ends {
			if !e.Soon(now) {
				continue
			}
			s.h.log.Warn("a mailbox's sign-in ends", "mailbox", name, "what", e.What, "at", e.At)
			reason := map[string]string{oauth.ExpiresSecret: process.TaskSecretExpires, oauth.ExpiresSignIn: process.TaskSignInEnds}[e.What]
			if err := s.h.service.WarnExpiry(ctx, process.System(), name, reason, e.At); err != nil {
				return err
			}
		}
	}
	return nil
}

// printExpiries says what ends soon.
func printExpiries(ctx context.Context, out io.Writer, signIns map[string]*oauth.Source, now time.Time) error {
	for _, name := range slices.Sorted(maps.Keys(signIns)) {
		ends, err := signIns[name].Expiries(ctx)
		if err != nil {
			return err
		}
		for _, e := range ends {
			if !e.Soon(now) {
				continue
			}
			day := e.At.Format(time.DateOnly)
			says := "the sign-in ends on " + day + " unless it is used: run `emne mailbox login " + name + "`"
			switch {
			case e.What == oauth.ExpiresSecret && now.After(e.At):
				says = "the app's secret expired on " + day + ": make a new one at the provider"
			case e.What == oauth.ExpiresSecret:
				says = "the app's secret expires on " + day + ": make a new one at the provider"
			}
			if _, err := fmt.Fprintf(out, "warning: mailbox %s: %s\n", name, says); err != nil {
				return err
			}
		}
	}
	return nil
}
