package console

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"

	"github.com/emne/emne/process"
	"github.com/emne/emne/process/access"
	"github.com/emne/emne/templates"
)

// The company's settings as a form; its fields are the paths of their JSON.

func (v *visit) settingsForm(in input) form {
	v.processTexts(&in)
	f := func(kind, name string, mend ...func(*field)) field { return v.field(in, kind, name, mend...) }
	series := func(name string) []field {
		label := func(part string) func(*field) {
			return func(f *field) { f.Label = v.t("settings.series."+part, "kind", v.t("kinds."+name)) }
		}
		path := "numbers." + name
		if name == process.TypeCreditNote {
			path = "numbers.credit_note"
		}
		return []field{f(kindText, path+".prefix", label("prefix")), f(kindWhole, path+".first", label("first"))}
	}
	request := func(part string) func(*field) {
		return func(f *field) { f.Label = v.t("settings.series."+part, "kind", v.t("settings.payment_requests")) }
	}
	var numbers []field
	for _, name := range []string{process.TypeQuote, process.TypeOrder, process.TypeInvoice, process.TypeCreditNote} {
		numbers = append(numbers, series(name)...)
	}
	numbers = append(numbers, f(kindText, "numbers.payment_request.prefix", request("prefix")), f(kindWhole, "numbers.payment_request.first", request("first")))
	texts := []field{f(kindWhole, "terms.payment_days"), f(kindSelect, "terms.payment_rule", choices(v.dueRules(false))),
		f(kindCheck, "hours.draft", hint(v.t("hint.hours_draft"))), f(kindWhole, "hours.day"), f(kindCheck, "terms.working_days", hint(v.t("hint.working_days"))), f(kindDates, "terms.holidays", hint(v.t("hint.holidays"))), f(kindWhole, "terms.quote_valid_days"),
		f(kindWhole, "terms.follow_up_before", hint(v.t("hint.follow_up"))), f(kindWhole, "terms.follow_up_after", hint(v.t("hint.follow_up")))}
	for _, kind := range []string{process.TypeQuote, process.TypeInvoice} {
		for _, l := range process.Languages() {
			texts = append(texts, f(kindArea, "terms."+kind+"."+l, wide, func(f *field) {
				f.Label = v.t("settings.terms", "kind", v.t("kinds."+kind), "language", v.t("language."+l))
			}))
		}
	}
	return form{Action: "/settings", Submit: v.t("save"), Version: v.version, Sections: []section{
		{Title: v.t("settings.company"), Fields: []field{f(kindText, "company.name", auto("organization")), f(kindText, "company.organisation_number"), f(kindText, "company.organisation_scheme", hint(v.t("hint.organisation_scheme"))),
			f(kindText, "company.vat_number"), f(kindText, "company.tax_registration", hint(v.t("hint.tax_registration"))),
			f(kindEmail, "company.email"), f(kindTel, "company.phone"), f(kindText, "company.web")}},
		{Title: v.t("section.address"), Fields: v.addressFields(in, "company.address.")},
		{Title: v.t("settings.bank"), Fields: []field{f(kindText, "company.bank_account"), f(kindText, "company.iban"), f(kindText, "company.bic"),
			f(kindSelect, "payment_reference", choices(v.options("payment_reference.", process.ReferenceNumber, process.ReferenceMOD10, process.ReferenceMOD11, process.ReferenceOGM))),
			f(kindSelect, "payment_means", choices(append([]option{{Label: v.t("payment_means.usual")}}, v.options("payment_means.", process.PaymentMeansCodes()...)...)), hint(v.t("hint.payment_means"))),
			f(kindWhole, "kid.customer_digits", hint(v.t("hint.kid_customer"))), f(kindWhole, "kid.length", hint(v.t("hint.kid_length"))), f(kindCheck, "kid.allow_dash", hint(v.t("hint.kid_dash"))),
			f(kindText, "payment_link", wide, hint(v.t("hint.payment_link"))), f(kindMoney, "write_off_limit", currency(v.settings.Currency), hint(v.t("hint.write_off_limit")))}},
		{Title: v.t("settings.prepayment"), Fields: []field{f(kindSelect, "prepayment.kind", choices(v.prepaymentKinds()), hint(v.t("hint.prepayment_kind"))),
			f(kindDecimal, "prepayment.percent", hint(v.t("hint.usual_prepayment"))), f(kindMoney, "prepayment.amount", currency(v.settings.Currency)), f(kindCheck, "prepayment.draft")}},
		{Title: v.t("settings.bank_csv"), Fields: v.bankCSVFields(in)},
		{Title: v.t("section.e_invoice"), Fields: []field{f(kindText, "company.e_invoice_address.scheme", hint(v.t("hint.scheme"))), f(kindText, "company.e_invoice_address.id", func(f *field) { f.Label = v.t("field.e_invoice_address.id") }),
			f(kindSelect, "send_by", choices(v.sendBy(false)), hint(v.t("hint.send_by")))}},
		{Title: v.t("settings.general"), Fields: []field{f(kindSelect, "language", choices(v.languages(false))), v.currencyField(in), f(kindText, "time_zone"), f(kindVAT, "vat")}},
		{Title: v.t("settings.mail"), Fields: []field{f(kindCheck, "mail.acknowledge", hint(v.t("hint.acknowledge"))), f(kindWhole, "mail.acknowledge_per_hour"),
			f(kindCheck, "mail.digest", hint(v.t("hint.digest"))), f(kindWhole, "mail.digest_hour"), f(kindCheck, "mail.plus_addresses", hint(v.t("hint.plus_addresses"))),
			f(kindText, "mail.spam.score_header", hint(v.t("hint.score_header"))), f(kindText, "mail.spam.threshold"),
			f(kindList, "mail.spam.blocked", wide, hint(v.t("hint.blocked"))), f(kindList, "mail.spam.words", wide, hint(v.t("hint.words")))},
			Previews: v.acknowledgements()},
		{Title: v.t("settings.reminders"), Fields: v.reminderFields(in)},
		{Title: v.t("settings.numbers"), Fields: numbers},
		{Title: v.t("field.terms"), Fields: texts},
		{Title: v.t("settings.vat_rules"), Fields: []field{f(kindTable, "vat_rules", wide, hint(v.t("hint.vat_rules")), v.ruleColumns())}},
		{Title: v.t("settings.process"), Fields: append(v.processFields(in), f(kindYAML, "automations", wide, hint(v.t("hint.automations"))))},
	}}
}

