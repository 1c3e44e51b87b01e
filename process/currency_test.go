package process_test

import (
	"encoding/json"
	"fmt"
	"testing"

	"github.com/emne/emne/process"
)

// Only currencies in circulation are taken; what is stored in another can
// still be read.
func TestCurrencies(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	customer := h.customer()
	for currency, decimals := range map[string]int32{"NOK": 2, "EUR": 2, "JPY": 0, "ISK": 0, "VND": 0, "KWD": 3, "TND": 3, "ZWG": 2, "XCG": 2, "XAF": 0} {
		o := get(h, h.s.Orders(), h.create(process.TypeOrder, fmt.Sprintf(`{"customer":%q,"currency":%q,"lines":[{"description":"x","unit_price":"1"}]}`, customer, currency)))
		if process.Decimals(currency) != decimals || o.Currency != currency {
			t.Errorf("%s has %d decimals, the order is in %s", currency, process.Decimals(currency), o.Currency)
		}
	}
	for _, currency := range []string{"XXX", "XTS", "XAU", "XDR", "BTC", "CHW", "CLF", "UYI", "DEM", "HRK", "BGN", "nok", "kr", "NOKK", "ABC"} {
		for record, body := range map[string]string{
			process.TypeOrder:       `{"customer":%q,"currency":%q,"lines":[{"description":"x","unit_price":"1"}]}`,
			process.TypeQuote:       `{"customer":%q,"currency":%q}`,
			process.TypeInvoice:     `{"customer":%q,"currency":%q}`,
			process.TypeOpportunity: `{"customer":%q,"currency":%q}`,
			process.TypePriceList:   `{"customer":%q,"currency":%q,"name":"x"}`,
		} {
			_, err := h.form(record).Create(h.s, h.ctx(), h.owner, fmt.Appendf(nil, body, customer, currency))
			wantRefused(t, err, process.CodeInvalid, "")
			if is := problemsOf(err); is != "currency currency.unknown" {
				t.Errorf("a %s in %s: %s", record, currency, is)
			}
		}
	}
	var m process.Money
	if err := json.Unmarshal([]byte(`{"amount":"1.00","currency":"HRK"}`), &m); err != nil || m.Minor != 100 {
		t.Errorf("an old amount is read as %+v, %v", m, err)
	}
}
