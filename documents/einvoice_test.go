package documents

import (
	"bytes"
	"compress/zlib"
	"fmt"
	"io"
	"regexp"
	"strings"
	"testing"

	"github.com/emne/emne/documents/pdf"
	"github.com/emne/emne/process"
	"github.com/emne/emne/templates"
)

// embedded is the content of the first attached file of a PDF.
func embedded(t *testing.T, b []byte) []byte {
	t.Helper()
	m := regexp.MustCompile(`(?s)/Type/EmbeddedFile.{0,200}?stream\n`).FindIndex(b)
	if m == nil {
		t.Fatal("no file is attached")
	}
	r, err := zlib.NewReader(bytes.NewReader(b[m[1]:]))
	if err != nil {
		t.Fatal(err)
	}
	content, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return content
}

func TestHybrid(t *testing.T) {
	d, _ := newDocuments(t)
	for _, kind := range []process.DocumentKind{process.KindInvoice, process.KindCreditNote} {
		s := complete(kind)
		s.Number = "10042"
		b, err := d.Render(s)
		if err != nil {
			t.Fatal(err)
		}
		xml, problems, err := d.XML(s, process.FormatCII)
		if err != nil || len(problems) > 0 {
			t.Fatalf("%s: %v %v", kind, problems, err)
		}
		if !bytes.Equal(embedded(t, b), xml) {
			t.Errorf("%s: the PDF holds another XML", kind)
		}
		for _, want := range []string{"/AFRelationship/Alternative", "/F(factur-x.xml)", "/Subtype/text#2Fxml", "<fx:DocumentType>INVOICE</fx:DocumentType>",
			"<fx:DocumentFileName>factur-x.xml</fx:DocumentFileName>", "<fx:Version>1.0</fx:Version>", "<fx:ConformanceLevel>EN 16931</fx:ConformanceLevel>",
			"<pdfaSchema:namespaceURI>urn:factur-x:pdfa:CrossIndustryDocument:invoice:1p0#</pdfaSchema:namespaceURI>"} {
			if !bytes.Contains(b, []byte(want)) {
				t.Errorf("%s: no %s", kind, want)
			}
		}
		if again, err := d.Render(s); err != nil || !bytes.Equal(b, again) {
			t.Errorf("%s differs from run to run, error %v", kind, err)
		}
	}
}

func TestNoHybrid(t *testing.T) {
	d, _ := newDocuments(t)
	draft := complete(process.KindInvoice)
	draft.Draft = true
	quote := complete(process.KindQuote)
	quote.Number = "T-1"
	dinar := complete(process.KindInvoice)
	dinar.Number = "1"
	inCurrency(&dinar, "KWD")
	for name, s := range map[string]process.Snapshot{"draft": draft, "quote": quote, "three decimals": dinar} {
		b, err := d.Render(s)
		if err != nil {
			t.Fatal(err)
		}
		if bytes.Contains(b, []byte("factur")) || bytes.Contains(b, []byte("/EmbeddedFile")) {
			t.Errorf("%s: an e-invoice is inside", name)
		}
	}
}

func inCurrency(s *process.Snapshot, currency string) {
	for i := range s.Lines {
		s.Lines[i] = s.Lines[i].Price(currency)
	}
	s.Currency, s.Totals = currency, process.Total(s.Lines, currency)
	s.Payable = s.Gross
}

