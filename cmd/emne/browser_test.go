package main

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// browser opens a real Chromium for one test. When there is none the test
// fails and says how to get it.
func browser(t *testing.T) context.Context {
	t.Helper()
	path, err := exec.LookPath("chromium")
	if err != nil {
		t.Fatal("Chromium is missing: apt-get install chromium")
	}
	options := append(slices.Clone(chromedp.DefaultExecAllocatorOptions[:]), chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true), chromedp.UserDataDir(t.TempDir()))
	all, cancelAll := chromedp.NewExecAllocator(context.Background(), options...)
	tab, cancelTab := chromedp.NewContext(all)
	ctx, cancel := context.WithTimeout(tab, 2*time.Minute)
	t.Cleanup(func() {
		cancel()
		cancelTab()
		cancelAll()
	})
	return ctx
}

// do runs steps in the browser.
func do(t *testing.T, ctx context.Context, what string, steps ...chromedp.Action[chromedp.Void]) {
	t.Helper()
	if err := chromedp.Do(ctx, steps...); err != nil {
		t.Fatalf("in the browser, %s: %v\nat %s:\n%s", what, err, read(ctx, chromedp.Location()), read(ctx, chromedp.Text("body")))
	}
}

// read gives what an action finds, or why it finds nothing.
func read(ctx context.Context, a chromedp.Action[string]) string {
	s, err := chromedp.Run(ctx, a)
	if err != nil {
		return err.Error()
	}
	return s
}

// shows waits until the page has a text, also across a navigation.
func shows(text string) chromedp.Action[chromedp.Void] {
	return func(ctx context.Context, tab *chromedp.Target) (chromedp.Void, error) {
		var none chromedp.Void
		for deadline := time.Now().Add(slowest); ; time.Sleep(20 * time.Millisecond) {
			there, err := chromedp.Evaluate[bool](fmt.Sprintf("document.body.innerText.includes(%q)", text))(ctx, tab)
			if there {
				return none, nil
			}
			if time.Now().After(deadline) || ctx.Err() != nil {
				return none, errors.Join(fmt.Errorf("the page does not show %q", text), err, ctx.Err())
			}
		}
	}
}

// acceptInBrowser is the customer who opens the link and says yes.
func (w *world) acceptInBrowser(ctx context.Context, token, name string) {
	w.t.Helper()
	do(w.t, ctx, "accepting the quote",
		chromedp.Navigate(w.base+"/p/"+token),
		chromedp.SendKeys(`form[action$="/accept"] input[name=name]`, name),
		chromedp.Click(`form[action$="/accept"] input[name=terms]`),
		chromedp.Click(`form[action$="/accept"] button`),
		shows("O-1001"), shows(name),
	)
}

// leadArrivesInBrowser watches the console's list of leads while a mail comes in.
func (w *world) leadArrivesInBrowser(ctx context.Context, send func()) {
	w.t.Helper()
	do(w.t, ctx, "opening the leads", chromedp.Navigate(w.base+"/leads"), chromedp.WaitVisible("main"))
	begun := time.Now()
	send()
	do(w.t, ctx, "waiting for the lead to appear by itself", shows("Nettsted for byggefirma"))
	w.t.Logf("mail to lead in the browser: %v", time.Since(begun).Round(time.Millisecond))
}

// historyInBrowser reads the thread on the order's page.
func (w *world) historyInBrowser(ctx context.Context, order string) {
	w.t.Helper()
	do(w.t, ctx, "reading the order", chromedp.Navigate(w.base+"/orders/"+order), shows("O-1001"), shows("Nettsted for byggefirma"),
		shows("Ola Hansen"), shows("10001"), shows("10002"))
	if text := read(ctx, chromedp.Text("body")); strings.Contains(text, "⟦") {
		w.t.Errorf("the order's page lacks texts:\n%s", text)
	}
}
