package demo

import (
	"strconv"
	"time"

	"github.com/shopspring/decimal"

	"github.com/emne/emne/process"
	"github.com/emne/emne/templates"
)

// Paper is a sample of a document.
type Paper struct {
	Name     string // of its file, without extension
	Snapshot process.Snapshot
}

// Letter is a sample of a mail.
type Letter struct {
	Name string
	Mail *process.Mail
}

// madeAt dates the samples, so that the same templates make the same bytes.
func madeAt() time.Time { return time.Date(2027, 1, 11, 9, 30, 0, 0, time.UTC) }

// Papers are samples of every kind of document in a language: what stands in
// them is in the language of the labels.
func Papers(set *templates.Set, language string) []Paper {
	p := papers{labels: set.Labels("demo", language), settings: Settings(language)}
	quote := p.snapshot(process.KindQuote, "T-1042", "NOK", p.lines("NOK"))
	quote.Introduction, quote.Terms, quote.ValidUntil, quote.Revision = p.say("introduction"), p.say("terms"), "2027-02-10", 1
	accepted := quote
	accepted.Acceptance = &process.Acceptance{Name: p.say("contact"), At: madeAt(), Channel: "portal", Address: "192.0.2.14",
		SHA256: "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08", UserAgent: "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0"}
	confirmation := p.snapshot(process.KindOrderConfirmation, "O-1042", "NOK", p.lines("NOK"))
	request := p.snapshot(process.KindPaymentRequest, "F-900042", "NOK", nil)
	request.OrderNumber, request.Payable = "O-1042", process.Money{Minor: 2500000, Currency: "NOK"}
	p.pay(&request)
	invoice := p.invoice("NOK", p.lines("NOK")[:3])
	var many []process.Line
	for i := range 60 {
		many = append(many, p.line("NOK", []string{"product.print", "product.design", "product.hosting"}[i%3], int64(i%7+1), 18500+int64(i)*3700))
	}
	foreign := p.invoice("EUR", []process.Line{p.line("EUR", "product.design", 16, 14200), p.line("EUR", "product.site", 1, 320000)})
	foreign.TaxCurrency, foreign.TaxTotal = "NOK", &process.Money{Minor: foreign.VAT.Minor * 11732 / 1000, Currency: "NOK"}
	foreign.Exchange = &process.Exchange{Rate: "11.7320", Date: "2027-01-08"}
	foreign.Buyer.Address.Country, foreign.Payment = "DE", process.PaymentMeans{Code: "58", IBAN: "NO9386011117947", BIC: "DNBANOKKXXX", Reference: "10044"}
	credit := p.snapshot(process.KindCreditNote, "K-1042", "NOK", []process.Line{p.line("NOK", "product.print", 40, 1850)})
	credit.Reason, credit.Preceding = p.say("reason"), &process.DocumentReference{Number: "10042", Date: "2027-01-11"}
	draft := p.invoice("NOK", p.lines("NOK")[:2])
	draft.Draft, draft.Number = true, ""
	deposit := p.invoice("NOK", []process.Line{p.line("NOK", "product.site", 1, 1900000)})
	deposit.Deposit, deposit.Lines[0].Deposit = true, "sample"
	return []Paper{{"quote", quote}, {"quote-accepted", accepted}, {"order-confirmation", confirmation}, {"payment-request", request}, {"invoice", invoice},
		{"invoice-many-lines", p.invoice("NOK", many)}, {"invoice-foreign-currency", foreign}, {"invoice-draft", draft}, {"invoice-deposit", deposit},
		{"credit-note", credit}, {"reminder", p.reminder(invoice)}, {"statement", p.statement()}}
}

