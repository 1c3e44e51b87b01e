package documents_test

import (
	"errors"
	"fmt"

	"github.com/shopspring/decimal"

	"github.com/emne/emne/process"
)

// walk takes a deal one of the ways that lead to invoices, and gives what was
// issued: invoices, deposit invoices, credit notes, and on the way quotes,
// orders and requests for payment.
func (h *proofHouse) walk(d deal) []process.Ref {
	h.t.Helper()
	switch h.random.IntN(10) {
	case 0, 1:
		return h.order(d, h.quote(d))
	case 2, 3, 4:
		out, err := h.s.CreateOrder(h.t.Context(), h.owner, process.OrderInput{Customer: d.customer, Currency: d.currency, Lines: d.lines, CustomerReference: "PO-88213",
			Adjustments: d.adjustments, PricesIncludeVAT: d.withVAT, DeliveryAddress: h.elsewhere()})
		h.check(err)
		return h.order(d, out.Record.(*process.Order).ID)
	}
	start, end, project := process.Date(""), process.Date(""), ""
	if h.chance(40) {
		start, end, project = "2026-11-01", "2026-11-30", one(h, "P-2026/7", "")
	}
	out, err := h.s.CreateInvoice(h.t.Context(), h.owner, process.InvoiceInput{Customer: d.customer, PeriodStart: start, PeriodEnd: end, Project: project, Contract: project, Title: one(h, "", "Kjøkken i eik", "Ανακαίνιση"), Currency: d.currency, Lines: d.lines,
		BuyerReference: one(h, "Øystein B.", "4711", ""), Adjustments: d.adjustments, PricesIncludeVAT: d.withVAT, DeliveryAddress: h.elsewhere(), Exchange: d.exchange})
	h.check(err)
	return h.issue(out.Record.(*process.Invoice).ID)
}

func (h *proofHouse) elsewhere() *process.Address {
	if h.chance(80) {
		return nil
	}
	return &process.Address{Street: "Lageret, port 4", Postcode: "2040", City: "Kløfta", Country: "NO"}
}

// quote is sent with options, and accepted; it gives the order.
func (h *proofHouse) quote(d deal) string {
	h.t.Helper()
	ctx := h.t.Context()
	lines := append([]process.LineInput{}, d.lines...)
	last := lines[0]
	last.Option, last.Ticked, last.Description = true, h.chance(50), "Tilvalg"
	out, err := h.s.CreateQuote(ctx, h.owner, process.QuoteInput{Customer: d.customer, Title: "Kjøkken", Currency: d.currency, Lines: append(lines, last),
		Introduction: "Takk for besøket. Her er tilbudet.", CustomerReference: "PO-1", Adjustments: d.adjustments, PricesIncludeVAT: d.withVAT})
	h.check(err)
	t := process.Target{ID: out.Record.(*process.Quote).ID}
	_, err = h.s.SendQuote(ctx, h.owner, t, process.SendQuoteInput{})
	h.check(err)
	out, err = h.s.AcceptQuote(ctx, h.owner, t, process.AcceptInput{Name: "Kari Nordmann"})
	h.check(err)
	return out.Record.(*process.Quote).Order
}

// order is confirmed, perhaps paid ahead by deposit or request, and delivered
// and invoiced in one part or two.
func (h *proofHouse) order(d deal, id string) (issued []process.Ref) {
	h.t.Helper()
	ctx, t := h.t.Context(), process.Target{ID: id}
	o := h.orderOf(id)
	invoice := func(out *process.Outcome) {
		for _, r := range out.Created {
			if r.Type == process.TypeInvoice {
				i, err := h.s.Invoices().Get(ctx, h.owner, r.ID)
				h.check(err)
				in := i.Input()
				if in.Exchange = d.exchange; in.SupplyDate == "" && (h.chance(50) || i.VATGroups[0].Category == "K" || len(i.VATGroups) > 1) {
					in.SupplyDate = "2026-12-10" // BR-IC-11 asks for it
				}
				_, err = h.s.EditInvoice(ctx, h.owner, process.Target{ID: r.ID}, in)
				h.check(err)
				issued = append(issued, h.issue(r.ID)...)
			}
		}
	}
	if h.chance(50) {
		_, err := h.s.SendOrder(ctx, h.owner, t, process.SendInput{})
		h.check(err)
	}
	part := process.Money{Minor: o.Payable().Minor / 3, Currency: o.Currency}
	switch {
	case part.Minor < 1000:
	case h.chance(40):
		out, err := h.s.PrepayOrder(ctx, h.owner, t, process.PrepayInput{Kind: process.PrepayDeposit, Amount: &part, Draft: new(true)})
		h.check(err)
		invoice(out)
	case h.chance(40):
		_, err := h.s.RequestPayment(ctx, h.owner, t, process.PaymentRequestInput{Amount: &part})
		h.check(err)
		_, err = h.s.CreatePayment(ctx, h.owner, process.PaymentInput{Order: id, Amount: part})
		h.check(err)
	}
	if first := o.Lines[0]; h.chance(50) && first.Quantity.GreaterThan(decimal.NewFromInt(1)) {
		out, err := h.s.FulfilOrder(ctx, h.owner, t, process.FulfilInput{Lines: []process.LineQuantity{{ID: first.ID, Quantity: first.Quantity.Div(decimal.NewFromInt(2)).Floor()}}})
		h.check(err)
		invoice(out)
	}
	out, err := h.s.FulfilOrder(ctx, h.owner, t, process.FulfilInput{})
	h.check(err)
	invoice(out)
	for _, r := range issued { // when all is invoiced, and the deposits are deducted
		if r.Type == process.TypeInvoice && h.chance(35) {
			issued = append(issued, h.credit(r.ID)...)
		}
	}
	return issued
}

