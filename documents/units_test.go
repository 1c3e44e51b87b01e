package documents

import (
	"testing"

	"github.com/emne/emne/process"
	"github.com/emne/emne/templates"
)

// Every unit that a line may have is printed in words, in every language.
func TestUnitsHaveLabels(t *testing.T) {
	set, err := templates.Open("")
	if err != nil {
		t.Fatal(err)
	}
	codes := process.UnitCodes()
	if len(codes) < 100 {
		t.Errorf("only %d units", len(codes))
	}
	for _, language := range set.Languages() {
		labels := set.Labels(templates.Documents, language)
		for _, code := range codes {
			if !labels.Has("unit." + code) {
				t.Errorf("%s has no label for %s", language, code)
			}
		}
	}
}
