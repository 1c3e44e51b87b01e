package console

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/emne/emne/process"
)

// The forms of the records. Which fields there are is decided here; what may
// stand in them, by the process.

func leadForm(v *visit, in input) form {
	f := func(kind, name string, mend ...func(*field)) field { return v.field(in, kind, name, mend...) }
	return form{Sections: []section{
		{Title: v.t("section.person"), Fields: []field{f(kindText, "name"), f(kindText, "company"), f(kindEmail, "email"), f(kindTel, "phone"),
			f(kindText, "organisation_number")}},
		{Title: v.t("section.inquiry"), Fields: []field{f(kindText, "subject", wide), f(kindArea, "message", wide), f(kindText, "source"),
			v.ownerField(in), f(kindSelect, "language", choices(v.languages(true)))}},
		{Title: v.t("section.checks"), Fields: v.checkFields(in, nil)},
		{Title: v.t("section.address"), Fields: v.addressFields(in, "address.")},
	}}
}

func (v *visit) addressFields(in input, prefix string) []field {
	return []field{v.field(in, kindText, prefix+"street"), v.field(in, kindText, prefix+"street2"), v.field(in, kindText, prefix+"postcode"),
		v.field(in, kindText, prefix+"city"), v.field(in, kindSelect, prefix+"country", choices(v.countries(in.value(prefix+"country"))))}
}

func customerForm(v *visit, in input) form {
	f := func(kind, name string, mend ...func(*field)) field { return v.field(in, kind, name, mend...) }
	return form{Sections: []section{
		{Fields: []field{f(kindText, "name", required), f(kindSelect, "kind", choices(v.options("customer_kind.", "business", "consumer"))),
			f(kindEmail, "email"), f(kindTel, "phone")}},
		{Title: v.t("section.address"), Fields: v.addressFields(in, "address.")},
		{Title: v.t("section.invoicing"), Fields: []field{f(kindText, "number", func(f *field) { f.Label = v.t("field.customer_number") }), f(kindText, "organisation_number"), f(kindText, "vat_number"),
			f(kindSelect, "language", choices(v.languages(true))), f(kindWhole, "payment_days", hint(v.t("hint.payment_days"))), f(kindText, "group"),
			f(kindSelect, "payment_rule", choices(v.dueRules(true))), f(kindCheck, "no_reminders"),
			f(kindText, "e_invoice_address.scheme", hint(v.t("hint.scheme"))), f(kindText, "e_invoice_address.id"),
			f(kindSelect, "send_by", choices(v.sendBy(true)))}},
	}}
}

// prepaymentKinds are the ways to ask for a prepayment; nothing is the usual one.
func (v *visit) prepaymentKinds() []option {
	return append([]option{{Label: v.t("prepayment_kind.usual")}}, v.options("prepayment_kind.", process.PrepayRequest, process.PrepayDeposit)...)
}

// dueRules are the ways in which payment days count.
func (v *visit) dueRules(empty bool) []option {
	rules := v.options("payment_rule.", process.DueNet, process.DueEndOfMonth)
	if empty {
		rules = append([]option{{Label: v.t("option.usual")}}, rules...)
	}
	return rules
}

// sendBy are the ways that invoices go out.
func (v *visit) sendBy(usual bool) []option {
	ways := v.options("send_by.", process.SendByMail, process.SendByEInvoice, process.SendByBoth)
	if usual {
		ways = append([]option{{Label: v.t("option.usual")}}, ways...)
	}
	return ways
}

func contactForm(v *visit, in input) form {
	f := func(kind, name string, mend ...func(*field)) field { return v.field(in, kind, name, mend...) }
	return form{Sections: []section{{Fields: []field{v.customerField(in), f(kindText, "name"), f(kindText, "title", func(f *field) { f.Label = v.t("field.position") }),
		f(kindEmail, "email"), f(kindTel, "phone"), f(kindSelect, "language", choices(v.languages(true)))}}}}
}