func (h *proofHouse) orderOf(id string) *process.Order {
	h.t.Helper()
	o, err := h.s.Orders().Get(h.t.Context(), h.owner, id)
	h.check(err)
	return o
}

// issue issues a draft, and credits it sometimes, wholly or in part.
func (h *proofHouse) issue(id string) []process.Ref {
	h.t.Helper()
	ctx, t := h.t.Context(), process.Target{ID: id}
	if _, err := h.s.IssueInvoice(ctx, h.owner, t, process.IssueInput{Send: new(false)}); err != nil {
		var e *process.Error
		if errors.As(err, &e) {
			h.t.Fatalf("issuing: %v: %+v", err, e.Problems)
		}
		h.t.Fatal(err)
	}
	issued := []process.Ref{{Type: process.TypeInvoice, ID: id}}
	if h.chance(35) {
		issued = append(issued, h.credit(id)...)
	}
	return issued
}

// credit takes back an amount of an invoice, one of its first line, or all that
// is left. What a deposit's later invoice has deducted cannot be taken back.
func (h *proofHouse) credit(id string) (notes []process.Ref) {
	h.t.Helper()
	ctx, t := h.t.Context(), process.Target{ID: id}
	i, err := h.s.Invoices().Get(ctx, h.owner, id)
	h.check(err)
	left := i.Payable().Sub(i.Credited)
	if left.Minor < 100 {
		return nil
	}
	in := process.CreditInput{Reason: one(h, "Feil pris", "Varen ble returnert: «skadet» <transport>"), Send: new(false)}
	switch first := i.Lines[0]; h.random.IntN(3) {
	case 0:
		in.Amount = &process.Money{Minor: 1 + h.random.Int64N(left.Minor), Currency: i.Currency}
	case 1:
		if i.Credited.IsZero() {
			in.Lines = []process.LineQuantity{{ID: first.ID, Quantity: decimal.NewFromInt(1)}}
		}
	}
	out, err := h.s.CreditInvoice(ctx, h.owner, t, in)
	var e *process.Error
	if i.Deposit && errors.As(err, &e) && e.Code == process.CodeConflict {
		return nil
	}
	if err != nil {
		h.t.Fatalf("crediting invoice %s with %+v: %v", i.Number, in, err)
	}
	for _, r := range out.Created {
		if r.Type == process.TypeCreditNote {
			notes = append(notes, r)
		}
	}
	return notes
}

// snapshot is what was frozen.
func (h *proofHouse) snapshot(r process.Ref) (s process.Snapshot) {
	h.t.Helper()
	h.check(h.db.View(h.t.Context(), func(tx process.Tx) (err error) {
		s, err = tx.Snapshot(r.ID)
		return err
	}))
	return s
}

// bookOf are the amounts of a record, as the database has them.
func (h *proofHouse) bookOf(r process.Ref) amounts {
	h.t.Helper()
	var lines []process.Line
	var pricing process.Pricing
	var totals process.Totals
	prepaid := process.Money{}
	a := amounts{}
	switch r.Type {
	case process.TypeInvoice:
		i, err := h.s.Invoices().Get(h.t.Context(), h.owner, r.ID)
		h.check(err)
		a.number, a.currency, lines, pricing, totals, prepaid, a.reference = i.Number, i.Currency, i.Lines, i.Pricing, i.Totals, i.Prepaid, i.PaymentReference
	case process.TypeCreditNote:
		n, err := h.s.CreditNotes().Get(h.t.Context(), h.owner, r.ID)
		h.check(err)
		i, err := h.s.Invoices().Get(h.t.Context(), h.owner, n.Invoice)
		h.check(err)
		a.number, a.currency, lines, pricing, totals, a.reference = n.Number, n.Currency, n.Lines, n.Pricing, n.Totals, i.PaymentReference
	default:
		h.t.Fatalf("no amounts of a %s", r.Type)
	}
	for _, l := range lines {
		if l.Sold() {
			a.lines = append(a.lines, l.Net.Decimal())
			a.lineSum = a.lineSum.Add(l.Net.Decimal())
		}
	}
	for _, x := range pricing.Adjustments {
		for _, share := range x.Shares {
			if x.Charge {
				a.charges = a.charges.Add(share.Amount.Decimal())
			} else {
				a.allowances = a.allowances.Add(share.Amount.Decimal())
			}
		}
	}
	for _, g := range totals.VATGroups {
		a.groups = append(a.groups, vatGroup{g.Category, g.Rate, g.Base.Decimal(), g.VAT.Decimal()})
	}
	a.net, a.vat, a.gross, a.rounding = totals.Net.Decimal(), totals.VAT.Decimal(), totals.Gross.Decimal(), totals.Rounding.Decimal()
	a.prepaid, a.payable = prepaid.Decimal(), totals.Payable().Decimal().Sub(prepaid.Decimal())
	return a
}

// name tells a document in messages and file names.
func (h *proofHouse) name(s process.Snapshot) string {
	return fmt.Sprintf("%s-%s-%s-%s-%s", h.seller.company.Address.Country, s.Language, s.Kind, s.Currency, s.Number)
}
