package pdf

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/emne/emne/process"
	"github.com/emne/emne/templates"
)

func pages(t *testing.T, r *Renderer, s process.Snapshot) (*composer, []string) {
	t.Helper()
	c, err := compose(r.look, r.labels.Labels(templates.Documents, s.Language), s)
	if err != nil {
		t.Fatal(err)
	}
	var texts []string
	for _, p := range c.pages {
		var b strings.Builder
		for _, m := range p.marks {
			if m.kind == textMark {
				b.WriteString(m.text + "\n")
			}
		}
		texts = append(texts, strings.ReplaceAll(b.String(), "\u00a0", " "))
	}
	return c, texts
}

// Whatever the number of lines: each page of the table has its head, carried
// sums agree, the totals stand on one page with a line above them, nothing is
// set outside the sheet and nothing is lost.
func TestPageBreaks(t *testing.T) {
	r := newRenderer(t)
	for n := 1; n <= 70; n++ {
		s := document(process.KindInvoice, "nb", "NOK", manyLines("NOK", n)...)
		c, texts := pages(t, r, s)
		all := strings.Join(texts, "")
		for i, text := range texts {
			last := i == len(texts)-1
			if want := fmt.Sprintf("Side %d av %d\n", i+1, len(texts)); !strings.Contains(text, want) {
				t.Errorf("%d lines, page %d: no %q", n, i+1, want)
			}
			totals := strings.Contains(text, "Sum uten mva\n")
			if totals != strings.Contains(text, "Til konto\n") || totals != strings.Contains(text, "Grunnlag\n") {
				t.Errorf("%d lines, page %d: the totals are split", n, i+1)
			}
			rows := strings.Count(text, ", pos. ")
			if rows > 0 && !strings.Contains(text, "Beskrivelse\n") || totals && rows == 0 {
				t.Errorf("%d lines, page %d: %d rows, head missing or totals alone", n, i+1, rows)
			}
			if rows > 0 && !last && !totals && i+1 < len(texts) && strings.Contains(texts[i+1], ", pos. ") {
				sent, _, _ := strings.Cut(after(text, "Overføres\n"), "\n")
				got, _, _ := strings.Cut(after(texts[i+1], "Overført\n"), "\n")
				if sent == "" || sent != got {
					t.Errorf("%d lines, page %d: carries %q forward, the next page has %q", n, i+1, sent, got)
				}
			}
		}
		if got := strings.Count(all, ", pos. "); got != n {
			t.Errorf("%d lines: %d rows", n, got)
		}
		inside(t, c)
	}
}

func after(text, mark string) string {
	_, rest, _ := strings.Cut(text, mark)
	return rest
}

func inside(t *testing.T, c *composer) {
	t.Helper()
	for i, p := range c.pages {
		for _, m := range p.marks {
			if m.angle != 0 {
				continue
			}
			w := m.w
			if m.kind == textMark {
				w = c.fonts.width(m.text, m.weight, m.size)
			}
			if m.x < leftEdge-0.01 || m.x+w > rightEdge+0.5 || m.y < 36 || m.y+m.h > sheetHeight-18 {
				t.Errorf("page %d: %q at %.1f, %.1f, %.1f wide, is outside", i+1, m.text, m.x, m.y, w)
			}
		}
	}
}

// Two texts never stand on top of each other, and texts of the body keep clear
// of the footer.
func TestNothingOverlaps(t *testing.T) {
	r := newRenderer(t)
	for name, s := range samples() {
		c, _ := pages(t, r, s)
		inside(t, c)
		for i, p := range c.pages {
			for j, a := range p.marks {
				for _, b := range p.marks[j+1:] {
					if a.kind != textMark || b.kind != textMark || a.angle != 0 || b.angle != 0 {
						continue
					}
					up, down := max(a.y-0.7*a.size, b.y-0.7*b.size), min(a.y, b.y)
					from, to := max(a.x, b.x), min(a.x+c.fonts.width(a.text, a.weight, a.size), b.x+c.fonts.width(b.text, b.weight, b.size))
					if up < down && from < to {
						t.Errorf("%s, page %d: %q and %q overlap", name, i+1, a.text, b.text)
					}
				}
			}
		}
	}
}

