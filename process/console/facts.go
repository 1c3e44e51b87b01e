package console

import (
	"slices"
	"strconv"
	"strings"

	"github.com/emne/emne/process"
)

// The facts of each kind of record.

func readLead(v *visit, id string) (*recordPage, error) {
	l, err := v.s.Leads().Get(v.ctx(), v.actor, id)
	if err != nil {
		return nil, err
	}
	p := v.record(process.TypeLead, l.Record, l.State, v.leadName(*l))
	p.thread, p.recipient = l.Thread, l.Email
	p.Badges = []badge{v.state(process.TypeLead, l.State)}
	if l.Reason != "" {
		p.Badges = append(p.Badges, badge{v.t("disqualified." + l.Reason), ""})
	}
	guess := func(field string, c cell) cell {
		if c.Text != "" && slices.Contains(l.Guessed, field) {
			c.Note = v.t("guessed")
		}
		return c
	}
	p.fact(v.t("field.name"), guess("name", words(l.Name)))
	p.fact(v.t("field.company"), guess("company", words(l.Company)))
	p.fact(v.t("field.email"), mailto(l.Email))
	p.fact(v.t("field.phone"), guess("phone", telephone(l.Phone)))
	p.fact(v.t("field.organisation_number"), guess("organisation_number", words(l.OrganisationNumber)))
	p.fact(v.t("field.address"), guess("address", words(v.addressOf(l.Address))))
	p.fact(v.t("field.language"), guess("language", words(v.known("language.", l.Language))))
	p.fact(v.t("field.source"), words(v.source(l.Source)))
	p.fact(v.t("field.received"), words(v.moment(l.CreatedAt)))
	p.fact(v.t("field.owner"), words(v.name(process.TypeUser, l.Owner)))
	p.fact(v.t("kind.customer"), v.link(process.TypeCustomer, l.Customer))
	p.fact(v.t("kind.contact"), v.link(process.TypeContact, l.Contact))
	v.processFacts(p, l)
	if l.Message != "" || l.Subject != "" {
		p.Text = &passage{either(l.Subject, v.t("field.message")), l.Message}
	}
	return p, nil
}

func readOpportunity(v *visit, id string) (*recordPage, error) {
	o, err := v.s.Opportunities().Get(v.ctx(), v.actor, id)
	if err != nil {
		return nil, err
	}
	p := v.record(process.TypeOpportunity, o.Record, o.State, o.Title)
	p.thread = o.Thread
	p.Badges = v.opportunityBadges(*o)
	p.hidden["move"] = len(v.settings.Process.Stages) == 0
	p.open = process.Money{Currency: o.Currency}
	v.parties(p, o.Customer, o.Contact, o.Owner)
	p.fact(v.t("field.estimated_revenue"), words(v.money(o.EstimatedRevenue)))
	p.fact(v.t("field.estimated_close"), words(v.date(o.EstimatedClose)))
	p.fact(v.t("field.stage"), words(v.stageName(o.Stage)))
	p.fact(v.t("field.probability"), words(v.percent(whole(o.Probability))))
	p.fact(v.t("field.next_date"), words(v.date(o.NextDate)))
	if o.ActualRevenue != nil {
		p.fact(v.t("field.actual_revenue"), words(v.money(*o.ActualRevenue)))
	}
	if o.ClosedAt != nil {
		p.fact(v.t("field.closed"), words(v.moment(*o.ClosedAt)))
	}
	p.fact(v.t("field.reason"), words(v.lostReason(o.Reason)))
	p.fact(v.t("field.competitor"), words(o.Competitor))
	p.Lines = v.table(o.Lines, o.Pricing, o.Totals, o.Currency, false)
	return p, v.relate(p, process.TypeQuote, map[string]string{"opportunity": o.ID})
}