func TestXML(t *testing.T) {
	d, set := newDocuments(t)
	for _, c := range []struct {
		name, format string
		change       func(*process.Snapshot)
		want         string // rules of the problems, or a text of the XML
	}{
		{"cii", process.FormatCII, func(*process.Snapshot) {}, "<rsm:CrossIndustryInvoice"},
		{"ubl", process.FormatUBL, func(*process.Snapshot) {}, "<Invoice xmlns="},
		{"ubl credit note", process.FormatUBL, func(s *process.Snapshot) { *s = complete(process.KindCreditNote) }, "<CreditNote xmlns="},
		{"ubl without address", process.FormatUBL, func(s *process.Snapshot) { s.Buyer.Endpoint = process.Endpoint{} }, "PEPPOL-EN16931-R010"},
		{"cii without address", process.FormatCII, func(s *process.Snapshot) { s.Buyer.Endpoint = process.Endpoint{} }, "<rsm:CrossIndustryInvoice"},
		{"cii of dinars", process.FormatCII, func(s *process.Snapshot) { inCurrency(s, "KWD") }, "BR-DEC-14"},
		{"reason in the document's language", process.FormatUBL, func(s *process.Snapshot) {
			relabel(s, "AE")
			s.Buyer.OrganisationNumber = "987654325"
		}, "<cbc:TaxExemptionReason>Omvendt avgiftsplikt: "},
		{"credit note's terms", process.FormatCII, func(s *process.Snapshot) { *s = complete(process.KindCreditNote); s.Language = "en" }, "The amount is credited to the customer."},
	} {
		s := complete(process.KindInvoice)
		c.change(&s)
		s.Number = "10042"
		b, problems, err := d.XML(s, c.format)
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
		}
		got := string(b)
		for _, p := range problems {
			got += p.Rule
			for _, lang := range set.Languages(templates.Pages) {
				if !set.Labels(templates.Documents, lang).Has("problem." + p.Reason) {
					t.Errorf("no text problem.%s in %s", p.Reason, lang)
				}
			}
		}
		if !strings.Contains(got, c.want) || len(problems) > 0 && b != nil {
			t.Errorf("%s: no %s in %s", c.name, c.want, got)
		}
	}
	if _, _, err := d.XML(complete(process.KindQuote), process.FormatCII); err == nil {
		t.Error("a quote became an e-invoice")
	}
	if _, _, err := d.XML(complete(process.KindInvoice), "edifact"); err == nil {
		t.Error("a format that emne does not have was written")
	}
}

// TestCheckClosesTheChannelAlone: what only the e-invoice lacks stands beside
// what the document lacks, with a channel, and a consumer lacks nothing.
func TestCheckClosesTheChannelAlone(t *testing.T) {
	d, set := newDocuments(t)
	s := complete(process.KindInvoice)
	s.Buyer.Endpoint, s.Seller.Endpoint, s.BuyerReference, s.Seller.TaxRegistration = process.Endpoint{}, process.Endpoint{Scheme: "x", ID: "1"}, "", ""
	s.Buyer.OrganisationNumber, s.Buyer.OrganisationScheme = "1", "0192"
	problems := d.Check(s)
	if len(problems) != 5 {
		t.Errorf("problems %+v, want five", problems)
	}
	for _, p := range problems {
		if p.Channel != "peppol" || p.Message == "" {
			t.Errorf("problem %+v closes more than the channel", p)
		}
		for _, lang := range set.Languages(templates.Pages) {
			if !set.Labels(templates.Documents, lang).Has("problem." + p.Reason) {
				t.Errorf("no text problem.%s in %s", p.Reason, lang)
			}
		}
	}
	s.Buyer.Kind = "consumer"
	if problems := d.Check(s); len(problems) > 0 {
		t.Errorf("a consumer's invoice: %+v", problems)
	}
	s.Buyer.Address.Country = "UK"
	if problems := d.Check(s); len(problems) != 1 || problems[0].Channel != "" || problems[0].Rule != "BR-CL-14" {
		t.Errorf("a country of no list: %+v", problems)
	}
}

// TestEveryReasonHasATextInEveryLanguage walks through what the e-invoice's
// check can say.
func TestEveryReasonHasATextInEveryLanguage(t *testing.T) {
	_, set := newDocuments(t)
	for _, reason := range []string{"currency.unknown", "country.unknown", "delivery_address.country.missing", "vat_number.country", "einvoice.currency.decimals",
		"einvoice.reference.missing", "einvoice.buyer_endpoint.missing", "einvoice.seller_endpoint.missing", "einvoice.endpoint_scheme.unknown",
		"einvoice.organisation_scheme.unknown", "einvoice.identifier.invalid", "einvoice.norwegian_vat_number", "einvoice.foretaksregisteret.missing",
		"einvoice.tax_total.sign", "einvoice.line.discount", "einvoice.line.net"} {
		for _, lang := range set.Languages(templates.Pages) {
			if !set.Labels(templates.Documents, lang).Has("problem." + reason) {
				t.Errorf("no text problem.%s in %s", reason, lang)
			}
		}
	}
}

func BenchmarkHybrid(b *testing.B) {
	set, err := templates.Open("")
	if err != nil {
		b.Fatal(err)
	}
	r, err := pdf.New(set, pdf.Options{})
	if err != nil {
		b.Fatal(err)
	}
	s := complete(process.KindInvoice)
	s.Number = "10042"
	for name, run := range map[string]func() ([]byte, error){
		"pdf":    func() ([]byte, error) { return r.Render(s) },
		"hybrid": func() ([]byte, error) { return New(r).Render(s) },
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if _, err := run(); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), fmt.Sprintf("%s/s", name))
		})
	}
}
