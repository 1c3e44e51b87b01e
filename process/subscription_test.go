package process_test

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/emne/emne/process"
)

// subscribe makes a subscription with further fields, such as `"day":31`.
func (h *house) subscribe(fields string) string {
	h.t.Helper()
	if fields != "" {
		fields = "," + fields
	}
	return h.create(process.TypeSubscription, fmt.Sprintf(`{"customer":%q,"title":"Hosting {year}","lines":[{"description":"Hosting {period}","unit_price":"100"},{"description":"Support from {from} to {to}","unit_price":"50"}]%s}`, h.customer(), fields))
}

// due runs the schedule and wants so many invoices.
func (h *house) due(want int) {
	h.t.Helper()
	h.tick()
	n, err := h.s.InvoiceSubscriptions(h.ctx())
	h.check(err)
	if n != want {
		h.t.Fatalf("%d invoices on %s, want %d", n, h.clock.now().Format(time.DateOnly), want)
	}
}

// periods are those that were invoiced, oldest first, with what they cost net.
func (h *house) periods(id string) string {
	var out []string
	for _, i := range list(h, h.s.Invoices(), map[string]string{"subscription": id}) {
		out = append(out, fmt.Sprintf("%s %s %s", i.Period, i.State, i.Net))
	}
	slices.Sort(out)
	return strings.Join(out, ", ")
}

func TestSubscriptionDraftsAndTexts(t *testing.T) {
	t.Parallel()
	h := newHouse(t) // 2 March
	id := h.subscribe(`"language":"nb","buyer_reference":"Ola","customer_reference":"PO-7"`)
	h.due(1)
	h.due(0)
	i := list(h, h.s.Invoices(), map[string]string{"subscription": id})[0]
	if i.State != "draft" || i.Title != "Hosting 2026" || i.Lines[0].Description != "Hosting 02.03.2026–01.04.2026" || i.Lines[1].Description != "Support from 02.03.2026 to 01.04.2026" ||
		i.Net.String() != "150.00" || i.SupplyDate != "2026-03-02" || i.BuyerReference != "Ola" || i.CustomerReference != "PO-7" || i.Thread != get(h, h.s.Subscriptions(), id).Thread {
		t.Errorf("the draft is %+v", i)
	}
	if s := get(h, h.s.Subscriptions(), id); s.Next != "2026-04-02" || s.State != "active" || s.Day != 2 {
		t.Errorf("the subscription is %+v", s)
	}
	arrears := h.subscribe(`"language":"en","arrears":true,"day":1,"start":"2026-03-02"`)
	h.on(30) // 1 April
	h.due(1)
	i = list(h, h.s.Invoices(), map[string]string{"subscription": arrears})[0]
	if i.Lines[0].Description != "Hosting 1 Mar 2026–31 Mar 2026" || i.SupplyDate != "2026-03-31" || i.Period != "2026-04-01" {
		t.Errorf("in arrears: %+v", i)
	}
	h.verify()
}

func TestSubscriptionIssues(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	id := h.subscribe(`"issue":true,"end":"2026-05-01"`)
	h.due(1)
	h.on(200) // after downtime: April is made up for, May is past the end
	h.due(1)
	h.due(0)
	if got := h.periods(id); got != "2026-03-02 issued 150.00, 2026-04-02 issued 150.00" {
		t.Errorf("periods %s", got)
	}
	if s := get(h, h.s.Subscriptions(), id); s.State != "ended" || s.Next != "" {
		t.Errorf("at its end it is %+v", s)
	}
	if n := len(h.mails("invoice")); n != 2 {
		t.Errorf("%d mails", n)
	}
	// What cannot be issued stays a draft with a task, and the others go on.
	c := h.create(process.TypeCustomer, `{"name":"Nowhere"}`)
	bad := h.create(process.TypeSubscription, fmt.Sprintf(`{"customer":%q,"issue":true,"lines":%s}`, c, lines))
	good := h.subscribe(`"issue":true`)
	h.due(2)
	if got := h.periods(bad); !strings.Contains(got, "draft") {
		t.Errorf("without an address: %s", got)
	}
	if got := h.periods(good); !strings.Contains(got, "issued") {
		t.Errorf("the other: %s", got)
	}
	if ts := list(h, h.s.Tasks(), nil); len(ts) != 1 || ts[0].Reason != "invoice_problems" || ts[0].About.Type != process.TypeInvoice {
		t.Errorf("tasks: %+v", ts)
	}
	h.verify()
}

func TestSubscriptionPauses(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	id := h.subscribe("")
	h.due(1)
	h.do(process.TypeSubscription, "pause", id, "")
	h.on(100) // 10 June
	h.due(0)
	h.do(process.TypeSubscription, "resume", id, "")
	h.due(0)
	if s := get(h, h.s.Subscriptions(), id); s.Next != "2026-07-02" {
		t.Errorf("after the pause next on %s", s.Next)
	}
	h.on(125)
	h.due(1)
	// Another day of the month does not invoice again what was invoiced, nor
	// what fell into the pause.
	_, err := h.form(process.TypeSubscription).Edit(h.s, h.ctx(), h.owner, process.Target{ID: id}, []byte(`{"day":1}`))
	h.check(err)
	if s := get(h, h.s.Subscriptions(), id); s.Next != "2026-08-01" {
		t.Errorf("on another day next on %s", s.Next)
	}
	h.due(0)
	h.do(process.TypeSubscription, "end", id, `{"reason":"moved"}`)
	h.on(400)
	h.due(0)
	if got := h.periods(id); got != "2026-03-02 draft 150.00, 2026-07-02 draft 150.00" {
		t.Errorf("periods %s", got)
	}
	late := h.subscribe(`"start":"2027-05-01","end":"2027-05-02"`)
	h.do(process.TypeSubscription, "pause", late, "")
	h.on(600)
	h.do(process.TypeSubscription, "resume", late, "")
	if s := get(h, h.s.Subscriptions(), late); s.State != "ended" {
		t.Errorf("resumed after its end it is %s", s.State)
	}
	h.verify()
}

