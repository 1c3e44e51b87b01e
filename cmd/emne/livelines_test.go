package main

import (
	"testing"

	"github.com/chromedp/chromedp"
)

// While a quote is written in a browser, the page shows what its lines come to,
// by price list and quantity, and nothing is saved.
func TestLinesAreComputedWhileWritten(t *testing.T) {
	w := startDemo(t)
	buyer := w.buyer()
	w.madeBy("products", `{"sku":"CHAIR","name":"Oak chair","unit_price":"450"}`)
	w.madeBy("price-lists", `{"name":"Many","prices":[{"product":"CHAIR","from":"10","unit_price":"350"}]}`)
	ctx := browser(t)
	do(t, ctx, "writing a line", chromedp.Navigate(w.base+"/quotes/new?customer="+buyer),
		chromedp.SendKeys(`input[name="line.0.product"]`, "CHAIR"), chromedp.SendKeys(`input[name="line.0.quantity"]`, "12"),
		shows("4,200.00"), shows("5,250.00"))
	if got := read(ctx, chromedp.Evaluate[string](`document.querySelector('input[name="line.0.unit_price"]').placeholder + " " + document.querySelector('textarea[name="line.0.description"]').placeholder`)); got != "350 Oak chair" {
		t.Errorf("what is left empty is %q", got)
	}
	do(t, ctx, "changing the quantity", chromedp.SendKeys(`input[name="line.0.quantity"]`, "\b"), shows("450.00"))
	if quotes := w.items("quotes"); len(quotes) > 0 {
		t.Errorf("writing made %d quotes", len(quotes))
	}
	do(t, ctx, "saving", chromedp.Click(`form[data-compute] p.submit button.primary`), shows("Oak chair"), shows("562.50"))
	if quotes := w.items("quotes?customer=" + buyer); len(quotes) != 1 || amountOf(quotes[0], "net") != "450.00" {
		t.Errorf("saved as %v", quotes)
	}
}
