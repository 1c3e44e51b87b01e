package main

import (
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"github.com/emne/emne/process"
)

// exportDocument writes an invoice or a credit note in one of its forms.
func (r *records) exportDocument() *cobra.Command {
	var format, out string
	cmd := &cobra.Command{Use: "export ID", Short: "Write the document as PDF, or as an e-invoice: CII (Factur-X) or UBL (Peppol, EHF)", Args: cobra.ExactArgs(1), RunE: func(c *cobra.Command, args []string) error {
		path, ending := r.path(args[0])+"/xml?format="+format, "-"+format+".xml"
		switch format {
		case "pdf":
			path, ending = r.path(args[0])+"/pdf", ".pdf"
		case process.FormatCII, process.FormatUBL:
		default:
			return usageError{fmt.Errorf("--format is pdf, cii or ubl, not %q", format)}
		}
		b, err := r.fetch(c, "GET", path, nil, "")
		if err != nil {
			return err
		}
		if out == "-" {
			_, err = c.OutOrStdout().Write(b)
			return err
		}
		name := out
		if name == "" {
			name = args[0] + ending
		}
		if err := os.WriteFile(name, b, 0o600); err != nil {
			return err
		}
		_, err = fmt.Fprintln(c.OutOrStdout(), name)
		return err
	}}
	cmd.Flags().StringVar(&format, "format", "pdf", "pdf, cii or ubl")
	cmd.Flags().StringVarP(&out, "out", "o", "", "file to write, - for standard output; ID with the format's ending when left out")
	return cmd
}