// reminder is of an invoice that was paid in part, with a fee and interest.
func (p papers) reminder(of process.Snapshot) process.Snapshot {
	nok := func(minor int64) process.Money { return process.Money{Minor: minor, Currency: "NOK"} }
	s := p.snapshot(process.KindReminder, of.Number, "NOK", nil)
	s.IssueDate, s.DueDate, s.Payment, s.Totals = "2027-02-01", of.DueDate, of.Payment, process.Total(nil, "NOK")
	s.Claim = &process.Claim{Text: "reminder", InvoiceDate: of.IssueDate, Amount: of.Payable, Settled: nok(2500000), Open: of.Payable.Sub(nok(2500000)), Fees: nok(3800), Interest: nok(14250), PayBy: "2027-02-15"}
	s.Claim.Total = s.Claim.Open.Add(s.Claim.Fees).Add(s.Claim.Interest)
	s.Payable = s.Claim.Total
	return s
}

// statement is a month of an account.
func (p papers) statement() process.Snapshot {
	nok := func(minor int64) process.Money { return process.Money{Minor: minor, Currency: "NOK"} }
	s := p.snapshot(process.KindStatement, "", "NOK", nil)
	s.IssueDate, s.Title, s.Payment = "2027-01-31", "", process.PaymentMeans{Account: p.settings.Company.BankAccount}
	section := process.AccountSection{Currency: "NOK", Opening: nok(1250000)}
	balance := section.Opening
	for _, e := range []process.AccountEntry{{Date: "2027-01-04", Type: process.TypePayment, Number: "B-2001", Amount: nok(-1250000)}, {Date: "2027-01-11", Type: process.TypeInvoice, Number: "10042", DueDate: "2027-01-25", Amount: nok(8710575)},
		{Date: "2027-01-18", Type: process.TypeInvoice, Number: "10043", DueDate: "2027-02-01", Amount: nok(612500)}, {Date: "2027-01-20", Type: process.TypeCreditNote, Number: "K-1042", Amount: nok(-92500)}, {Date: "2027-01-26", Type: process.TypePayment, Number: "B-2002", Amount: nok(-2500000)}} {
		balance = balance.Add(e.Amount)
		e.Balance = balance
		section.Entries = append(section.Entries, e)
	}
	section.Closing, section.Overdue = balance, nok(6118075)
	section.Open = []process.OpenItem{{Number: "10042", DueDate: "2027-01-25", Open: nok(6118075), Claims: nok(3500), Overdue: true, Reference: "100421"}, {Number: "10043", DueDate: "2027-02-01", Open: nok(612500), Claims: nok(0), Reference: "100439"}}
	s.Account = &process.Account{Name: s.Buyer.Name, From: "2027-01-01", To: "2027-01-31", Sections: []process.AccountSection{section}}
	return s
}

type papers struct {
	labels   templates.Labels
	settings process.Settings
}

func (p papers) say(key string) string { return p.labels.Say("sample." + key) }

// line is a product at minor units a piece, with VAT of 25 per cent.
func (p papers) line(currency, product string, quantity, price int64) process.Line {
	return process.Line{Description: p.labels.Say(product), Quantity: decimal.NewFromInt(quantity), Unit: "C62", UnitPrice: decimal.New(price, -2),
		VAT: process.VAT{Category: "S", Rate: decimal.NewFromInt(25)}}.Price(currency)
}

// lines have a heading, a discount, a long text and an option.
func (p papers) lines(currency string) []process.Line {
	design := p.line(currency, "product.design", 24, 125000)
	design.Unit, design.DiscountPercent = "HUR", decimal.NewFromInt(10)
	design.Description += "\n" + p.say("long")
	option := p.line(currency, "product.hosting", 12, 49000)
	option.Option, option.Unit = true, "MON"
	return []process.Line{design.Price(currency), p.line(currency, "product.print", 500, 1850), p.line(currency, "product.site", 1, 3800000),
		{Kind: process.LineSection, Description: p.say("section")}, option.Price(currency)}
}

