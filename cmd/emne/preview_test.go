package main

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/emne/emne/process"
)

// Every kind of document and mail is made in every language, without a word
// that stands for itself.
func TestPreviewFiles(t *testing.T) {
	for _, language := range process.Languages() {
		files, err := previewFiles("", language)
		if err != nil {
			t.Fatal(err)
		}
		pdfs, mails := 0, 0
		for _, f := range files {
			switch filepath.Ext(f.name) {
			case ".pdf":
				pdfs++
				if !bytes.HasPrefix(f.content, []byte("%PDF-1.7")) {
					t.Errorf("%s: %s is no PDF", language, f.name)
				}
			case ".html":
				mails++
				for _, foreign := range []string{"src=", "url(", "http://", "<link", "@import"} {
					if bytes.Contains(f.content, []byte(foreign)) {
						t.Errorf("%s: %s has remote content: %s", language, f.name, foreign)
					}
				}
			}
		}
		if pdfs != 12 || mails != 18 {
			t.Errorf("%s: %d documents and %d mails", language, pdfs, mails)
		}
	}
}

func TestPreviewCommand(t *testing.T) {
	out, folder := t.TempDir(), t.TempDir()
	if err := os.MkdirAll(filepath.Join(folder, "documents"), 0o755); err != nil {
		t.Fatal(err)
	}
	run := func(args ...string) (string, error) {
		var b bytes.Buffer
		root := rootCommand()
		root.SetArgs(append([]string{"documents", "preview"}, args...))
		root.SetOut(&b)
		root.SetErr(&b)
		err := root.ExecuteContext(t.Context())
		return b.String(), err
	}
	said, err := run("--sample", "--out", out, "--language", "de", "--templates", folder)
	if err != nil || !strings.Contains(said, "invoice.pdf") {
		t.Fatalf("%v: %s", err, said)
	}
	if b, err := os.ReadFile(filepath.Join(out, "mail-invoice.txt")); err != nil || !bytes.Contains(b, []byte("Anbei erhalten Sie unsere Rechnung")) {
		t.Errorf("the mail is %s, %v", b, err)
	}
	for _, bad := range [][]string{{}, {"--out", out, "--language", "el"}, {"--out", out, "--listen", "127.0.0.1:0"}, {"--out", out, "--sample=false"}, {"--out", out, "--templates", filepath.Join(folder, "none")}} {
		if _, err := run(bad...); err == nil {
			t.Errorf("%q is no error", bad)
		}
	}
}

// The page follows the folder: a changed colour, a fault that it names, and the
// fault's end.
func TestPreviewFollowsTheFolder(t *testing.T) {
	folder := t.TempDir()
	if err := os.MkdirAll(filepath.Join(folder, "documents"), 0o755); err != nil {
		t.Fatal(err)
	}
	p := &preview{folder: folder, language: "nb"}
	get := func(path string) (int, string) {
		rec := httptest.NewRecorder()
		p.ServeHTTP(rec, httptest.NewRequest(http.MethodGet, path, nil))
		return rec.Code, rec.Body.String()
	}
	_, page := get("/")
	_, stamp := get("/stamp")
	_, before := get("/invoice.pdf")
	if !strings.Contains(page, "invoice.pdf") || !strings.Contains(page, stamp) || !strings.HasPrefix(before, "%PDF") {
		t.Fatalf("stamp %s, page\n%s", stamp, page)
	}
	write := func(layout string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(folder, "documents", "layout.yaml"), []byte(layout), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write("accent: '#aa0011'\n")
	if _, now := get("/stamp"); now == stamp {
		t.Error("the stamp stays as it was")
	}
	if _, now := get("/invoice.pdf"); now == before || !strings.HasPrefix(now, "%PDF") {
		t.Error("the invoice stays as it was")
	}
	write("accent: red and more\n")
	if _, page := get("/"); !strings.Contains(page, "documents/layout.yaml: accent") {
		t.Errorf("the page does not name the fault:\n%s", page)
	}
	write("accent: '#14505c'\n")
	if _, now := get("/invoice.pdf"); now != before {
		t.Error("the old colour makes another invoice")
	}
	if code, _ := get("/etc"); code != http.StatusNotFound {
		t.Errorf("another name answers %d", code)
	}
	if _, page := get("/?language=fr"); !strings.Contains(page, `lang="fr"`) {
		t.Error("no page in French")
	}
}
