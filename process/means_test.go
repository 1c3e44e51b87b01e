package process_test

import (
	"testing"

	"github.com/emne/emne/process"
)

// The means of payment (BT-81) is the settings', or follows from the account.
func TestPaymentMeans(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ currency, iban, means, want string }{
		{"NOK", "NO9386011117947", "", "30"}, {"EUR", "BE68539007547034", "", "58"}, {"EUR", "", "", "30"}, {"NOK", "NO9386011117947", "57", "57"},
	} {
		h := newHouse(t)
		h.settings(func(s *process.Settings) {
			s.Currency, s.Company.IBAN, s.PaymentMeans = c.currency, c.iban, c.means
		})
		id := h.issuedInvoice()
		if err := h.db.View(t.Context(), func(tx process.Tx) error {
			s, err := tx.Snapshot(id)
			if err == nil && s.Payment.Code != c.want {
				t.Errorf("%+v: the code is %s", c, s.Payment.Code)
			}
			return err
		}); err != nil {
			t.Fatal(err)
		}
	}
	bad := process.DefaultSettings()
	bad.PaymentMeans = "48" // a card, of which nothing is known
	for _, p := range bad.Problems() {
		if p.Field == "payment_means" {
			return
		}
	}
	t.Error("a card passes for a means of payment")
}
