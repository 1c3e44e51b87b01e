package process_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"pgregory.net/rapid"

	"github.com/emne/emne/process"
)

var threeSteps = []process.ReminderStep{{Key: "late", Days: 7, Text: "reminder"}, {Key: "soon", Days: -3, Text: "upcoming"}, {Key: "last", Days: 21, Text: "notice"}}

func (h *house) reminders(change ...func(*process.Reminders)) {
	h.t.Helper()
	h.settings(func(st *process.Settings) {
		st.Reminders.Enabled, st.Reminders.Steps = true, slices.Clone(threeSteps)
		for _, f := range change {
			f(&st.Reminders)
		}
	})
}

// remind runs the schedule and wants so many mails.
func (h *house) remind(want int) {
	h.t.Helper()
	h.tick()
	n, err := h.s.RemindDue(h.ctx())
	h.check(err)
	if n != want {
		h.t.Fatalf("%d reminders on %s, want %d", n, h.clock.now().Format(time.DateOnly), want)
	}
}

// on moves the clock to noon of a day after the first issue date, 2 March.
func (h *house) on(days int) { h.clock.set(monday.Add(3*time.Hour + time.Duration(days)*day)) }

// steps are those that an invoice went through, the skipped ones in brackets.
func (h *house) steps(id string) string {
	var out []string
	for _, r := range get(h, h.s.Invoices(), id).Reminders {
		s := r.Step
		if r.Skipped {
			s = "(" + s + ")"
		}
		out = append(out, s)
	}
	return fmt.Sprint(out)
}

func TestRemindersInTheirTime(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	id := h.issuedInvoice() // due on 16 March, day 14
	h.on(11)
	h.remind(0) // they are off until they are switched on
	h.reminders()
	h.on(10)
	h.remind(0)
	h.on(11)
	h.remind(1)
	h.remind(0)
	h.on(20)
	h.remind(0)
	h.on(21)
	h.remind(1)
	h.on(35)
	h.remind(1)
	h.on(400)
	h.remind(0)
	if got := h.steps(id); got != "[soon late last]" {
		t.Errorf("steps %s", got)
	}
	mails := h.mails("reminder")
	if len(mails) != 3 {
		t.Fatalf("%d mails", len(mails))
	}
	for k, text := range []string{"notice", "reminder", "upcoming"} { // newest first
		if d := mails[k]; d.Reason != text || d.About.ID != id || d.To != "post@kunde.example" || d.Data["total"] != "15392.56" || d.Data["claims"] != "0.00" {
			t.Errorf("mail %d is %+v", k, d)
		}
		m, err := h.s.MailOf(h.ctx(), process.System(), mails[k].ID, "seller.example")
		h.check(err)
		if m.Snapshot == nil || process.NewBlob(m.PDF).SHA256 != get(h, h.s.Invoices(), id).SHA256 {
			t.Errorf("mail %d does not carry the invoice", k)
		}
		var letter process.Snapshot
		if m.Letter == nil || m.Letter.Name != "reminder-"+mails[k].Data["number"]+".pdf" || json.Unmarshal(m.Letter.Data, &letter) != nil {
			t.Fatalf("mail %d has the letter %+v", k, m.Letter)
		}
		if c := letter.Claim; letter.Kind != process.KindReminder || c == nil || c.Text != text || c.Open.String() != "15392.56" || c.Total != letter.Payable || string(c.PayBy) != mails[k].Data["pay_by"] || letter.Payment != m.Snapshot.Payment || letter.DueDate != m.Snapshot.DueDate {
			t.Errorf("the letter of mail %d says %+v", k, letter)
		}
	}
	as, _, err := h.s.Timeline(h.ctx(), h.owner, process.Filter{Match: map[string]string{"about_id": id, "type": "invoice.reminded"}})
	h.check(err)
	if len(as) != 3 || as[0].Related.ID != mails[0].ID || as[0].Actor.Kind != process.ActorSystem {
		t.Errorf("on the timeline: %+v", as)
	}
	h.verify()
}

// After downtime there is one reminder, that of the step that was reached.
func TestRemindersCatchUpOnce(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.reminders()
	id := h.issuedInvoice()
	h.on(100)
	h.remind(1)
	h.remind(0)
	h.on(130)
	h.remind(0)
	if got := h.steps(id); got != "[(soon) (late) last]" {
		t.Errorf("steps %s", got)
	}
	// Too late to say that it falls due, too early for the next step.
	h.clock.set(monday)
	second := h.issuedInvoice()
	h.on(17)
	h.remind(0)
	h.on(22)
	h.remind(1)
	if got := h.steps(second); got != "[(soon) late]" {
		t.Errorf("steps %s", got)
	}
	// A step under a new name, or one put in between, is not gone back to.
	h.reminders(func(r *process.Reminders) {
		r.Steps = []process.ReminderStep{{Key: "renamed", Days: 7, Text: "reminder"}, {Key: "between", Days: 3, Text: "reminder"}}
	})
	h.remind(0)
	h.verify()
}

