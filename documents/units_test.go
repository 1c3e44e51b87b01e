package documents

import (
	"slices"
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
	for _, language := range set.Languages(templates.Documents) {
		labels := set.Labels(templates.Documents, language)
		for _, code := range codes {
			if !labels.Has("unit." + code) {
				t.Errorf("%s has no label for %s", language, code)
			}
		}
	}
}

// Every language that a customer may have has documents and mails, and no
// other.
func TestLanguagesOfCustomers(t *testing.T) {
	set, err := templates.Open("")
	if err != nil {
		t.Fatal(err)
	}
	want := slices.Sorted(slices.Values(process.Languages()))
	for _, area := range []string{templates.Documents, templates.Mails} {
		if got := set.Languages(area); !slices.Equal(got, want) {
			t.Errorf("%s are in %v, customers may have %v", area, got, want)
		}
	}
}
