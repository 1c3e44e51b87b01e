package pdf

import (
	"fmt"
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"github.com/emne/emne/process"
	"github.com/emne/emne/templates"
)

func newRenderer(tb testing.TB) *Renderer {
	tb.Helper()
	set, err := templates.Open("")
	if err != nil {
		tb.Fatal(err)
	}
	r, err := New(set, Options{})
	if err != nil {
		tb.Fatal(err)
	}
	return r
}

func dec(s string) decimal.Decimal { return decimal.RequireFromString(s) }

func line(currency, description, quantity, unit, price, discount, category, rate string) process.Line {
	return process.Line{ID: "1", Description: description, Quantity: dec(quantity), Unit: unit, UnitPrice: dec(price),
		DiscountPercent: dec(discount), VAT: process.VAT{Category: category, Rate: dec(rate)}}.Price(currency)
}

func seller() process.Party {
	return process.Party{Name: "Fjellheim Snekkeri AS", OrganisationNumber: "974760673", OrganisationScheme: "0192", VATNumber: "NO974760673MVA",
		TaxRegistration: "Foretaksregisteret", Address: process.Address{Street: "Storgata 14", Postcode: "2609", City: "Lillehammer", Country: "NO"},
		Phone: "+47 61 22 33 44", Email: "post@fjellheim.example", Web: "fjellheim.example", ContactName: "Ingrid Moen"}
}

func buyer() process.Party {
	return process.Party{Name: "Åsgård Hotell & Spa AS", OrganisationNumber: "912345678", OrganisationScheme: "0192", ContactName: "Øystein Bjørklund",
		Address: process.Address{Street: "Fjellveien 2", Postcode: "3550", City: "Gol", Country: "NO"}, Kind: "business"}
}

// document is an invoice with the given lines.
func document(kind process.DocumentKind, lang, currency string, lines ...process.Line) process.Snapshot {
	for i := range lines {
		lines[i].ID = fmt.Sprint(i + 1)
	}
	zero := process.Money{Currency: currency}
	s := process.Snapshot{Kind: kind, Number: "10042", Language: lang, Currency: currency,
		MadeAt: time.Date(2026, 11, 23, 8, 30, 0, 0, time.UTC), IssueDate: "2026-11-23", Seller: seller(), Buyer: buyer(),
		Lines: lines, Totals: process.Total(lines, currency), Prepaid: zero}
	s.Payable = s.Gross
	switch kind {
	case process.KindInvoice:
		s.DueDate, s.SupplyDate, s.BuyerReference, s.CustomerReference = "2026-12-07", "2026-11-20", "Øystein B.", "PO-88213"
		s.OrderNumber, s.QuoteNumber, s.Title = "O-1007", "T-1012", "Garderobeskap og montering"
		s.Payment = process.PaymentMeans{Code: "30", Account: "1503.40.12345", Reference: "100420"}
		s.Terms = "Etter forfall beregnes forsinkelsesrente etter forsinkelsesrenteloven. Varene er selgers eiendom til de er betalt."
	case process.KindQuote:
		s.Number, s.Revision, s.ValidUntil, s.Title = "T-1012", 2, "2026-12-23", "Garderobeskap til spa-avdelingen"
		s.Introduction = "Takk for hyggelig befaring på tirsdag. Vi tilbyr skreddersydde skap i ask, levert og montert uten at driften hos dere må stanse.\n\nPrisene er faste ut året."
		s.Terms = "Leveringstid er seks uker fra bestilling. Montering skjer på hverdager mellom kl. 8 og 16."
	case process.KindCreditNote:
		s.Number, s.Reason = "K-1003", "To skap hadde feil farge og er returnert."
		s.Preceding = &process.DocumentReference{Number: "10042", Date: "2026-11-23"}
	}
	return s
}

func shortLines(currency string) []process.Line {
	return []process.Line{
		line(currency, "Garderobeskap i ask, oljet\nHøyde 2100 mm, bredde 600 mm, med hylle, stang og lås", "12", "H87", "4890", "10", "S", "25"),
		line(currency, "Montering på stedet", "16.5", "HUR", "890", "0", "S", "25"),
		line(currency, "Kjøring Lillehammer–Gol, tur-retur", "284", "KMT", "5.30", "0", "S", "25"),
		line(currency, "Lunsj til montørene", "4", "C62", "185.4348", "0", "S", "15"),
	}
}

func manyLines(currency string, n int) []process.Line {
	things := []string{"Skapdør i ask, venstrehengslet", "Skapdør i ask, høyrehengslet", "Hylleplate 18 mm bjørkefinér", "Garderobestang, rustfri, 560 mm", "Kombinasjonslås med mesternøkkel", "Sokkel 100 mm, eik"}
	var out []process.Line
	for i := range n {
		out = append(out, line(currency, fmt.Sprintf("%s, pos. %d", things[i%len(things)], i+1), fmt.Sprint(i%7+1), "H87", fmt.Sprintf("%d.50", 240+37*i), "0", "S", "25"))
	}
	return out
}