func opportunityForm(v *visit, in input) form {
	f := func(kind, name string, mend ...func(*field)) field { return v.field(in, kind, name, mend...) }
	currencyOf := either(in.value("currency"), v.settings.Currency)
	fields := []field{f(kindText, "title", wide)}
	if in.id == "" {
		fields = append(fields, v.customerField(in))
	}
	fields = append(fields, v.contactField(in)...)
	fields = append(fields, f(kindMoney, "estimated_revenue", currency(currencyOf), hint(v.t("hint.estimated_revenue"))), f(kindDate, "estimated_close"),
		f(kindWhole, "probability"), v.currencyField(in), v.ownerField(in))
	return form{Sections: []section{{Fields: fields}, v.adjustmentSection(in, currencyOf)}, Lines: v.editor(in, currencyOf, false)}
}

func quoteForm(v *visit, in input) form {
	if o, err := v.s.Opportunities().Get(v.ctx(), v.actor, in.value("opportunity")); err == nil && in.sent == nil && in.id == "" && in.values["currency"] == "" {
		in.values["currency"] = o.Currency
	}
	currencyOf := either(in.value("currency"), v.settings.Currency)
	f := func(kind, name string, mend ...func(*field)) field { return v.field(in, kind, name, mend...) }
	fields := []field{f(kindText, "title", wide)}
	if in.id == "" {
		fields = append(fields, f(kindHidden, "opportunity"))
		if in.value("opportunity") == "" {
			fields = append(fields, v.customerField(in))
		}
	}
	fields = append(fields, v.contactField(in)...)
	fields = append(fields, f(kindEmail, "recipient", hint(v.t("hint.recipient"))), f(kindDate, "valid_until", hint(v.t("hint.valid_until"))),
		f(kindText, "customer_reference"), f(kindText, "project"), f(kindText, "contract"), f(kindSelect, "prepayment.kind", choices(append(v.prepaymentKinds(), v.options("prepayment_kind.", process.PrepayNone)...)), hint(v.t("hint.prepayment_kind"))),
		f(kindDecimal, "prepayment.percent", hint(v.t("hint.prepayment"))),
		f(kindMoney, "prepayment.amount", currency(currencyOf), hint(v.t("hint.prepayment"))),
		f(kindSelect, "language", choices(v.languages(true))), v.currencyField(in), v.ownerField(in))
	in.options = true
	return form{Sections: []section{{Fields: fields}, {Title: v.t("section.texts"), After: true, Fields: []field{f(kindArea, "introduction", wide), f(kindArea, "terms", wide, hint(v.t("hint.terms")))}},
		v.adjustmentSection(in, currencyOf)}, Lines: v.editor(in, currencyOf, false)}
}

func orderForm(v *visit, in input) form {
	f := func(kind, name string, mend ...func(*field)) field { return v.field(in, kind, name, mend...) }
	fields := []field{f(kindText, "title", wide)}
	if in.id == "" {
		fields = append(fields, v.customerField(in))
	}
	fields = append(fields, v.contactField(in)...)
	fields = append(fields, f(kindEmail, "recipient", hint(v.t("hint.recipient"))), f(kindText, "customer_reference"), f(kindText, "project"), f(kindText, "contract"), f(kindDate, "delivery_date"),
		f(kindSelect, "language", choices(v.languages(true))), v.ownerField(in))
	if in.id != "" { // what was agreed stays
		return form{Sections: []section{{Fields: fields}, {Title: v.t("field.delivery_address"), Fields: v.addressFields(in, "delivery_address.")}}}
	}
	fields = append(fields, v.currencyField(in))
	currencyOf := either(in.value("currency"), v.settings.Currency)
	return form{Sections: []section{{Fields: fields}, {Title: v.t("field.delivery_address"), Fields: v.addressFields(in, "delivery_address.")},
		v.adjustmentSection(in, currencyOf)}, Lines: v.editor(in, currencyOf, false)}
}

