package main

import (
	"encoding/json"

	"github.com/spf13/cobra"

	"github.com/emne/emne/process"
)

// draftHours drafts the invoices of time that was worked.
func (r *records) draftHours() *cobra.Command {
	var until, order string
	cmd := &cobra.Command{Use: "invoice", Short: "Draft the invoices of time that was worked: up to the end of last month, or a day", Args: cobra.NoArgs, RunE: func(c *cobra.Command, _ []string) error {
		body, err := json.Marshal(process.DraftHoursInput{Until: process.Date(until), Order: order})
		if err != nil {
			return err
		}
		return r.call(c, "POST", r.path("invoice"), body, "")
	}}
	cmd.Flags().StringVar(&until, "until", "", "the last day; the last one of the month before when left out")
	cmd.Flags().StringVar(&order, "order", "", "id or number of an order; all open ones when left out")
	return cmd
}