func readQuote(v *visit, id string) (*recordPage, error) {
	q, err := v.s.Quotes().Get(v.ctx(), v.actor, id)
	if err != nil {
		return nil, err
	}
	p := v.record(process.TypeQuote, q.Record, q.State, v.quoteName(*q))
	p.thread, p.recipient, p.lines = q.Thread, q.Recipient, q.Lines
	p.Badges = v.quoteBadges(*q)
	if q.Expired {
		p.expired = q.ValidUntil
	}
	p.hidden["accept"] = q.State == "won"
	p.hidden["decline"] = q.State == "closed"
	p.hidden["revise"] = q.Next != "" || q.Number == ""
	p.fact(v.t("field.title"), words(q.Title))
	v.parties(p, q.Customer, q.Contact, q.Owner)
	p.fact(v.t("field.recipient"), words(q.Recipient))
	p.fact(v.t("field.valid_until"), words(v.date(q.ValidUntil)))
	p.fact(v.t("field.customer_reference"), words(q.CustomerReference))
	v.ties(p, q.Project, q.Contract)
	p.fact(v.t("field.language"), words(v.known("language.", q.Language)))
	if q.SentAt != nil {
		p.fact(v.t("field.sent"), words(v.moment(*q.SentAt)))
	}
	p.fact(v.t("kind.opportunity"), v.link(process.TypeOpportunity, q.Opportunity))
	p.fact(v.t("kind.order"), v.link(process.TypeOrder, q.Order))
	p.fact(v.t("field.previous"), v.link(process.TypeQuote, q.Previous))
	if q.Previous != "" || q.State != "draft" {
		p.fact(v.t("compare.label"), cell{Text: v.t("compare.show"), Href: "/quotes/" + q.ID + "/compare"})
	}
	p.fact(v.t("field.next"), v.link(process.TypeQuote, q.Next))
	if q.Prepayment != nil {
		if kind := q.Prepayment.Kind; kind != "" {
			p.fact(v.t("field.prepayment.kind"), words(v.known("prepayment_kind.", kind)))
		}
		if q.Prepayment.Percent != nil {
			p.fact(v.t("field.prepayment"), words(v.percent(*q.Prepayment.Percent)))
		} else if q.Prepayment.Amount != nil {
			p.fact(v.t("field.prepayment"), words(v.money(*q.Prepayment.Amount)))
		}
	}
	p.fact(v.t("field.reason"), words(strings.TrimSpace(q.Reason+"\n"+q.Comment)))
	if a := q.Acceptance; a != nil {
		how := v.moment(a.At) + ", " + v.t("channel."+a.Channel)
		if a.Expired {
			how += ", " + v.t("accepted.late")
		}
		p.fact(v.t("field.accepted_by"), cell{Text: a.Name, Note: how})
		p.fact(v.t("field.evidence"), words(a.Evidence))
		if a.ReceiptSHA256 != "" {
			p.Receipt = "/quotes/" + q.ID + "/pdf?copy=accepted"
		}
	}
	if q.SHA256 != "" {
		p.fact("SHA-256", words(q.SHA256))
	}
	if text := strings.TrimSpace(q.Introduction + "\n\n" + q.Terms); text != "" {
		p.Text = &passage{v.t("section.texts"), text}
	}
	p.Lines = v.table(q.Lines, q.Pricing, q.Totals, q.Currency, false)
	return p, nil
}

