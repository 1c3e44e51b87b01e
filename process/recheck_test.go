package process_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/emne/emne/process"
)

// says is a register that gives one answer, and counts the questions.
type says struct {
	entry *process.RegisterEntry
	fail  error
	asked int
	bound time.Duration
}

func (r *says) Search(context.Context, string, int) ([]process.RegisterEntry, error) { return nil, nil }

func (r *says) ByNumber(ctx context.Context, _ string) (*process.RegisterEntry, error) {
	r.asked++
	if at, ok := ctx.Deadline(); ok {
		r.bound = time.Until(at)
	}
	return r.entry, r.fail
}

// The register is asked before an invoice is issued, once a day for a number;
// what it says warns, and never stops anything.
func TestRegisterBeforeIssuing(t *testing.T) {
	t.Parallel()
	entry := func(trouble, vat string) *process.RegisterEntry {
		return &process.RegisterEntry{Name: "Kunde AS", OrganisationNumber: "974760673", Trouble: trouble, VATNumber: vat}
	}
	for name, c := range map[string]struct {
		register *says
		customer string
		want     string
		asked    int
	}{
		"all is well":       {&says{entry: entry("", "NO974760673MVA")}, `,"vat_number":"NO974760673MVA"`, "", 1},
		"claims no VAT":     {&says{entry: entry("", "")}, ``, "", 1},
		"claims VAT":        {&says{entry: entry("", "")}, `,"vat_number":"NO974760673MVA"`, "vat_number register.vat", 1},
		"bankrupt":          {&says{entry: entry("bankrupt", "NO974760673MVA")}, ``, "organisation_number register.bankrupt", 1},
		"being wound up":    {&says{entry: entry("winding_up", "")}, ``, "organisation_number register.winding_up", 1},
		"deleted":           {&says{entry: entry("deleted", "")}, ``, "organisation_number register.deleted", 1},
		"unknown":           {&says{}, ``, "organisation_number register.gone", 1},
		"out of reach":      {&says{fail: errors.New("no route to host")}, ``, "organisation_number register.unreachable", 1},
		"not in Norway":     {&says{}, `,"address":{"street":"G","postcode":"1","city":"S","country":"SE"}`, "", 0},
		"no organisation's": {&says{}, `,"organisation_number":"123"`, "", 0},
	} {
		h := newHouse(t)
		s := process.New(process.Options{Store: h.db, Documents: h.papers, Register: c.register, Clock: h.clock.now, Key: []byte(strings.Repeat("k", 32))})
		body := `{"name":"Kunde AS","email":"k@kunde.example","organisation_number":"974760673","address":{"street":"Gata 1","postcode":"0150","city":"Oslo","country":"NO"}` + c.customer + `}`
		customer := h.create(process.TypeCustomer, strings.Replace(body, `,"organisation_number":"974760673"`, map[bool]string{true: "", false: `,"organisation_number":"974760673"`}[strings.Contains(c.customer, "organisation")], 1))
		issue := func() *process.Invoice {
			t.Helper()
			id := h.create(process.TypeInvoice, fmt.Sprintf(`{"customer":%q,"lines":[{"description":"x","unit_price":"100"}]}`, customer))
			_, err := s.IssueInvoice(h.ctx(), h.accounting, process.Target{ID: id}, process.IssueInput{})
			h.check(err)
			return get(h, h.s.Invoices(), id)
		}
		for range 2 {
			i := issue()
			var got []string
			for _, w := range i.Warnings {
				got = append(got, w.Field+" "+w.Reason)
			}
			if is := strings.Join(got, ", "); is != c.want || i.State != "issued" || c.register.asked != c.asked {
				t.Errorf("%s: %s warns of %q, want %q, after %d questions", name, i.State, is, c.want, c.register.asked)
			}
		}
		if c.asked > 0 && (c.register.bound <= 0 || c.register.bound > 5*time.Second) {
			t.Errorf("%s: the question had %s", name, c.register.bound)
		}
		// The next day it is asked again.
		h.clock.advance(25 * time.Hour)
		if issue(); c.register.asked != 2*c.asked {
			t.Errorf("%s: %d questions on the second day", name, c.register.asked)
		}
		_, err := s.IssueInvoice(h.ctx(), h.reader, process.Target{ID: "nobody"}, process.IssueInput{})
		wantRefused(t, err, process.CodeForbidden, "")
		h.verify()
	}
}
