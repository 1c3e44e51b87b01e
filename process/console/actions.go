package console

import (
	"slices"
	"strings"

	"github.com/shopspring/decimal"

	"github.com/emne/emne/process"
)

// action is a verb as a button; with fields, the button opens them.
type action struct {
	Verb    string
	Label   string
	Primary bool
	Danger  bool
	Open    bool
	// Key is the key that presses it, "" for none.
	Key string
	// Asks says that there is something to fill in.
	Asks bool
	// Href makes it a plain link.
	Href string
	Form form
	// Lines are the lines of which parts are taken.
	Lines []partRow
}

// partRow is a line of which a quantity is chosen.
type partRow struct {
	Description string
	Left        string
	Quantity    field
}

// verbs are the actions of the kinds in the order in which they stand; the
// first possible one is the usual next step.
var verbs = map[string][]string{
	process.TypeLead:         {"qualify", "contact", "log", "follow_up", "assign", "edit", "merge", "disqualify", "not_a_lead", "reopen"},
	process.TypeOpportunity:  {"quote", "move", "log", "follow_up", "edit", "assign", "win", "lose", "reopen"},
	process.TypeQuote:        {"accept", "send", "edit", "revise", "log", "follow_up", "copy", "decline", "cancel", "delete"},
	process.TypeOrder:        {"fulfil", "invoice", "log", "follow_up", "edit", "send", "prepay", "prepaid", "return", "hold", "release", "cancel"},
	process.TypeInvoice:      {"issue", "pay", "log", "follow_up", "edit", "send", "credit", "dispute", "end_dispute", "hold", "release", "write_off", "reinstate", "waive", "delete"},
	process.TypeCreditNote:   {"send", "follow_up"},
	process.TypeSubscription: {"change_price", "pause", "follow_up", "resume", "end", "edit"},
	process.TypePayment:      {"refund", "reverse", "follow_up"},
	process.TypeBankEntry:    {"match", "ignore", "unmatch"},
	process.TypeDelivery:     {"retry", "settle"},
	process.TypeMessage:      {"retry", "make_lead", "move", "not_a_lead"},
	process.TypeQuarantine:   {"retry", "make_lead", "move", "not_a_lead"},
	process.TypeSenderRule:   {"delete"},
	process.TypeHours:        {"edit", "delete"},
	process.TypeTask:         {"done", "snooze", "edit"},
	process.TypeCustomer:     {"new_opportunity", "new_quote", "new_order", "new_invoice", "new_contact", "new_subscription", "statement", "send_statement", "log", "follow_up", "edit"},
	process.TypeContact:      {"follow_up", "edit"},
	process.TypeProduct:      {"edit", "archive", "restore"},
	process.TypePriceList:    {"edit", "archive", "restore"},
}

// onward are the verbs that bring a record to its next step.
var onward = []string{"qualify", "quote", "send", "accept", "fulfil", "invoice", "issue", "pay", "release", "retry", "make_lead", "done", "match"}

// keys press what is done with many mails in a row.
var keys = map[string]string{"message.make_lead": "l", "message.move": "m", "message.not_a_lead": "n", "message.retry": "r",
	"quarantine.retry": "r", "quarantine.make_lead": "l", "quarantine.move": "m", "quarantine.not_a_lead": "n"}

var dangers = []string{"disqualify", "not_a_lead", "merge", "lose", "decline", "cancel", "delete", "reverse", "refund", "unmatch", "credit", "write_off"}

