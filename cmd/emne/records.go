package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/emne/emne/process"
)

// recordCommands makes `emne lead …`, `emne quote …` and so on from the same
// descriptions as the API's end points.
func recordCommands(p *place) []*cobra.Command {
	var cmds []*cobra.Command
	forms := map[string]process.Form{}
	for _, f := range process.Forms() {
		forms[f.Record] = f
	}
	for _, c := range []struct{ record, collection string }{
		{process.TypeLead, "leads"}, {process.TypeOpportunity, "opportunities"}, {process.TypeQuote, "quotes"}, {process.TypeOrder, "orders"},
		{process.TypeInvoice, "invoices"}, {process.TypeCreditNote, "credit-notes"}, {process.TypePayment, "payments"}, {process.TypeBankEntry, "bank-entries"}, {process.TypeSubscription, "subscriptions"}, {process.TypeProduct, "products"},
		{process.TypePriceList, "price-lists"}, {process.TypeRate, "rates"},
		{process.TypeCustomer, "customers"}, {process.TypeContact, "contacts"}, {process.TypeTask, "tasks"}, {process.TypeHours, "hours"}, {process.TypeDelivery, "deliveries"},
		{process.TypeMessage, "messages"}, {process.TypeQuarantine, "quarantine"}, {process.TypeActivity, "activities"}, {process.TypeSubmission, "submissions"},
		{process.TypeSenderRule, "sender-rules"},
	} {
		cmd := &cobra.Command{Use: c.record, Short: "List, show and move " + c.collection, Args: cobra.ArbitraryArgs}
		r := &records{place: p, collection: c.collection}
		cmd.PersistentFlags().BoolVar(&r.json, "json", false, "print JSON, as the API gives it")
		cmd.AddCommand(r.list())
		if c.record != process.TypeActivity {
			cmd.AddCommand(r.show())
		}
		if f, ok := forms[c.record]; ok {
			cmd.AddCommand(r.create(f))
			if f.Edit != nil {
				cmd.AddCommand(r.edit(f))
			}
			if f.Delete != nil {
				cmd.AddCommand(r.remove())
			}
		}
		for _, v := range process.Verbs() {
			if v.Record == c.record {
				cmd.AddCommand(r.verb(v))
			}
		}
		switch c.record {
		case process.TypeCustomer:
			cmd.AddCommand(r.statement())
		case process.TypeProduct:
			cmd.AddCommand(r.picture())
		case process.TypeQuote, process.TypeInvoice, process.TypeCreditNote, process.TypeOrder:
			cmd.AddCommand(r.pdf())
		case process.TypePayment:
			cmd.AddCommand(r.importFiles())
		}
		if c.record == process.TypeInvoice || c.record == process.TypeCreditNote {
			cmd.AddCommand(r.exportDocument())
		}
		if c.record == process.TypeQuote {
			cmd.AddCommand(r.compare())
		}
		switch c.record {
		case process.TypeRate:
			cmd.Aliases = []string{"rates"}
			cmd.AddCommand(r.importSheet(), r.exportSheet())
		case process.TypeProduct, process.TypeCustomer, process.TypePriceList:
			cmd.AddCommand(r.importSheet(), r.exportSheet())
		case process.TypeHours:
			cmd.AddCommand(r.importSheet(), r.exportSheet(), r.draftHours())
		}
		cmds = append(cmds, cmd)
	}
	return cmds
}

// records are the commands of one collection.
type records struct {
	place      *place
	collection string
	json       bool
}

func (r *records) path(parts ...string) string {
	path := "/api/v1/" + r.collection
	for _, p := range parts {
		path += "/" + url.PathEscape(p)
	}
	return path
}

// call runs one request and prints what came back.
func (r *records) call(c *cobra.Command, method, path string, body []byte, version string) error {
	b, err := r.fetch(c, method, path, body, version)
	if err != nil || len(b) == 0 {
		return err
	}
	if r.json {
		return printJSON(c.OutOrStdout(), b)
	}
	return printRecord(c.OutOrStdout(), b)
}

func (r *records) fetch(c *cobra.Command, method, path string, body []byte, version string) ([]byte, error) {
	cl, err := r.place.client(c.Context())
	if err != nil {
		return nil, err
	}
	defer cl.close()
	return cl.call(c.Context(), method, path, body, version)
}

func (r *records) list() *cobra.Command {
	var state, query, cursor string
	var limit int
	var where []string
	cmd := &cobra.Command{Use: "list", Aliases: []string{"ls"}, Short: "List, newest first", Args: cobra.NoArgs, RunE: func(c *cobra.Command, _ []string) error {
		q := url.Values{}
		for k, v := range map[string]string{"state": state, "q": query, "cursor": cursor} {
			if v != "" {
				q.Set(k, v)
			}
		}
		for _, w := range where {
			k, v, ok := strings.Cut(w, "=")
			if !ok {
				return usageError{fmt.Errorf("--where is column=value, not %q", w)}
			}
			q.Set(k, v)
		}
		q.Set("limit", strconv.Itoa(limit))
		b, err := r.fetch(c, "GET", r.path()+"?"+q.Encode(), nil, "")
		if err != nil {
			return err
		}
		if r.json {
			return printJSON(c.OutOrStdout(), b)
		}
		return printList(c.OutOrStdout(), r.collection, b)
	}}
	cmd.Flags().StringVar(&state, "state", "", "only those in this state")
	cmd.Flags().StringVarP(&query, "query", "q", "", "only those with these words")
	cmd.Flags().StringVar(&cursor, "cursor", "", "the page that an earlier list named as next")
	cmd.Flags().IntVar(&limit, "limit", 50, "at most so many, up to 1000")
	cmd.Flags().StringArrayVar(&where, "where", nil, "only those with column=value, such as customer=ID")
	return cmd
}