// acknowledgements are what new inquiries are answered with, in every language
// of mails, the company's own unfolded: nobody switches on what was not seen.
func (v *visit) acknowledgements() []mailPreview {
	var ps []mailPreview
	for _, lang := range process.Languages() {
		l := v.c.o.Templates.Labels(templates.Mails, lang)
		say := func(key string) string { return l.Say(key, "company", v.settings.Company.Name, "subject", "…") }
		p := mailPreview{Title: v.t("settings.acknowledgement", "language", v.t("language."+lang)), Subject: say("acknowledgement.subject"), Open: lang == v.settings.Language}
		for _, key := range []string{"greeting.nobody", "acknowledgement.body", "acknowledgement.more", "closing"} {
			p.Paragraphs = append(p.Paragraphs, say(key))
		}
		p.Paragraphs = append(p.Paragraphs, v.settings.Company.Name)
		ps = append(ps, p)
	}
	return ps
}

// bankCSVFields say how the bank's CSV files are read; most need none of it.
func (v *visit) bankCSVFields(in input) []field {
	fields := []field{v.field(in, kindText, "bank_csv.delimiter", hint(v.t("hint.bank_csv"))), v.field(in, kindText, "bank_csv.decimal"), v.field(in, kindText, "bank_csv.date_format")}
	for _, name := range []string{"booking_date", "value_date", "amount", "in", "out", "currency", "reference", "text", "counterparty", "counterparty_account", "account", "entry_id"} {
		fields = append(fields, v.field(in, kindText, "bank_csv.columns."+name, func(f *field) { f.Label = v.t("settings.bank_column", "name", f.Label) }))
	}
	return fields
}

// spareSteps are the empty reminder steps at the end.
const spareSteps = 2