func longLines(currency string) []process.Line {
	text := "Prosjektering av garderobe. " + strings.Repeat("Arbeidet omfatter oppmåling, tegning i målestokk, valg av materialer sammen med kunden, beregning av bæreevne og kontroll mot gjeldende krav til universell utforming. ", 9)
	return []process.Line{
		line(currency, text, "40", "HUR", "1150", "0", "S", "25"),
		line(currency, text+"\n"+text+text, "12", "HUR", "1150", "5", "S", "25"),
		line(currency, "Kort linje", "1", "C62", "100", "0", "S", "25"),
	}
}

// samples are documents of every kind, by name.
func samples() map[string]process.Snapshot {
	out := kinds()
	maps.Copy(out, map[string]process.Snapshot{
		"invoice":      document(process.KindInvoice, "nb", "NOK", shortLines("NOK")...),
		"invoice-60":   document(process.KindInvoice, "nb", "NOK", manyLines("NOK", 60)...),
		"invoice-long": document(process.KindInvoice, "nb", "NOK", longLines("NOK")...),
		"quote":        document(process.KindQuote, "nb", "NOK", shortLines("NOK")...),
		"credit-note":  document(process.KindCreditNote, "nb", "NOK", line("NOK", "Garderobeskap i ask, oljet", "2", "H87", "4890", "10", "S", "25")),
	})
	english := document(process.KindInvoice, "en", "EUR", line("EUR", "Consulting on site, October 2026", "37.5", "HUR", "142", "0", "S", "25"),
		line("EUR", "Travel expenses\nFlight Oslo–Berlin, two nights", "1", "C62", "612.40", "0", "Z", "0"))
	english.Buyer = process.Party{Name: "Müller & Söhne Maschinenbau GmbH", VATNumber: "DE136695976", ContactName: "Jürgen Groß",
		Address: process.Address{Street: "Hauptstraße 12", Street2: "Hinterhaus", Postcode: "10115", City: "Berlin", Country: "DE"}}
	english.Payment = process.PaymentMeans{Code: "58", IBAN: "NO9386011117947", BIC: "DNBANOKKXXX", Reference: "10042"}
	english.Title, english.Terms, english.PaymentTerms = "", "Interest is charged on late payments.", "Payment within 14 days, net."
	english.TaxCurrency, english.TaxTotal = "NOK", &process.Money{Minor: 1561456, Currency: "NOK"}
	english.Exchange = &process.Exchange{Rate: "11.7320", Date: "2026-11-20"}
	english.Prepaid = process.Money{Minor: 100000, Currency: "EUR"}
	english.Payable = english.Gross.Sub(english.Prepaid)
	out["invoice-english-eur"] = english

	yen := document(process.KindInvoice, "en", "JPY", line("JPY", "Translation 日本語 (日英), 200 pages", "200", "C62", "4500", "0", "G", "0"))
	yen.Buyer = process.Party{Name: "Ōsaka Trading K.K.", Address: process.Address{Street: "1-2-3 Umeda", City: "Ōsaka 530-0001", Country: "JP"}}
	yen.Title, yen.Terms = "", ""
	out["invoice-jpy"] = yen

	draft := document(process.KindInvoice, "nb", "NOK", shortLines("NOK")...)
	draft.Draft, draft.Number, draft.Payment.Reference = true, "", ""
	draft.Buyer.Name = "Κατάστημα Αθηνών και Предприятие Восход, Avdeling for innkjøp og logistikk"
	out["invoice-draft-unicode"] = draft

	accepted := document(process.KindQuote, "nb", "NOK", shortLines("NOK")...)
	accepted.Acceptance = &process.Acceptance{Name: "Øystein Bjørklund", At: time.Date(2026, 11, 24, 13, 5, 0, 0, time.FixedZone("CET", 3600)), Channel: "portal",
		SHA256: "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08", Address: "192.0.2.14", UserAgent: "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"}
	out["quote-accepted"] = accepted

	reverse := document(process.KindInvoice, "nb", "NOK", line("NOK", "Klimakvoter", "100", "C62", "800", "0", "AE", "0"))
	reverse.DeliveryAddress = &process.Address{Street: "Lageret, port 4", Postcode: "2040", City: "Kløfta", Country: "NO"}
	out["invoice-reverse"] = reverse

	for _, lang := range process.Languages() {
		abroad := document(process.KindInvoice, lang, "EUR", append(shortLines("EUR"), line("EUR", "Klimakvoter", "-100", "C62", "800", "0", "AE", "0"))...)
		abroad.TaxCurrency, abroad.TaxTotal = "NOK", &process.Money{Minor: 20458312, Currency: "NOK"}
		abroad.Exchange = &process.Exchange{Rate: "11.7320", Date: "2026-11-20"}
		abroad.Payment = process.PaymentMeans{Code: "58", IBAN: "NO9386011117947", BIC: "DNBANOKKXXX", Reference: "10042"}
		abroad.Buyer.Address.Country = "DE"
		out["invoice-in-"+lang] = abroad
		yes := document(process.KindQuote, lang, "NOK", shortLines("NOK")...)
		yes.Acceptance = accepted.Acceptance
		out["quote-in-"+lang] = yes
		credit := document(process.KindCreditNote, lang, "NOK", line("NOK", "Garderobeskap", "2", "H87", "4890", "10", "S", "25"))
		out["credit-note-in-"+lang] = credit
	}
	return out
}
