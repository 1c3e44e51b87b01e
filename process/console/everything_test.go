package console

import (
	"testing"
	"time"

	"github.com/emne/emne/process"
)

// everything puts a record of each kind in each state into the world.
func (w *world) everything() {
	t := w.t
	t.Helper()
	ctx, a, ok := t.Context(), w.actor, must(t)
	lead := func(name string) string {
		return ok(w.s.CreateLead(ctx, a, process.LeadInput{Name: name, Phone: "+47 900 11 222", Owner: w.user.ID, Source: "form:nettside"})).Record.(*process.Lead).ID
	}
	lead("Ny")
	ok(w.s.ContactLead(ctx, a, at(lead("Kontaktet")), process.ContactedInput{Note: "Ringte"}))
	for _, reason := range []string{"lost", "cannot_contact", "no_longer_interested", "cancelled", "spam", "duplicate", "not_a_lead"} {
		id := lead(reason)
		ok(w.s.AssignLead(ctx, a, at(id), process.AssignInput{User: w.user.ID}))
		ok(w.s.DisqualifyLead(ctx, a, at(id), process.DisqualifyInput{Reason: reason}))
	}
	ok(w.s.ReopenLead(ctx, a, at(first(t, w.s.Leads(), a, "disqualified")), struct{}{}))

	ok(w.s.CreateProduct(ctx, a, process.ProductInput{SKU: "VP", Name: "Varmepumpe", UnitPrice: *d("1234.5"), Description: "God", Cost: d("800"),
		Names: map[string]string{"en": "Heat pump"}, Texts: map[string]string{"nb": "Stille"}}))
	gone := ok(w.s.CreateProduct(ctx, a, process.ProductInput{SKU: "ALT", Name: "Gammel", UnitPrice: *d("1")})).Record.(*process.Product).ID
	ok(w.s.ArchiveProduct(ctx, a, at(gone), struct{}{}))
	ok(w.s.RestoreProduct(ctx, a, at(gone), struct{}{}))
	ok(w.s.ArchiveProduct(ctx, a, at(gone), struct{}{}))
	prices := []process.ListPrice{{Product: "VP", UnitPrice: *d("1200")}, {Product: "VP", From: *d("10"), UnitPrice: *d("1100.50")}}
	ok(w.s.CreatePriceList(ctx, a, process.PriceListInput{Name: "Gull", Group: "gull", ValidUntil: "2027-12-31", Prices: prices}))
	ok(w.s.ImportRates(ctx, a, []byte("date,currency,rate\n2026-02-27,EUR,11.4325\n")))
	past := ok(w.s.CreatePriceList(ctx, a, process.PriceListInput{Name: "I fjor"})).Record.(*process.PriceList).ID
	ok(w.s.ArchivePriceList(ctx, a, at(past), struct{}{}))
	ok(w.s.RestorePriceList(ctx, a, at(past), struct{}{}))
	ok(w.s.ArchivePriceList(ctx, a, at(past), struct{}{}))
	for i, close := range []func(id string) (*process.Outcome, error){
		func(id string) (*process.Outcome, error) {
			return w.s.WinOpportunity(ctx, a, at(id), process.CloseInput{Reason: "Pris"})
		},
		func(id string) (*process.Outcome, error) {
			return w.s.LoseOpportunity(ctx, a, at(id), process.CloseInput{Reason: "Pris", Competitor: "Andre AS"})
		},
	} {
		c := ok(w.s.CreateCustomer(ctx, a, process.CustomerInput{Name: []string{"Vinner AS", "Taper AS"}[i], PaymentDays: 30, Email: "post@firma.example"})).Record.(*process.Customer)
		o := ok(w.s.CreateOpportunity(ctx, a, process.OpportunityInput{Customer: c.ID, Lines: []process.LineInput{{Product: "VP"}}, EstimatedClose: "2026-12-24"})).Record.(*process.Opportunity)
		ok(close(o.ID))
	}

	send := func(s sale) sale {
		ok(w.s.SendQuote(ctx, a, at(s.quote), process.SendQuoteInput{}))
		return s
	}
	w.sale("utkast")
	send(w.sale("sendt"))
	ok(w.s.DeclineQuote(ctx, a, at(send(w.sale("nei")).quote), process.DeclineInput{Reason: "Prisen", Comment: "For dyrt"}))
	ok(w.s.CancelQuote(ctx, a, at(send(w.sale("trukket")).quote), process.CancelInput{Reason: "Feil"}))
	ok(w.s.ReviseQuote(ctx, a, at(send(w.sale("revidert")).quote), struct{}{}))
	link, err := w.s.ShareLink(ctx, a, process.Ref{Type: process.TypeQuote, ID: send(w.sale("spurt")).quote})
	if err != nil {
		t.Fatal(err)
	}
	customer, err := w.s.OpenLink(ctx, link)
	if err != nil {
		t.Fatal(err)
	}
	ok(w.s.AskQuestion(ctx, customer, process.QuestionInput{Text: "Er frakt med?"}))

	_, held := w.ordered("vent")
	ok(w.s.HoldOrder(ctx, a, at(held.ID), process.CancelInput{Reason: "Lager"}))
	_, again := w.ordered("igjen")
	ok(w.s.HoldOrder(ctx, a, at(again.ID), process.CancelInput{}))
	ok(w.s.ReleaseOrder(ctx, a, at(again.ID), process.CancelInput{}))
	_, cancelled := w.ordered("kansellert")
	ok(w.s.CancelOrder(ctx, a, at(cancelled.ID), process.CancelInput{Reason: "Angret"}))
	_, part := w.ordered("delvis")
	out := ok(w.s.FulfilOrder(ctx, a, at(part.ID), process.FulfilInput{Lines: []process.LineQuantity{{ID: part.Lines[0].ID, Quantity: *d("1")}}, Note: "Resten i januar"}))
	ok(w.s.DeleteInvoice(ctx, a, at(out.Created[0].ID)))
	ok(w.s.InvoiceOrder(ctx, a, at(part.ID), process.InvoiceOrderInput{}))

	none := ok(w.s.CreateCustomer(ctx, a, process.CustomerInput{Name: "Uten adresse", Kind: "consumer"})).Record.(*process.Customer)
	draft := ok(w.s.CreateInvoice(ctx, a, process.InvoiceInput{Customer: none.ID, Lines: []process.LineInput{{Description: "Ting", UnitPrice: d("10")}}})).Record.(*process.Invoice)
	if len(draft.Problems) == 0 {
		t.Fatal("the draft without an address has no problems")
	}
	w.invoiced("ubetalt")
	w.paid(w.invoiced("delbetalt"), "100")
	whole := w.invoiced("betalt")
	w.paid(whole, w.invoice(whole).Open.String())
	w.paid(w.invoiced("overbetalt"), "99999")
	ok(w.s.ReversePayment(ctx, a, at(w.paid(w.invoiced("tilbakeført"), "100")), process.CancelInput{Reason: "Feil konto"}))
	ok(w.s.CreditInvoice(ctx, a, at(w.invoiced("kreditert")), process.CreditInput{Reason: "Retur", Reinvoice: true}))
	amount := process.Money{Minor: 10000, Currency: "NOK"}
	ok(w.s.CreditInvoice(ctx, a, at(w.invoiced("beløp")), process.CreditInput{Reason: "Avslag", Amount: &amount}))

	w.bankFile("01.11.2026;-50,00;Strøm AS;;", "01.11.2026;12,00;Ukjent;hei;", "01.11.2026;13,00;Gave;;",
		"01.11.2026;10,00;;;"+w.invoice(w.invoiced("kid")).PaymentReference, "01.11.2026;11,00;Noen;"+w.invoice(w.invoiced("nummer")).Number+";")
	ok(w.s.IgnoreEntry(ctx, a, at(w.entry("13")), process.CancelInput{Reason: "Gave"}))
	ok(w.s.RefundPayment(ctx, a, at(w.paid(w.invoiced("tilbakebetalt"), "99999")), process.RefundInput{Reason: "For mye"}))
	w.receivables()
	task := ok(w.s.CreateTask(ctx, a, process.TaskInput{Title: "Ring", Due: "2026-11-01", Note: "I dag"})).Record.(*process.Task)
	ok(w.s.SnoozeTask(ctx, a, at(task.ID), process.SnoozeInput{Until: "2026-11-30"}))
	ok(w.s.DoneTask(ctx, a, at(ok(w.s.CreateTask(ctx, a, process.TaskInput{Title: "Gjort"})).Record.(*process.Task).ID), struct{}{}))
	w.mails()
	w.deliveries()
}

