package console

import (
	"strconv"

	"github.com/emne/emne/process"
)

// The list, the page and the form of subscriptions.

func subscriptionRow(v *visit, s process.Subscription) row {
	return v.row(process.TypeSubscription, s.ID, words(either(s.Title, v.t("kind.subscription"))), words(v.name(process.TypeCustomer, s.Customer)),
		figure(v.money(s.Payable())), words(v.rule(s)), words(v.date(s.Next)), v.states(process.TypeSubscription, s.State))
}

// rule is when a subscription is invoiced, in words.
func (v *visit) rule(s process.Subscription) string {
	if s.Rule == process.RuleCron {
		return s.Cron
	}
	return v.t("rule."+s.Rule, "day", strconv.Itoa(s.Day))
}

func readSubscription(v *visit, id string) (*recordPage, error) {
	s, err := v.s.Subscriptions().Get(v.ctx(), v.actor, id)
	if err != nil {
		return nil, err
	}
	p := v.record(process.TypeSubscription, s.Record, s.State, either(s.Title, v.t("kind.subscription")))
	p.thread, p.lines = s.Thread, s.Lines
	p.Badges = []badge{v.state(process.TypeSubscription, s.State)}
	v.parties(p, s.Customer, s.Contact, s.Owner)
	p.fact(v.t("field.recipient"), words(s.Recipient))
	p.fact(v.t("field.rule"), words(v.rule(*s)))
	p.fact(v.t("field.next_date"), words(v.date(s.Next)))
	p.fact(v.t("field.start"), words(v.date(s.Start)))
	p.fact(v.t("field.end"), words(v.date(s.End)))
	if s.Arrears {
		p.fact(v.t("field.arrears"), words(v.t("yes")))
	}
	if s.Issue {
		p.fact(v.t("field.issue"), words(v.t("yes")))
	}
	p.fact(v.t("field.customer_reference"), words(s.CustomerReference))
	p.fact(v.t("field.buyer_reference"), words(s.BuyerReference))
	v.ties(p, s.Project, s.Contract)
	for _, c := range s.Prices {
		p.fact(v.t("field.price_change"), v.priceChange(s, c))
	}
	p.Lines = v.table(s.Lines, process.Pricing{}, s.Totals, s.Currency, false)
	return p, v.relate(p, process.TypeInvoice, map[string]string{"subscription": s.ID})
}

func (v *visit) priceChange(s *process.Subscription, c process.PriceChange) cell {
	what := cell{Note: v.date(c.From)}
	if c.UnitPrice != nil {
		what.Text = v.price(*c.UnitPrice, s.Currency)
	} else {
		what.Text = v.percent(*c.Percent)
	}
	for _, l := range s.Lines {
		if l.ID == c.Line {
			what.Note += ", " + l.Description
		}
	}
	return what
}

func subscriptionForm(v *visit, in input) form {
	f := func(kind, name string, mend ...func(*field)) field { return v.field(in, kind, name, mend...) }
	fields := []field{f(kindText, "title", wide, hint(v.t("hint.period")))}
	if in.id == "" {
		fields = append(fields, v.customerField(in))
	}
	fields = append(fields, v.contactField(in)...)
	rules := []option{}
	for _, r := range []string{process.RuleMonthly, process.RuleQuarterly, process.RuleYearly, process.RuleCron} {
		rules = append(rules, option{Value: r, Label: v.t("rule_name." + r)})
	}
	fields = append(fields, f(kindSelect, "rule", choices(rules)), f(kindWhole, "day", hint(v.t("hint.day"))), f(kindText, "cron", hint(v.t("hint.cron"))),
		f(kindDate, "start", value(string(v.today()))), f(kindDate, "end"), f(kindCheck, "arrears"), f(kindCheck, "issue"),
		f(kindEmail, "recipient", hint(v.t("hint.recipient"))), f(kindText, "customer_reference"), f(kindText, "buyer_reference"), f(kindText, "project"), f(kindText, "contract"),
		f(kindSelect, "language", choices(v.languages(true))))
	cur := either(in.value("currency"), v.settings.Currency)
	if in.id == "" {
		fields = append(fields, v.currencyField(in))
	} else if s, err := v.s.Subscriptions().Get(v.ctx(), v.actor, in.id); err == nil {
		cur = s.Currency
	}
	return form{Sections: []section{{Fields: fields}}, Lines: v.editor(in, cur, false)}
}

// priceForm changes what a subscription costs.
func (v *visit) priceForm(in input, p *recordPage) form {
	f := func(kind, name string, mend ...func(*field)) field { return v.field(in, kind, name, mend...) }
	lines := []option{{Label: v.t("list.all")}}
	for _, l := range p.lines {
		lines = append(lines, option{Value: l.ID, Label: l.Description})
	}
	return form{Sections: []section{{Fields: []field{f(kindDate, "from", required, value(string(v.today().AddDays(1))), func(f *field) { f.Label = v.t("statement.from") }),
		f(kindDecimal, "percent"), f(kindDecimal, "unit_price", hint(v.t("hint.price_change"))), f(kindSelect, "line", choices(lines))}}}}
}
