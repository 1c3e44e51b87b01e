package console

import (
	"errors"
	"net/http"
	"strings"

	"github.com/emne/emne/process"
	"github.com/emne/emne/process/access"
)

// refusal is what a person can do something about in err, nil when it is none.
func refusal(err error) *process.Error {
	var e *process.Error
	if errors.As(err, &e) {
		return e
	}
	var large *http.MaxBytesError
	if errors.As(err, &large) {
		return &process.Error{Code: process.CodeTooLarge, Reason: "too_large", Message: "the request is too large"}
	}
	return nil
}

type errorPage struct {
	frame
	Text     string
	Problems []string
	SignIn   bool
}

// fail answers with an error's page.
func (v *visit) fail(err error) {
	code := process.CodeInternal
	e := refusal(err)
	if e != nil {
		code = e.Code
	}
	p := errorPage{Text: v.t("error.internal")}
	if e != nil {
		p.Text = v.say(e)
		for _, problem := range e.Problems {
			p.Problems = append(p.Problems, v.problem(problem))
		}
	} else {
		v.log().Error("a page failed", "method", v.r.Method, "path", v.r.URL.Path, "error", err)
	}
	p.frame = v.frame(v.t("code." + string(code)))
	p.SignIn = code == process.CodeUnauthorized && v.c.o.Sessions != nil
	if err := v.page(access.Status(code), "error.html", p); err != nil {
		v.log().Error("the page of an error failed", "path", v.r.URL.Path, "error", err)
		http.Error(v.w, "internal error", http.StatusInternalServerError)
	}
}

// say words a refusal in the visitor's language.
func (v *visit) say(e *process.Error) string {
	if key := "error." + e.Reason; v.labels.Has(key) {
		return v.t(key)
	}
	return e.Message
}

// problem words what is to be mended: the pages' own text, the documents', or
// the English sentence that comes with it.
func (v *visit) problem(p process.Problem) string {
	key := "problem." + p.Reason
	switch {
	case p.Reason == "required.field":
		name := strings.TrimPrefix(p.Field, "checks.")
		if name != p.Field {
			name = v.checkNamed(name)
		} else if last := "field." + name[strings.LastIndexByte(name, '.')+1:]; v.labels.Has(last) {
			name = v.fieldLabel(name)
		}
		return v.t(key, "field", name)
	case p.Reason == "rule.expression" || p.Reason == "yaml" || strings.HasPrefix(p.Field, "automations") || strings.HasPrefix(p.Field, "process."):
		return strings.TrimPrefix(p.Field+": "+p.Message, ": ")
	case v.labels.Has(key):
		return v.t(key, "detail", p.Message)
	case v.papers.Has(key):
		return v.papers.Text(key, nil)
	}
	return p.Message
}