// receivables are invoices with which something is the matter.
func (w *world) receivables() {
	ctx, a, ok := w.t.Context(), w.actor, must(w.t)
	st, version, err := w.s.Settings(ctx, a)
	if err != nil {
		w.t.Fatal(err)
	}
	st.Reminders.Enabled, st.Reminders.Steps[1].Fee, st.Reminders.Steps[1].Days = true, *d("70"), 14
	ok(w.s.PutSettings(ctx, a, version, st))
	why := process.ReasonInput{Reason: "Avtalt"}
	reminded := w.invoiced("purret")
	now := w.now
	w.now = w.now.AddDate(0, 0, 30)
	if _, err := w.s.RemindDue(ctx); err != nil {
		w.t.Fatal(err)
	}
	w.now = now
	waived := w.invoiced("frafalt")
	w.now = w.now.AddDate(0, 0, 30)
	if _, err := w.s.RemindDue(ctx); err != nil {
		w.t.Fatal(err)
	}
	w.now = now
	ok(w.s.WaiveClaims(ctx, a, at(waived), why))
	ok(w.s.DisputeInvoice(ctx, a, at(reminded), why))
	ok(w.s.EndDispute(ctx, a, at(reminded), why))
	ok(w.s.DisputeInvoice(ctx, a, at(w.invoiced("bestridt")), why))
	ok(w.s.HoldInvoice(ctx, a, at(reminded), process.HoldInput{}))
	ok(w.s.ReleaseInvoice(ctx, a, at(reminded), why))
	ok(w.s.HoldInvoice(ctx, a, at(reminded), process.HoldInput{Until: "2027-01-31"}))
	w.subscriptions()
	w.hours()
	off := w.invoiced("avskrevet")
	ok(w.s.WriteOffInvoice(ctx, a, at(off), process.WriteOffInput{Reason: "Konkurs"}))
	ok(w.s.ReinstateInvoice(ctx, a, at(off), process.WriteOffInput{Reason: "Likevel ikke", Amount: &process.Money{Minor: 100, Currency: "NOK"}}))
}

