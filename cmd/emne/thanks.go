package main

import (
	"io"

	"github.com/emne/emne/templates"
)

// thanks is the page that thanks a visitor for a form, in the visitor's
// language or else the company's. It is rare, so it is read when it is shown.
type thanks struct {
	texts    *templates.Set
	fallback string
}

// ThankYou implements webform.Page.
func (p *thanks) ThankYou(w io.Writer, language string) error {
	if language == "" {
		language = p.fallback
	}
	labels := p.texts.Labels(templates.Pages, language)
	layouts, err := p.texts.Layouts(labels.Language(), "/assets/")
	if err != nil {
		return err
	}
	return layouts.Write(w, "thanks.html", struct {
		Language, Title, Company string
		Contact                  []string
	}{Language: labels.Language(), Title: labels.Say("thanks.title")})
}