func TestLongDescriptionsAreWhole(t *testing.T) {
	r := newRenderer(t)
	s := document(process.KindInvoice, "nb", "NOK", longLines("NOK")...)
	_, texts := pages(t, r, s)
	all := strings.Join(strings.Fields(strings.Join(texts, " ")), " ")
	if got, want := strings.Count(all, "oppmåling,"), 36; got != want {
		t.Errorf("%d of %d sentences are printed", got, want)
	}
	if len(texts) < 3 {
		t.Errorf("%d pages", len(texts))
	}
}

// The totals find their page below a last row of any length.
func TestTotalsAfterALongRow(t *testing.T) {
	r := newRenderer(t)
	for n := 1; n < 120; n += 3 {
		lines := append(manyLines("NOK", 3), line("NOK", strings.Repeat("Lang beskrivelse av arbeidet på stedet med alt som hører til. ", n), "1", "C62", "100", "0", "S", "25"))
		c, texts := pages(t, r, document(process.KindInvoice, "nb", "NOK", lines...))
		inside(t, c)
		for i, text := range texts {
			if strings.Contains(text, "Sum uten mva\n") != strings.Contains(text, "Til konto\n") {
				t.Errorf("%d sentences, page %d: the totals are split", n, i+1)
			}
		}
		for _, p := range c.pages {
			for _, m := range p.marks {
				if m.kind == boxMark && m.y+m.h > bodyBottom+leading {
					t.Errorf("%d sentences: the payment box ends at %.1f", n, m.y+m.h)
				}
			}
		}
	}
}

func TestManyVATGroups(t *testing.T) {
	r := newRenderer(t)
	var lines []process.Line
	for i := range 90 {
		lines = append(lines, line("NOK", fmt.Sprintf("Sats %d", i), "1", "C62", "100", "0", "S", fmt.Sprintf("%d.5", i)))
	}
	c, texts := pages(t, r, document(process.KindInvoice, "nb", "NOK", lines...))
	if got := strings.Count(strings.Join(texts, ""), ",5 %\n"); got != 180 {
		t.Errorf("%d rates are printed, want 180", got)
	}
	inside(t, c)
}

func TestFigures(t *testing.T) {
	r := newRenderer(t)
	for name, wants := range map[string][]string{
		"invoice": {"Faktura 10042", "23.11.2026", "07.12.2026", "20.11.2026", "52 812,00", "16,5 timer", "185,4348", "10 %", "69 743,94", "17 361,81", "17 250,55", "111,26",
			"87 105,75 NOK", "1503 40 12345", "100420", "Org.nr. 974 760 673 MVA", "Foretaksregisteret", "Side 1 av 1", "912 345 678", "3550 Gol"},
		"invoice-60": {"392 431,25 NOK", "Overføres", "Overført", "Side 3 av 3"},
		"quote":      {"Tilbud T-1012", "2 (erstatter 1)", "Gyldig til", "23.12.2026", "Prisene er faste ut året."},
		"quote-accepted": {"Tilbudet er akseptert", "Øystein Bjørklund", "24.11.2026 kl. 13:05 UTC+01:00", "På kundens side",
			"9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"},
		"credit-note":           {"Kreditnota K-1003", "10042 av 23.11.2026", "To skap hadde feil farge", "Til gode", "11 002,50 NOK"},
		"invoice-english-eur":   {"Invoice 10042", "23 November 2026", "EUR 6,268.65", "NO93 8601 1117 947", "DNBANOKKXXX", "VAT in NOK: 15,614.56", "Germany", "Hinterhaus", "-1,000.00", "Payment within 14 days"},
		"invoice-jpy":           {"JPY 900,000", "Ōsaka Trading K.K.", "Export of goods or services", "Translation ¿¿¿"},
		"invoice-draft-unicode": {"UTKAST", "Κατάστημα Αθηνών", "Предприятие Восход"},
		"invoice-reverse":       {"Omvendt avgiftsplikt: Merverdiavgift er ikke beregnet", "Leveringsadresse", "2040 Kløfta", "80 000,00 NOK"},
	} {
		text := strings.Join(strings.Fields(strings.ReplaceAll(tool(t, render(t, r, samples()[name]), "pdftotext", "-layout", "-", "-"), "−", "-")), " ")
		for _, want := range wants {
			if want == "UTKAST" { // it is turned, and read letter by letter
				if _, texts := pages(t, r, samples()[name]); !strings.Contains(texts[0], want) {
					t.Errorf("%s has no %s", name, want)
				}
				continue
			}
			if !strings.Contains(text, want) && !strings.Contains(strings.ReplaceAll(text, "–", "-"), want) {
				t.Errorf("%s has no %q:\n%s", name, want, text)
			}
		}
	}
}

