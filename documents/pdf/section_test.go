package pdf

import (
	"slices"
	"strings"
	"testing"

	"github.com/emne/emne/process"
)

// Lines under a heading are summed below them; those above the first heading,
// options that nobody ticked and plain texts are not.
func TestSubtotals(t *testing.T) {
	heading := func(text string) process.Line { return process.Line{Kind: process.LineSection, Description: text} }
	option := line("NOK", "Lampe", "1", "C62", "500", "0", "S", "25")
	option.Option = true
	s := document(process.KindQuote, "nb", "NOK",
		line("NOK", "Befaring", "1", "C62", "100", "0", "S", "25"),
		heading("Kjøkken"), line("NOK", "Skap", "2", "C62", "1000", "10", "S", "25"), process.Line{Kind: process.LineText, Description: "Hvitt"}, option,
		heading("Bad"), line("NOK", "Speil", "1", "C62", "250.50", "0", "S", "25"))
	_, texts := pages(t, newRenderer(t), s)
	words := strings.Split(texts[0], "\n")
	for label, want := range map[string]string{"Delsum Kjøkken": "1 800,00", "Delsum Bad": "250,50"} {
		at := slices.Index(words, label)
		if at < 0 || at+1 >= len(words) || words[at+1] != want {
			t.Errorf("%s is not followed by %s:\n%s", label, want, texts[0])
		}
	}
	if n := strings.Count(texts[0], "Delsum"); n != 2 {
		t.Errorf("%d subtotals", n)
	}
}

// A heading never stands last on a page, nor do carried sums differ over
// headings and their sums, however many lines there are before them.
func TestHeadingsStayWithTheirLines(t *testing.T) {
	r := newRenderer(t)
	for n := 1; n <= 45; n++ {
		lines := append(manyLines("NOK", n), process.Line{Kind: process.LineSection, Description: "Overskrift A"})
		lines = append(lines, manyLines("NOK", 2)...)
		lines = append(lines, process.Line{Kind: process.LineSection, Description: "Overskrift B"}, line("NOK", "Siste linje", "1", "C62", "100", "0", "S", "25"))
		c, texts := pages(t, r, document(process.KindQuote, "nb", "NOK", lines...))
		inside(t, c)
		for i, text := range texts {
			for _, heading := range []string{"Overskrift A", "Overskrift B"} {
				if below := after(text, "\n"+heading+"\n"); below != "" && !strings.Contains(below, ", pos. ") && !strings.Contains(below, "Siste linje") {
					t.Errorf("%d lines, page %d: nothing stands under %s", n, i+1, heading)
				}
			}
			if strings.Contains(text, "Sum uten mva\n") && !strings.Contains(text, "Delsum Overskrift B\n") {
				t.Errorf("%d lines, page %d: the totals stand without the last sum", n, i+1)
			}
			if i > 0 && strings.Contains(text, "Overført\n") {
				sent, _, _ := strings.Cut(after(texts[i-1], "Overføres\n"), "\n")
				got, _, _ := strings.Cut(after(text, "Overført\n"), "\n")
				if sent == "" || sent != got {
					t.Errorf("%d lines, page %d: %q was carried forward, and %q came", n, i+1, sent, got)
				}
			}
		}
	}
}

// An option that nobody ticked is no reason for a sum of nothing.
func TestNoSubtotalOfNothing(t *testing.T) {
	option := line("NOK", "Lampe", "1", "C62", "500", "0", "S", "25")
	option.Option = true
	_, texts := pages(t, newRenderer(t), document(process.KindQuote, "nb", "NOK", line("NOK", "Skap", "1", "C62", "100", "0", "S", "25"),
		process.Line{Kind: process.LineSection, Description: "Tillegg"}, option))
	if strings.Contains(texts[0], "Delsum") {
		t.Errorf("a sum of nothing:\n%s", texts[0])
	}
}