// hours are open, changed and deleted, and on an invoice.
func (w *world) hours() {
	ctx, a, ok := w.t.Context(), w.actor, must(w.t)
	c := ok(w.s.CreateCustomer(ctx, a, process.CustomerInput{Name: "Timekunde AS", Email: "post@time.example",
		Address: process.Address{Street: "Sjøgata 3", Postcode: "6003", City: "Ålesund", Country: "NO"}})).Record.(*process.Customer)
	o := ok(w.s.CreateOrder(ctx, a, process.OrderInput{Customer: c.ID, Title: "Rådgivning", Lines: []process.LineInput{{Description: "Rådgivning", Quantity: d("40"), Unit: "HUR", UnitPrice: d("1200")}}})).Record.(*process.Order)
	one := func(day process.Date, q string) string {
		return ok(w.s.CreateHours(ctx, a, process.HoursInput{Order: o.Number, Date: day, Quantity: *d(q), Text: "Møte", Person: "Innleide Hansen"})).Record.(*process.Hours).ID
	}
	today := process.DateOf(w.now, time.UTC)
	one(today.AddDays(-40), "7.5")
	ok(w.s.DraftHours(ctx, a, process.DraftHoursInput{Until: today.AddDays(-30)}))
	id := one(today, "2")
	ok(w.s.EditHours(ctx, a, at(id), process.HoursInput{Order: o.ID, Date: today, Quantity: *d("3"), Person: "Innleide Hansen"}))
	ok(w.s.DeleteHours(ctx, a, at(one(today, "1"))))
}

// subscriptions are in each of their states, and one has made invoices.
func (w *world) subscriptions() {
	ctx, a, ok := w.t.Context(), w.actor, must(w.t)
	c := ok(w.s.CreateCustomer(ctx, a, process.CustomerInput{Name: "Abonnent AS", Email: "post@abonnent.example", PaymentRule: "end_of_month", NoReminders: true,
		Address: process.Address{Street: "Sjøgata 2", Postcode: "6003", City: "Ålesund", Country: "NO"}})).Record.(*process.Customer)
	one := func(in process.SubscriptionInput) string {
		in.Customer, in.Lines = c.ID, []process.LineInput{{Description: "Drift", UnitPrice: d("100")}}
		return ok(w.s.CreateSubscription(ctx, a, in)).Record.(*process.Subscription).ID
	}
	id := one(process.SubscriptionInput{Title: "Drift", Issue: true, Arrears: true, Start: "2026-10-01", End: "2027-10-01"})
	ok(w.s.ChangePrice(ctx, a, at(id), process.PriceChange{From: "2026-11-01", Percent: d("4")}))
	ok(w.s.ChangePrice(ctx, a, at(id), process.PriceChange{From: "2026-12-01", UnitPrice: d("120")}))
	if n, err := w.s.InvoiceSubscriptions(ctx); err != nil || n != 2 {
		w.t.Fatalf("%d invoices, %v", n, err)
	}
	paused := one(process.SubscriptionInput{Rule: process.RuleCron, Cron: "0 6 1 * *"})
	ok(w.s.PauseSubscription(ctx, a, at(paused), process.ReasonInput{Reason: "Ferie"}))
	resumed := one(process.SubscriptionInput{Rule: process.RuleYearly})
	ok(w.s.PauseSubscription(ctx, a, at(resumed), process.ReasonInput{}))
	ok(w.s.ResumeSubscription(ctx, a, at(resumed), process.ReasonInput{}))
	ok(w.s.EndSubscription(ctx, a, at(one(process.SubscriptionInput{Rule: process.RuleQuarterly})), process.ReasonInput{Reason: "Flyttet"}))
}

