package einvoice

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"github.com/emne/emne/process"
)

var dec = decimal.RequireFromString

var texts = Texts{Credited: "Beløpet godskrives kunden.", Exemption: map[string]string{"E": "Unntatt.", "AE": "Omvendt avgiftsplikt.", "K": "Innen EU.", "G": "Utførsel.", "O": "Utenfor loven."}}

func norwegianBuyer() process.Party {
	return process.Party{Name: "Åsgård Hotell & Spa <AS>", OrganisationNumber: "987 654 325", OrganisationScheme: "0192", VATNumber: "987654325MVA", ContactName: "Øystein Bjørklund",
		Address: process.Address{Street: "Fjellveien 2", Street2: "2. etasje", Postcode: "3550", City: "Gol", Country: "NO"}, Endpoint: process.Endpoint{Scheme: "0192", ID: "987654325"}}
}

func germanBuyer() process.Party {
	return process.Party{Name: "Müller & Söhne GmbH", VATNumber: "136695976", Address: process.Address{Street: "Hauptstraße 12", Postcode: "10115", City: "Berlin", Country: "DE"},
		Endpoint: process.Endpoint{Scheme: "9930", ID: "DE136695976"}}
}

func priced(currency, description, quantity, unit, price, discount, category, rate string) process.Line {
	return process.Line{ID: "018f", Product: "SKU", Description: description, Quantity: dec(quantity), Unit: unit, UnitPrice: dec(price), DiscountPercent: dec(discount),
		VAT: process.VAT{Category: category, Rate: dec(rate)}}.Price(currency)
}

// issued is a document that lacks nothing.
func issued(kind process.DocumentKind, currency string, lines ...process.Line) process.Snapshot {
	s := process.Snapshot{Kind: kind, Number: "10042", Language: "nb", Currency: currency, MadeAt: time.Date(2026, 11, 23, 8, 30, 0, 0, time.UTC),
		IssueDate: "2026-11-23", SupplyDate: "2026-11-20", BuyerReference: "Øystein B.", CustomerReference: "PO-88213", OrderNumber: "O-1007",
		Seller: process.Party{Name: "Fjellheim Snekkeri AS", OrganisationNumber: "974760673", OrganisationScheme: "0192", VATNumber: "NO974760673MVA", TaxRegistration: "Foretaksregisteret",
			Address: process.Address{Street: "Storgata 14", Postcode: "2609", City: "Lillehammer", Country: "NO"}, Endpoint: process.Endpoint{Scheme: "0192", ID: "974760673"},
			ContactName: "Ingrid Moen", Phone: "+47 61 22 33 44", Email: "post@fjellheim.example"},
		Buyer:   norwegianBuyer(),
		Payment: process.PaymentMeans{Code: "30", Account: "1503.40.12345", IBAN: "NO93 8601 1117 947", BIC: "DNBANOKKXXX", Reference: "100420"},
		Lines:   lines, Totals: process.Total(lines, currency)}
	s.Prepaid, s.Rounding, s.Payable = process.Money{Currency: currency}, process.Money{Currency: currency}, s.Gross
	if kind == process.KindCreditNote {
		s.Preceding, s.Reason = &process.DocumentReference{Number: "10001", Date: "2026-10-30"}, "To skap hadde feil farge."
	} else {
		s.DueDate, s.Title = "2026-12-07", "Garderobeskap"
	}
	return s
}

func twoLines(currency string) []process.Line {
	return []process.Line{
		priced(currency, "Garderobeskap i ask, oljet\nHøyde 2100 mm", "12", "H87", "4890.125", "7.5", "S", "25"),
		priced(currency, "Lunsj til montørene", "4", "C62", "185.4348", "0", "S", "15"),
	}
}

func modelOf(t testing.TB, s process.Snapshot) Model {
	t.Helper()
	m, err := FromSnapshot(s, texts)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// value is an element or an attribute with its text; path has local names.
type value struct{ path, text string }

// flat reads XML as a list of values in the document's order, without the root.
func flat(t testing.TB, b []byte) []value {
	t.Helper()
	d := xml.NewDecoder(bytes.NewReader(b))
	var out []value
	var path []string
	text := ""
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return out
		}
		if err != nil {
			t.Fatalf("the XML is broken: %v\n%s", err, b)
		}
		switch e := token.(type) {
		case xml.StartElement:
			path, text = append(path, e.Name.Local), ""
			for _, a := range e.Attr {
				if len(path) > 1 {
					out = append(out, value{strings.Join(path[1:], "/") + "@" + a.Name.Local, a.Value})
				}
			}
		case xml.CharData:
			text += string(e)
		case xml.EndElement:
			if v := strings.TrimSpace(text); v != "" {
				out = append(out, value{strings.Join(path[1:], "/"), v})
			}
			path, text = path[:len(path)-1], ""
		}
	}
}

// all are the texts of a path, in order.
func all(vs []value, path string) []string {
	var out []string
	for _, v := range vs {
		if v.path == path || strings.HasSuffix(v.path, "/"+path) {
			out = append(out, v.text)
		}
	}
	return out
}

// written is a model in both formats.
func written(t testing.TB, m Model) (cii, ubl []byte) {
	t.Helper()
	cii, err := CII(m)
	if err != nil {
		t.Fatal(err)
	}
	ubl, err = UBL(m)
	if err != nil {
		t.Fatal(err)
	}
	return cii, ubl
}
