package main

import (
	"context"
	"errors"
	"fmt"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"eliasnaur.com/font/roboto/robotobold"
)

// until waits for an expression to be true, also across a navigation.
func until(expression string) chromedp.Action[chromedp.Void] {
	return func(ctx context.Context, tab *chromedp.Target) (chromedp.Void, error) {
		var none chromedp.Void
		for deadline := time.Now().Add(40 * time.Second); ; time.Sleep(50 * time.Millisecond) {
			there, err := chromedp.Evaluate[bool](expression)(ctx, tab)
			if err == nil && there {
				return none, nil
			}
			if time.Now().After(deadline) || ctx.Err() != nil {
				return none, errors.Join(fmt.Errorf("never was %s", expression), err, ctx.Err())
			}
		}
	}
}

// TestPreviewInTheBrowser changes the templates folder while the page with all
// samples is open: the page follows by itself, with the user's words, font,
// colour and order of columns, names what is broken, and shows all again when it
// is mended.
func TestPreviewInTheBrowser(t *testing.T) {
	folder := t.TempDir()
	write := func(name, content string) {
		t.Helper()
		path := filepath.Join(folder, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	server := httptest.NewServer(&preview{folder: folder, language: "nb"})
	defer server.Close()
	ctx := browser(t)
	mail := `(() => { const f = document.querySelector('iframe[src^="mail-invoice.html"]'); f.scrollIntoView(); return f.contentDocument && f.contentDocument.body ? f.contentDocument.body.innerText : ""; })()`
	do(t, ctx, "opening the samples", chromedp.Navigate(server.URL), until(`(`+mail+`).includes("Her er fakturaen vår")`))
	write("mails/nb.yaml", "invoice.body: \"Her har du regningen.\"\n")
	do(t, ctx, "waiting for other words", until(`(`+mail+`).includes("Her har du regningen.")`))
	write("documents/layout.yaml", "accent: \"#7a1f3d\"\ncolumns: [vat, quantity, unit_price, discount]\nfonts: {regular: Company.ttf}\n")
	do(t, ctx, "waiting for the fault", shows("documents/Company.ttf"))
	write("documents/Company.ttf", string(robotobold.TTF))
	do(t, ctx, "waiting for the fault's end", until(`!document.querySelector("pre") && (`+mail+`).includes("Her har du regningen.")`),
		until(`document.querySelector('iframe[src^="mail-invoice.html"]').contentDocument.querySelector("a.go").style.backgroundColor === "rgb(122, 31, 61)"`))
}