func invoiceForm(v *visit, in input) form {
	f := func(kind, name string, mend ...func(*field)) field { return v.field(in, kind, name, mend...) }
	fields := []field{f(kindText, "title", wide)}
	if in.id == "" {
		fields = append(fields, v.customerField(in))
	}
	fields = append(fields, v.contactField(in)...)
	fields = append(fields, f(kindEmail, "recipient", hint(v.t("hint.recipient"))), f(kindText, "customer_reference"), f(kindText, "buyer_reference"),
		f(kindText, "project"), f(kindText, "contract"), f(kindDate, "period_start"), f(kindDate, "period_end"), f(kindDate, "supply_date"), f(kindDate, "due_date", hint(v.t("hint.due_date"))), f(kindSelect, "language", choices(v.languages(true))))
	fixed, cur := false, either(in.value("currency"), v.settings.Currency)
	if in.id != "" {
		if i, err := v.s.Invoices().Get(v.ctx(), v.actor, in.id); err == nil {
			fixed, cur = i.Order != "", i.Currency
		}
	} else {
		fields = append(fields, v.currencyField(in))
	}
	if cur != v.settings.Currency || in.id == "" {
		fields = append(fields, f(kindText, "exchange.rate", hint(v.t("hint.exchange", "company", v.settings.Currency))), f(kindDate, "exchange.date"))
	}
	return form{Sections: []section{{Fields: fields}, {Title: v.t("field.delivery_address"), Fields: v.addressFields(in, "delivery_address.")},
		v.adjustmentSection(in, cur)}, Lines: v.editor(in, cur, fixed)}
}

func paymentForm(v *visit, in input) form { return form{Sections: v.paymentFields(in)} }

// paymentFields are shown on the invoice; what is open stands there already.
func (v *visit) paymentFields(in input) []section {
	f := func(kind, name string, mend ...func(*field)) field { return v.field(in, kind, name, mend...) }
	return []section{{Fields: []field{f(kindHidden, "invoice"), f(kindHidden, "order"), f(kindMoney, "amount", required, currency(in.value("amount.currency"))),
		f(kindDate, "date", value(string(v.today()))), f(kindText, "method"), f(kindText, "reference"), f(kindArea, "note", wide)}}}
}

func productForm(v *visit, in input) form {
	f := func(kind, name string, mend ...func(*field)) field { return v.field(in, kind, name, mend...) }
	var texts []section
	for _, l := range v.ownFirst(process.Languages()) {
		label := func(key string) func(*field) {
			return func(f *field) { f.Label = v.t(key, "language", v.t("language."+l)) }
		}
		texts = append(texts, section{Title: v.t("product.printed_in", "language", v.t("language."+l)), Folded: l != v.settings.Language,
			Fields: []field{f(kindText, "names."+l, wide, label("product.name_in")), f(kindArea, "texts."+l, wide, label("product.text_in"))}})
	}
	sections := []section{{Fields: []field{f(kindText, "sku", required), f(kindText, "name", required), f(kindDecimal, "unit_price", required),
		v.currencyField(in), f(kindSelect, "unit", choices(v.units(in.value("unit")))), f(kindVAT, "vat"), f(kindDecimal, "cost"),
		f(kindTable, "vat_by_country", hint(v.t("hint.vat_by_country")), wide, v.vatColumns()), f(kindArea, "description", wide)}}}
	sections = append(sections, texts...)
	return form{Products: v.skus(), Sections: append(sections, section{Title: v.t("product.bundle"),
		Fields: []field{f(kindTable, "bundle", hint(v.t("hint.bundle")), wide, v.bundleColumns()), f(kindCheck, "show_parts")}})}
}

// ownFirst puts the company's language before the others.
func (v *visit) ownFirst(languages []string) []string {
	list := []string{v.settings.Language}
	for _, l := range languages {
		if l != v.settings.Language {
			list = append(list, l)
		}
	}
	return list
}

func priceListForm(v *visit, in input) form {
	f := func(kind, name string, mend ...func(*field)) field { return v.field(in, kind, name, mend...) }
	customer := v.customerField(in)
	customer.Required = false
	customer.Options[0].Label = v.t("price_list.everybody")
	prices := f(kindTable, "prices", wide, hint(v.t("hint.prices")), v.priceColumns())
	fields := []field{f(kindText, "name", required), v.currencyField(in), f(kindDate, "valid_from"), f(kindDate, "valid_until"), customer, f(kindText, "group")}
	if n, _ := strconv.Atoi(in.values["prices.#"]); n+spareTableRows <= maxTableRows {
		fields = append(fields, prices)
	}
	return form{Sections: []section{{Fields: fields}}, Products: v.skus()}
}

