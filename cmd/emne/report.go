package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/url"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/emne/emne/process"
)

// reportCommand prints a report as a table, as CSV or as JSON.
func reportCommand(p *place) *cobra.Command {
	names, rows := process.ReportRows()
	var from, to string
	var csv, asJSON bool
	r := &records{place: p, collection: "reports"}
	cmd := &cobra.Command{Use: "report NAME", Short: "Compute a report: " + strings.Join(names, ", "), ValidArgs: names, Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			if csv && asJSON {
				return usageError{errors.New("--csv or --json, not both")}
			}
			q := url.Values{}
			for k, v := range map[string]string{"from": from, "to": to} {
				if v != "" {
					q.Set(k, v)
				}
			}
			if csv {
				q.Set("format", "csv")
			}
			b, err := r.fetch(c, "GET", r.path(args[0])+"?"+q.Encode(), nil, "")
			if err != nil {
				return err
			}
			switch {
			case csv:
				_, err = c.OutOrStdout().Write(b)
				return err
			case asJSON:
				return printJSON(c.OutOrStdout(), b)
			}
			var keys []string
			for i := range rows[args[0]].NumField() {
				name, _, _ := strings.Cut(rows[args[0]].Field(i).Tag.Get("json"), ",")
				if name != "total" && name != "currency" && !strings.HasSuffix(name, "_id") {
					keys = append(keys, name)
				}
			}
			return printFigures(c.OutOrStdout(), keys, b)
		}}
	cmd.Flags().StringVar(&from, "from", "", "the first day, as 2026-01-31; open when left out")
	cmd.Flags().StringVar(&to, "to", "", "the last day; open when left out")
	cmd.Flags().BoolVar(&csv, "csv", false, "print CSV")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON, as the API gives it")
	return cmd
}

func printFigures(w io.Writer, keys []string, body []byte) error {
	var report struct {
		Items []map[string]any `json:"items"`
	}
	if err := json.Unmarshal(body, &report); err != nil {
		return fmt.Errorf("reading the answer: %w", err)
	}
	t := tabwriter.NewWriter(w, 0, 8, 2, ' ', 0)
	fmt.Fprintln(t, strings.ToUpper(strings.Join(keys, "\t")))
	for _, row := range report.Items {
		cells := make([]string, len(keys))
		for i, k := range keys {
			cells[i] = cell(row[k])
		}
		if total, _ := row["total"].(bool); total {
			cells[0] = "total"
		}
		fmt.Fprintln(t, strings.Join(cells, "\t"))
	}
	return t.Flush()
}
