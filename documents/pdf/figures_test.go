package pdf

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/emne/emne/process"
	"github.com/emne/emne/templates"
)

// Figures stand below each other at the decimal point in every language, units
// at their left edge.
func TestFiguresAlign(t *testing.T) {
	r := newRenderer(t)
	for _, lang := range process.Languages() {
		c, _ := pages(t, r, document(process.KindQuote, lang, "NOK",
			line("NOK", "A", "12", "H87", "4890", "12.5", "S", "25"), line("NOK", "B", "16.25", "HUR", "0.0375", "5", "S", "25"),
			line("NOK", "C", "-2841", "KMT", "1234567.5", "0", "S", "2.5")))
		var columns [3][]float64 // quantities, prices, units
		for _, m := range c.pages[0].marks {
			for i, values := range [3][]string{
				{c.figureOf("12"), c.figureOf("16.25"), c.figureOf("-2841")},
				{templates.FormatPrice(lang, dec("4890"), 2), templates.FormatPrice(lang, dec("0.0375"), 2), templates.FormatPrice(lang, dec("1234567.5"), 2)},
				{c.text("unit.H87"), c.text("unit.HUR"), c.text("unit.KMT")},
			} {
				for _, v := range values {
					if m.kind != textMark || m.text != c.fonts.clean(v) {
						continue
					}
					x := m.x
					if i < 2 {
						whole, _ := templates.AtPoint(lang, m.text)
						x += c.plain(whole)
					}
					columns[i] = append(columns[i], x)
				}
			}
		}
		for i, xs := range columns {
			if len(xs) != 3 {
				t.Fatalf("%s: column %d has %d figures", lang, i, len(xs))
			}
			for _, x := range xs {
				if math.Abs(x-xs[0]) > 0.01 {
					t.Errorf("%s: column %d stands at %v", lang, i, xs)
				}
			}
		}
	}
}

func (c *composer) figureOf(s string) string { return templates.FormatNumber(c.lang, dec(s)) }

// The label of a payment reference is that of the seller's country, when the
// reference is of its kind.
func TestReferenceLabels(t *testing.T) {
	r := newRenderer(t)
	for i, c := range []struct{ country, reference, lang, want string }{
		{"NO", "100420", "nb", "KID"}, {"NO", "10042", "nb", "Merk betalingen"}, {"SE", "1004206", "sv", "OCR-nummer"}, {"SE", "RF18 1004", "sv", "Betalningsreferens"},
		{"DE", "100420", "de", "Verwendungszweck"}, {"SE", "1004206", "en", "Reference (OCR)"},
	} {
		s := document(process.KindInvoice, c.lang, "NOK", shortLines("NOK")...)
		s.Seller.Address.Country, s.Payment.Reference = c.country, c.reference
		if _, texts := pages(t, r, s); strings.Count(texts[0], "\n"+c.want+"\n") != 2 {
			t.Errorf("%d: %s %s is not called %q above and in the box", i, c.country, c.reference, c.want)
		}
	}
}

// The box says in large type how much, and beside it until when, where to and
// with which reference; nothing of it is on another page.
func TestPaymentBox(t *testing.T) {
	r := newRenderer(t)
	for _, lang := range process.Languages() {
		for _, euro := range []bool{false, true} {
			s := document(process.KindInvoice, lang, "NOK", shortLines("NOK")...)
			if euro {
				s = samples()["invoice-in-"+lang]
				s.Payable = process.Money{Minor: 123456, Currency: "EUR"}
			}
			c, _ := pages(t, r, s)
			var box mark
			on := c.pages[0]
			for _, p := range c.pages {
				for _, m := range p.marks {
					if m.kind == boxMark && m.w == measure {
						box, on = m, p
					}
				}
			}
			inBox := map[string]mark{}
			for _, m := range on.marks {
				if m.kind == textMark && m.y > box.y && m.y < box.y+box.h {
					inBox[strings.ReplaceAll(m.text, "\u00a0", " ")] = m
					if end := m.x + c.fonts.width(m.text, m.weight, m.size); end > box.x+box.w-4 {
						t.Errorf("%s: %q leaves the box", lang, m.text)
					}
				}
			}
			amount := strings.ReplaceAll(c.fonts.clean(c.withCurrency(s.Payable)), "\u00a0", " ")
			if m, ok := inBox[amount]; !ok || m.size != largeSize {
				t.Errorf("%s: no large %s in the box: %v", lang, amount, inBox)
			}
			for _, want := range []string{c.date(s.DueDate), s.Payment.Reference, c.text("payment.due_date"), c.referenceLabel(s.Payment.Reference), c.text("payment.amount")} {
				if _, ok := inBox[want]; !ok {
					t.Errorf("%s: no %q in the box", lang, want)
				}
			}
		}
	}
}

// The buyer's address lies in the window of an envelope (DIN 5008 form B: 20 to
// 105 mm from the left, 45 to 90 mm from the top).
func TestAddressInTheWindow(t *testing.T) {
	r := newRenderer(t)
	s := samples()["invoice-english-eur"]
	c, _ := pages(t, r, s)
	const mm = 72 / 25.4
	for _, want := range []string{s.Buyer.Name, s.Buyer.ContactName, s.Buyer.Address.Street, s.Buyer.Address.Street2, "10115 Berlin", "Germany"} {
		found := false
		for _, m := range c.pages[0].marks {
			if m.kind == textMark && m.text == want {
				found = true
				if m.x < 20*mm || m.x+c.fonts.width(m.text, m.weight, m.size) > 105*mm || m.y-m.size < 45*mm || m.y+3 > 90*mm {
					t.Errorf("%q stands at %s", want, fmt.Sprint(m.x/mm, m.y/mm))
				}
			}
		}
		if !found {
			t.Errorf("no %q", want)
		}
	}
}
