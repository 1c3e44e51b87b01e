package console

import (
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/emne/emne/process"
)

// Reminder steps and holidays are lists in a form without JavaScript.
func TestListsInTheSettings(t *testing.T) {
	w := newWorld(t)
	b := &browser{world: w}
	b.open("/settings")
	b.send("/settings", "reminders.enabled", "1", "reminders.steps.0.days", "-5", "reminders.steps.1.days", "14", "reminders.steps.1.fee", "35,50", "reminders.interest_rates.0.from", "2026-07-01", "reminders.interest_rates.0.percent", "12,25",
		"reminders.interest_rates.2.from", "2027-01-01", "reminders.interest_rates.2.percent", "11,5", "reminders.steps.2.key", "", "reminders.steps.2.days", "", "reminders.steps.2.text", "",
		"reminders.steps.3.key", "inkasso", "reminders.steps.3.days", "30", "reminders.steps.3.text", "notice", "reminders.interest_percent", "12,5",
		"terms.payment_rule", "end_of_month", "terms.holidays", "2026-10-05\r\n2026-10-06")
	st, _, err := w.s.Settings(t.Context(), w.actor)
	if err != nil {
		t.Fatal(err)
	}
	var keys []string
	for _, s := range st.Reminders.Steps {
		keys = append(keys, s.Key)
	}
	if !slices.Equal(keys, []string{"upcoming", "reminder", "inkasso"}) || st.Reminders.Steps[0].Days != -5 || st.Reminders.Steps[1].Fee.String() != "35.5" ||
		!st.Reminders.Enabled || st.Reminders.InterestPercent.String() != "12.5" || st.Reminders.Consumer.Count != 2 {
		t.Errorf("the reminders are %+v", st.Reminders)
	}
	if r := st.Reminders.InterestRates; len(r) != 2 || r[0].From != "2026-07-01" || r[0].Percent.String() != "12.25" || r[1].Percent.String() != "11.5" {
		t.Errorf("the rates are %+v", r)
	}
	if st.Terms.PaymentRule != "end_of_month" || !slices.Equal(st.Terms.Holidays, []process.Date{"2026-10-05", "2026-10-06"}) {
		t.Errorf("the terms are %+v", st.Terms)
	}
	_, v := b.form("/settings")
	v.Set("terms.holidays", "5. oktober")
	if rec := b.submit("/settings", v); rec.Code != 422 || !strings.Contains(b.text(rec), "dato") {
		t.Errorf("no date: %d %s", rec.Code, b.text(rec))
	}
	v.Set("terms.holidays", "")
	v.Set("reminders.steps.0.days", "14")
	if rec := b.submit("/settings", v); rec.Code != 422 || !strings.Contains(b.text(rec), "egen dag") {
		t.Errorf("two steps on a day: %d %s", rec.Code, b.text(rec))
	}
	v.Set("reminders.steps.0.days", "-5")
	for _, wrong := range [][3]string{{"reminders.steps.1.days", "10", "Flytt trinnet"}, {"reminders.interest_rates.0.percent", "tolv", "ikke et tall"}, {"reminders.interest_rates.0.from", "juli", "dato"},
		{"reminders.interest_rates.1.from", "2026-07-01", "sin egen dag"}} {
		was := v.Get(wrong[0])
		v.Set(wrong[0], wrong[1])
		if rec := b.submit("/settings", v); rec.Code != 422 || !strings.Contains(b.text(rec), wrong[2]) {
			t.Errorf("%s %q: %d %s", wrong[0], wrong[1], rec.Code, b.text(rec))
		}
		v.Set(wrong[0], was)
	}
	if rec := b.submit("/settings", v); rec.Code != 303 {
		t.Errorf("saved: %d %s", rec.Code, b.text(rec))
	}
	if st, _, _ = w.s.Settings(t.Context(), w.actor); len(st.Terms.Holidays) != 0 || len(st.Reminders.Steps) != 3 {
		t.Errorf("emptied: %+v", st.Terms.Holidays)
	}
}

func TestSubscriptionOnPages(t *testing.T) {
	w := newWorld(t)
	b := &browser{world: w}
	c := must(t)(w.s.CreateCustomer(t.Context(), w.actor, process.CustomerInput{Name: "Abonnent AS", Email: "post@abonnent.example",
		Address: process.Address{Street: "Gata 1", Postcode: "0150", City: "Oslo"}})).Record.(*process.Customer)
	b.open("/subscriptions/new?customer=" + c.ID)
	b.send("/subscriptions", "title", "Drift", "rule", "quarterly", "day", "15", "issue", "1", "line.0.description", "Drift", "line.0.unit_price", "100,50")
	id := first(t, w.s.Subscriptions(), w.actor, "active")
	b.send("/subscriptions/"+id+"/do/change_price", "from", "2027-01-01", "percent", "4,5")
	b.send("/subscriptions/"+id+"/do/pause", "reason", "Ferie")
	b.send("/subscriptions/" + id + "/do/resume")
	b.open("/subscriptions/" + id + "/edit")
	b.send("/subscriptions/"+id+"/edit", "title", "Drift og vakt", "day", "1")
	s, err := w.s.Subscriptions().Get(t.Context(), w.actor, id)
	if err != nil {
		t.Fatal(err)
	}
	if s.Title != "Drift og vakt" || s.Next != "2027-02-01" || s.Net.String() != "100.50" || !s.Issue || len(s.Prices) != 1 || s.Prices[0].Percent.String() != "4.5" || s.State != "active" {
		t.Errorf("the subscription is %+v", s)
	}
}

func TestReceivablesOnPages(t *testing.T) {
	w := newWorld(t)
	b := &browser{world: w}
	id := w.invoiced("kunde")
	at := "/invoices/" + id
	open := w.invoice(id).Open
	b.open(at)
	b.send(at+"/do/dispute", "reason", "Feil vare")
	b.send(at+"/do/end_dispute", "reason", "Enige")
	b.send(at+"/do/hold", "until", "2026-12-24")
	b.send(at + "/do/release")
	b.send(at+"/do/write_off", "amount", "100,50", "reason", "Småbeløp")
	if i := w.invoice(id); i.Disputed || i.Held || i.WrittenOff.String() != "100.50" || i.Open != open.Sub(i.WrittenOff) {
		t.Errorf("the invoice is %+v", i)
	}
	var rec *httptest.ResponseRecorder
	if rec = w.post(at+"/do/write_off", "amount", "1", "reason", ""); rec.Code != 422 {
		t.Errorf("written off without a reason: %d", rec.Code)
	}
	b.send(at+"/do/reinstate", "reason", "Betales likevel")
	if i := w.invoice(id); i.Open != open {
		t.Errorf("open %s, want %s", i.Open, open)
	}
	page := w.get("/customers/" + w.invoice(id).Customer + "/statement")
	if page.Code != 200 || !strings.Contains(page.Body.String(), "Kontoutskrift") || !strings.Contains(page.Body.String(), at) {
		t.Errorf("the statement: %d", page.Code)
	}
	csv := w.get("/customers/" + w.invoice(id).Customer + "/statement.csv?from=2026-11-23")
	if csv.Code != 200 || !strings.Contains(csv.Body.String(), ",closing,,,,"+open.String()+",NOK") {
		t.Errorf("the statement's file: %d %s", csv.Code, csv.Body)
	}
}
