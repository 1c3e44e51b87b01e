package mail

import (
	"strings"
	"unicode"

	"github.com/shopspring/decimal"

	"github.com/emne/emne/process"
	"github.com/emne/emne/templates"
)

// The kinds of process.Delivery.
const (
	kindQuote             = "quote"
	kindAcceptance        = "acceptance"
	kindInvoice           = "invoice"
	kindCreditNote        = "credit_note"
	kindOrderConfirmation = "order_confirmation"
	kindPaymentRequest    = "payment_request"
	kindStatement         = "statement"
	kindQuoteFollowUp     = "quote_followup"
	kindQuoteExpired      = "quote_expired"
	kindAcknowledgement   = "acknowledgement"
	kindNotification      = "notification"
	kindRule              = "rule"
	kindReminder          = "reminder"
)

// maxSubject bounds a subject, in characters: the foreign part of it may be of
// any length.
const maxSubject = 150

type fact struct{ Label, Value string }

// view is what the templates see. Quotation holds the lines of somebody else's
// words, Closing is empty in a notification, and Preheader is what a list of
// mails shows after the subject.
type view struct {
	Language, Subject, Preheader, Company string
	Greeting                              string
	Paragraphs                            []string
	Quotation                             []string
	Facts                                 []fact
	Button, URL, Closing                  string
	// ButtonWidth is what the button takes where it must be said, in pixels.
	ButtonWidth int
	// PayURL is a page of a payment provider, empty when there is none.
	PayURL, Pay string
	Footer      []string
	Colours     colours
}

func newView(l templates.Labels, m *process.Mail) view {
	d, co := m.Delivery, m.Settings.Company
	key := d.Kind
	if d.Kind == kindNotification || d.Kind == kindReminder {
		key += "." + d.Reason
	}
	if d.Kind == kindInvoice && m.Snapshot != nil && m.Snapshot.Deposit {
		key = "deposit"
	}
	if d.Kind == kindRule {
		return ruleView(l, m)
	}
	args := arguments(m)
	v := view{Language: l.Language(), Company: line(co.Name), Greeting: l.Text("greeting.nobody", nil),
		Subject: clip(strings.TrimRight(line(l.Text(key+".subject", args)), ": "), maxSubject)}
	if who := greeted(m); who != "" {
		v.Greeting = l.Text("greeting", map[string]string{"name": who})
	}
	if l.Has(d.Kind + ".button") {
		v.Button = l.Text(d.Kind+".button", nil)
		v.ButtonWidth = 52 + 9*len([]rune(v.Button))
	}
	body := key + ".body"
	if one := body + ".one"; args["days"] == "1" && l.Has(one) {
		body = one
	}
	v.Paragraphs = append(v.Paragraphs, line(l.Text(body, args)))
	if l.Has(key+".more") && !(d.Kind == kindInvoice && m.Snapshot != nil && m.Snapshot.Payment.Reference == "") {
		v.Paragraphs = append(v.Paragraphs, line(l.Text(key+".more", args)))
	}
	if d.Kind == kindNotification {
		v.Quotation = lines(or(args["text"], args["comment"]))
	} else {
		v.Closing = l.Text("closing", nil)
	}
	if link := d.Data["payment_link"]; d.Kind == kindInvoice && link != "" {
		v.PayURL, v.Pay = link, l.Text("invoice.pay", nil)
	}
	v.Facts = facts(l, m)
	v.Preheader = preheader(v)
	v.Footer = footer(co)
	return v
}

// arguments are what the texts may name; what is not there is empty.
func arguments(m *process.Mail) map[string]string {
	args := map[string]string{"company": m.Settings.Company.Name}
	for _, k := range []string{"number", "order", "invoice", "name", "subject", "text", "comment", "days"} {
		args[k] = m.Delivery.Data[k]
	}
	return args
}

// greeted is the person to greet by name.
func greeted(m *process.Mail) string {
	if m.Delivery.ToName == "" && m.Snapshot != nil {
		return name(m.Snapshot.Buyer.ContactName)
	}
	return name(m.Delivery.ToName)
}