func taskForm(v *visit, in input) form {
	f := func(kind, name string, mend ...func(*field)) field { return v.field(in, kind, name, mend...) }
	return form{Sections: []section{{Fields: []field{f(kindText, "title", wide), f(kindDate, "due"), v.ownerField(in),
		f(kindArea, "note", wide), f(kindHidden, "about.type"), f(kindHidden, "about.id")}}}}
}

func (v *visit) customerField(in input) field {
	options := []option{{Label: v.t("option.choose")}}
	customers, err := all(v.ctx(), v.s.Customers(), v.actor, process.Filter{}, 2000)
	if err == nil {
		slices.SortFunc(customers, func(a, b process.Customer) int { return cmp.Compare(strings.ToLower(a.Name), strings.ToLower(b.Name)) })
		for _, c := range customers {
			options = append(options, option{Value: c.ID, Label: c.Name})
		}
	}
	return v.field(in, kindSelect, "customer", required, choices(options), func(f *field) { f.Label = v.t("kind.customer") })
}

// contactField offers the people of the customer, once it is known.
func (v *visit) contactField(in input) []field {
	customer := in.value("customer")
	if in.id != "" && customer == "" {
		customer = v.customerOf(in.id)
	}
	if customer == "" {
		return nil
	}
	contacts, err := all(v.ctx(), v.s.Contacts(), v.actor, process.Filter{Match: map[string]string{"customer": customer}}, 500)
	if err != nil || len(contacts) == 0 {
		return nil
	}
	options := []option{{Label: v.t("option.none")}}
	for _, c := range contacts {
		options = append(options, option{Value: c.ID, Label: either(c.Name, c.Email)})
	}
	return []field{v.field(in, kindSelect, "contact", choices(options), func(f *field) { f.Label = v.t("kind.contact") })}
}

// customerOf finds whose a document is when its form does not say.
func (v *visit) customerOf(id string) string {
	if o, err := v.s.Opportunities().Get(v.ctx(), v.actor, id); err == nil {
		return o.Customer
	}
	if q, err := v.s.Quotes().Get(v.ctx(), v.actor, id); err == nil {
		return q.Customer
	}
	if i, err := v.s.Invoices().Get(v.ctx(), v.actor, id); err == nil {
		return i.Customer
	}
	if o, err := v.s.Orders().Get(v.ctx(), v.actor, id); err == nil {
		return o.Customer
	}
	if s, err := v.s.Subscriptions().Get(v.ctx(), v.actor, id); err == nil {
		return s.Customer
	}
	return ""
}

func (v *visit) owners() []option {
	options := []option{{Label: v.t("option.nobody")}}
	users, err := all(v.ctx(), v.s.Users(), process.System(), process.Filter{State: "active"}, 500)
	if err == nil {
		for _, u := range users {
			options = append(options, option{Value: u.ID, Label: u.Name})
		}
	}
	return options
}

// ownerField is whose a record is; a new one is that of who makes it.
func (v *visit) ownerField(in input) field {
	return v.field(in, kindSelect, "owner", choices(v.owners()), func(f *field) {
		if in.id == "" && in.sent == nil && f.Value == "" && v.actor.Kind == process.ActorUser {
			f.Value = v.actor.ID
		}
	})
}

func (v *visit) languages(empty bool) []option {
	var options []option
	if empty {
		options = append(options, option{Label: v.t("option.usual")})
	}
	for _, l := range process.Languages() {
		options = append(options, option{Value: l, Label: v.t("language." + l)})
	}
	return options
}

var countries = []string{"NO", "SE", "DK", "FI", "IS", "DE", "NL", "BE", "FR", "ES", "IT", "PL", "AT", "CH", "IE", "GB", "US", "CA", "JP", "AU"}

func (v *visit) countries(chosen string) []option {
	options := []option{{Label: v.t("option.usual")}}
	known := chosen == ""
	for _, c := range countries {
		known = known || c == chosen
		options = append(options, option{Value: c, Label: v.country(c)})
	}
	if !known {
		options = append(options, option{Value: chosen, Label: chosen})
	}
	return options
}

// options are choices whose words have a common prefix.
func (v *visit) options(prefix string, values ...string) []option {
	var options []option
	for _, s := range values {
		options = append(options, option{Value: s, Label: v.t(prefix + s)})
	}
	return options
}
