package console

import (
	"context"
	"fmt"
	"io"
	"mime"
	"regexp"
	"strconv"

	"github.com/emne/emne/process"
)

// sheet is how a kind comes and goes as CSV.
type sheet struct {
	take func(*process.Service, context.Context, process.Actor, []byte) (*process.Outcome, error)
	give func(*process.Service, context.Context, process.Actor) ([]byte, error)
	may  process.Permission
}

// importPage takes a CSV file, and says what became of it.
type importPage struct {
	frame
	Kind    *kindView
	Columns string
	Explain string
	Done    string
	Error   string
	Mend    []string
}

func (v *visit) importPage(status int, k *kind, p importPage) error {
	if !v.may(k.sheet.may) {
		return process.Forbidden("the role %q may not import", v.actor.Role)
	}
	p.frame, p.Kind = v.frame(v.t("import.title", "kinds", v.t("kinds."+k.typ))), v.view(k)
	p.Columns, p.Explain = process.ImportColumns(k.typ), v.t("import.explain")
	if k.typ == process.TypeRate {
		p.Explain = v.t("import.explain.rate")
	}
	return v.page(status, "import.html", p)
}

func (v *visit) importSheet(k *kind) error {
	file, _, err := v.r.FormFile("file")
	if err != nil {
		if e := refusal(err); e != nil {
			return e
		}
		return v.importPage(422, k, importPage{Error: v.t("import.choose")})
	}
	defer file.Close()
	b, err := io.ReadAll(file)
	if err != nil {
		return fmt.Errorf("reading the uploaded file: %w", err)
	}
	out, err := k.sheet.take(v.s, v.ctx(), v.actor, b)
	if e := refusal(err); e != nil && e.Code == process.CodeInvalid {
		p := importPage{Error: v.say(e)}
		for _, problem := range e.Problems {
			p.Mend = append(p.Mend, v.onLine(problem))
		}
		return v.importPage(422, k, p)
	}
	if err != nil {
		return err
	}
	did, _ := out.Record.(process.Imported)
	return v.importPage(200, k, importPage{Done: v.t("import.done", "created", strconv.Itoa(did.Created), "changed", strconv.Itoa(did.Changed), "unchanged", strconv.Itoa(did.Unchanged))})
}

var lineOfFile = regexp.MustCompile(`^line ([0-9]+)(?:: (.*))?$`)

// onLine words a problem with its line and column.
func (v *visit) onLine(p process.Problem) string {
	m := lineOfFile.FindStringSubmatch(p.Field)
	if m == nil {
		return v.problem(p)
	}
	p.Field = m[2]
	if m[2] == "" {
		return v.t("import.line", "line", m[1], "problem", v.problem(p))
	}
	return v.t("import.cell", "line", m[1], "column", m[2], "problem", v.problem(p))
}

func (v *visit) exportSheet(k *kind) error {
	b, err := k.sheet.give(v.s, v.ctx(), v.actor)
	if err != nil {
		return err
	}
	h := v.w.Header()
	h.Set("Content-Type", "text/csv; charset=utf-8")
	h.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": "emne-" + k.collection + ".csv"}))
	h.Set("Cache-Control", "no-store")
	_, err = v.w.Write(b)
	return err
}
