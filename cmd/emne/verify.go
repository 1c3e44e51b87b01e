package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/emne/emne/cmd/emne/config"
	"github.com/emne/emne/process/store"
)

// verifyCommand reads beside a running server: it takes no lock.
func verifyCommand(p *place) *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{Use: "verify", Short: "Check the data's invariants; exit 3 when one is broken", Args: cobra.NoArgs, RunE: func(c *cobra.Command, _ []string) error {
		return p.verify(c, asJSON)
	}}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

// verify prints what was checked, and ends with errBroken when an invariant is.
func (p *place) verify(c *cobra.Command, asJSON bool) error {
	cfg, err := p.load()
	if err != nil {
		return err
	}
	db, err := inspectStore(c, cfg)
	if err != nil {
		return err
	}
	defer db.Close()
	report, err := db.Verify(c.Context())
	if err != nil {
		return err
	}
	if asJSON {
		err = json.NewEncoder(c.OutOrStdout()).Encode(report)
	} else {
		err = printReport(c.OutOrStdout(), report)
	}
	if err == nil && len(report.Violations) > 0 {
		err = errBroken
	}
	return err
}

func inspectStore(c *cobra.Command, cfg *config.Config) (*store.DB, error) {
	o := store.Options{Logger: quietLogger()}
	if cfg.Store.Engine == config.EnginePostgres {
		return store.InspectPostgres(c.Context(), cfg.Store.URL.Reveal(), o)
	}
	return store.InspectSQLite(c.Context(), filepath.Join(cfg.Data, databaseFile), o)
}

func printReport(w io.Writer, r store.Report) error {
	var errs []error
	say := func(format string, args ...any) {
		_, err := fmt.Fprintf(w, format, args...)
		errs = append(errs, err)
	}
	for _, v := range r.Violations {
		say("%s %s %s: %s\n", v.Invariant, v.Record, v.ID, v.Message)
	}
	for _, c := range r.Checked {
		say("%s %s: %d checked\n", c.Invariant, c.What, c.Rows)
	}
	say("audit chain: %d links, head %s\n", r.AuditLinks, r.AuditHead)
	if len(r.Violations) == 0 {
		say("everything holds\n")
	}
	return errors.Join(errs...)
}
