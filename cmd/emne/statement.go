package main

import (
	"net/url"

	"github.com/spf13/cobra"
)

// statement shows a customer's account.
func (r *records) statement() *cobra.Command {
	var from, to string
	var csv bool
	cmd := &cobra.Command{Use: "statement ID", Short: "Show the statement of a customer's account", Args: cobra.ExactArgs(1), RunE: func(c *cobra.Command, args []string) error {
		q := url.Values{"from": {from}, "to": {to}}
		if csv || !r.json {
			q.Set("format", "csv")
		}
		b, err := r.fetch(c, "GET", r.path(args[0], "statement")+"?"+q.Encode(), nil, "")
		if err != nil {
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
	return cmd
}
