package console

import (
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"github.com/emne/emne/process"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// unfilled is a placeholder that nobody filled in.
var unfilled = regexp.MustCompile(`\{[a-z_]+\}`)

// sound checks what holds for every page.
func sound(t *testing.T, path, lang string, rec *httptest.ResponseRecorder) {
	t.Helper()
	body := rec.Body.String()
	for _, sign := range []string{"⟦", "<no value>", "ZgotmplZ", "%!", "<script>", "<style", " style=", "javascript:", " onclick=", " onload=", " onerror=", " onsubmit=", " onchange="} {
		if at := strings.Index(body, sign); at >= 0 {
			t.Errorf("%s in %s: %q", path, lang, body[at:min(at+60, len(body))])
		}
	}
	if strings.Contains(body, "{") {
		if m := unfilled.FindString(body); m != "" {
			t.Errorf("%s in %s: %s", path, lang, m)
		}
	}
	if !strings.Contains(body, `<html lang="`+lang+`">`) {
		t.Errorf("%s is not in %s", path, lang)
	}
	if csp := rec.Header().Get("Content-Security-Policy"); !strings.Contains(csp, "default-src 'none'") || strings.Contains(csp, "unsafe") {
		t.Errorf("%s has the policy %q", path, csp)
	}
	if !strings.Contains(body, "</html>") {
		t.Errorf("%s ends early", path)
	}
}

// TestEveryPage looks at the page of every record in every state, in both
// languages, and at every form.
func TestEveryPage(t *testing.T) {
	w := newWorld(t)
	w.everything()
	w.now = w.now.AddDate(0, 2, 0) // quotes are expired, invoices overdue
	paths := []string{"/", "/settings", "/signin", "/hours/month", "/hours/month?month=2026-11&person=Innleide+Hansen"}
	reports, _ := process.ReportRows()
	for _, name := range reports {
		paths = append(paths, "/reports/"+name, "/reports/"+name+"?from=&to=")
	}
	states := map[string]map[string]bool{}
	for _, k := range w.console.kinds {
		paths = append(paths, "/"+k.collection, "/"+k.collection+"?q=zzz")
		for _, s := range k.states {
			paths = append(paths, "/"+k.collection+"?state="+s)
		}
		if k.sheet != nil {
			paths = append(paths, "/"+k.collection+"/import")
		}
		if k.fields != nil {
			paths = append(paths, "/"+k.collection+"/new")
		}
	}
	for typ, found := range w.records() {
		k := w.console.kindOf(typ)
		for id, state := range found {
			at := "/" + k.collection + "/" + id
			paths = append(paths, at)
			if typ == process.TypeCustomer {
				paths = append(paths, at+"/statement", at+"/statement?from=2026-11-01&to=2026-11-30")
			}
			if k.input != nil && state != "" {
				paths = append(paths, at+"/edit")
			}
			if states[typ] == nil {
				states[typ] = map[string]bool{}
			}
			states[typ][state] = true
		}
	}
	for _, tr := range process.Transitions() {
		for _, s := range tr.From {
			if k := w.console.kindOf(tr.Record); k != nil && !states[tr.Record][s] {
				t.Errorf("no %s is %s", tr.Record, s)
			}
		}
	}
	for _, w.lang = range []string{"nb", "en"} {
		for _, path := range paths {
			rec := w.get(path)
			if rec.Code != 200 {
				t.Errorf("%s: %d", path, rec.Code)
			}
			sound(t, path, w.lang, rec)
		}
	}
}

// records are the states of all records by type and id.
func (w *world) records() map[string]map[string]string {
	found := map[string]map[string]string{}
	add := func(typ, id, state string) {
		if found[typ] == nil {
			found[typ] = map[string]string{}
		}
		found[typ][id] = state
	}
	ctx, a, f := w.t.Context(), w.actor, process.Filter{}
	each(w.t, func() ([]process.Lead, error) { return all(ctx, w.s.Leads(), a, f, 1000) }, func(r process.Lead) { add("lead", r.ID, r.State) })
	each(w.t, func() ([]process.Opportunity, error) { return all(ctx, w.s.Opportunities(), a, f, 1000) }, func(r process.Opportunity) { add("opportunity", r.ID, r.State) })
	each(w.t, func() ([]process.Quote, error) { return all(ctx, w.s.Quotes(), a, f, 1000) }, func(r process.Quote) { add("quote", r.ID, r.State) })
	each(w.t, func() ([]process.Order, error) { return all(ctx, w.s.Orders(), a, f, 1000) }, func(r process.Order) { add("order", r.ID, r.State) })
	each(w.t, func() ([]process.Invoice, error) { return all(ctx, w.s.Invoices(), a, f, 1000) }, func(r process.Invoice) { add("invoice", r.ID, r.State) })
	each(w.t, func() ([]process.CreditNote, error) { return all(ctx, w.s.CreditNotes(), a, f, 1000) }, func(r process.CreditNote) { add("credit-note", r.ID, r.State) })
	each(w.t, func() ([]process.Subscription, error) { return all(ctx, w.s.Subscriptions(), a, f, 1000) }, func(r process.Subscription) { add("subscription", r.ID, r.State) })
	each(w.t, func() ([]process.Payment, error) { return all(ctx, w.s.Payments(), a, f, 1000) }, func(r process.Payment) { add("payment", r.ID, r.State) })
	each(w.t, func() ([]process.BankEntry, error) { return all(ctx, w.s.BankEntries(), a, f, 1000) }, func(r process.BankEntry) { add("bank-entry", r.ID, r.State) })
	each(w.t, func() ([]process.Customer, error) { return all(ctx, w.s.Customers(), a, f, 1000) }, func(r process.Customer) { add("customer", r.ID, r.State) })
	each(w.t, func() ([]process.Contact, error) { return all(ctx, w.s.Contacts(), a, f, 1000) }, func(r process.Contact) { add("contact", r.ID, r.State) })
	each(w.t, func() ([]process.Product, error) { return all(ctx, w.s.Products(), a, f, 1000) }, func(r process.Product) { add("product", r.ID, r.State) })
	each(w.t, func() ([]process.PriceList, error) { return all(ctx, w.s.PriceLists(), a, f, 1000) }, func(r process.PriceList) { add("price-list", r.ID, r.State) })
	each(w.t, func() ([]process.Rate, error) { return all(ctx, w.s.Rates(), a, f, 1000) }, func(r process.Rate) { add("rate", r.ID, r.State) })
	each(w.t, func() ([]process.Task, error) { return all(ctx, w.s.Tasks(), a, f, 1000) }, func(r process.Task) { add("task", r.ID, r.State) })
	each(w.t, func() ([]process.Hours, error) { return all(ctx, w.s.TimeEntries(), a, f, 1000) }, func(r process.Hours) { add("hours", r.ID, r.State) })
	each(w.t, func() ([]process.Delivery, error) { return all(ctx, w.s.Deliveries(), a, f, 1000) }, func(r process.Delivery) { add("delivery", r.ID, r.State) })
	each(w.t, func() ([]process.Message, error) { return all(ctx, w.s.Messages(), a, f, 1000) }, func(r process.Message) { add("message", r.ID, r.State) })
	each(w.t, func() ([]process.Quarantine, error) { return all(ctx, w.s.Quarantine(), a, f, 1000) }, func(r process.Quarantine) { add("quarantine", r.ID, r.State) })
	each(w.t, func() ([]process.SenderRule, error) { return all(ctx, w.s.SenderRules(), a, f, 1000) }, func(r process.SenderRule) { add("sender-rule", r.ID, r.State) })
	return found
}

func each[T any](t *testing.T, read func() ([]T, error), f func(T)) {
	t.Helper()
	rs, err := read()
	if err != nil || len(rs) == 0 {
		t.Fatalf("no records: %v", err)
	}
	for _, r := range rs {
		f(r)
	}
}

func TestStrangersTextIsText(t *testing.T) {
	w := newWorld(t)
	r := w.mail("ola@nordlys.example", `"><script>alert(2)</script>`, "<script>alert(1)</script>")
	path := "/leads/" + r.Result.ID
	body := w.get(path).Body.String()
	if strings.Contains(body, "<script>alert") || strings.Contains(body, "<b>Hansen") {
		t.Error("the mail's HTML became the page's")
	}
	if !strings.Contains(body, "&lt;script&gt;alert(1)&lt;/script&gt;") {
		t.Error("the mail's text is not shown")
	}
	file := w.get(path + "/files/0")
	if file.Code != 200 || file.Header().Get("Content-Type") != "application/octet-stream" || !strings.HasPrefix(file.Header().Get("Content-Disposition"), "attachment") ||
		!strings.Contains(file.Header().Get("Content-Security-Policy"), "sandbox") || !strings.Contains(file.Body.String(), "<script>") {
		t.Errorf("the attachment came as %d %v", file.Code, file.Header())
	}
	for _, n := range []string{"1", "-1", "x"} {
		if got := w.get(path + "/files/" + n).Code; got != 404 {
			t.Errorf("file %s: %d", n, got)
		}
	}
	if raw := w.get("/messages/" + first(t, w.s.Messages(), w.actor, "filed") + "/files/raw"); raw.Code != 200 || !strings.HasPrefix(raw.Body.String(), "From: ola@") {
		t.Errorf("the raw mail came as %d %q", raw.Code, raw.Body)
	}
}