// actions are what can be done with the record now. tried is the verb whose
// form was refused, with what was sent.
func (v *visit) actions(k *kind, p *recordPage, tried string, in input) []action {
	possible := process.Possible(k.typ, p.state)
	var list []action
	for _, verb := range verbs[k.typ] {
		if p.hidden[verb] || !v.may(permission(k, verb)) {
			continue
		}
		a := action{Verb: verb, Label: v.t("verb." + k.typ + "." + verb), Danger: slices.Contains(dangers, verb), Key: keys[k.typ+"."+verb]}
		at := "/" + k.collection + "/" + p.ID
		switch {
		case verb == "edit" && (slices.Contains(possible, verb) || possible == nil):
			a.Href = at + "/edit"
		case strings.HasPrefix(verb, "new_"):
			a.Href = "/" + v.c.kindOf(strings.TrimPrefix(verb, "new_")).collection + "/new?customer=" + p.ID
		case verb == "follow_up":
			a.Label, a.Href = v.t("follow_up"), "/tasks/new?about.type="+k.typ+"&about.id="+p.ID
		case verb == "statement":
			a.Href = at + "/statement"
		case verb == "quote" && p.state == "open":
			a.Form = form{Action: "/quotes", Sections: []section{{Fields: []field{{Name: "opportunity", Kind: kindHidden, Value: p.ID}}}}}
		case verb == "delete" && slices.Contains(possible, verb):
			a.Form = form{Action: at + "/delete", Version: p.Version}
		case verb == "prepaid" && p.state != "cancelled":
			given := input{values: map[string]string{"order": p.ID, "amount.amount": p.open.String(), "amount.currency": p.open.Currency}, problems: map[string]string{}}
			a.Form = form{Action: "/payments", Sections: v.paymentFields(given)}
		case slices.Contains(possible, verb):
			given := input{values: map[string]string{}, problems: map[string]string{}}
			if verb == tried {
				given, a.Open = in, true
			}
			a.Form, a.Lines = v.verbForm(k.typ, verb, p, given)
			if a.Form.Action == "" {
				a.Form.Action = at + "/do/" + verb
			}
			a.Form.Version = p.Version
		default:
			continue
		}
		if k.typ == process.TypeQuote && verb == "send" && p.state == "active" {
			a.Label = v.t("verb.quote.send_again")
		}
		if k.typ == process.TypeOrder && verb == "cancel" && p.delivered {
			a.Label = v.t("verb.order.cancel_rest")
		}
		a.Form.Submit = a.Label
		a.Asks = slices.ContainsFunc(a.Form.Sections, func(s section) bool {
			return slices.ContainsFunc(s.Fields, func(f field) bool { return f.Kind != kindHidden })
		})
		a.Primary = len(list) == 0 && slices.Contains(onward, verb) && k.typ != process.TypeCreditNote
		list = append(list, a)
	}
	return list
}

// permission is what a verb asks for.
func permission(k *kind, verb string) process.Permission {
	switch {
	case verb == "new_invoice", verb == "new_subscription":
		return process.MayInvoice
	case verb == "prepaid":
		return process.MayInvoice
	case verb == "send_statement":
		return process.MayInvoice
	case verb == "follow_up":
		return process.MaySell
	case verb == "statement":
		return process.MayRead
	case k.typ == process.TypeQuote && (verb == "accept" || verb == "decline"):
		return process.MayAccept
	}
	return k.may
}

