package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/emne/emne/intake/message"
	"github.com/emne/emne/process"
)

// importCommand records mails from files as if they had come in by a mailbox,
// those of mailbox files (.mbox) one by one, and business cards (.vcf) and lists
// of contacts (.csv) as leads. What came
// before is not repeated; a file that fails does not stop the others.
func importCommand(p *place) *cobra.Command {
	return &cobra.Command{Use: "import FILE…", Short: "Record mails (.eml, .mbox), business cards (.vcf) and lists of contacts (.csv)", Args: cobra.MinimumNArgs(1), RunE: func(c *cobra.Command, args []string) error {
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
	if strings.EqualFold(filepath.Ext(name), ".mbox") {
		return importMailbox(c, cl, name)
	}
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
	return importMail(c, cl, name, raw)
}

// importMailbox records every mail of a mailbox file; one that fails does not
// stop the others.
func importMailbox(c *cobra.Command, cl *client, name string) error {
	f, err := os.Open(name)
	if err != nil {
		return err
	}
	defer f.Close()
	n := 0
	var errs []error
	for raw, err := range message.Split(f) {
		n++
		if err == nil {
			err = importMail(c, cl, name+":"+strconv.Itoa(n), raw)
		}
		if err != nil {
			errs = append(errs, fmt.Errorf("mail %d: %w", n, err))
		}
		if len(errs) > maxMailErrors {
			break
		}
	}
	if n == 0 {
		errs = append(errs, errors.New("no mail in it"))
	}
	return errors.Join(errs...)
}

// maxMailErrors is how many mails of one file may fail before the rest is given up.
const maxMailErrors = 20

func importMail(c *cobra.Command, cl *client, name string, raw []byte) error {
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
