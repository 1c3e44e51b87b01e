package templates

import (
	"bytes"
	"fmt"
	"html/template"
	"io"
	"io/fs"
	"path"
	"strings"
	"time"
)

// Layouts are the html/templates of pages/*.html in one language. They do not
// change and may be used by many goroutines.
type Layouts struct{ set *template.Template }

// Layouts parses the pages, each a template with its file's name.
// `t "key" "name" value …` in them is the text of a key with its placeholders
// filled in, `asset "emne.css"` the address of an asset below base.
func (s *Set) Layouts(lang, base string) (*Layouts, error) {
	labels := s.Labels(Pages, lang)
	set := template.New("").Option("missingkey=error").Funcs(template.FuncMap{
		"t":     labels.Say,
		"asset": func(name string) (string, error) { return s.assetAddress(base, name) },
	})
	files, err := fs.Glob(embedded, "pages/*.html")
	if err != nil {
		return nil, err
	}
	for _, name := range files {
		b, err := s.ReadFile(name)
		if err != nil {
			return nil, err
		}
		if _, err := set.New(path.Base(name)).Parse(string(b)); err != nil {
			return nil, fmt.Errorf("read the page %s: %w", name, err)
		}
	}
	return &Layouts{set: set}, nil
}

// Write fills a page in. Nothing is written when that fails.
func (l *Layouts) Write(w io.Writer, page string, data any) error {
	var b bytes.Buffer
	if err := l.set.ExecuteTemplate(&b, page, data); err != nil {
		return fmt.Errorf("fill in the page %s: %w", page, err)
	}
	_, err := b.WriteTo(w)
	return err
}

// Say is the text of a key with placeholders given as name, value, name, value.
// A key without a text shows in brackets that nobody overlooks.
func (l Labels) Say(key string, pairs ...string) string {
	if !l.Has(key) {
		return "⟦" + key + "⟧"
	}
	args := make(map[string]string, len(pairs)/2)
	for i := 0; i+1 < len(pairs); i += 2 {
		args[pairs[i]] = pairs[i+1]
	}
	return l.Text(key, args)
}

// FormatMoment writes day and time of t in t's own zone, short: "23.11.2026
// kl. 16:21" in nb, "23 Nov 2026, 16:21" in en.
func FormatMoment(lang string, t time.Time) string {
	f := formOf(lang)
	return FormatDay(lang, t.Format(time.DateOnly)) + f.dateTime + t.Format(f.clock)
}

// FormatDay writes a day given as 2006-01-02 for tables: "23.11.2026" in nb,
// "23 Nov 2026" in en. What is no day comes back as it is.
func FormatDay(lang, day string) string {
	t, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return day
	}
	layout := formOf(lang).date
	return t.Format(strings.Replace(layout, "January", "Jan", 1))
}