func TestSubscriptionPrices(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	id := h.subscribe("") // 100 and 50
	line := get(h, h.s.Subscriptions(), id).Lines[1].ID
	h.do(process.TypeSubscription, "change_price", id, `{"from":"2026-05-01","percent":"10"}`)
	h.do(process.TypeSubscription, "change_price", id, fmt.Sprintf(`{"from":"2026-04-01","line":%q,"unit_price":"60"}`, line))
	h.do(process.TypeSubscription, "change_price", id, `{"from":"2026-06-02","percent":"-3.333"}`)
	h.on(120)
	h.due(4) // 2 March to 2 June; 30 June
	// May: 110 + 66; June: 106.3337 → 106.33, 63.80022 → 63.80.
	if got, want := h.periods(id), "2026-03-02 draft 150.00, 2026-04-02 draft 160.00, 2026-05-02 draft 176.00, 2026-06-02 draft 170.13"; got != want {
		t.Errorf("periods %s, want %s", got, want)
	}
	for body, field := range map[string]string{`{}`: "percent", `{"percent":"1","unit_price":"1"}`: "percent", `{"percent":"-101"}`: "percent",
		`{"unit_price":"-1"}`: "unit_price", `{"unit_price":"1"}`: "line", `{"percent":"1","line":"x"}`: "line"} {
		_, err := h.try(h.owner, process.TypeSubscription, "change_price", id, body)
		wantRefused(t, err, process.CodeInvalid, "price.invalid")
		if !strings.Contains(err.Error(), field+":") {
			t.Errorf("%s: %v", body, err)
		}
	}
	h.verify()
}

func TestSubscriptionRefuses(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	c := h.customer()
	for fields, reason := range map[string]string{
		`"rule":"weekly"`: "subscription.invalid", `"day":32`: "subscription.invalid", `"rule":"cron","cron":"often"`: "subscription.invalid", `"cron":"0 0 31 2 *"`: "subscription.invalid",
		`"start":"2026-05-01","end":"2026-04-01"`: "subscription.invalid", `"start":"2026-05-02","day":1,"end":"2026-05-20"`: "subscription.over", `"lines":[]`: "subscription.empty",
	} {
		body := fmt.Sprintf(`{"customer":%q,"lines":%s,%s}`, c, lines, fields)
		if strings.Contains(fields, "lines") {
			body = fmt.Sprintf(`{"customer":%q,%s}`, c, fields)
		}
		_, err := h.form(process.TypeSubscription).Create(h.s, h.ctx(), h.owner, []byte(body))
		wantRefused(t, err, process.CodeInvalid, reason)
	}
	_, err := h.form(process.TypeSubscription).Edit(h.s, h.ctx(), h.owner, process.Target{ID: h.subscribe("")}, fmt.Appendf(nil, `{"customer":%q}`, c))
	wantRefused(t, err, process.CodeInvalid, "subscription.customer")
}

// However often, whenever and by however many the schedule runs, each period
// is invoiced once, and none is left out.
func TestNoPeriodTwice(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	rules := map[string]string{}
	for _, r := range []string{`"day":31`, `"rule":"quarterly","day":15`, `"cron":"0 6 * * 1"`} {
		rules[h.subscribe(r+`,"start":"2026-03-02"`)] = r
	}
	rapid.Check(t, func(rt *rapid.T) {
		h.clock.advance(time.Duration(rapid.IntRange(0, 20).Draw(rt, "days")) * day)
		var wg sync.WaitGroup
		for range rapid.IntRange(1, 4).Draw(rt, "runs") {
			wg.Add(1)
			go func() {
				defer wg.Done()
				if _, err := h.s.InvoiceSubscriptions(h.ctx()); err != nil {
					rt.Errorf("a run: %v", err)
				}
			}()
		}
		wg.Wait()
	})
	today := process.DateOf(h.clock.now(), time.UTC)
	for id, rule := range rules {
		got := map[process.Date]int{}
		for _, i := range list(h, h.s.Invoices(), map[string]string{"subscription": id}) {
			got[i.Period]++
		}
		want := map[process.Date]bool{}
		for d := process.Date("2026-03-02"); d <= today; d = d.AddDays(1) {
			at := d.Time(time.UTC)
			last := at.AddDate(0, 0, 1).Day() == 1
			if rule == `"day":31` && last || strings.Contains(rule, "quarterly") && at.Day() == 15 && (at.Month()-3)%3 == 0 || strings.Contains(rule, "cron") && at.Weekday() == time.Monday {
				want[d] = true
			}
		}
		for d := range want {
			if got[d] != 1 {
				t.Errorf("%s: %d invoices for %s", rule, got[d], d)
			}
		}
		if len(got) != len(want) || len(want) < 3 {
			t.Errorf("%s: %d periods, want %d", rule, len(got), len(want))
		}
	}
	h.verify()
}
