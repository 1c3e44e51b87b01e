package main

import (
	"encoding/json"
	"fmt"
	"net/url"
	"strings"

	"github.com/spf13/cobra"

	"github.com/emne/emne/process"
)

// registerCommand asks the register of companies.
func registerCommand(p *place) *cobra.Command {
	r := &records{place: p, collection: "register"}
	cmd := &cobra.Command{Use: "register NAME|NUMBER", Short: "Look for companies in the register, by name or organisation number", Args: cobra.MinimumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			b, err := r.fetch(c, "GET", r.path()+"?"+url.Values{"q": {strings.Join(args, " ")}}.Encode(), nil, "")
			if err != nil {
				return err
			}
			if r.json {
				return printJSON(c.OutOrStdout(), b)
			}
			var answer process.RegisterAnswer
			if err := json.Unmarshal(b, &answer); err != nil {
				return fmt.Errorf("reading the answer: %w", err)
			}
			for _, w := range answer.Warnings {
				fmt.Fprintln(c.ErrOrStderr(), w.Message)
			}
			for _, e := range answer.Items {
				a := e.Address
				fmt.Fprintln(c.OutOrStdout(), strings.TrimSpace(strings.Join([]string{e.OrganisationNumber, e.Name, a.Street, a.Postcode, a.City, e.Trouble}, "  ")))
			}
			return nil
		}}
	cmd.Flags().BoolVar(&r.json, "json", false, "print JSON, as the API gives it")
	return cmd
}
