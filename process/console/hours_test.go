package console

import (
	"strings"
	"testing"

	"github.com/emne/emne/process"
)

// A month is entered as a plain form, and what cannot be saved stays in it.
func TestMonthGrid(t *testing.T) {
	w := newWorld(t)
	ok := must(t)
	c := ok(w.s.CreateCustomer(t.Context(), w.actor, process.CustomerInput{Name: "Timekunde AS", Email: "post@time.example",
		Address: process.Address{Street: "Gata 1", Postcode: "0150", City: "Oslo"}})).Record.(*process.Customer)
	o := ok(w.s.CreateOrder(t.Context(), w.actor, process.OrderInput{Customer: c.ID, Owner: w.user.ID, Lines: []process.LineInput{{Description: "Advice", Quantity: d("20"), Unit: "HUR", UnitPrice: d("1200")}}})).Record.(*process.Order)
	b := &browser{world: w}
	today := string(process.DateOf(w.now, w.now.Location()))
	month := today[:7]
	page := "/hours/month?month=" + month
	b.open(page)
	cell := "h." + o.Lines[0].ID + "."
	b.send("/hours/month", cell+"1", "7,5", cell+"2", "3", "text."+o.Lines[0].ID, "Planning")
	entries, _, err := w.s.TimeEntries().List(t.Context(), w.actor, process.Filter{})
	if err != nil || len(entries) != 2 || entries[1].Quantity.String() != "7.5" && entries[0].Quantity.String() != "7.5" || entries[0].Text != "Planning" {
		t.Fatalf("saved are %+v, %v", entries, err)
	}
	_, v := b.form("/hours/month")
	if v.Get(cell+"1") != "7,5" || v.Get("was."+cell+"1") != "7.5" {
		t.Errorf("the form shows %q, was %q", v.Get(cell+"1"), v.Get("was."+cell+"1"))
	}
	v.Set(cell+"3", "seven")
	if rec := b.submit("/hours/month", v); rec.Code != 422 || !strings.Contains(rec.Body.String(), `value="seven"`) || !strings.Contains(rec.Body.String(), "aria-invalid") {
		t.Errorf("no number: %d", rec.Code)
	}
	v.Set(cell+"3", "12")
	if rec := b.submit("/hours/month", v); rec.Code != 422 || !strings.Contains(rec.Body.String(), `value="12"`) {
		t.Errorf("more than is left: %d", rec.Code)
	}
	v.Set(cell+"3", "")
	v.Set(cell+"2", "")
	if rec := b.submit("/hours/month", v); rec.Code != 303 {
		t.Errorf("emptied: %d %s", rec.Code, b.text(rec))
	}
	if entries, _, _ = w.s.TimeEntries().List(t.Context(), w.actor, process.Filter{}); len(entries) != 1 {
		t.Errorf("left are %+v", entries)
	}
	b.open(page)
	b.send("/hours/month", "invoice", "1")
	if i, _, err := w.s.Invoices().List(t.Context(), w.actor, process.Filter{State: "draft"}); err != nil || len(i) != 1 || i[0].Lines[0].Quantity.String() != "7.5" {
		t.Errorf("drafted are %+v, %v", i, err)
	}
	if rec := w.get("/reports/uninvoiced"); !strings.Contains(rec.Body.String(), "Timekunde AS") {
		t.Error("a draft is not listed as uninvoiced")
	}
	w.actor.Role = process.RoleReader
	if rec := w.get(page); strings.Contains(rec.Body.String(), `name="invoice"`) || strings.Contains(rec.Body.String(), `name="`+cell) {
		t.Error("a reader is shown cells to fill in")
	}
	if rec := w.get("/hours"); strings.Contains(rec.Body.String(), "/hours/new") {
		t.Error("a reader is offered a form")
	}
}
