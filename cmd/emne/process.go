package main

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/emne/emne/process"
)

// processCommand tries what the settings automate.
func processCommand(p *place) *cobra.Command {
	cmd := &cobra.Command{Use: "process", Short: "The process that the settings describe", Args: cobra.ArbitraryArgs}
	var in process.TrialInput
	var since, file string
	r := &records{place: p, collection: "process"}
	test := &cobra.Command{Use: "test", Short: "Say what the automations would have done at past events, changing nothing", Args: cobra.NoArgs, RunE: func(c *cobra.Command, _ []string) error {
		in.Since = process.Date(since)
		if file != "" {
			st, err := readSettings(file)
			if err != nil {
				return err
			}
			in.Automations = append([]process.Automation{}, st.Automations...)
		}
		body, err := json.Marshal(in)
		if err != nil {
			return err
		}
		b, err := r.fetch(c, "POST", r.path("test"), body, "")
		if err != nil {
			return err
		}
		if r.json {
			return printJSON(c.OutOrStdout(), b)
		}
		return printTrials(c, b)
	}}
	test.Flags().StringVar(&since, "since", "", "the first day to look at; thirty days ago when left out")
	test.Flags().StringVar(&file, "file", "", "a settings file whose automations are tried instead")
	test.Flags().BoolVar(&r.json, "json", false, "print JSON, as the API gives it")
	cmd.AddCommand(test)
	return cmd
}

func printTrials(c *cobra.Command, b []byte) error {
	var answer struct {
		Items   []process.Trial
		Scanned int
	}
	if err := json.Unmarshal(b, &answer); err != nil {
		return fmt.Errorf("reading the answer: %w", err)
	}
	w := c.OutOrStdout()
	for _, t := range answer.Items {
		what := "nothing: the condition does not hold"
		switch {
		case t.Error != "":
			what = "error: " + t.Error
		case len(t.Do) > 0:
			what = strings.Join(t.Do, "; ")
		}
		if _, err := fmt.Fprintf(w, "%s  %s  %s %s  [%s]  %s\n", t.At.Format("2006-01-02 15:04"), t.Type, t.About.Type, t.About.ID, t.Rule, what); err != nil {
			return err
		}
	}
	_, err := fmt.Fprintf(w, "%d events looked at\n", answer.Scanned)
	return err
}
