package main

import (
	"fmt"
	"net/url"
	"os"

	"github.com/spf13/cobra"
)

// statement shows a customer's account.
func (r *records) statement() *cobra.Command {
	var from, to, pdf string
	var csv bool
	cmd := &cobra.Command{Use: "statement ID", Short: "Show the statement of a customer's account, or write its PDF", Args: cobra.ExactArgs(1), RunE: func(c *cobra.Command, args []string) error {
		q := url.Values{"from": {from}, "to": {to}}
		if csv || !r.json {
			q.Set("format", "csv")
		}
		if pdf != "" {
			q.Set("format", "pdf")
		}
		b, err := r.fetch(c, "GET", r.path(args[0], "statement")+"?"+q.Encode(), nil, "")
		if err != nil {
			return err
		}
		if pdf != "" && pdf != "-" {
			if err := os.WriteFile(pdf, b, 0o600); err != nil {
				return err
			}
			_, err = fmt.Fprintln(c.OutOrStdout(), pdf)
			return err
		}
		if q.Get("format") == "" {
			return printJSON(c.OutOrStdout(), b)
		}
		_, err = c.OutOrStdout().Write(b)
		return err
	}}
	cmd.Flags().StringVar(&from, "from", "", "the first day; all of it when left out")
	cmd.Flags().StringVar(&to, "to", "", "the last day; today when left out")
	cmd.Flags().BoolVar(&csv, "csv", false, "print CSV, even with --json")
	cmd.Flags().StringVar(&pdf, "pdf", "", "write the PDF to this file, to standard output with -")
	return cmd
}
