package main

import (
	"encoding/json"
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"github.com/emne/emne/process"
)

// importSheet sends a CSV file; - is standard input.
func (r *records) importSheet() *cobra.Command {
	return &cobra.Command{Use: "import FILE", Short: "Add and change " + r.collection + " by the rows of a CSV file: all of them, or none",
		Args: cobra.ExactArgs(1), RunE: func(c *cobra.Command, args []string) error {
			name := "@" + args[0]
			if args[0] == "-" {
				name = args[0]
			}
			file, err := readArgument(c, name)
			if err != nil {
				return err
			}
			body, err := json.Marshal(map[string]string{"csv": process.SheetText(file)})
			if err != nil {
				return err
			}
			b, err := r.fetch(c, "POST", r.path("import"), body, "")
			if err != nil {
				return err
			}
			if r.json {
				return printJSON(c.OutOrStdout(), b)
			}
			var did struct{ Record process.Imported }
			if err := json.Unmarshal(b, &did); err != nil {
				return fmt.Errorf("reading the answer: %w", err)
			}
			_, err = fmt.Fprintf(c.OutOrStdout(), "%d new, %d changed, %d as they were\n", did.Record.Created, did.Record.Changed, did.Record.Unchanged)
			return err
		}}
}

// exportSheet writes all records as CSV.
func (r *records) exportSheet() *cobra.Command {
	return &cobra.Command{Use: "export [FILE]", Short: "Write all " + r.collection + " as CSV that can be imported again, to standard output without a file",
		Args: cobra.MaximumNArgs(1), RunE: func(c *cobra.Command, args []string) error {
			b, err := r.fetch(c, "GET", r.path("export"), nil, "")
			if err != nil {
				return err
			}
			if len(args) == 0 || args[0] == "-" {
				_, err = c.OutOrStdout().Write(b)
				return err
			}
			if err := os.WriteFile(args[0], b, 0o600); err != nil {
				return err
			}
			_, err = fmt.Fprintln(c.OutOrStdout(), args[0])
			return err
		}}
}
