package store

import (
	"slices"
	"strings"
	"testing"

	"golang.org/x/text/unicode/norm"
)

// foldedWords is what searchText has to give, the slow way.
func foldedWords(texts []string) []string {
	var out []string
	for _, s := range texts {
		for _, w := range strings.Fields(norm.NFC.String(strings.ToLower(clean(s)))) {
			if !slices.Contains(out, w) {
				out = append(out, w)
			}
		}
	}
	return out
}

func TestSearchText(t *testing.T) {
	for _, c := range []struct {
		texts []string
		want  string
	}{
		{nil, ""},
		{[]string{"", "  ", "\n"}, ""},
		{[]string{"Kari NORDMANN", "kari@Example.com"}, "kari nordmann kari@example.com"},
		{[]string{"en to EN to\ttre", "to", "fire"}, "en to tre fire"},
		{[]string{"\u00c5ngstr\u00d6m A\u030angstro\u0308m"}, "\u00e5ngstr\u00f6m"},
		{[]string{"a\x00b", "\xff\xfe c"}, "a\ufffdb \ufffd c"},
		{[]string{"\u0398\u0391\u039b\u0391\u03a3\u03a3\u0391\u00a0\u041c\u0418\u0420"}, "\u03b8\u03b1\u03bb\u03b1\u03c3\u03c3\u03b1 \u043c\u0438\u0440"},
		{[]string{strings.Repeat("Takk for svar. ", 500)}, "takk for svar."},
	} {
		if got := searchText(c.texts); got != c.want {
			t.Errorf("%q became %q, want %q", c.texts, got, c.want)
		}
	}
}

// A text that two records have is folded once, and each finds its own words too.
func TestLongTextIsFoldedOnce(t *testing.T) {
	long := strings.Repeat("Takk for SVAR p\u00e5 ", 100) + "noe helt annet"
	tx := txn{db: &DB{}}
	tx.db.StageText(long)
	for _, texts := range [][]string{{"Kari", long, "svar takst"}, {long, "Ola"}, {"Per", long + " enda", "takk"}, {"takk kort"}} {
		got, want := strings.Fields(tx.searchText(texts)), foldedWords(texts)
		slices.Sort(got)
		slices.Sort(want)
		if !slices.Equal(got, want) {
			t.Errorf("%d texts became %q, want %q", len(texts), got, want)
		}
	}
}

func FuzzSearchText(f *testing.F) {
	f.Add("Hei, HEI hei", "p\u00c5 a\u030a \u1e9e\u0130 \xff\x00\u2028x \x7f\x1c")
	var many strings.Builder
	for i := range 700 {
		many.WriteString(strings.Repeat("x", i%7) + string(rune('a'+i%26)) + string(rune('A'+i%23)) + " ")
	}
	f.Add(many.String(), "")
	f.Fuzz(func(t *testing.T, a, b string) {
		got, want := searchText([]string{a, b}), strings.Join(foldedWords([]string{a, b}), " ")
		if got != want {
			t.Fatalf("%q and %q became %q, want %q", a, b, got, want)
		}
	})
}
