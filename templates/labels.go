package templates

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path"
	"slices"
	"strings"
)

//go:embed */*
var embedded embed.FS

// The areas of labels.
const (
	Documents = "documents"
	Pages     = "pages"
	Mails     = "mails"
)

// fallbackLanguage is complete in every area.
const fallbackLanguage = "en"

// maxFile bounds an override, in bytes.
const maxFile = 4 << 20

// Set is the embedded texts and looks with the user's overrides over them. It
// does not change after Open and may be used by many goroutines.
type Set struct {
	texts     map[string]map[string]map[string]string // area, language, key
	overrides map[string][]byte
}

// Open reads the embedded files and, when overrideDir is not empty, the files
// of the same names in that folder. Every fault of the overrides is reported,
// each with file:line: a file that emne does not have, broken YAML, an unknown
// key, an unknown placeholder.
func Open(overrideDir string) (*Set, error) {
	s := &Set{texts: map[string]map[string]map[string]string{}, overrides: map[string][]byte{}}
	err := walkFiles(embedded, func(name string) error {
		area, lang, ok := labelFile(name)
		if !ok {
			return nil
		}
		b, err := embedded.ReadFile(name)
		if err != nil {
			return err
		}
		entries, err := parseLabels(name, b)
		if err != nil {
			return err
		}
		if s.texts[area] == nil {
			s.texts[area] = map[string]map[string]string{}
		}
		texts := make(map[string]string, len(entries))
		for _, e := range entries {
			texts[e.key] = e.text
		}
		s.texts[area][lang] = texts
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read the built-in texts: %w", err)
	}
	if overrideDir == "" {
		return s, nil
	}
	if err := s.override(overrideDir); err != nil {
		return nil, fmt.Errorf("read the texts in %s: %w", overrideDir, err)
	}
	return s, nil
}

func (s *Set) override(dir string) error {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return err
	}
	defer root.Close()
	var faults []error
	err = walkFiles(root.FS(), func(name string) error {
		if err := s.overrideFile(root, name); err != nil {
			faults = append(faults, err)
		}
		return nil
	})
	return errors.Join(append(faults, err)...)
}

func (s *Set) overrideFile(root *os.Root, name string) error {
	if _, err := fs.Stat(embedded, name); err != nil && !ownFile(name) {
		return fmt.Errorf("%s:1: there is no such file in emne: %s", name, s.hint(name))
	}
	info, err := root.Stat(name)
	if err != nil {
		return err
	}
	if !info.Mode().IsRegular() || info.Size() > maxFile {
		return fmt.Errorf("%s:1: not a plain file of at most %d bytes", name, maxFile)
	}
	b, err := root.ReadFile(name)
	if err != nil {
		return err
	}
	area, lang, ok := labelFile(name)
	if !ok {
		s.overrides[name] = b
		return nil
	}
	entries, err := parseLabels(name, b)
	if err != nil {
		return err
	}
	var faults []error
	texts := s.texts[area][lang]
	for _, e := range entries {
		builtIn, known := texts[e.key]
		if !known {
			faults = append(faults, fmt.Errorf("%s:%d: there is no text %q", name, e.line, e.key))
			continue
		}
		for _, p := range placeholders(e.text) {
			if !slices.Contains(placeholders(builtIn), p) {
				faults = append(faults, fmt.Errorf("%s:%d: the text %q knows no {%s}", name, e.line, e.key, p))
			}
		}
		texts[e.key] = e.text
	}
	return errors.Join(faults...)
}

// ownFile reports whether a file without a built-in one is a picture or font of
// the documents, which their layout names.
func ownFile(name string) bool {
	return path.Dir(name) == Documents && slices.Contains([]string{".png", ".jpg", ".jpeg", ".ttf"}, path.Ext(name))
}

// Layers are a file's built-in content and, after it, the user's.
func (s *Set) Layers(name string) ([][]byte, error) {
	b, err := embedded.ReadFile(name)
	if err != nil {
		return nil, err
	}
	layers := [][]byte{b}
	if own, ok := s.overrides[name]; ok {
		layers = append(layers, slices.Clone(own))
	}
	return layers, nil
}

func (s *Set) hint(name string) string {
	dir := path.Dir(name)
	var known []string
	entries, err := fs.ReadDir(embedded, dir)
	if err != nil || dir == "." {
		return "the folders are those of the areas, such as documents/nb.yaml"
	}
	for _, e := range entries {
		known = append(known, e.Name())
	}
	return dir + " has " + strings.Join(known, ", ")
}

// ReadFile is a file that is not one of labels, such as a page's template or a
// style sheet: the user's, else the embedded one. Names are slash-separated,
// such as "pages/emne.css".
func (s *Set) ReadFile(name string) ([]byte, error) {
	if b, ok := s.overrides[name]; ok {
		return slices.Clone(b), nil
	}
	return embedded.ReadFile(name)
}

// Languages are the languages that an area has texts in, sorted.
func (s *Set) Languages(area string) []string { return slices.Sorted(maps.Keys(s.texts[area])) }

// Labels are the texts of an area in a language. A regional tag such as nb-NO
// counts as its language. A language that the area does not have is the one
// that its readers understand best: Bokmål for Nynorsk, Swedish and Danish,
// English for any other. An unknown area has no texts.
func (s *Set) Labels(area, lang string) Labels {
	texts := s.texts[area]
	lang = language(lang)
	if texts[lang] == nil {
		lang = nearest(lang)
	}
	return Labels{lang: lang, texts: texts[lang], fallback: texts[fallbackLanguage]}
}

// Labels are the texts of one area in one language.
type Labels struct {
	lang            string
	texts, fallback map[string]string
}

// Language is the language that was found: one of Set.Languages of the area.
func (l Labels) Language() string { return l.lang }

// Has reports whether there is a text for key.
func (l Labels) Has(key string) bool {
	_, own := l.texts[key]
	_, english := l.fallback[key]
	return own || english
}

// Text is the text of key with each {name} replaced by args[name]; what args
// does not name stays. A key without a text in the language is looked up in
// English, and is its own text when it has none there either.
func (l Labels) Text(key string, args map[string]string) string {
	text, ok := l.texts[key]
	if !ok {
		text, ok = l.fallback[key]
	}
	if !ok {
		return key
	}
	return fill(text, args)
}

// language is the primary part of a tag; Norwegian without more is Bokmål.
func language(tag string) string {
	tag, _, _ = strings.Cut(strings.ReplaceAll(strings.ToLower(tag), "_", "-"), "-")
	if tag == "no" {
		return "nb"
	}
	return tag
}

func nearest(lang string) string {
	switch lang {
	case "nn", "sv", "da":
		return "nb"
	}
	return fallbackLanguage
}