// verbForm are the fields that a verb takes.
func (v *visit) verbForm(typ, verb string, p *recordPage, in input) (form, []partRow) {
	f := func(kind, name string, mend ...func(*field)) field { return v.field(in, kind, name, mend...) }
	note := f(kindArea, "note", wide)
	reason := f(kindText, "reason", wide)
	fields := func(list ...field) form { return form{Sections: []section{{Fields: list}}} }
	switch typ + "." + verb {
	case "lead.contact":
		return fields(note), nil
	case "lead.log", "opportunity.log", "quote.log", "order.log", "invoice.log", "customer.log":
		return fields(v.logFields(in)...), nil
	case "lead.merge":
		return fields(f(kindSelect, "other", required, choices(mergeable(p)))), nil
	case "opportunity.move":
		return fields(f(kindSelect, "stage", required, choices(v.stages()))), nil
	case "lead.assign", "opportunity.assign":
		return fields(f(kindSelect, "user", required, choices(v.owners()))), nil
	case "lead.qualify":
		list := v.checkFields(in, p.checks)
		return fields(append(list, f(kindText, "title", wide), f(kindSelect, "customer", choices(v.matches()), func(f *field) { f.Label = v.t("kind.customer") }),
			f(kindCheck, "new_customer", hint(v.t("hint.new_customer"))),
			f(kindMoney, "estimated_revenue", currency(v.settings.Currency)), f(kindDate, "estimated_close"))...), nil
	case "lead.disqualify":
		reasons := v.options("disqualified.", "lost", "cannot_contact", "no_longer_interested", "cancelled", "spam", "duplicate")
		return fields(f(kindSelect, "reason", choices(reasons)), note), nil
	case "opportunity.win":
		return fields(f(kindMoney, "actual_revenue", currency(p.open.Currency), hint(v.t("hint.actual_revenue"))), reason), nil
	case "opportunity.lose":
		return fields(v.loseFields(in)...), nil
	case "quote.accept":
		name := f(kindText, "name", required, func(f *field) { f.Label = v.t("field.accepted_by") })
		if p.expired != "" {
			name.Hint = v.t("hint.expired", "date", v.date(p.expired))
		}
		yes := fields(name, f(kindText, "customer_reference"), f(kindArea, "evidence", wide, hint(v.t("hint.evidence"))))
		yes.Sections[0].Fields = append(yes.Sections[0].Fields, v.optionFields(in, p)...)
		return yes, nil
	case "order.return":
		return v.parts(in, p, func(l process.Line) decimal.Decimal { return l.Delivered }, note)
	case "order.prepay":
		return fields(f(kindSelect, "kind", choices(v.prepaymentKinds()), hint(v.t("hint.prepayment_kind")), func(f *field) { f.Label = v.t("field.prepayment.kind") }), f(kindCheck, "draft"), f(kindDecimal, "percent"), f(kindMoney, "amount", currency(p.open.Currency)), f(kindDate, "due_date"), f(kindEmail, "recipient", value(p.recipient))), nil
	case "quote.copy":
		to := v.customerField(in)
		to.Required, to.Options[0].Label, to.Hint = false, v.t("option.same"), v.t("hint.copy")
		return fields(to), nil
	case "quote.decline":
		return fields(reason, f(kindArea, "comment", wide)), nil
	case "invoice.send", "credit-note.send":
		return fields(f(kindEmail, "recipient", value(p.recipient)), f(kindSelect, "by", choices(v.sendBy(true)))), nil
	case "quote.send", "order.send":
		return fields(f(kindEmail, "recipient", value(p.recipient))), nil
	case "customer.send_statement":
		return fields(f(kindEmail, "recipient", value(p.recipient)), f(kindDate, "from", func(f *field) { f.Label = v.t("statement.from") }), f(kindDate, "to", func(f *field) { f.Label = v.t("field.until") })), nil
	case "quote.cancel", "order.hold", "order.release", "order.cancel", "payment.reverse", "bank-entry.ignore", "bank-entry.unmatch":
		return fields(reason), nil
	case "order.fulfil":
		return v.parts(in, p, func(l process.Line) decimal.Decimal { return l.Quantity.Sub(l.Delivered) },
			f(kindDate, "date", value(string(v.today())), func(f *field) { f.Label = v.t("field.supply_date") }), note)
	case "order.invoice":
		return v.parts(in, p, func(l process.Line) decimal.Decimal { return l.Delivered.Sub(l.Invoiced) },
			f(kindDate, "date", value(string(v.today())), func(f *field) { f.Label = v.t("field.supply_date") }))
	case "invoice.issue":
		return fields(f(kindCheck, "send", func(f *field) { f.Checked = in.sent == nil || f.Value == "1" })), nil
	case "invoice.pay":
		if in.sent == nil {
			in.values = map[string]string{"invoice": p.ID, "amount.amount": p.open.String(), "amount.currency": p.open.Currency}
		}
		return form{Action: "/payments", Sections: v.paymentFields(in)}, nil
	case "payment.refund":
		if in.sent == nil {
			in.values = map[string]string{"amount.amount": p.open.String()}
		}
		return fields(f(kindMoney, "amount", currency(p.open.Currency), value(v.typed(in.values["amount.amount"]))), f(kindDate, "date", value(string(v.today()))), reason), nil
	case "bank-entry.match":
		return fields(f(kindText, "invoice", required, hint(v.t("hint.bank_invoice")), func(f *field) { f.Label = v.t("kind.invoice") })), nil
	case "invoice.dispute":
		return fields(f(kindText, "reason", required, wide, hint(v.t("hint.dispute")))), nil
	case "invoice.hold":
		return fields(f(kindDate, "until", hint(v.t("hint.hold_until"))), reason), nil
	case "invoice.write_off", "invoice.reinstate":
		return fields(f(kindMoney, "amount", currency(p.open.Currency), hint(v.t("hint.whole_amount"))), f(kindText, "reason", required, wide)), nil
	case "subscription.change_price":
		return v.priceForm(in, p), nil
	case "subscription.pause", "subscription.resume", "subscription.end", "invoice.end_dispute", "invoice.release", "invoice.waive":
		return fields(reason), nil
	case "invoice.credit":
		return v.creditForm(in, p)
	case "delivery.settle":
		return fields(f(kindSelect, "state", choices(v.options("settled.", "accepted", "failed")), func(f *field) { f.Label = v.t("field.outcome") }), note), nil
	case "message.move", "quarantine.move":
		return fields(f(kindRef, "about", required, wide, choices(p.places), func(f *field) { f.Label = v.t("field.move_to") })), nil
	case "task.snooze":
		return fields(f(kindDate, "until", value(string(v.today().AddDays(1))))), nil
	}
	return form{}, nil
}

// parts is a form with a quantity for each line of which something is left.
func (v *visit) parts(in input, p *recordPage, left func(process.Line) decimal.Decimal, more ...field) (form, []partRow) {
	var rows []partRow
	var quantities []field
	for _, l := range p.lines {
		rest := left(l)
		if rest.IsZero() || rest.Sign() != l.Quantity.Sign() {
			continue
		}
		q := v.field(in, kindQuantity, "quantity."+l.ID, func(f *field) { f.Label = v.t("line.quantity") + ", " + l.Description })
		if in.sent == nil {
			q.Value = v.typed(rest.String())
		}
		quantities = append(quantities, q)
		rows = append(rows, partRow{Description: l.Description, Left: v.quantity(rest, l.Unit), Quantity: q})
	}
	return form{Sections: []section{{Fields: quantities, Parts: true}, {Fields: more}}}, rows
}

