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
