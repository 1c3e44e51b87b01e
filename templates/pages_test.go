package templates

import (
	"bytes"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"io/fs"
	"maps"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/emne/emne/process"
)

// speakers are the packages whose words become keys of the pages' texts.
var speakers = []string{"process", "process/access", "process/store", "process/console", "process/portal", "cmd/emne"}

// code is what the packages say: their literals, and the calls and composite
// literals in which keys come up.
type code struct {
	literals                           map[string]bool
	activities, problems, errors, task map[string]bool
}

func readCode(t *testing.T) code {
	t.Helper()
	// The command line names itself as a channel.
	c := code{map[string]bool{"cli": true}, map[string]bool{}, map[string]bool{}, map[string]bool{}, map[string]bool{}}
	for _, dir := range speakers {
		names, err := filepath.Glob("../" + dir + "/*.go")
		if err != nil || len(names) == 0 {
			t.Fatalf("no code in %s: %v", dir, err)
		}
		for _, name := range names {
			if strings.HasSuffix(name, "_test.go") {
				continue
			}
			tree, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution)
			if err != nil {
				t.Fatal(err)
			}
			ast.Inspect(tree, func(n ast.Node) bool { c.take(n, dir); return true })
		}
	}
	return c
}

func (c code) take(n ast.Node, dir string) {
	switch n := n.(type) {
	case *ast.BasicLit:
		if s, ok := text(n); ok {
			c.literals[s] = true
			// The path of a field ends in its name.
			c.literals[s[strings.LastIndexByte(s, '.')+1:]] = true
		}
	case *ast.CompositeLit:
		of := map[string]map[string]bool{"Activity.Type": c.activities, "Task.Reason": c.task}
		if dir == "process" {
			of["Problem.Reason"] = c.problems
		}
		for _, e := range n.Elts {
			if kv, ok := e.(*ast.KeyValueExpr); ok {
				if s, ok := text(kv.Value); ok && of[last(n.Type)+"."+last(kv.Key)] != nil {
					of[last(n.Type)+"."+last(kv.Key)][s] = true
				}
			}
		}
	case *ast.CallExpr:
		switch last(n.Fun) {
		case "Conflict", "Invalid":
			if s, ok := text(n.Args[0]); ok && dir == "process" {
				c.errors[s] = true
			}
		case "moveOrder", "changeTask", "tokenActivity":
			for _, a := range n.Args {
				if s, ok := text(a); ok && strings.Contains(s, ".") {
					c.activities[s] = true
				}
			}
		}
	}
}

func text(e ast.Node) (string, bool) {
	b, ok := e.(*ast.BasicLit)
	if !ok || b.Kind != token.STRING {
		return "", false
	}
	s, err := strconv.Unquote(b.Value)
	return s, err == nil
}

func last(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.Ident:
		return e.Name
	case *ast.SelectorExpr:
		return e.Sel.Name
	}
	return ""
}

var spoken = regexp.MustCompile(`\bt "([^"]+)"`)

// onPages are the keys that the pages name.
func onPages(t *testing.T) map[string]bool {
	t.Helper()
	keys := map[string]bool{}
	names, err := fs.Glob(embedded, "pages/*.html")
	if err != nil || len(names) == 0 {
		t.Fatalf("no pages: %v", err)
	}
	for _, name := range names {
		b, err := embedded.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range spoken.FindAllStringSubmatch(string(b), -1) {
			keys[m[1]] = true
		}
	}
	return keys
}

func TestKeysOfThePagesExist(t *testing.T) {
	s, err := Open("")
	if err != nil {
		t.Fatal(err)
	}
	c := readCode(t)
	want := onPages(t)
	add := func(prefix string, keys ...string) {
		for _, k := range keys {
			want[prefix+k] = true
		}
	}
	add("activity.", slices.Collect(maps.Keys(c.activities))...)
	add("activity.mail.", "filed", "other", "quarantined")
	add("activity.submission.", "mapped", "merged", "quarantined")
	add("activity.delivery.", "accepted", "retrying", "failed", "unknown")
	add("task.", slices.Collect(maps.Keys(c.task))...)
	add("task.delivery_", "failed", "bounced", "unknown")
	add("error.", slices.Collect(maps.Keys(c.errors))...)
	for _, tr := range process.Transitions() {
		if tr.Record != process.TypeUser {
			add("state."+tr.Record+".", tr.From...)
			add("state."+tr.Record+".", tr.To...)
		}
	}
	for _, v := range process.Verbs() {
		add("verb."+v.Record+".", v.Name)
		add("done."+v.Record+".", v.Name)
	}
	for _, k := range []process.Code{process.CodeInvalid, process.CodeNotFound, process.CodeConflict, process.CodeUnauthorized,
		process.CodeForbidden, process.CodeTooLarge, process.CodeRateLimited, process.CodeInternal} {
		add("code.", string(k))
	}
	names, _ := process.ReportRows()
	add("payment_means.", process.PaymentMeansCodes()...)
	add("trial.to.", "owner", "customer")
	add("trial.act.", "verb", "task", "mail", "quote", "assign")
	add("report.", names...)
	for _, n := range names {
		add("report.", n+".explain")
	}
	maps.Copy(want, reportColumns())
	if len(want) < 300 {
		t.Fatalf("only %d keys were found", len(want))
	}
	// A hook's sender is a program, and a broken body is the console's own.
	delete(want, "error.submission.mismatch")
	for _, lang := range s.Languages(Pages) {
		own := s.texts[Pages][lang]
		for _, key := range slices.Sorted(maps.Keys(want)) {
			if _, ok := own[key]; !ok {
				t.Errorf("pages/%s.yaml: %q is missing", lang, key)
			}
		}
		for _, reason := range slices.Sorted(maps.Keys(c.problems)) {
			_, ok := own["problem."+reason]
			if _, papers := s.texts[Documents][lang]["problem."+reason]; !ok && !papers {
				t.Errorf("pages/%s.yaml: %q is missing", lang, "problem."+reason)
			}
		}
	}
}

