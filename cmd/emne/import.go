package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"github.com/emne/emne/intake/message"
	"github.com/emne/emne/process"
)

// importCommand records mails from files as if they had come in by a mailbox,
// and business cards (.vcf) and lists of contacts (.csv) as leads. What came
// before is not repeated; a file that fails does not stop the others.
func importCommand(p *place) *cobra.Command {
	return &cobra.Command{Use: "import FILE…", Short: "Record mails (.eml), business cards (.vcf) and lists of contacts (.csv)", Args: cobra.MinimumNArgs(1), RunE: func(c *cobra.Command, args []string) error {
		cl, err := p.client(c.Context())
		if err != nil {
			return err
		}
		defer cl.close()
		var errs []error
		for _, name := range args {
			if err := importFile(c, cl, name); err != nil {
				errs = append(errs, fmt.Errorf("%s: %w", name, err))
			}
		}
		return errors.Join(errs...)
	}}
}

func importFile(c *cobra.Command, cl *client, name string) error {
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
	if cards, ok, err := readCards(name, raw); ok {
		if err != nil {
			return err
		}
		return importCards(c, cl, name, cards)
	}
	b, err := cl.call(c.Context(), "POST", "/local/mails", raw, "")
	if err != nil {
		return err
	}
	var receipt process.Receipt
	if err := json.Unmarshal(b, &receipt); err != nil {
		return fmt.Errorf("reading the answer: %w", err)
	}
	_, err = fmt.Fprintf(c.OutOrStdout(), "%s: %s %s %s\n", name, receipt.Decision, receipt.Result.Type, receipt.Result.ID)
	return err
}
