package main

import (
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/spf13/cobra"

	"github.com/emne/emne/intake"
	"github.com/emne/emne/intake/message"
	"github.com/emne/emne/process"
)

// importCommand records mails from files as if they had come in by a mailbox.
// A mail that came before is not repeated.
func importCommand(p *place) *cobra.Command {
	return &cobra.Command{Use: "import FILE…", Short: "Record mails from files (.eml)", Args: cobra.MinimumNArgs(1), RunE: func(c *cobra.Command, args []string) error {
		return p.withHouse(c.Context(), func(h *house) error {
			parse := message.Parser(message.Options{Region: h.region(c.Context())})
			var errs []error
			for _, name := range args {
				if err := h.importFile(c, parse, name); err != nil {
					errs = append(errs, fmt.Errorf("%s: %w", name, err))
				}
			}
			return errors.Join(errs...)
		})
	}}
}

func (h *house) importFile(c *cobra.Command, parse intake.Parser, name string) error {
	info, err := os.Stat(name)
	if err != nil {
		return err
	}
	if info.Size() > message.MaxSize {
		return fmt.Errorf("larger than %d MB", message.MaxSize>>20)
	}
	raw, err := os.ReadFile(name)
	if err != nil {
		return err
	}
	actor := administrator()
	receipt, err := h.service.ReceiveMail(c.Context(), actor, parse(raw, process.MailboxUID{}, time.Now()))
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(c.OutOrStdout(), "%s: %s %s %s\n", name, receipt.Decision, receipt.Result.Type, receipt.Result.ID)
	return err
}
