package message

import (
	"strings"
	"testing"
	"unicode"
)

func TestFrequentWordsAreFound(t *testing.T) {
	for s, languages := range languageWords {
		var w frequentWord
		for _, r := range s {
			w.addRune(r)
		}
		if len(s) > maxFrequentWord {
			t.Errorf("%q is too long to be looked up", s)
		}
		if got := frequentWords.sets[frequentWords.set(w)]; got != languages {
			t.Errorf("%q is of %b, want %b", s, got, languages)
		}
		for range maxFrequentWord {
			w.add('x')
		}
		if got := frequentWords.set(w); got != 0 {
			t.Errorf("%q with more behind it is of the set %d", s, got)
		}
	}
	if 2*len(languageWords) > len(frequentWords.places) || len(frequentWords.sets) > 255 {
		t.Errorf("the table is too full: %d words of %d sets", len(languageWords), len(frequentWords.sets))
	}
}

// plainLanguage is language, as it is said.
func plainLanguage(text string) string {
	var scores [len(languageNames)]int
	text = text[:min(len(text), maxLanguageBytes)]
	letters := uint16(0)
	for _, word := range strings.FieldsFunc(text, func(r rune) bool { return !unicode.IsLetter(r) && r != '\'' }) {
		word = strings.Map(unicode.ToLower, word)
		for _, r := range word {
			letters |= languageLetters[r]
		}
		shared := 0
		for i := range scores {
			shared += int(languageWords[word] >> i & 1)
		}
		for i := range scores {
			if languageWords[word]>>i&1 == 1 {
				scores[i] += 6 / shared
			}
		}
	}
	best, second := 0, -1
	for i := range scores {
		scores[i] += 3 * int(letters>>i&1)
		switch {
		case i == 0:
		case scores[i] > scores[best]:
			best, second = i, best
		case second < 0 || scores[i] > scores[second]:
			second = i
		}
	}
	if scores[best] < 9 || scores[best] <= scores[second] {
		return ""
	}
	return languageNames[best]
}

func FuzzLanguage(f *testing.F) {
	for _, s := range []string{"Hei, vi ønsker et TILBUD på ti vinduer. ÆØÅ", "j'ai besoin d'un devis, s'il vous plaît", "ß ÿ Ÿ İ ſ µ ª", strings.Repeat("å og ", 700) + "et", "\xff ikke\x80jeg\x00og", "eksempelvisvedtaksgjennomføring vi trenger"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if got, want := language(s), plainLanguage(s); got != want {
			t.Errorf("%q is in %q, want %q", s, got, want)
		}
	})
}
