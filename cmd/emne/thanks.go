package main

import (
	"io"

	"github.com/emne/emne/templates"
)

// thanks is the page that thanks a visitor for a form, in the visitor's
// language or else the company's.
type thanks struct {
	texts    *templates.Set
	layouts  map[string]*templates.Layouts
	fallback string
}

func newThanks(texts *templates.Set, fallback string) (*thanks, error) {
	p := &thanks{texts: texts, layouts: map[string]*templates.Layouts{}, fallback: fallback}
	for _, lang := range texts.Languages() {
		l, err := texts.Layouts(lang, "/assets/")
		if err != nil {
			return nil, err
		}
		p.layouts[lang] = l
	}
	return p, nil
}

// ThankYou implements webform.Page.
func (p *thanks) ThankYou(w io.Writer, language string) error {
	if language == "" {
		language = p.fallback
	}
	labels := p.texts.Labels(templates.Pages, language)
	return p.layouts[labels.Language()].Write(w, "thanks.html", struct {
		Language, Title, Company string
		Contact                  []string
	}{Language: labels.Language(), Title: labels.Say("thanks.title")})
}