// creditForm credits all that is left, an amount, or lines.
func (v *visit) creditForm(in input, p *recordPage) (form, []partRow) {
	f := func(kind, name string, mend ...func(*field)) field { return v.field(in, kind, name, mend...) }
	scope := f(kindSelect, "scope", choices(v.options("credit.", "all", "amount", "lines")))
	more := []field{f(kindText, "reason", required, wide, hint(v.t("hint.credit_reason"))), scope, f(kindMoney, "amount", currency(p.open.Currency))}
	if p.ofOrder {
		more = append(more, f(kindCheck, "reinvoice"))
	}
	more = append(more, f(kindCheck, "send", func(f *field) { f.Checked = in.sent == nil || f.Value == "1" }))
	form, rows := v.parts(in, p, func(l process.Line) decimal.Decimal { return l.Quantity })
	form.Sections[1].Fields = more
	for i := range rows {
		if in.sent == nil {
			rows[i].Quantity.Value = ""
		}
	}
	return form, rows
}

// act carries a verb out.
func (v *visit) act(k *kind) error {
	verb := v.r.PathValue("verb")
	call, known := v.c.verbs[[2]string{k.typ, verb}]
	if !known {
		return process.NotFound("action", verb)
	}
	in, err := v.sent("")
	if err != nil {
		return err
	}
	in.problems = map[string]string{}
	p, err := k.read(v, v.id())
	if err != nil {
		return err
	}
	f, parts := v.verbForm(k.typ, verb, p, in)
	body, problems := v.verbBody(&f, in, parts)
	var e *process.Error
	if len(problems) > 0 {
		e = process.Invalid("form.invalid", "the form cannot be sent as it is", problems...)
	} else {
		out, err := call.Run(v.s, v.ctx(), v.actor, process.Target{ID: v.id(), Version: in.version()}, body)
		if err == nil {
			done := verb
			if o, ok := out.Record.(*process.Order); ok && verb == "cancel" && o.State != "cancelled" {
				done = "cancel_rest"
			}
			v.redirect(after(v.next(k, verb, out), k.typ+"."+done))
			return nil
		}
		if e = refusal(err); e == nil || e.Code != process.CodeInvalid && e.Code != process.CodeConflict {
			return err
		}
	}
	v.refused(&in, &f, e.Problems)
	return v.showRecord(k, v.id(), verb, in, e, f.Problems)
}

// verbBody is the JSON of a verb. A choice of lines that chooses none is
// refused, because no lines mean all of them.
func (v *visit) verbBody(f *form, in input, parts []partRow) ([]byte, []process.Problem) {
	scope := in.sent.Get("scope")
	if scope != "" {
		for s := range f.Sections {
			f.Sections[s].Fields = slices.DeleteFunc(f.Sections[s].Fields, func(fd field) bool {
				return fd.Name == "scope" || fd.Name == "amount" && scope != "amount" || fd.Kind == kindQuantity && scope != "lines"
			})
		}
	}
	body, problems := v.encode(*f, in, false)
	chosen := strings.Contains(string(body), `"lines":[`)
	if len(parts) > 0 && len(problems) == 0 && !chosen && (scope == "" || scope == "lines") {
		problems = append(problems, process.Problem{Field: "lines", Reason: "parts.none", Message: "choose a quantity of at least one line"})
	}
	if scope == "amount" && strings.TrimSpace(in.sent.Get("amount")) == "" {
		problems = append(problems, process.Problem{Field: "amount", Reason: "missing", Message: "this is needed"})
	}
	return body, problems
}

// next is where a verb leads: to what it made, when that is the next step.
func (v *visit) next(k *kind, verb string, out *process.Outcome) string {
	next := map[string]string{"lead.qualify": process.TypeOpportunity, "quote.revise": process.TypeQuote, "quote.copy": process.TypeQuote, "quote.accept": process.TypeOrder,
		"order.fulfil": process.TypeInvoice, "order.invoice": process.TypeInvoice, "invoice.credit": process.TypeCreditNote, "message.make_lead": process.TypeLead, "quarantine.make_lead": process.TypeLead}[k.typ+"."+verb]
	for _, made := range out.Created {
		if made.Type == next && next != "" {
			return v.href(made)
		}
	}
	return "/" + k.collection + "/" + v.id()
}

// matches are the customers that a lead may be linked to.
func (v *visit) matches() []option {
	options := v.customerField(input{}).Options
	options[0].Label = v.t("option.match")
	return options
}