func (p papers) snapshot(kind process.DocumentKind, number, currency string, lines []process.Line) process.Snapshot {
	for i := range lines {
		lines[i].ID = strconv.Itoa(i + 1)
	}
	c := p.settings.Company
	s := process.Snapshot{Kind: kind, Number: number, Title: p.say("title"), Language: p.settings.Language, MadeAt: madeAt(), IssueDate: "2027-01-11", Currency: currency,
		Seller: process.Party{Name: c.Name, OrganisationNumber: c.OrganisationNumber, OrganisationScheme: c.OrganisationScheme, VATNumber: c.VATNumber,
			TaxRegistration: c.TaxRegistration, Address: c.Address, Phone: c.Phone, Email: c.Email, Web: c.Web},
		Buyer: process.Party{Name: p.say("customer"), ContactName: p.say("contact"), OrganisationNumber: "912345678", OrganisationScheme: "0192",
			Address: process.Address{Street: "Fjellveien 2", Postcode: "3550", City: "Gol", Country: "NO"}, Kind: "business"},
		Lines: lines, Totals: process.Total(lines, currency), Prepaid: process.Money{Currency: currency}}
	s.Payable = s.Gross
	return s
}

func (p papers) invoice(currency string, lines []process.Line) process.Snapshot {
	s := p.snapshot(process.KindInvoice, "10042", currency, lines)
	s.SupplyDate, s.OrderNumber, s.BuyerReference, s.Terms = "2027-01-08", "O-1042", p.say("contact"), p.say("terms")
	p.pay(&s)
	return s
}

func (p papers) pay(s *process.Snapshot) {
	s.DueDate, s.Payment = "2027-01-25", process.PaymentMeans{Code: "30", Account: p.settings.Company.BankAccount, Reference: "100421"}
}

// Letters are samples of every mail in a language.
func Letters(set *templates.Set, language string) []Letter {
	p := papers{labels: set.Labels("demo", language), settings: Settings(language)}
	of := map[process.DocumentKind]process.Snapshot{}
	for _, paper := range Papers(set, language) {
		if _, have := of[paper.Snapshot.Kind]; !have {
			of[paper.Snapshot.Kind] = paper.Snapshot
		}
	}
	var out []Letter
	add := func(kind, reason string, document process.DocumentKind, data map[string]string) {
		d := process.Delivery{Kind: kind, Reason: reason, Language: language, To: "kari@kunde.example", ToName: p.say("contact"),
			About: process.Ref{Type: process.TypeQuote, ID: "sample"}, Data: map[string]string{"number": "T-1042", "order": "O-1042", "invoice": "10042",
				"name": p.say("contact"), "subject": p.say("title"), "title": p.say("title"), "currency": "NOK", "days": "7"}}
		for k, v := range data {
			d.Data[k] = v
		}
		m := &process.Mail{Delivery: d, Settings: p.settings, MessageID: "sample@demo.example"}
		if s, ok := of[document]; ok {
			m.Snapshot = &s
			d.Data["number"] = s.Number
		}
		name := kind
		if reason != "" {
			name += "-" + reason
		}
		out = append(out, Letter{name, m})
	}
	add("quote", "", process.KindQuote, nil)
	add("quote_followup", "", process.KindQuote, nil)
	add("quote_expired", "", "", nil)
	add("acceptance", "", process.KindQuote, nil)
	add("order_confirmation", "", process.KindOrderConfirmation, nil)
	add("payment_request", "", process.KindPaymentRequest, nil)
	add("invoice", "", process.KindInvoice, map[string]string{"payment_link": "https://pay.example/10042"})
	add("credit_note", "", process.KindCreditNote, nil)
	add("statement", "", process.KindStatement, nil)
	for _, step := range []string{"upcoming", "reminder", "notice"} {
		add("reminder", step, process.KindInvoice, map[string]string{"open": "25000.00", "fees": "38.00", "total": "25038.00", "pay_by": "2027-02-01"})
	}
	add("acknowledgement", "", "", nil)
	for _, reason := range []string{"quote_accepted", "quote_declined", "quote_question", "quote_renewal"} {
		add("notification", reason, "", map[string]string{"gross": "87105.75", "text": p.say("question"), "reason": "price"})
	}
	add("notification", "digest", "", map[string]string{"number": "2", "tasks": `[{"reason":"mail_reply","title":"T-1042","due":"2027-01-11"},{"reason":"follow_up","title":"T-1041","due":"2027-01-12"}]`})
	return out
}
