package templates

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestLanguagesAgree(t *testing.T) {
	s, err := Open("")
	if err != nil {
		t.Fatal(err)
	}
	every := []string{"da", "de", "en", "fr", "nb", "nn", "sv"}
	for area, want := range map[string][]string{Documents: every, Mails: every, Pages: {"en", "nb"}} {
		if got := s.Languages(area); !slices.Equal(got, want) {
			t.Fatalf("%s: languages %v, want %v", area, got, want)
		}
	}
	for area, languages := range s.texts {
		english := languages[fallbackLanguage]
		if len(english) == 0 {
			t.Errorf("%s has no English texts", area)
		}
		for _, lang := range s.Languages(area) {
			for _, key := range slices.Sorted(maps.Keys(languages[lang])) {
				other, ok := english[key]
				if !ok {
					t.Errorf("%s/%s.yaml: %q is missing in English", area, lang, key)
				}
				if a, b := sortedPlaceholders(languages[lang][key]), sortedPlaceholders(other); !slices.Equal(a, b) {
					t.Errorf("%s/%s.yaml: %q has the placeholders %v, in English %v", area, lang, key, a, b)
				}
				if strings.TrimSpace(languages[lang][key]) == "" {
					t.Errorf("%s/%s.yaml: %q is empty", area, lang, key)
				}
			}
			for key := range english {
				// Staff alone read what keeps a document from being issued, in the languages of the pages.
				if strings.HasPrefix(key, "problem.") && !slices.Contains(s.Languages(Pages), lang) {
					continue
				}
				if _, ok := languages[lang][key]; !ok {
					t.Errorf("%s/%s.yaml: %q is missing", area, lang, key)
				}
			}
		}
	}
}

func sortedPlaceholders(text string) []string {
	p := placeholders(text)
	slices.Sort(p)
	return slices.Compact(p)
}

func TestText(t *testing.T) {
	s, err := Open("")
	if err != nil {
		t.Fatal(err)
	}
	args := map[string]string{"page": "1", "pages": "{page}"}
	for _, c := range []struct{ lang, want, language string }{
		{"nb", "Side 1 av {page}", "nb"}, {"nb-NO", "Side 1 av {page}", "nb"}, {"nn", "Side 1 av {page}", "nn"}, {"no", "Side 1 av {page}", "nb"},
		{"en_GB", "Page 1 of {page}", "en"}, {"de-CH", "Seite 1 von {page}", "de"}, {"fr", "Page 1 sur {page}", "fr"}, {"it", "Page 1 of {page}", "en"}, {"", "Page 1 of {page}", "en"},
	} {
		l := s.Labels(Documents, c.lang)
		if got := l.Text("page", args); got != c.want || l.Language() != c.language {
			t.Errorf("%q: %q in %q, want %q in %q", c.lang, got, l.Language(), c.want, c.language)
		}
	}
	for lang, want := range map[string]string{"nn": "nb", "sv": "nb", "da": "nb", "de": "en", "en": "en"} {
		if got := s.Labels(Pages, lang).Language(); got != want {
			t.Errorf("pages in %s are in %s, want %s", lang, got, want)
		}
	}
	l := Labels{texts: map[string]string{"a": "A"}, fallback: map[string]string{"b": "B {x}"}}
	if l.Text("a", nil) != "A" || l.Text("b", map[string]string{"y": "1"}) != "B {x}" || l.Text("c", nil) != "c" {
		t.Errorf("fallback: %q %q %q", l.Text("a", nil), l.Text("b", nil), l.Text("c", nil))
	}
	if !l.Has("a") || !l.Has("b") || l.Has("c") {
		t.Error("Has does not follow Text")
	}
}

func TestOverrides(t *testing.T) {
	for _, c := range []struct {
		name, file, content string
		faults              []string
	}{
		{"one text", "documents/nb.yaml", "# mine\npage: \"{page}/{pages}\"\n", nil},
		{"empty file", "documents/nb.yaml", "# nothing\n", nil},
		{"unknown language", "documents/xx.yaml", "page: x\n", []string{"documents/xx.yaml:1:", "documents has da.yaml"}},
		{"unknown area", "dokuments/nb.yaml", "page: x\n", []string{"dokuments/nb.yaml:1:"}},
		{"unknown key", "documents/nb.yaml", "page: x\n\npgae: y\n", []string{"documents/nb.yaml:3:", `"pgae"`}},
		{"unknown placeholder", "documents/nb.yaml", "\npage: 'x {side}'\n", []string{"documents/nb.yaml:2:", "{side}"}},
		{"twice", "documents/nb.yaml", "page: x\npage: y\n", []string{"documents/nb.yaml:2:"}},
		{"broken", "documents/nb.yaml", "page: x\nother: \"y\n", []string{"documents/nb.yaml:2:"}},
		{"a number", "documents/nb.yaml", "page: 3\n", []string{"documents/nb.yaml:1:", "between quotes"}},
		{"nested", "documents/nb.yaml", "page:\n  x: y\n", []string{"documents/nb.yaml:1:"}},
		{"a list", "documents/nb.yaml", "- page\n", []string{"documents/nb.yaml:1:"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			path := filepath.Join(dir, filepath.FromSlash(c.file))
			if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, []byte(c.content), 0o644); err != nil {
				t.Fatal(err)
			}
			s, err := Open(dir)
			if (err != nil) != (len(c.faults) > 0) {
				t.Fatalf("error %v", err)
			}
			for _, f := range c.faults {
				if !strings.Contains(err.Error(), f) {
					t.Errorf("error %q does not say %q", err, f)
				}
			}
			if c.name == "one text" {
				if got := s.Labels(Documents, "nb").Text("page", map[string]string{"page": "2", "pages": "3"}); got != "2/3" {
					t.Errorf("text %q", got)
				}
			}
		})
	}
	if _, err := Open(filepath.Join(t.TempDir(), "none")); err == nil {
		t.Error("a missing folder is no error")
	}
}
