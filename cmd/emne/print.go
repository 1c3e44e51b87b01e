package main

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"
)

// columns are what a list shows of each collection.
var columns = map[string][]string{
	"leads":         {"id", "state", "name", "email", "company", "subject", "source"},
	"customers":     {"id", "name", "email", "organisation_number"},
	"contacts":      {"id", "name", "email", "customer"},
	"opportunities": {"id", "state", "title", "estimated_revenue", "estimated_close"},
	"quotes":        {"id", "number", "revision", "state", "title", "gross", "valid_until"},
	"orders":        {"id", "number", "state", "progress", "title", "gross"},
	"invoices":      {"id", "number", "state", "payment", "gross", "open", "due_date"},
	"credit-notes":  {"id", "number", "invoice_number", "gross", "reason"},
	"subscriptions": {"id", "state", "title", "gross", "rule", "next", "customer"},
	"payments":      {"id", "state", "amount", "date", "invoice"},
	"bank-entries":  {"id", "state", "booking_date", "amount", "reference", "counterparty", "text"},
	"products":      {"id", "sku", "name", "unit_price", "currency"},
	"price-lists":   {"id", "state", "name", "currency", "valid_from", "valid_until", "customer", "group", "prices"},
	"tasks":         {"id", "state", "due", "title", "reason"},
	"hours":         {"id", "state", "person", "date", "quantity", "text", "order", "invoice"},
	"deliveries":    {"id", "state", "kind", "to", "subject", "reply"},
	"messages":      {"id", "state", "decision", "from", "subject"},
	"quarantine":    {"id", "state", "kind", "source", "reason"},
	"activities":    {"at", "type", "about", "from", "to", "why"},
	"submissions":   {"id", "state", "source", "result"},
}

func printList(w io.Writer, collection string, body []byte) error {
	var page struct {
		Items []map[string]any `json:"items"`
		Next  string           `json:"next"`
	}
	if err := json.Unmarshal(body, &page); err != nil {
		return fmt.Errorf("reading the answer: %w", err)
	}
	t := tabwriter.NewWriter(w, 0, 8, 2, ' ', 0)
	cols := columns[collection]
	fmt.Fprintln(t, strings.ToUpper(strings.Join(cols, "\t")))
	for _, item := range page.Items {
		cells := make([]string, len(cols))
		for i, c := range cols {
			cells[i] = cell(item[c])
		}
		fmt.Fprintln(t, strings.Join(cells, "\t"))
	}
	if err := t.Flush(); err != nil {
		return err
	}
	if page.Next != "" {
		_, err := fmt.Fprintf(w, "more: --cursor %s\n", page.Next)
		return err
	}
	return nil
}

// cell is a value in a table: short, on one line.
func cell(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case map[string]any:
		if amount, ok := v["amount"]; ok {
			return fmt.Sprint(amount, " ", v["currency"])
		}
		if typ, ok := v["type"]; ok {
			return fmt.Sprint(typ, " ", v["id"])
		}
		b, _ := json.Marshal(v)
		return string(b)
	case []any:
		return fmt.Sprint(len(v))
	case float64:
		return fmt.Sprintf("%.0f", v)
	}
	s := strings.Join(strings.Fields(printable(fmt.Sprint(v))), " ")
	if r := []rune(s); len(r) > 60 {
		s = string(r[:59]) + "…"
	}
	return s
}

// printable keeps what came in by mail from steering the terminal.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' && r != '\n' && r != '\t' || r >= 0x7f && r < 0xa0 {
			return -1
		}
		return r
	}, s)
}

// printRecord shows one record, or a transition's record and what it made.
func printRecord(w io.Writer, body []byte) error {
	var answer map[string]any
	if err := json.Unmarshal(body, &answer); err != nil {
		return fmt.Errorf("reading the answer: %w", err)
	}
	record := answer
	if r, ok := answer["record"].(map[string]any); ok {
		record = r
	}
	t := tabwriter.NewWriter(w, 0, 8, 2, ' ', 0)
	for _, k := range slices.Sorted(maps.Keys(record)) {
		v := record[k]
		if lines, ok := v.([]any); ok && k == "lines" {
			for _, l := range lines {
				b, _ := json.Marshal(l)
				fmt.Fprintf(t, "line\t%s\n", printable(string(b)))
			}
			continue
		}
		text := cell(v)
		if s, ok := v.(string); ok {
			text = strings.ReplaceAll(printable(s), "\n", "\n\t")
		}
		if text != "" {
			fmt.Fprintf(t, "%s\t%s\n", k, text)
		}
	}
	for _, list := range []string{"created", "linked"} {
		refs, _ := answer[list].([]any)
		for _, r := range refs {
			fmt.Fprintf(t, "%s\t%s\n", list, cell(r))
		}
	}
	return t.Flush()
}
