package main

import (
	"context"
	"errors"

	"github.com/spf13/cobra"

	"github.com/emne/emne/process"
)

// serveCommand runs an installation until it is asked to stop.
func serveCommand(p *place) *cobra.Command {
	return &cobra.Command{Use: "serve", Short: "Run emne", Args: cobra.NoArgs, RunE: func(c *cobra.Command, _ []string) error {
		cfg, err := p.load()
		if err != nil {
			return err
		}
		if p.data != "" {
			return usageError{errors.New("serve wants --config; a demo's data is served by emne demo --data DIR")}
		}
		h, err := openHouse(c.Context(), cfg, newLogger(cfg))
		if err != nil {
			return err
		}
		defer h.close()
		if err := h.firstSettings(c.Context()); err != nil {
			return err
		}
		signIns, err := signIns(cfg.Mailboxes, h.store, h.key)
		if err != nil {
			return err
		}
		out, err := submission(cfg.Submission, signIns)
		if err != nil {
			return err
		}
		s, err := newServer(h, serverOptions{
			who:        []identify{h.access.Session},
			mailboxes:  accounts(cfg.Mailboxes, signIns),
			sources:    sources(cfg.Sources),
			submission: out,
			signIns:    signIns,
		})
		if err != nil {
			return err
		}
		return s.run(c.Context(), nil)
	}}
}

// firstSettings loads the settings file, or seeds the defaults once.
func (h *house) firstSettings(ctx context.Context) error {
	if h.cfg.SettingsFile == "" {
		st := process.DefaultSettings()
		st.Company.Email = h.cfg.Submission.From
		return h.seedSettings(ctx, st)
	}
	want, err := readSettings(h.cfg.SettingsFile)
	if err != nil {
		return err
	}
	return h.masterSettings(ctx, want)
}