func TestRevisionsInPrint(t *testing.T) {
	r := newRenderer(t)
	s := samples()["quote"]
	s.Language = "en"
	for revision, want := range map[int]string{0: "", 1: "1 (replaces the first)", 2: "2 (replaces 1)"} {
		s.Revision = revision
		_, texts := pages(t, r, s)
		all := strings.Join(texts, "")
		if !strings.Contains(all, want) || strings.Contains(all, "Revision") != (want != "") {
			t.Errorf("revision %d does not say %q", revision, want)
		}
	}
}

// TestLanguagesInPrint reads the documents of each language as they are printed.
func TestLanguagesInPrint(t *testing.T) {
	r := newRenderer(t)
	for lang, wants := range map[string]struct{ invoice, quote, credit []string }{
		"nb": {[]string{"Faktura 10042", "07.12.2026", "–80 000,00", "\nstk\n", "Omvendt avgiftsplikt", "Tyskland"}, []string{"Tilbud T-1012", "Tilbudet er akseptert"}, []string{"Kreditnota K-1003", "Til gode"}},
		"nn": {[]string{"Faktura 10042", "07.12.2026", "–80 000,00", "Meirverdiavgift er ikkje berekna", "timar", "Tyskland"}, []string{"Tilbod T-1012", "Tilbodet er akseptert"}, []string{"Kreditnota K-1003", "gjeld faktura"}},
		"sv": {[]string{"Faktura 10042", "2026-12-07", "–80 000,00", "Omvänd betalningsskyldighet", "timmar", "Tyskland"}, []string{"Offert T-1012", "Offerten har accepterats"}, []string{"Kreditfaktura K-1003"}},
		"da": {[]string{"Faktura 10042", "07.12.2026", "-80.000,00", "Omvendt betalingspligt", "timer", "Tyskland"}, []string{"Tilbud T-1012", "Tilbuddet er accepteret"}, []string{"Kreditnota K-1003"}},
		"de": {[]string{"Rechnung 10042", "Zahlbar bis", "Leistungsdatum", "07.12.2026", "-80.000,00", "Steuerschuldnerschaft des Leistungsempfängers", "Std.", "Deutschland"}, []string{"Angebot T-1012", "Dieses Angebot wurde angenommen"}, []string{"Rechnungskorrektur K-1003"}},
		"fr": {[]string{"Facture 10042", "07/12/2026", "-80 000,00", "Autoliquidation : la TVA", "heures", "Allemagne"}, []string{"Devis T-1012", "Ce devis a été accepté"}, []string{"Avoir K-1003"}},
		"en": {[]string{"Invoice 10042", "7 December 2026", "-80,000.00", "Reverse charge: no VAT", "hours", "Germany"}, []string{"Quote T-1012", "This quote has been accepted"}, []string{"Credit note K-1003"}},
	} {
		for name, want := range map[string][]string{"invoice-in-": wants.invoice, "quote-in-": wants.quote, "credit-note-in-": wants.credit} {
			s := samples()[name+lang]
			_, texts := pages(t, r, s)
			all := strings.Join(texts, "")
			for _, w := range want {
				if !strings.Contains(all, w) {
					t.Errorf("%s%s does not say %q", name, lang, w)
				}
			}
			for _, key := range []string{"table.", "meta.", "unit.", "total.", "vat.", "payment.", "acceptance."} {
				if strings.Contains(all, "\n"+key) {
					t.Errorf("%s%s shows a key %s…", name, lang, key)
				}
			}
			if gaps := r.Gaps(s); len(gaps) > 0 {
				t.Errorf("%s%s: the fonts lack %v", name, lang, gaps)
			}
		}
	}
}