func readOrder(v *visit, id string) (*recordPage, error) {
	o, err := v.s.Orders().Get(v.ctx(), v.actor, id)
	if err != nil {
		return nil, err
	}
	p := v.record(process.TypeOrder, o.Record, o.State, v.t("kind.order")+" "+o.Number)
	p.thread, p.lines = o.Thread, o.Lines
	p.Badges = v.orderBadges(*o)
	delivered := false
	p.hidden["fulfil"], p.hidden["invoice"] = true, true
	for _, l := range o.Lines {
		delivered = delivered || !l.Delivered.IsZero() || !l.Invoiced.IsZero()
		p.hidden["fulfil"] = p.hidden["fulfil"] && l.Delivered.Equal(l.Quantity)
		p.hidden["invoice"] = p.hidden["invoice"] && l.Invoiced.Equal(l.Delivered)
	}
	p.delivered, p.recipient = delivered, o.Recipient
	p.hidden["cancel"], p.hidden["hold"] = true, o.Progress == "completed"
	p.hidden["return"], p.hidden["prepay"] = true, o.Request != nil || o.Progress == "completed"
	for _, l := range o.Lines {
		p.hidden["return"] = p.hidden["return"] && l.Delivered.IsZero()
		p.hidden["cancel"] = p.hidden["cancel"] && (l.Delivered.Equal(l.Quantity) || l.Invoiced.Equal(l.Quantity))
	}
	p.open = process.Money{Currency: o.Currency}
	p.hidden["prepaid"] = o.Request == nil
	if r := o.Request; r != nil {
		p.fact(v.t("field.payment_request"), cell{Text: r.Number + ": " + v.money(r.Amount), Note: v.date(r.DueDate) + ", " + r.Reference})
		p.open = r.Amount.Sub(o.Prepaid)
	}
	if !o.Prepaid.IsZero() {
		p.fact(v.t("total.prepaid"), words(v.money(o.Prepaid)))
		p.fact(v.t("field.deducted"), words(v.money(o.Deducted)))
	}
	if !o.Deposited.IsZero() {
		p.fact(v.t("field.deposited"), words(v.money(o.Deposited)))
	}
	p.fact(v.t("field.title"), words(o.Title))
	v.parties(p, o.Customer, o.Contact, o.Owner)
	p.fact(v.t("field.recipient"), words(o.Recipient))
	p.fact(v.t("field.customer_reference"), words(o.CustomerReference))
	v.ties(p, o.Project, o.Contract)
	p.fact(v.t("field.delivery_date"), words(v.date(o.DeliveryDate)))
	v.place(p, o.DeliveryAddress)
	p.fact(v.t("kind.quote"), v.link(process.TypeQuote, o.Quote))
	p.fact(v.t("kind.opportunity"), v.link(process.TypeOpportunity, o.Opportunity))
	p.Lines = v.table(o.Lines, o.Pricing, o.Totals, o.Currency, true)
	if err := v.relate(p, process.TypePayment, map[string]string{"order": o.ID}); err != nil {
		return nil, err
	}
	return p, v.relate(p, process.TypeInvoice, map[string]string{"order": o.ID})
}

