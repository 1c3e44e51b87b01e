package process_test

import (
	"strings"
	"testing"

	"github.com/emne/emne/process"
)

// An invoice's KID has the customer's number, which the customer gets with the
// first invoice, and the bank's file finds the invoice by it, by a dash too.
func TestKIDOfAnInvoice(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		rule string
		kid  process.KID
		want string
	}{
		{process.ReferenceMOD10, process.KID{CustomerDigits: 6, Length: 14}, "01000100100014"},
		{process.ReferenceMOD11, process.KID{CustomerDigits: 6, Length: 14}, ""},
		{process.ReferenceMOD11, process.KID{AllowDash: true}, ""},
	} {
		h := newHouse(t)
		h.settings(func(s *process.Settings) { s.PaymentReference, s.KID = c.rule, c.kid })
		dash := false
		for range 12 {
			id := h.issuedInvoice()
			i := get(h, h.s.Invoices(), id)
			customer := get(h, h.s.Customers(), i.Customer)
			if (customer.Number != "") != (c.kid.CustomerDigits > 0) || !strings.Contains(i.PaymentReference, customer.Number) || !strings.Contains(i.PaymentReference, i.Number) {
				t.Fatalf("%s of customer %q: %s", i.Number, customer.Number, i.PaymentReference)
			}
			if c.want != "" && i.Number == "10001" && i.PaymentReference != c.want {
				t.Errorf("the first is %s, want %s", i.PaymentReference, c.want)
			}
			dash = dash || strings.HasSuffix(i.PaymentReference, "-")
			if e := h.entry(strings.ReplaceAll(i.Open.String(), ".", ","), "Somebody", "", i.PaymentReference); e.State != "matched" {
				t.Errorf("%s is not matched: %+v", i.PaymentReference, e)
			}
			id = h.issuedInvoice()
			i = get(h, h.s.Invoices(), id)
			if e := h.entry(strings.ReplaceAll(i.Open.String(), ".", ","), "Somebody", "KID: "+i.PaymentReference, ""); e.State != "matched" {
				t.Errorf("%s in a text is not matched: %+v", i.PaymentReference, e)
			}
		}
		if dash != c.kid.AllowDash {
			t.Errorf("%+v: a dash %t", c.kid, dash)
		}
		h.verify()
	}
}

// Numbers that do not fit refuse the invoice, which takes no number.
func TestKIDWithoutRoom(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.settings(func(s *process.Settings) { s.KID = process.KID{Length: 4} })
	id := h.draftInvoice()
	_, err := h.try(h.owner, process.TypeInvoice, "issue", id, "")
	wantRefused(t, err, process.CodeInvalid, "kid.length")
	h.settings(func(s *process.Settings) { s.KID = process.KID{} })
	h.do(process.TypeInvoice, "issue", id, "")
	if i := get(h, h.s.Invoices(), id); i.Number != "10001" {
		t.Errorf("the refused attempt took a number: this one is %s", i.Number)
	}
	for want, k := range map[string]process.KID{"kid.length": {Length: 26}, "kid.customer_digits": {CustomerDigits: -1}} {
		st := process.DefaultSettings()
		st.KID = k
		if ps := st.Problems(); len(ps) != 1 || ps[0].Field != want {
			t.Errorf("%+v: %+v", k, ps)
		}
	}
}