func (r *records) show() *cobra.Command {
	return &cobra.Command{Use: "show ID", Aliases: []string{"get"}, Short: "Show one", Args: cobra.ExactArgs(1), RunE: func(c *cobra.Command, args []string) error {
		return r.call(c, "GET", r.path(args[0]), nil, "")
	}}
}

func (r *records) create(f process.Form) *cobra.Command {
	cmd := &cobra.Command{Use: "create", Aliases: []string{"new", "add"}, Short: "Make a new one", Args: cobra.NoArgs}
	in := newInputFlags(cmd, f.Input)
	cmd.RunE = func(c *cobra.Command, _ []string) error {
		body, err := in.body(c)
		if err != nil {
			return err
		}
		return r.call(c, "POST", r.path(), body, "")
	}
	return cmd
}

func (r *records) edit(f process.Form) *cobra.Command {
	cmd := &cobra.Command{Use: "edit ID", Short: "Change fields", Args: cobra.ExactArgs(1)}
	in := newInputFlags(cmd, f.Input)
	version := versionFlag(cmd)
	cmd.RunE = func(c *cobra.Command, args []string) error {
		body, err := in.body(c)
		if err != nil {
			return err
		}
		if len(body) == 0 {
			return usageError{errors.New("say what to change: see --help for the fields")}
		}
		return r.call(c, "PATCH", r.path(args[0]), body, *version)
	}
	return cmd
}

func (r *records) remove() *cobra.Command {
	cmd := &cobra.Command{Use: "delete ID", Short: "Delete a draft", Args: cobra.ExactArgs(1)}
	version := versionFlag(cmd)
	cmd.RunE = func(c *cobra.Command, args []string) error {
		return r.call(c, "DELETE", r.path(args[0]), nil, *version)
	}
	return cmd
}

func (r *records) verb(v process.Verb) *cobra.Command {
	cmd := &cobra.Command{Use: strings.ReplaceAll(v.Name, "_", "-") + " ID", Short: "The transition " + v.Name, Args: cobra.ExactArgs(1)}
	if strings.Contains(v.Name, "_") {
		cmd.Aliases = []string{v.Name}
	}
	in := newInputFlags(cmd, v.Input)
	version := versionFlag(cmd)
	cmd.RunE = func(c *cobra.Command, args []string) error {
		body, err := in.body(c)
		if err != nil {
			return err
		}
		return r.call(c, "POST", r.path(args[0], v.Name), body, *version)
	}
	return cmd
}

func (r *records) pdf() *cobra.Command {
	var out string
	cmd := &cobra.Command{Use: "pdf ID", Short: "Write the PDF to a file, or to standard output with -o -", Args: cobra.ExactArgs(1), RunE: func(c *cobra.Command, args []string) error {
		b, err := r.fetch(c, "GET", r.path(args[0])+"/pdf", nil, "")
		if err != nil {
			return err
		}
		if out == "-" {
			_, err = c.OutOrStdout().Write(b)
			return err
		}
		if out == "" {
			out = args[0] + ".pdf"
		}
		if err := os.WriteFile(out, b, 0o600); err != nil {
			return err
		}
		_, err = fmt.Fprintln(c.OutOrStdout(), out)
		return err
	}}
	cmd.Flags().StringVarP(&out, "output", "o", "", "file to write; ID.pdf when left out")
	return cmd
}

func (r *records) compare() *cobra.Command {
	return &cobra.Command{Use: "compare ID [OTHER]", Short: "Say what a quote changed since the revision before, or against another one", Args: cobra.RangeArgs(1, 2), RunE: func(c *cobra.Command, args []string) error {
		path := r.path(args[0]) + "/compare"
		if len(args) == 2 {
			path += "?with=" + url.QueryEscape(args[1])
		}
		b, err := r.fetch(c, "GET", path, nil, "")
		if err != nil {
			return err
		}
		return printJSON(c.OutOrStdout(), b)
	}}
}

func versionFlag(cmd *cobra.Command) *string {
	return cmd.Flags().String("if-version", "", "only when the record is still in this version")
}

func printJSON(w io.Writer, b []byte) error {
	var v any
	d := json.NewDecoder(strings.NewReader(string(b)))
	d.UseNumber()
	if err := d.Decode(&v); err != nil {
		return fmt.Errorf("reading the answer: %w", err)
	}
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	return e.Encode(v)
}