// mails come in by every decision that a page words.
func (w *world) mails() {
	ok := must(w.t)
	r := w.mail("ola@nordlys.example", "Ny hall", "Hei <script>alert(1)</script>")
	w.mail("ola@nordlys.example", "En ting til", "Hei igjen")
	w.mail("ny@automat.example", "Fravær", "Jeg er borte", func(m *process.IncomingMail) { m.Automation = "Auto-Submitted" })
	w.mail("x@y.example", "Uleselig", "", func(m *process.IncomingMail) { m.Unreadable = "too many parts" })
	w.mail(w.user.Email, "Intern", "Notat")
	w.mail("per@sendt.example", "Re: Tilbud", "Usortert")
	other := w.mail("salg@reklame.example", "Kjøp!", "Billig")
	m, err := w.s.Leads().Get(w.t.Context(), w.actor, other.Result.ID)
	if err != nil {
		w.t.Fatal(err)
	}
	ok(w.s.NotALead(w.t.Context(), w.actor, at(m.ID), struct{}{}))
	w.mail("salg@reklame.example", "Kjøp mer!", "Billigere")
	ok(w.s.CreateSenderRule(w.t.Context(), w.actor, process.SenderRuleInput{Address: "nyhetsbrev.example", Reason: "spam"}))
	if r.Result.Type != process.TypeLead {
		w.t.Fatalf("the mail became %v", r)
	}
	again := process.IncomingForm{Source: "nettside", EventID: "1", ContentType: "application/json", Body: process.NewBlob([]byte(`{}`))}
	sub, _, err := w.s.ReceiveSubmission(w.t.Context(), process.System(), again)
	if err != nil {
		w.t.Fatal(err)
	}
	if _, err := w.s.FileSubmission(w.t.Context(), process.System(), sub.ID, process.Inquiry{Email: "ola@nordlys.example", Subject: "Skjema", Text: "Hei"}, ""); err != nil {
		w.t.Fatal(err)
	}
}

// deliveries end in every way.
func (w *world) deliveries() {
	ctx := w.t.Context()
	list, err := all(ctx, w.s.Deliveries(), w.actor, process.Filter{State: "queued"}, 100)
	if err != nil {
		w.t.Fatal(err)
	}
	ends := []string{"accepted", "retrying", "failed", "unknown"}
	if len(list) < len(ends)+2 {
		w.t.Fatalf("only %d mails are queued", len(list))
	}
	for i, d := range list[:len(ends)+1] {
		if start, err := w.s.StartSending(ctx, process.System(), process.SendDelivery{Delivery: d.ID, Attempt: d.Attempts + 1}); err != nil || !start {
			w.t.Fatalf("%v, %v", start, err)
		}
		if i == len(ends) {
			break // stays in sending
		}
		if err := w.s.FinishSending(ctx, process.System(), d.ID, process.Sent{State: ends[i], Reply: "250 <ok>", RetryAfter: 60e9}); err != nil {
			w.t.Fatal(err)
		}
	}
	bounced := list[0]
	mail, err := w.s.MailOf(ctx, process.System(), bounced.ID, "fjord.example")
	if err != nil {
		w.t.Fatal(err)
	}
	w.mail("mailer-daemon@kunde.example", "Undelivered", "", func(m *process.IncomingMail) {
		m.Report = &process.DeliveryReport{MessageID: mail.MessageID, Recipients: []process.RecipientReport{{Address: bounced.To, Action: "failed", Status: "5.1.1"}}}
	})
}

// first is the id of the newest record in a state.
func first[T any](t *testing.T, c process.Collection[T], a process.Actor, state string) string {
	t.Helper()
	rs, _, err := c.List(t.Context(), a, process.Filter{State: state, Limit: 1})
	if err != nil || len(rs) == 0 {
		t.Fatalf("no record is %s: %v", state, err)
	}
	return idOf(&rs[0])
}