func TestHostileTexts(t *testing.T) {
	r := newRenderer(t)
	evil := "\x00(\\)\r\n\xff\ufeff\U0010ffff\U0001f389 " + strings.Repeat("W", 3000) + strings.Repeat("\n", 200) + "<&\">"
	s := document(process.KindInvoice, evil, "NOK", shortLines("NOK")...)
	s.Number, s.Title, s.Introduction, s.Terms, s.PaymentTerms, s.Notes = "1)(\\"+evil[:20], evil, evil, evil, evil[:80], []string{evil}
	s.Seller.Name, s.Buyer.Name, s.Buyer.Address.Country = "A"+evil[:60], "B"+evil[:40], evil[:9]
	s.Payment.Reference, s.Payment.Account, s.Lines[0].Description, s.Lines[1].Unit = evil[:40], evil[:60], evil, evil[:5]
	s.Exchange, s.TaxCurrency, s.TaxTotal = &process.Exchange{Rate: "x", Date: "y"}, "ZZZ", &process.Money{Minor: 1, Currency: "ZZZ"}
	qpdf(t, render(t, r, s))
	empty := process.Snapshot{Kind: process.KindQuote}
	qpdf(t, render(t, r, empty))
}

// Every key that the package asks for has a text.
func TestLabelsExist(t *testing.T) {
	labels := newRenderer(t).labels
	var keys []string
	entries, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if !strings.HasSuffix(e.Name(), ".go") || strings.HasSuffix(e.Name(), "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), e.Name(), nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok || len(call.Args) == 0 {
				return true
			}
			if f, ok := call.Fun.(*ast.SelectorExpr); !ok || f.Sel.Name != "text" {
				return true
			}
			if lit, ok := call.Args[0].(*ast.BasicLit); ok {
				key, err := strconv.Unquote(lit.Value)
				if err != nil {
					t.Fatal(err)
				}
				keys = append(keys, key)
			}
			return true
		})
	}
	if len(keys) < 40 {
		t.Fatalf("only %d keys were found", len(keys))
	}
	for _, kind := range []process.DocumentKind{process.KindQuote, process.KindInvoice, process.KindCreditNote} {
		for _, prefix := range []string{"title.", "meta.number.", "meta.date."} {
			keys = append(keys, prefix+string(kind))
		}
		keys = append(keys, "title."+string(kind)+".unnumbered")
	}
	for _, category := range []string{"S", "Z", "E", "AE", "K", "G", "O"} {
		keys = append(keys, "vat.category."+category)
	}
	keys = append(keys, "vat.note.AE", "vat.note.K", "vat.note.G", "vat.note.E", "vat.note.O", "unit.C62", "unit.HUR", "total.quote", "total.payable", "total.credit_note")
	for _, lang := range labels.Languages(templates.Documents) {
		for _, key := range keys {
			if !labels.Labels(templates.Documents, lang).Has(key) {
				t.Errorf("no text %q in %s", key, lang)
			}
		}
	}
}

func TestOptions(t *testing.T) {
	labels := newRenderer(t).labels
	for _, bad := range []string{"red", "#12345", "#1234567", "#gggggg"} {
		if _, err := New(labels, Options{Accent: bad}); err == nil {
			t.Errorf("%q was taken for a colour", bad)
		}
	}
	if _, err := New(labels, Options{Accent: "#AA0011"}); err != nil {
		t.Error(err)
	}
}
