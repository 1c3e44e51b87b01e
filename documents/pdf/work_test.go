package pdf

import (
	"fmt"
	"strings"
	"testing"

	"github.com/emne/emne/process"
)

// The time that an invoice is for stands after it, whole, with a sum for each line.
func TestSpecification(t *testing.T) {
	s := document(process.KindInvoice, "nb", "NOK", line("NOK", "Rådgivning", "120", "HUR", "1200", "0", "S", "25"), line("NOK", "Drift", "1.5", "HUR", "900", "0", "S", "25"))
	for i := range 80 {
		s.Specification = append(s.Specification, process.WorkLine{Line: "1", Date: process.Date(fmt.Sprintf("2026-10-%02d", i%30+1)), Person: "Ingrid Moen", Text: fmt.Sprintf("Arbeid nr. %d", i+1), Quantity: dec("1.5"), Unit: "HUR"})
	}
	s.Specification = append(s.Specification, process.WorkLine{Line: "2", Date: "2026-10-31", Person: strings.Repeat("Lang Navnesen ", 6), Text: strings.Repeat("En lang tekst ", 30), Quantity: dec("1.5"), Unit: "HUR"})
	r := newRenderer(t)
	c, err := compose(r.look, r.labels.Labels("documents", "nb"), s)
	if err != nil {
		t.Fatal(err)
	}
	var all strings.Builder
	for _, p := range c.pages {
		for _, m := range p.marks {
			all.WriteString(m.text + "\n")
			if m.kind == textMark && m.y > 784+4*leading {
				t.Errorf("%q stands below the page", m.text)
			}
		}
	}
	text := strings.ReplaceAll(all.String(), "\u00a0", " ")
	for _, want := range []string{"Spesifikasjon av timene", "Arbeid nr. 1\n", "Arbeid nr. 80\n", "120 timer", "Ingrid Moen"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is missing", want)
		}
	}
	if len(c.pages) < 3 || strings.Count(text, "\nHvem\n") != len(c.pages)-1 && strings.Count(text, "\nHvem\n") != len(c.pages) {
		t.Errorf("%d pages have %d heads", len(c.pages), strings.Count(text, "\nHvem\n"))
	}
	if _, err := r.Render(s); err != nil {
		t.Error(err)
	}
}