func TestWhatStopsReminders(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		stop func(h *house, id string)
		// again lets them go on; nil when nothing does.
		again func(h *house, id string)
	}{
		"payment":     {func(h *house, id string) { h.pay(id, "15392.56") }, nil},
		"overpayment": {func(h *house, id string) { h.pay(id, "20000") }, nil},
		"credit":      {func(h *house, id string) { h.do(process.TypeInvoice, "credit", id, `{"reason":"wrong"}`) }, nil},
		"dispute": {func(h *house, id string) { h.do(process.TypeInvoice, "dispute", id, `{"reason":"wrong"}`) },
			func(h *house, id string) { h.do(process.TypeInvoice, "end_dispute", id, "") }},
		"write-off": {func(h *house, id string) { h.do(process.TypeInvoice, "write_off", id, `{"reason":"bankrupt"}`) },
			func(h *house, id string) { h.do(process.TypeInvoice, "reinstate", id, `{"reason":"estate pays"}`) }},
		"hold": {func(h *house, id string) { h.do(process.TypeInvoice, "hold", id, "") },
			func(h *house, id string) { h.do(process.TypeInvoice, "release", id, "") }},
		"hold for a time": {func(h *house, id string) { h.do(process.TypeInvoice, "hold", id, `{"until":"2026-03-25"}`) },
			func(h *house, _ string) { h.on(24) }},
		"the customer": {func(h *house, id string) { h.customerEdit(id, `{"no_reminders":true}`) },
			func(h *house, id string) { h.customerEdit(id, `{"no_reminders":false}`) }},
		"an old invoice": {func(h *house, _ string) { h.reminders(func(r *process.Reminders) { r.From = "2026-03-17" }) },
			func(h *house, _ string) { h.reminders(func(r *process.Reminders) { r.From = "2026-03-16" }) }},
		"switched off": {func(h *house, _ string) { h.reminders(func(r *process.Reminders) { r.Enabled = false }) },
			func(h *house, _ string) { h.reminders() }},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHouse(t)
			h.reminders()
			id := h.issuedInvoice()
			h.on(21)
			c.stop(h, id)
			h.remind(0)
			if c.again != nil {
				c.again(h, id)
				h.remind(1)
				h.remind(0)
			}
			h.verify()
		})
	}
}

func (h *house) customerEdit(invoice, body string) {
	h.t.Helper()
	_, err := h.form(process.TypeCustomer).Edit(h.s, h.ctx(), h.owner, process.Target{ID: get(h, h.s.Invoices(), invoice).Customer}, []byte(body))
	h.check(err)
}

// Nobody can be written to: the step is done, claims nothing, and a person knows.
func TestReminderWithoutAddress(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.reminders(func(r *process.Reminders) { r.Steps[0].Fee, r.Consumer.Businesses = decimal.NewFromInt(70), false })
	c := h.create(process.TypeCustomer, `{"name":"No mail","organisation_number":"923609016"}`)
	id := h.create(process.TypeInvoice, fmt.Sprintf(`{"customer":%q,"lines":%s}`, c, lines))
	h.do(process.TypeInvoice, "issue", id, `{"send":false}`)
	other := h.issuedInvoice()
	h.on(21)
	h.remind(1)
	h.remind(0)
	if i := get(h, h.s.Invoices(), id); len(i.Reminders) != 2 || !i.Claims.IsZero() || i.Reminders[1].Delivery != "" {
		t.Errorf("without an address: %+v", i.Reminders)
	}
	if len(get(h, h.s.Invoices(), other).Reminders) != 2 {
		t.Error("the other invoice was not reminded")
	}
	if ts := list(h, h.s.Tasks(), nil); len(ts) != 1 || ts[0].Reason != "reminder_no_address" || ts[0].About.ID != id {
		t.Errorf("tasks: %+v", ts)
	}
	h.verify()
}