func readInvoice(v *visit, id string) (*recordPage, error) {
	i, err := v.s.Invoices().Get(v.ctx(), v.actor, id)
	if err != nil {
		return nil, err
	}
	p := v.record(process.TypeInvoice, i.Record, i.State, v.invoiceName(*i))
	p.thread, p.recipient, p.lines, p.open, p.ofOrder = i.Thread, i.Recipient, i.Lines, i.Due(), i.Order != ""
	p.Badges = v.invoiceBadges(*i)
	p.hidden["pay"] = i.Due().Minor <= 0
	p.hidden["credit"] = i.Credited.Minor >= i.Payable().Minor
	p.hidden["dispute"], p.hidden["end_dispute"] = i.Disputed || i.Open.Minor <= 0, !i.Disputed
	p.hidden["hold"], p.hidden["release"] = i.Held || i.Open.Minor <= 0, !i.Held
	p.hidden["write_off"], p.hidden["reinstate"], p.hidden["waive"] = i.Open.Minor <= 0, i.WrittenOff.IsZero(), i.Claims.IsZero()
	for _, problem := range i.Problems {
		if problem.Channel != "" {
			p.Closed = append(p.Closed, v.problem(problem))
			continue
		}
		p.Problems = append(p.Problems, v.problem(problem))
		if strings.HasPrefix(problem.Field, "customer.") {
			p.MendAt = "/customers/" + i.Customer + "/edit"
		} else if strings.HasPrefix(problem.Field, "company.") && p.MendAt == "" && v.may(process.MayManage) {
			p.MendAt = "/settings"
		}
	}
	p.fact(v.t("field.title"), words(i.Title))
	v.parties(p, i.Customer, i.Contact, i.Owner)
	p.fact(v.t("field.recipient"), words(either(i.Recipient, v.t("recipient.missing"))))
	p.fact(v.t("field.delivery_channel"), words(v.t("send_by."+v.sentBy(i.Customer))))
	p.fact(v.t("field.issue_date"), words(v.date(i.IssueDate)))
	p.fact(v.t("field.supply_date"), words(v.date(i.SupplyDate)))
	p.fact(v.t("field.due_date"), words(v.date(i.DueDate)))
	p.fact(v.t("field.payment_reference"), words(i.PaymentReference))
	v.place(p, i.DeliveryAddress)
	for _, w := range i.Warnings {
		p.fact(v.t("field.warning"), words(v.problem(w)))
	}
	if i.Exchange != nil {
		p.fact(v.t("field.exchange"), words(v.t("exchange", "currency", i.Currency, "rate", v.typed(i.Exchange.Rate), "company", v.settings.Currency, "date", v.date(i.Exchange.Date))))
	}
	if i.Held {
		p.fact(v.t("field.held_until"), words(either(v.date(i.HeldUntil), v.t("held"))))
	}
	for _, r := range i.Reminders {
		if !r.Skipped {
			p.fact(v.t("field.reminder"), cell{Text: v.stepName(r), Note: v.date(r.Date)})
		}
	}
	p.fact(v.t("field.customer_reference"), words(i.CustomerReference))
	p.fact(v.t("field.buyer_reference"), words(i.BuyerReference))
	v.ties(p, i.Project, i.Contract)
	p.fact(v.t("field.period_start"), words(v.date(i.PeriodStart)))
	p.fact(v.t("field.period_end"), words(v.date(i.PeriodEnd)))
	p.fact(v.t("kind.order"), v.link(process.TypeOrder, i.Order))
	p.fact(v.t("kind.quote"), v.link(process.TypeQuote, i.Quote))
	p.fact(v.t("kind.subscription"), v.link(process.TypeSubscription, i.Subscription))
	if i.SHA256 != "" {
		p.fact("SHA-256", words(i.SHA256))
	}
	p.Lines = v.table(i.Lines, i.Pricing, i.Totals, i.Currency, false)
	if i.State == "issued" {
		for _, t := range []total{{v.t("total.prepaid"), v.amount(i.Released.Sub(i.Prepaid)), false}, {v.t("total.credited"), v.amount(i.Credited.Neg()), false}, {v.t("total.paid"), v.amount(i.Paid.Neg()), false},
			{v.t("total.written_off"), v.amount(i.WrittenOff.Neg()), false}, {v.t("field.claims"), v.amount(i.Claims), false}} {
			if t.Amount != v.amount(process.Money{Currency: i.Currency}) {
				p.Lines.Totals = append(p.Lines.Totals, t)
			}
		}
		p.Lines.Totals = append(p.Lines.Totals, total{v.t("field.open"), v.money(i.Due()), true})
	}
	if err := v.relate(p, process.TypeCreditNote, map[string]string{"invoice": i.ID}); err != nil {
		return nil, err
	}
	return p, v.relate(p, process.TypePayment, map[string]string{"invoice": i.ID})
}

// stepName words a reminder by the text that its step has, with the fee.
func (v *visit) stepName(r process.Reminder) string {
	name := r.Step
	for _, s := range v.settings.Reminders.Steps {
		if s.Key == r.Step {
			name = v.t("reminder_text." + s.Text)
		}
	}
	if r.Fee.Minor > 0 && !r.Waived {
		name += ", " + v.t("field.fee_of", "amount", v.money(r.Fee))
	}
	return name
}

// sentBy is how a customer's invoices go out.
func (v *visit) sentBy(customer string) string {
	way := ""
	if c, err := v.s.Customers().Get(v.ctx(), v.actor, customer); err == nil {
		way = c.SendBy
	}
	return either(way, v.settings.SendBy, process.SendByMail)
}

