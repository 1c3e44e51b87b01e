package documents

import (
	"bytes"
	"strings"
	"testing"

	"github.com/emne/emne/process"
	"github.com/emne/emne/templates"
)

// A French invoice says what French law asks for, in words on the page and with
// the subject's code in the XML (BR-FR-05, BR-FR-08); a consumer's has none, and
// no other country's.
func TestFrenchMentions(t *testing.T) {
	t.Parallel()
	d, set := newDocuments(t)
	s := complete(process.KindInvoice)
	s.Number, s.Seller.Address.Country, s.Seller.OrganisationNumber, s.Seller.VATNumber, s.Seller.TaxRegistration = "F2026-1", "FR", "732829320", "FR44732829320", ""
	for _, lang := range set.Languages(templates.Documents) {
		s.Language = lang
		b, problems, err := d.XML(s, process.FormatCII)
		if err != nil || len(problems) > 0 {
			t.Fatal(problems, err)
		}
		printed := strings.Join(strings.Fields(strings.Join(d.lawful(s).Notes, " ")), " ")
		for _, subject := range mentionsFR {
			text := d.renderer.Text(lang, "mention.FR."+subject)
			if text == "" || !bytes.Contains(b, []byte("<ram:SubjectCode>"+subject+"<")) || !bytes.Contains(b, []byte(text)) || !strings.Contains(printed, text) {
				t.Errorf("%s: %s %q is missing", lang, subject, text)
			}
		}
		if !bytes.Contains(b, []byte("<ram:BusinessProcessSpecifiedDocumentContextParameter>\n      <ram:ID>M1<")) {
			t.Errorf("%s: no process in %s", lang, b)
		}
	}
	s.Deposits = []process.DocumentReference{{Number: "F2026-0", Date: "2026-11-01"}}
	if b, _, err := d.XML(s, process.FormatCII); err != nil || !bytes.Contains(b, []byte("<ram:ID>M4<")) {
		t.Errorf("after a deposit: %v, %s", err, b)
	}
	s.Buyer.Kind = "consumer"
	if len(d.mentions(s)) > 0 {
		t.Error("a consumer's invoice has them")
	}
	if len(d.mentions(complete(process.KindInvoice))) > 0 || d.lawful(complete(process.KindInvoice)).Notes != nil {
		t.Error("a Norwegian invoice has them")
	}
}