// reportColumns are the keys of the heads of the reports' tables.
func reportColumns() map[string]bool {
	keys := map[string]bool{}
	_, rows := process.ReportRows()
	for _, row := range rows {
		for i := range row.NumField() {
			name, _, _ := strings.Cut(row.Field(i).Tag.Get("json"), ",")
			if name != "total" && name != "currency" && !strings.HasSuffix(name, "_id") {
				keys["report.column."+name] = true
			}
		}
	}
	return keys
}

// composed are the beginnings of keys that end in a word of the process.
var composed = regexp.MustCompile(`^(check|contact|outcome|kind|kinds|new|step|state|progress|payment|closed|disqualified|role|customer_kind|field|line|language|settled|credit|payment_reference|payment_means|source|channel|actor|verb|done|activity|decision|task|delivery|notification|code|error|problem|quarantine|portal|match|ignored|payment_rule|send_by|prepayment_kind|reminder_text|rate|register|report|settings\.series|settings\.step|statement|trial\.act|trial\.to|rule|rule_name|month|weekday|mailbox\.state|mailbox\.reason|mailbox\.expires|column|vat_category)\.(.+)$`)

func TestNoTextOfThePagesIsUnused(t *testing.T) {
	s, err := Open("")
	if err != nil {
		t.Fatal(err)
	}
	c, pages := readCode(t), onPages(t)
	maps.Copy(pages, reportColumns())
	said := func(word string) bool {
		return c.literals[word] || c.literals[word+"."] || c.literals["."+word]
	}
	used := func(key string) bool {
		if pages[key] || c.literals[key] {
			return true
		}
		m := composed.FindStringSubmatch(key)
		if m == nil {
			return false
		}
		if said(m[2]) || c.literals["."+m[2]] {
			return true
		}
		rest := strings.Split(strings.TrimPrefix(m[2], "delivery_"), ".")
		return !slices.ContainsFunc(rest, func(word string) bool { return !said(word) })
	}
	for key := range s.texts[Pages]["en"] {
		if !used(key) {
			t.Errorf("pages: the text %q is used nowhere", key)
		}
	}
	if used("nav.nowhere") || used("error.nowhere") {
		t.Error("a text that is used nowhere is not found")
	}
}

func TestLayouts(t *testing.T) {
	s, err := Open("")
	if err != nil {
		t.Fatal(err)
	}
	l, err := s.Layouts("nb", "/a/")
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	page := map[string]any{"Title": "<b>", "Language": "nb", "Company": "", "Contact": nil, "Text": "Hei", "Back": ""}
	if err := l.Write(&b, "customer-notice.html", page); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`<html lang="nb">`, "&lt;b&gt;", `href="/a/emne.css?v=`, "Hei"} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("the page lacks %q:\n%s", want, &b)
		}
	}
	b.Reset()
	if err := l.Write(&b, "customer-notice.html", struct{}{}); err == nil || b.Len() > 0 {
		t.Errorf("a page that cannot be filled in wrote %d bytes, error %v", b.Len(), err)
	}
	if got := s.Labels(Pages, "en").Say("no.such.key"); got != "⟦no.such.key⟧" {
		t.Errorf("a missing text is %q", got)
	}
}

func TestServeAsset(t *testing.T) {
	s, err := Open("")
	if err != nil {
		t.Fatal(err)
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /a/{name}", s.ServeAsset)
	address, err := s.assetAddress("/a/", "emne.css")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		path      string
		status    int
		mediaType string
		cache     string
	}{
		{address, 200, "text/css; charset=utf-8", "public, max-age=31536000, immutable"},
		{"/a/emne.js", 200, "text/javascript; charset=utf-8", "no-cache"},
		{"/a/emne.svg", 200, "image/svg+xml", "no-cache"},
		{"/a/missing.css", 404, "text/plain; charset=utf-8", ""},
		{"/a/nb.yaml", 404, "text/plain; charset=utf-8", ""},
		{"/a/..%2Fpages%2Fform.html", 404, "text/plain; charset=utf-8", ""},
	} {
		w := httptest.NewRecorder()
		mux.ServeHTTP(w, httptest.NewRequest("GET", c.path, nil))
		body, err := io.ReadAll(w.Body)
		if err != nil {
			t.Fatal(err)
		}
		if w.Code != c.status || w.Header().Get("Content-Type") != c.mediaType || w.Header().Get("Cache-Control") != c.cache || len(body) == 0 {
			t.Errorf("%s: %d %v, %d bytes", c.path, w.Code, w.Header(), len(body))
		}
	}
}

func TestFormatMoment(t *testing.T) {
	if nb, en := FormatDay("nb", "2026-11-03"), FormatDay("en", "2026-11-03"); nb != "03.11.2026" || en != "3 Nov 2026" {
		t.Errorf("%q, %q", nb, en)
	}
	if got := FormatDay("en", "soon"); got != "soon" {
		t.Errorf("what is no day became %q", got)
	}
}
