package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/emne/emne/process"
)

// importFiles hands bank files in.
func (r *records) importFiles() *cobra.Command {
	var format string
	cmd := &cobra.Command{Use: "import FILE…", Short: "Book payments from bank files: CAMT.053, CAMT.054, OCR giro, CSV", Args: cobra.MinimumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			cl, err := r.place.client(c.Context())
			if err != nil {
				return err
			}
			defer cl.close()
			var errs []error
			for _, name := range args {
				if err := r.importBankFile(c, cl, name, format); err != nil {
					errs = append(errs, fmt.Errorf("%s: %w", name, err))
				}
			}
			return errors.Join(errs...)
		}}
	cmd.Flags().StringVar(&format, "format", "", "camt.053, camt.054, ocr or csv; found out when left out")
	return cmd
}

func (r *records) importBankFile(c *cobra.Command, cl *client, name, format string) error {
	info, err := os.Stat(name)
	if err != nil {
		return err
	}
	if info.Size() > process.MaxStatement {
		return fmt.Errorf("larger than %d MB", process.MaxStatement>>20)
	}
	data, err := os.ReadFile(name)
	if err != nil {
		return err
	}
	q := url.Values{"name": {filepath.Base(name)}}
	if format != "" {
		q.Set("format", format)
	}
	b, err := cl.send(c.Context(), "POST", "/api/v1/bank-files?"+q.Encode(), "application/octet-stream", data, "")
	if err != nil {
		return err
	}
	if r.json {
		return printJSON(c.OutOrStdout(), b)
	}
	var s process.StatementSummary
	if err := json.Unmarshal(b, &s); err != nil {
		return fmt.Errorf("reading the answer: %w", err)
	}
	_, err = fmt.Fprintf(c.OutOrStdout(), "%s: %s, %d entries: %d booked, %d unmatched, %d ignored, %d repeated\n", name, s.Format, s.Entries, s.Booked, s.Unmatched, s.Ignored, s.Repeated)
	return err
}