func TestFeesAndInterest(t *testing.T) {
	t.Parallel()
	fees := func(r *process.Reminders) {
		r.Steps = []process.ReminderStep{{Key: "a", Days: 7, Text: "reminder", Fee: decimal.NewFromInt(70)}, {Key: "b", Days: 14, Text: "reminder", Fee: decimal.NewFromInt(70)},
			{Key: "c", Days: 21, Text: "notice", Fee: decimal.NewFromInt(20)}, {Key: "d", Days: 28, Text: "notice", Fee: decimal.NewFromInt(70)}}
		r.InterestPercent = decimal.RequireFromString("12.5")
		r.Consumer.Businesses = false
	}
	// A consumer's second fee waits until the 14 days of the first are over.
	for kind, want := range map[string]string{"business": "[70.00 70.00 20.00 70.00]", "consumer": "[0.00 38.00 0.00 38.00]"} {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			h := newHouse(t)
			h.reminders(fees)
			id := h.issuedInvoice() // 15392.56, due on day 14
			h.customerEdit(id, fmt.Sprintf(`{"kind":%q}`, kind))
			sum := process.Money{Currency: "NOK"}
			var got []string
			for k, after := range []int{7, 14, 21, 28} {
				h.on(14 + after)
				if k == 2 {
					h.create(process.TypePayment, fmt.Sprintf(`{"invoice":%q,"amount":{"amount":"5392.56","currency":"NOK"},"date":"2026-04-01"}`, id))
				}
				h.remind(1)
				i := get(h, h.s.Invoices(), id)
				r := i.Reminders[k]
				got, sum = append(got, r.Fee.String()), sum.Add(r.Fee)
				if i.Claims != sum.Add(r.Interest) {
					t.Errorf("after %d days %s are claimed, the fees are %s and the interest %s", after, i.Claims, sum, r.Interest)
				}
				if d := h.mails("reminder")[0].Data; d["fees"] != sum.String() || d["interest"] != r.Interest.String() || d["total"] != i.Open.Add(i.Claims).String() {
					t.Errorf("the mail says %v", d)
				}
			}
			i := get(h, h.s.Invoices(), id)
			if s := fmt.Sprint(got); s != want {
				t.Errorf("fees %s, want %s", s, want)
			}
			// 15392.56 × 12.5 % × 7/365 = 36.900; later 5392.56 for 16 days and 10000 for 28:
			// (86280.96 + 280000) × 12.5 / 36500 = 125.438.
			if a, b := i.Reminders[0].Interest.String(), i.Reminders[3].Interest.String(); a != "36.90" || b != "125.44" {
				t.Errorf("interest %s and %s", a, b)
			}
			// What is paid beyond the invoice goes to the claims first.
			h.pay(id, i.Open.Add(i.Claims).String())
			if i = get(h, h.s.Invoices(), id); i.Payment != "paid" || i.Open != i.Claims.Neg() {
				t.Errorf("paid with its claims it is %s, open %s", i.Payment, i.Open)
			}
			h.do(process.TypeInvoice, "waive", id, `{"reason":"goodwill"}`)
			if i = get(h, h.s.Invoices(), id); i.Payment != "overpaid" || !i.Claims.IsZero() {
				t.Errorf("with its claims waived it is %s", i.Payment)
			}
			h.verify()
		})
	}
}

// Norwegian bounds hold for businesses too when the settings say so, and a
// reminder after the due date names a working day to pay by.
func TestFeesOfBusinesses(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.reminders(func(r *process.Reminders) {
		r.Steps = []process.ReminderStep{{Key: "soon", Days: -3, Text: "upcoming"}, {Key: "a", Days: 14, Text: "reminder", Fee: decimal.NewFromInt(70)},
			{Key: "b", Days: 28, Text: "notice", Fee: decimal.NewFromInt(70)}, {Key: "c", Days: 60, Text: "notice", Fee: decimal.NewFromInt(70)}}
	})
	h.issuedInvoice() // due on 16 March
	var fees, days []string
	for _, on := range []int{11, 28, 42, 80} {
		h.on(on)
		h.remind(1)
		d := h.mails("reminder")[0].Data
		fees, days = append(fees, d["fees"]), append(days, d["pay_by"])
	}
	if got, want := fmt.Sprint(fees), "[0.00 38.00 76.00 76.00]"; got != want {
		t.Errorf("fees %s, want %s", got, want)
	}
	if got, want := fmt.Sprint(days), "[ 2026-04-13 2026-04-27 2026-06-04]"; got != want {
		t.Errorf("to pay by %s, want %s", got, want)
	}
}

// However often, whenever and by however many the schedule runs, no invoice
// gets a step twice, nor two mails in one go.
func TestNoReminderTwice(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.reminders()
	ids := []string{h.issuedInvoice(), h.issuedInvoice(), h.issuedInvoice()}
	rapid.Check(t, func(rt *rapid.T) {
		h.clock.advance(time.Duration(rapid.IntRange(0, 9).Draw(rt, "days")) * day)
		if rapid.IntRange(0, 4).Draw(rt, "another") == 0 && len(ids) < 12 {
			ids = append(ids, h.issuedInvoice())
		}
		before := len(h.mails("reminder"))
		var wg sync.WaitGroup
		results := make([]int, rapid.IntRange(1, 4).Draw(rt, "runs"))
		for k := range results {
			wg.Add(1)
			go func() {
				defer wg.Done()
				n, err := h.s.RemindDue(h.ctx())
				if err != nil {
					rt.Errorf("a run: %v", err)
				}
				results[k] = n
			}()
		}
		wg.Wait()
		sum := 0
		for _, n := range results {
			sum += n
		}
		mails := h.mails("reminder")
		if len(mails) != before+sum || sum > len(ids) {
			rt.Fatalf("%d runs say %d mails, there are %d more", len(results), sum, len(mails)-before)
		}
		seen := map[string]bool{}
		for _, d := range mails {
			if key := d.About.ID + d.Data["step"]; seen[key] {
				rt.Fatalf("the step %s went out twice", d.Data["step"])
			} else {
				seen[key] = true
			}
		}
	})
	h.verify()
}
