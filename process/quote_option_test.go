package process_test

import (
	"fmt"
	"testing"

	"github.com/emne/emne/process"
)

const withOptions = `[{"kind":"section","description":"Roof"},{"description":"Tiles","quantity":"10","unit_price":"100.00"},
	{"description":"Gutter","unit_price":"500.00","option":true,"ticked":true},
	{"kind":"section","description":"Garden"},{"description":"Fence","unit_price":"2000.00","option":true},{"kind":"text","description":"Paint is not included."}]`

// offered is an active quote with options.
func (h *house) offered() *process.Quote {
	h.t.Helper()
	id := h.create(process.TypeQuote, fmt.Sprintf(`{"customer":%q,"lines":%s,"adjustments":[{"percent":"10"}]}`, h.customer(), withOptions))
	h.do(process.TypeQuote, "send", id, "")
	return get(h, h.s.Quotes(), id)
}

// linked is the customer who holds a link to the quote.
func (h *house) linked(q *process.Quote) process.Actor {
	h.t.Helper()
	token, err := h.s.ShareLink(h.ctx(), h.owner, process.Ref{Type: process.TypeQuote, ID: q.ID})
	h.check(err)
	a, err := h.s.OpenLink(h.ctx(), token)
	h.check(err)
	return a
}

func TestOptionsAreChosen(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	q := h.offered()
	if q.Net.String() != "1350.00" || q.Adjusted.String() != "-150.00" { // 1000 + 500 ticked, 10 % off
		t.Fatalf("offered %s", q.Net)
	}
	customer, gutter, fence := h.linked(q), q.Lines[2].ID, q.Lines[4].ID
	yes := func(name string, options []string) error {
		_, err := h.s.AcceptQuote(h.ctx(), customer, process.Target{ID: q.ID}, process.AcceptInput{Name: name, SHA256: q.SHA256, Options: options})
		return err
	}
	for _, wrong := range []string{"nothing", q.Lines[1].ID, q.Lines[0].ID} {
		wantRefused(t, yes("Kari", []string{wrong}), process.CodeInvalid, "accept.option")
	}
	h.check(yes("Kari", []string{fence}))
	h.check(yes("Kari", []string{fence}))
	wantRefused(t, yes("Kari", []string{fence, gutter}), process.CodeConflict, "quote.accepted")
	wantRefused(t, yes("Kari", []string{}), process.CodeConflict, "quote.accepted")
	wantRefused(t, yes("Ola", []string{fence}), process.CodeConflict, "quote.accepted")

	won := get(h, h.s.Quotes(), q.ID)
	if a := won.Acceptance; a.SHA256 != q.SHA256 || fmt.Sprint(a.Options) != fmt.Sprint([]string{fence}) || a.Gross.String() != "3375.00" || won.Payable() != a.Gross {
		t.Errorf("accepted as %+v, the quote is over %s", a, won.Payable())
	}
	o := get(h, h.s.Orders(), won.Order)
	var lines []string
	for _, l := range o.Lines {
		lines = append(lines, l.Description)
		if l.Option || l.Ticked {
			t.Errorf("%s is still an option", l.Description)
		}
	}
	if fmt.Sprint(lines) != "[Roof Tiles Garden Fence Paint is not included.]" || o.Net.String() != "2700.00" || o.Payable() != won.Payable() {
		t.Errorf("the order is %v over %s", lines, o.Net)
	}
	page, err := h.s.CustomerView(h.ctx(), customer)
	h.check(err)
	if page.Snapshot.Payable != won.Payable() || len(page.Snapshot.Lines) != 5 {
		t.Errorf("the customer's page shows %s", page.Snapshot.Payable)
	}
	h.do(process.TypeOrder, "fulfil", o.ID, fmt.Sprintf(`{"lines":[{"id":%q,"quantity":"1"}]}`, o.Lines[3].ID))
	i := list(h, h.s.Invoices(), map[string]string{"order": o.ID})[0]
	if len(i.Lines) != 2 || i.Lines[0].Kind != process.LineSection || i.Lines[0].Description != "Garden" {
		t.Errorf("the part invoice has the lines %+v", i.Lines)
	}
	h.do(process.TypeOrder, "fulfil", o.ID, "")
	if now := get(h, h.s.Orders(), o.ID); now.Progress != "completed" {
		t.Errorf("the order is %s", now.Progress)
	}
	h.verify()
}

// Staff who state no choice accept what is ticked; none is a choice too.
func TestOptionsAsOffered(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	for body, net := range map[string]string{`{"name":"Kari"}`: "1350.00", `{"name":"Kari","options":[]}`: "900.00"} {
		q := h.offered()
		h.do(process.TypeQuote, "accept", q.ID, body)
		h.do(process.TypeQuote, "accept", q.ID, body)
		won := get(h, h.s.Quotes(), q.ID)
		if o := get(h, h.s.Orders(), won.Order); o.Net.String() != net || won.Net != o.Net {
			t.Errorf("%s: the order is over %s, the quote over %s", body, o.Net, won.Net)
		}
	}
	h.verify()
}