// reminderFields are the rule and a row of fields for each step.
func (v *visit) reminderFields(in input) []field {
	f := func(kind, name string, mend ...func(*field)) field { return v.field(in, kind, name, mend...) }
	fields := []field{f(kindCheck, "reminders.enabled", hint(v.t("hint.reminders"))), f(kindDate, "reminders.from", hint(v.t("hint.reminders_from"))),
		f(kindWhole, "reminders.pay_within", hint(v.t("hint.pay_within"))), f(kindDecimal, "reminders.interest_percent"),
		f(kindTable, "reminders.interest_rates", hint(v.t("hint.interest_rates")), columns(tableColumn{Name: "from", Kind: kindDate, Head: v.t("statement.from"), Needed: true}, tableColumn{Name: "percent", Kind: kindDecimal, Needed: true}), wide),
		f(kindDecimal, "reminders.consumer.fee"), f(kindWhole, "reminders.consumer.count"), f(kindWhole, "reminders.consumer.days", hint(v.t("hint.consumer_fees"))),
		f(kindCheck, "reminders.consumer.businesses", hint(v.t("hint.fees_of_businesses")))}
	n := len(v.settings.Reminders.Steps) + spareSteps
	for i := range n {
		at, number := fmt.Sprintf("reminders.steps.%d.", i), strconv.Itoa(i+1)
		step := func(part string) func(*field) {
			return func(f *field) { f.Label = v.t("settings.step."+part, "number", number) }
		}
		texts := append([]option{{Label: v.t("option.none")}}, v.options("reminder_text.", "upcoming", "reminder", "notice")...)
		fields = append(fields, f(kindText, at+"key", step("key")), f(kindWhole, at+"days", step("days")),
			f(kindSelect, at+"text", step("text"), choices(texts)), f(kindDecimal, at+"fee", step("fee")))
	}
	return fields
}

func (v *visit) settingsPage() error {
	if !v.may(process.MayManage) {
		return process.Forbidden("the role %q may not see the settings", v.actor.Role)
	}
	in, err := v.inputFrom("settings", v.settings)
	if err != nil {
		return err
	}
	return v.showSettings(http.StatusOK, v.settingsForm(in))
}

func (v *visit) showSettings(status int, f form) error {
	return v.page(status, "form.html", formPage{frame: v.frame(v.t("nav.settings")), Form: f, Back: "/", Beside: &cell{Text: v.t("trial.title"), Href: "/settings/rules"}})
}

func (v *visit) saveSettings() error {
	in, err := v.sent("settings")
	if err != nil {
		return err
	}
	f := v.settingsForm(in)
	if in.sent.Get("more") != "" {
		if at := in.version(); at != nil {
			f.Version = *at
		}
		return v.showSettings(http.StatusOK, f)
	}
	body, problems := v.encode(f, in, true)
	var e *process.Error
	if len(problems) > 0 {
		e = process.Invalid("form.invalid", "the form cannot be saved as it is", problems...)
	} else {
		err = v.putSettings(in, body)
		if err == nil {
			v.redirect(after("/settings", "saved"))
			return nil
		}
		if e = refusal(err); e == nil || e.Code == process.CodeForbidden {
			return err
		}
	}
	v.refused(&in, &f, e.Problems)
	again := v.settingsForm(in)
	again.Error, again.Problems = v.say(e), f.Problems
	return v.showSettings(access.Status(e.Code), again)
}

// putSettings lays what was sent over the settings that there are.
func (v *visit) putSettings(in input, body []byte) error {
	st := v.settings
	st.Terms.Quote, st.Terms.Invoice = nil, nil
	st.Process, st.Automations = process.Process{}, nil
	st.Prepayment = process.PrepaymentTerms{}
	if in.sent.Has("vat_rules.rows") {
		st.VATRules = nil
	}
	st.Terms.Holidays, st.Reminders = nil, process.Reminders{}
	if err := json.Unmarshal(body, &st); err != nil {
		return process.Invalid("body.invalid", "the settings cannot be read: "+err.Error())
	}
	keepProcessNames(&st.Process, v.settings.Process)
	version := v.version
	if at := in.version(); at != nil {
		version = *at
	}
	_, err := v.s.PutSettings(v.ctx(), v.actor, version, st)
	return err
}