// facts are what the mail is about at a glance, figures as they stand on the
// document. What is empty is left out.
func facts(l templates.Labels, m *process.Mail) []fact {
	d := m.Delivery
	var fs []fact
	add := func(key, value string) {
		if value = line(value); value != "" {
			fs = append(fs, fact{l.Text("fact."+key, nil), value})
		}
	}
	day := func(key string, d process.Date) { add(key, templates.FormatDate(l.Language(), string(d))) }
	if s := m.Snapshot; s != nil {
		switch d.Kind {
		case kindQuote, kindAcceptance, kindQuoteFollowUp:
			add("quote", s.Number)
			add("title", s.Title)
			add("amount", money(l.Language(), s.Payable))
		case kindInvoice:
			add("invoice", s.Number)
			add("amount", money(l.Language(), s.Payable))
		case kindOrderConfirmation:
			add("order", s.Number)
			add("title", s.Title)
			add("amount", money(l.Language(), s.Payable))
		case kindPaymentRequest:
			add("payment_request", s.Number)
			add("order", s.OrderNumber)
			add("amount", money(l.Language(), s.Payable))
		case kindStatement:
			for _, a := range s.Account.Sections {
				add("balance", money(l.Language(), a.Closing))
				if !a.Overdue.IsZero() {
					add("overdue", money(l.Language(), a.Overdue))
				}
			}
			add("account", or(s.Payment.Account, s.Payment.IBAN))
		case kindReminder:
			add("invoice", s.Number)
			add("amount", money(l.Language(), s.Payable))
			claimed(d.Data, s.Payable, func(key string, m process.Money) { add(key, money(l.Language(), m)) })
		case kindCreditNote:
			add("credit_note", s.Number)
			add("invoice", d.Data["invoice"])
			add("credited", money(l.Language(), s.Payable))
			add("reason", s.Reason)
		}
		switch d.Kind {
		case kindQuote, kindQuoteFollowUp:
			day("valid_until", s.ValidUntil)
		case kindAcceptance:
			add("order", d.Data["order"])
			add("accepted_by", d.Data["name"])
		case kindInvoice, kindPaymentRequest, kindReminder:
			day("due_date", s.DueDate)
			day("pay_by", process.Date(d.Data["pay_by"]))
			add("account", or(s.Payment.Account, s.Payment.IBAN))
			add("reference", s.Payment.Reference)
		}
	}
	if d.Kind == kindNotification && d.Reason == reasonDigest {
		return due(l, d)
	}
	if d.Kind == kindNotification {
		add("quote", d.Data["number"])
		add("title", d.Data["title"])
		if gross, err := amountOf(d.Data, "gross"); err == nil {
			add("amount", money(l.Language(), gross))
		}
		add("reason", d.Data["reason"])
	}
	return fs
}

// claimed are the figures of a reminder that say more than the invoice's amount.
func claimed(data map[string]string, payable process.Money, add func(key string, m process.Money)) {
	open, err := amountOf(data, "open")
	if err == nil && open != payable {
		add("open", open)
	}
	for _, k := range []string{"fees", "interest"} {
		if m, err := amountOf(data, k); err == nil && m.Minor != 0 {
			add(k, m)
		}
	}
	if total, err := amountOf(data, "total"); err == nil && total != open {
		add("total", total)
	}
}

// amountOf is an amount that stands as text in a delivery's data.
func amountOf(data map[string]string, key string) (process.Money, error) {
	d, err := decimal.NewFromString(data[key])
	if err != nil {
		return process.Money{}, err
	}
	return process.ParseMoney(d, data["currency"])
}

// preheader is the gist: somebody's words, the figures that follow the number,
// which stands in the subject, or our own first words.
func preheader(v view) string {
	if len(v.Quotation) > 0 {
		return clip(strings.Join(v.Quotation, " "), maxSubject)
	}
	var gist []string
	for i, f := range v.Facts {
		if i > 0 && i < 4 {
			gist = append(gist, f.Label+" "+f.Value)
		}
	}
	if len(gist) == 0 && len(v.Paragraphs) > 0 {
		return v.Paragraphs[0]
	}
	return strings.Join(gist, " · ")
}

// money is an amount with its currency, on one line.
func money(lang string, m process.Money) string {
	return templates.FormatAmount(lang, m.Minor, process.Decimals(m.Currency), m.Currency)
}

func footer(c process.Company) []string {
	city := strings.TrimSpace(c.Address.Postcode + " " + c.Address.City)
	var f []string
	for _, s := range []string{c.Name, strings.Trim(c.Address.Street+", "+city, ", "), or(c.VATNumber, c.OrganisationNumber), strings.ReplaceAll(c.Phone, " ", "\u00a0"), c.Email, c.Web} {
		if s = line(s); s != "" {
			f = append(f, s)
		}
	}
	return f
}

func or(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

// line makes one line of a text, without control characters. A no-break space
// stays.
func line(s string) string {
	return strings.Join(strings.FieldsFunc(strings.ToValidUTF8(s, "\ufffd"), func(r rune) bool {
		return r != '\u00a0' && (unicode.IsSpace(r) || unicode.IsControl(r))
	}), " ")
}

// lines are the lines of a text as its writer broke them.
func lines(s string) []string {
	var ls []string
	for l := range strings.Lines(strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(strings.TrimSpace(s))) {
		if l = line(l); l != "" || len(ls) > 0 && ls[len(ls)-1] != "" {
			ls = append(ls, l)
		}
	}
	return ls
}