func readCreditNote(v *visit, id string) (*recordPage, error) {
	n, err := v.s.CreditNotes().Get(v.ctx(), v.actor, id)
	if err != nil {
		return nil, err
	}
	p := v.record(process.TypeCreditNote, n.Record, n.State, v.t("kind.credit-note")+" "+n.Number)
	p.thread, p.recipient = n.Thread, n.Recipient
	p.Badges = []badge{v.state(process.TypeCreditNote, n.State)}
	v.parties(p, n.Customer, "", "")
	p.fact(v.t("kind.invoice"), v.link(process.TypeInvoice, n.Invoice))
	p.fact(v.t("field.reason"), words(n.Reason))
	p.fact(v.t("field.issue_date"), words(v.date(n.IssueDate)))
	p.fact(v.t("field.recipient"), words(n.Recipient))
	p.fact("SHA-256", words(n.SHA256))
	p.Lines = v.table(n.Lines, n.Pricing, n.Totals, n.Currency, false)
	return p, nil
}

func readPayment(v *visit, id string) (*recordPage, error) {
	r, err := v.s.Payments().Get(v.ctx(), v.actor, id)
	if err != nil {
		return nil, err
	}
	p := v.record(process.TypePayment, r.Record, r.State, v.t("kind.payment")+" "+v.money(r.Amount))
	p.thread = r.Thread
	p.Badges = []badge{v.state(process.TypePayment, r.State)}
	v.parties(p, r.Customer, "", "")
	p.fact(v.t("kind.invoice"), v.link(process.TypeInvoice, r.Invoice))
	p.fact(v.t("kind.order"), v.link(process.TypeOrder, r.Order))
	p.fact(v.t("field.date"), words(v.date(r.Date)))
	p.fact(v.t("field.method"), words(r.Method))
	p.fact(v.t("field.reference"), words(r.Reference))
	p.fact(v.t("field.note"), words(r.Note))
	p.fact(v.t("kind.bank-entry"), v.link(process.TypeBankEntry, r.BankEntry))
	p.fact(v.t("field.refund_of"), v.link(process.TypePayment, r.RefundOf))
	for _, f := range []struct {
		label string
		m     process.Money
	}{{v.t("field.refunded"), r.Refunded}, {v.t("total.written_off"), r.WrittenOff}} {
		if !f.m.IsZero() {
			p.fact(f.label, words(v.money(f.m)))
		}
	}
	// What is suggested to pay back: what was paid too much, else all of it.
	p.open = r.Amount.Sub(r.Refunded)
	p.hidden["refund"] = p.open.Minor <= 0
	p.hidden["reverse"] = !r.Refunded.IsZero()
	if i, err := v.s.Invoices().Get(v.ctx(), v.actor, r.Invoice); err == nil && i.Open.Minor < 0 {
		p.open.Minor = min(p.open.Minor, -i.Open.Minor)
	}
	if r.Refunded.IsZero() {
		return p, nil
	}
	return p, v.relate(p, process.TypePayment, map[string]string{"refund_of": r.ID})
}

// parties are who a record is for and whose it is.
func (v *visit) parties(p *recordPage, customer, contact, owner string) {
	p.fact(v.t("kind.customer"), v.link(process.TypeCustomer, customer))
	p.fact(v.t("kind.contact"), v.link(process.TypeContact, contact))
	p.fact(v.t("field.owner"), words(v.name(process.TypeUser, owner)))
}

// addressOf is empty when nothing but the country is known.
func (v *visit) addressOf(a process.Address) string {
	if a.IsZero() {
		return ""
	}
	return v.address(a)
}

func mailto(s string) cell {
	if s == "" {
		return cell{}
	}
	return cell{Text: s, Href: "mailto:" + s}
}

func telephone(s string) cell {
	return cell{Text: s, Tel: strings.ReplaceAll(s, " ", "")}
}

func count(n int) string { return strconv.Itoa(n) }
