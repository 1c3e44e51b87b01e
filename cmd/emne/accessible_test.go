package main

import (
	"context"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// faults says in a browser what keeps people from reading or using a page: no
// language, headings that skip a level, controls, links and pictures without
// names, an id twice, text that is too pale for its ground (WCAG 2.2, 1.4.3), a
// page that is wider than its window (1.4.10).
const faults = `(() => {
  const out = [];
  const say = (what, e) => out.push(what + ": " + (e ? e.outerHTML.slice(0, 160) : ""));
  const seen = e => e.checkVisibility({opacityProperty: true, visibilityProperty: true}) && e.getClientRects().length > 0;
  if (!document.documentElement.lang) say("no language");
  if (!document.title) say("no title");
  if (document.querySelectorAll("h1").length !== 1) say(document.querySelectorAll("h1").length + " first headings");
  let level = 0;
  for (const h of document.querySelectorAll("h1,h2,h3,h4")) {
    const n = +h.tagName[1];
    if (n > level + 1 && level > 0) say("a heading skips a level", h);
    level = n;
  }
  const ids = new Set();
  for (const e of document.querySelectorAll("[id]")) { if (ids.has(e.id)) say("an id twice", e); ids.add(e.id); }
  for (const e of document.querySelectorAll("input:not([type=hidden]),select,textarea"))
    if (!(e.labels && e.labels.length && [...e.labels].some(l => l.textContent.trim())) && !e.getAttribute("aria-label") && !e.getAttribute("aria-labelledby")) say("no label", e);
  for (const e of document.querySelectorAll("a[href],button,summary")) if (!e.textContent.trim() && !e.getAttribute("aria-label")) say("no name", e);
  for (const e of document.querySelectorAll("img")) if (!e.hasAttribute("alt")) say("no alt", e);
  for (const e of document.querySelectorAll("table")) if (!e.querySelector("th")) say("a table without heads", e);
  if (document.documentElement.scrollWidth > innerWidth) {
    const wide = [...document.querySelectorAll("body *")].find(e => e.getBoundingClientRect().right > innerWidth + 1 && !e.closest("[style*=overflow],.scroll"));
    say("wider than the window by " + (document.documentElement.scrollWidth - innerWidth), wide);
  }
  const parse = c => { const m = c.match(/[\d.]+/g).map(Number); return c.startsWith("color(") ? [m[0]*255, m[1]*255, m[2]*255, m[3] ?? 1] : [m[0], m[1], m[2], m[3] ?? 1]; };
  const over = (a, b) => [0, 1, 2].map(i => a[i] * a[3] + b[i] * (1 - a[3])).concat(1);
  const ground = e => { const layers = []; for (let n = e; n; n = n.parentElement) layers.push(parse(getComputedStyle(n).backgroundColor));
    return layers.reverse().reduce((below, c) => over(c, below), matchMedia("(prefers-color-scheme: dark)").matches ? [18, 18, 18, 1] : [255, 255, 255, 1]); };
  const light = c => { const f = v => { v /= 255; return v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4; }; return 0.2126 * f(c[0]) + 0.7152 * f(c[1]) + 0.0722 * f(c[2]); };
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const e = walker.currentNode.parentElement;
    if (!walker.currentNode.data.trim() || !seen(e) || e.closest("script,style,.sr,.skip,:disabled,[aria-disabled=true]")) continue;
    const style = getComputedStyle(e), back = ground(e), size = parseFloat(style.fontSize);
    const a = light(over(parse(style.color), back)), b = light(back);
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (ratio < (size >= 24 || size >= 18.66 && +style.fontWeight >= 700 ? 3 : 4.5)) say("a contrast of " + ratio.toFixed(2), e);
  }
  return [...new Set(out)].slice(0, 8).join("\n");
})()`

// scheme makes the browser say that it is light or dark.
func scheme(is string) chromedp.Action[chromedp.Void] {
	return func(ctx context.Context, tab *chromedp.Target) (chromedp.Void, error) {
		feature := map[string]string{"name": "prefers-color-scheme", "value": is}
		return chromedp.Void{}, tab.Call(ctx, "Emulation.setEmulatedMedia", map[string]any{"features": []any{feature}}, nil)
	}
}

// TestPagesAreAccessible looks at the console's and the customers' pages in
// light and dark, on a telephone and on a desk, in both languages.
func TestPagesAreAccessible(t *testing.T) {
	w := startDemo(t)
	id := func(answer map[string]any) string { return answer["record"].(map[string]any)["id"].(string) }
	w.send("kari@kunde.example", "sales@demo.example", "From: Kari Nordmann <kari@kunde.example>\nTo: sales@demo.example\nSubject: Garderobe\nMessage-ID: <a@kunde.example>\n\nHei, vi trenger tolv skap.\n")
	account := id(w.api("POST", "customers", map[string]any{"name": "Åsgård Hotell & Spa AS", "email": "innkjop@asgard.example", "language": "nb", "organisation_number": "912345678",
		"address": map[string]any{"street": "Fjellveien 2", "postcode": "3550", "city": "Gol", "country": "NO"}}))
	product := id(w.api("POST", "products", map[string]any{"sku": "SKAP", "name": "Garderobeskap i ask", "unit_price": "4890"}))
	quote := id(w.api("POST", "quotes", map[string]any{"customer": account, "title": "Garderobe", "introduction": "Takk for sist.", "lines": []any{map[string]any{"kind": "section", "description": "Skap"},
		map[string]any{"product": "SKAP", "quantity": "12", "discount_percent": "10"}, map[string]any{"description": "Serviceavtale med et langt navn", "quantity": "12", "unit": "MON", "unit_price": "490", "option": true}}}))
	w.api("POST", "quotes/"+quote+"/send", nil)
	invoice := id(w.api("POST", "invoices", map[string]any{"customer": account, "lines": []any{map[string]any{"description": "Montering", "quantity": "16.5", "unit": "HUR", "unit_price": "890"}}}))
	w.api("POST", "invoices/"+invoice+"/issue", nil)
	customers := func(subject string) string {
		m := w.mail("innkjop@asgard.example", subject)
		return regexp.MustCompile(`/p/[A-Za-z0-9_-]+`).FindString(m.FullText)
	}
	offer, bill := customers("Tilbud T-"), customers("Faktura ")
	lead := ""
	w.eventually(30*time.Second, "a lead", func() bool {
		leads := w.items("leads?limit=1")
		if len(leads) == 1 {
			lead = leads[0]["id"].(string)
		}
		return lead != ""
	})
	ctx := browser(t)
	look := func(path string) {
		t.Helper()
		do(t, ctx, path, chromedp.Navigate(w.base+path), chromedp.WaitReady("main"))
		for _, as := range []struct {
			colours string
			width   int64
		}{{"light", 375}, {"dark", 1280}} {
			do(t, ctx, path, scheme(as.colours), chromedp.EmulateViewport(as.width, 900))
			if found := read(ctx, chromedp.Evaluate[string](faults)); found != "" {
				t.Errorf("%s, %s, %d wide:\n%s", path, as.colours, as.width, found)
			}
		}
	}
	for _, path := range []string{"/", "/leads", "/leads/" + lead, "/leads/new", "/quotes/" + quote, "/quotes/new", "/invoices/" + invoice, "/customers/" + account, "/customers/" + account + "/statement",
		"/products/" + product, "/products/" + product + "/edit", "/products/import", "/deliveries", "/tasks", "/settings", "/settings/rules", "/reports", "/mailboxes", "/hours/month", offer, bill} {
		look(path)
	}
	w.sayYes(ctx, offer)
	look(offer)
	if language := read(ctx, chromedp.Evaluate[string]("document.documentElement.lang")); language != "nb" {
		t.Errorf("the customer's page says that it is in %q", language)
	}
	w.focusIsSeen(ctx, "/quotes/new")
	do(t, ctx, "switching to Norwegian", chromedp.Navigate(w.base+"/settings"), chromedp.Click(`form[action="/language"] button[value=nb]`), chromedp.WaitVisible(`html[lang=nb]`))
	look("/settings")
}

// sayYes is the customer who says yes on a page, whatever the order's
// number.
func (w *world) sayYes(ctx context.Context, path string) {
	w.t.Helper()
	do(w.t, ctx, "accepting", chromedp.Navigate(w.base+path), chromedp.SendKeys(`form[action$="/accept"] input[name=name]`, "Kari Nordmann"),
		chromedp.Click(`form[action$="/accept"] input[name=terms]`), chromedp.Click(`form[action$="/accept"] button`), shows("Kari Nordmann"), shows("O-"))
}

// focusIsSeen goes through a page by the keyboard (WCAG 2.2, 2.4.7): each thing
// that is reached has a ring around it, and the first leads to the content.
func (w *world) focusIsSeen(ctx context.Context, path string) {
	w.t.Helper()
	focused := func(ctx context.Context, tab *chromedp.Target) (chromedp.Void, error) {
		return chromedp.Void{}, tab.Call(ctx, "Emulation.setFocusEmulationEnabled", map[string]any{"enabled": true}, nil)
	}
	do(w.t, ctx, path, focused, chromedp.Navigate(w.base+path), chromedp.WaitReady("main"))
	reached := map[string]bool{}
	for i := range 25 {
		do(w.t, ctx, "the next by the keyboard", chromedp.KeyEvent(kb.Tab))
		at := read(ctx, chromedp.Evaluate[string](`(() => { const e = document.activeElement, s = getComputedStyle(e);
			return (s.outlineStyle === "none" || parseFloat(s.outlineWidth) < 2 ? "unseen " : "") + e.outerHTML.slice(0, 120); })()`))
		if strings.HasPrefix(at, "unseen") {
			w.t.Errorf("%s: the focus is not seen on %s", path, at)
		}
		if i == 0 && !strings.Contains(at, `href="#main"`) {
			w.t.Errorf("%s: the first that the keyboard reaches is %s", path, at)
		}
		reached[at] = true
	}
	if len(reached) < 20 {
		w.t.Errorf("%s: the keyboard reaches %d things", path, len(reached))
	}
}
