package process

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/shopspring/decimal"
)

// CreditInput says what of an issued invoice is taken back: lines, an amount
// with VAT, or all that is left of it.
type CreditInput struct {
	Reason string         `json:"reason"`
	Lines  []LineQuantity `json:"lines,omitempty"`
	Amount *Money         `json:"amount,omitempty"`
	// Reinvoice gives the quantities back to the order, to be invoiced again.
	Reinvoice bool `json:"reinvoice,omitempty"`
	// Send says whether the credit note is mailed at once; it is when left out.
	Send *bool `json:"send,omitempty"`
}

// CreditInvoice issues a credit note with its own number in its own series;
// never for more than is left of the invoice.
func (s *Service) CreditInvoice(ctx context.Context, a Actor, t Target, in CreditInput) (*Outcome, error) {
	return s.changeInvoice(ctx, a, t, "credit", func(u *unit, i *Invoice) (*Outcome, error) {
		in.Reason = strings.TrimSpace(in.Reason)
		if in.Reason == "" {
			return nil, Invalid("credit.reason", "say why", Problem{Field: "reason", Reason: "credit.reason", Message: "it is printed on the credit note"})
		}
		if len(in.Lines) > 0 && in.Amount != nil {
			return nil, Invalid("credit.both", "credit lines or an amount, not both", Problem{Field: "amount", Reason: "credit.both", Message: "leave it out"})
		}
		if in.Reinvoice && in.Amount != nil {
			return nil, Invalid("credit.reinvoice", "an amount gives no quantities back to the order", Problem{Field: "reinvoice", Reason: "credit.reinvoice", Message: "credit lines to invoice them again"})
		}
		n := &CreditNote{Record: u.record(), State: "issued", Invoice: i.ID, InvoiceNumber: i.Number, Customer: i.Customer, Recipient: i.Recipient,
			Reason: in.Reason, Reinvoice: in.Reinvoice, Language: i.Language, Currency: i.Currency, Thread: i.Thread}
		left := i.Payable().Sub(i.Credited)
		if left.Minor <= 0 && i.Payable().Minor > 0 {
			return nil, Conflict("credit.nothing_left", "invoice %s is credited wholly", i.Number)
		}
		taken, err := u.creditLines(n, i, in, left)
		if err != nil {
			return nil, err
		}
		if n.Payable().Minor > left.Minor || n.Payable().Minor < 0 || n.Payable().IsZero() && !deducts(n.Lines) {
			return nil, Invalid("credit.too_much", "more than is left of the invoice", Problem{Field: "amount", Reason: "credit.too_much", Message: fmt.Sprintf("at most %s %s is left", left, left.Currency)})
		}
		if i.Deposit {
			if err := u.creditDeposit(i, n); err != nil {
				return nil, err
			}
		}
		if err := u.bookCredit(i, n, nil); err != nil {
			return nil, err
		}
		if in.Reinvoice && i.Order != "" {
			if err := u.reinvoice(i, n, taken); err != nil {
				return nil, err
			}
		}
		if err := u.payBackAhead(i); err != nil {
			return nil, err
		}
		out := &Outcome{Created: []Ref{{TypeCreditNote, n.ID}}}
		if in.Send != nil && !*in.Send {
			return out, nil
		}
		way, err := u.again(SendInput{}, Ref{TypeCreditNote, n.ID}, n.Customer, n.Recipient)
		if err != nil {
			if in.Send == nil && CodeOf(err) == CodeInvalid { // the customer need not have an address, unless it was asked for
				return out, nil
			}
			return nil, err
		}
		return out, u.sendCreditNote(n, way, out)
	})
}

// bookCredit issues the credit note and counts it on its invoice. The order is
// given by who saves it.
func (u *unit) bookCredit(i *Invoice, n *CreditNote, o *Order) error {
	if err := u.issueCreditNote(n, i); err != nil {
		return err
	}
	i.Credited, i.UpdatedAt = i.Credited.Add(n.Payable()), u.now
	if err := u.regain(i); err != nil {
		return err
	}
	if err := u.releaseAhead(i, o); err != nil {
		return err
	}
	return u.saveInvoice(i, Activity{Type: "invoice.credited", Why: n.Reason, Related: Ref{TypeCreditNote, n.ID},
		Data: map[string]string{"number": i.Number, "credit_note": n.Number, "gross": n.Payable().String(), "currency": n.Currency}})
}

// creditLines gives the credit note the lines of the input, and returns the
// quantities that it takes of the invoice's lines. Whatever takes the last of
// them takes the exact remainder, so that the parts sum to the whole.
func (u *unit) creditLines(n *CreditNote, i *Invoice, in CreditInput, left Money) ([]LineQuantity, error) {
	if in.Amount != nil {
		amount, err := in.Amount.In(i.Currency)
		if err != nil {
			return nil, Invalid("credit.amount", "the amount cannot be credited", Problem{Field: "amount", Reason: "credit.amount", Message: err.Error()})
		}
		if amount.Minor <= 0 || amount.Minor > left.Minor {
			return nil, Invalid("credit.too_much", "the amount cannot be credited", Problem{Field: "amount", Reason: "credit.too_much", Message: fmt.Sprintf("more than nothing, and at most %s %s is left", left, left.Currency)})
		}
		n.creditAmount(i, amount, u.now)
		return nil, nil
	}
	credited, notes, err := u.creditedQuantities(i)
	if err != nil {
		return nil, err
	}
	parts := in.Lines
	if len(parts) == 0 {
		for _, l := range i.Lines {
			if rest := l.Quantity.Sub(credited[l.ID]); !rest.IsZero() {
				parts = append(parts, LineQuantity{l.ID, rest})
			}
		}
	}
	for k, part := range parts {
		field := fmt.Sprintf("lines[%d]", k)
		l := lineByID(i.Lines, part.ID)
		if l == nil {
			return nil, Invalid("line.unknown", "the invoice has no such line", Problem{Field: field + ".id", Reason: "line.unknown", Message: fmt.Sprintf("invoice %s has no line %q", i.Number, part.ID)})
		}
		rest := l.Quantity.Sub(credited[l.ID])
		if boundDecimal(part.Quantity) != nil || part.Quantity.IsZero() || part.Quantity.Sign() != l.Quantity.Sign() || part.Quantity.Abs().GreaterThan(rest.Abs()) {
			return nil, Invalid("line.quantity", "the quantity cannot be credited", Problem{Field: field + ".quantity", Reason: "line.quantity.left", Message: fmt.Sprintf("at most %s is left", rest)})
		}
		credited[l.ID] = credited[l.ID].Add(part.Quantity)
		c := *l
		c.ID, c.Source, c.Quantity = NewID(u.now), l.ID, part.Quantity
		n.Lines = append(n.Lines, c.Price(i.Currency))
	}
	if err := u.shareInvoice(i, n, credited); err != nil {
		return nil, err
	}
	n.Totals = n.Sum(n.Lines, i.Currency)
	for _, l := range i.Lines {
		if !credited[l.ID].Equal(l.Quantity) {
			return parts, nil
		}
	}
	switch {
	case len(n.Lines) > 0 && drifted(left.Sub(n.Payable()), i.Totals, len(i.Lines)+len(i.Adjustments), notes+1):
		n.round(left)
	case len(in.Lines) == 0:
		// An amount was credited before: what is left is an amount too.
		n.creditAmount(i, left, u.now)
	}
	return parts, nil
}

// drifted reports a difference that comes from rounding alone: each of the
// parts of a document rounds each line and VAT group once.
func drifted(difference Money, t Totals, lines, parts int) bool {
	d := difference.Minor
	if d < 0 {
		d = -d
	}
	return d <= int64((lines+len(t.VATGroups))*parts)
}

// round makes the payable amount exactly what was agreed: what the groups' own
// rounding leaves goes to the rounding amount (BT-114).
func (n *CreditNote) round(agreed Money) {
	n.Totals = Total(n.Lines, agreed.Currency, n.Adjustments...)
	n.Rounding = agreed.Sub(n.Gross)
}

// creditAmount credits an amount with VAT, spread over the invoice's VAT groups
// by their share; the last group takes the remainder.
func (n *CreditNote) creditAmount(i *Invoice, amount Money, now time.Time) {
	n.Lines, n.Pricing = nil, Pricing{}
	var upTo, given Money
	upTo.Currency, given.Currency = i.Currency, i.Currency
	for k, g := range i.VATGroups {
		upTo = upTo.Add(g.Base).Add(g.VAT)
		sum := amount
		if k < len(i.VATGroups)-1 && !i.Gross.IsZero() {
			sum = RoundMoney(amount.Decimal().Mul(upTo.Decimal()).DivRound(i.Gross.Decimal(), 12), i.Currency)
		}
		share := sum.Sub(given)
		given = sum
		net := RoundMoney(share.Decimal().Mul(hundred).DivRound(hundred.Add(g.Rate), 12), i.Currency)
		if net.IsZero() {
			continue
		}
		n.Lines = append(n.Lines, Line{ID: NewID(now), Description: i.Number, Quantity: decimal.NewFromInt(int64(net.Decimal().Sign())), Unit: "C62",
			UnitPrice: net.Decimal().Abs(), VAT: VAT{g.Category, g.Rate}}.Price(i.Currency))
	}
	n.round(amount)
}

// creditedQuantities sums what earlier credit notes took of each line, and
// counts them.
func (u *unit) creditedQuantities(i *Invoice) (map[string]decimal.Decimal, int, error) {
	notes, _, err := u.CreditNotes().List(Filter{Match: map[string]string{"invoice": i.ID}, Limit: MaxLimit})
	if err != nil {
		return nil, 0, err
	}
	sum := map[string]decimal.Decimal{}
	for _, n := range notes {
		for _, l := range n.Lines {
			if l.Source != "" {
				sum[l.Source] = sum[l.Source].Add(l.Quantity)
			}
		}
	}
	return sum, len(notes), nil
}

func (u *unit) issueCreditNote(n *CreditNote, i *Invoice) error {
	original, err := u.Snapshot(i.ID)
	if err != nil {
		return err
	}
	snap := original
	snap.Kind, snap.MadeAt, snap.IssueDate, snap.Draft = KindCreditNote, u.now, u.today(), false
	snap.Preceding = &DocumentReference{Number: i.Number, Date: i.IssueDate}
	snap.Reason, snap.Terms, snap.PaymentTerms, snap.Introduction = n.Reason, "", "", ""
	snap.Specification = nil
	snap.Deposits = nil
	snap.DueDate, snap.Prepaid = "", Money{Currency: n.Currency}
	snap.Lines, snap.Pricing, snap.Totals, snap.Payable = n.Lines, n.Pricing, n.Totals, n.Payable()
	snap.exchange(original.Exchange, original.TaxCurrency)
	snap.Number = ""
	if ps := blocking(u.s.documents.Check(snap)); len(ps) > 0 {
		return Invalid("credit.incomplete", "the credit note cannot be issued yet", ps...)
	}
	if snap.Number, err = u.number(TypeCreditNote, u.settings.Numbers.CreditNote, &snap.IssueDate); err != nil {
		return err
	}
	pdf, err := u.s.documents.Render(snap)
	if err != nil {
		return fmt.Errorf("rendering credit note %s: %w", snap.Number, err)
	}
	blob := NewBlob(pdf)
	n.Number, n.IssueDate, n.SHA256 = snap.Number, snap.IssueDate, blob.SHA256
	if err := u.CreditNotes().Insert(n); err != nil {
		return err
	}
	if err := u.freeze(n.ID, snap, blob); err != nil {
		return err
	}
	return u.note(Activity{Type: "credit_note.issued", About: Ref{TypeCreditNote, n.ID}, Thread: n.Thread, To: n.State, Why: n.Reason,
		Data: map[string]string{"number": n.Number, "invoice": n.InvoiceNumber, "gross": n.Payable().String(), "currency": n.Currency, "sha256": n.SHA256}})
}

// reinvoice gives the credited quantities back to the order.
func (u *unit) reinvoice(i *Invoice, n *CreditNote, taken []LineQuantity) error {
	o, err := u.Orders().Get(i.Order)
	if err != nil {
		return err
	}
	lines := make([]Line, 0, len(taken))
	for _, part := range taken {
		if from := lineByID(i.Lines, part.ID); from != nil {
			lines = append(lines, Line{Source: from.Source, Quantity: part.Quantity})
		}
	}
	o.giveBack(lines)
	o.UpdatedAt = u.now
	if err := u.freeHours(i, append([]LineQuantity{}, taken...)); err != nil {
		return err
	}
	return u.saveOrder(o, Activity{Type: "order.to_invoice_again", Related: Ref{TypeCreditNote, n.ID}})
}

// SendCreditNote sends a credit note again, the same bytes.
func (s *Service) SendCreditNote(ctx context.Context, a Actor, t Target, in SendInput) (*Outcome, error) {
	return s.change(ctx, a, MayInvoice, func(u *unit) (*Outcome, error) {
		n, err := opened(u, u.CreditNotes(), "send", t)
		if err != nil {
			return nil, err
		}
		in.mailed(n.Recipient)
		if in.Recipient != "" {
			n.Recipient = in.Recipient
		}
		way, err := u.again(in, Ref{TypeCreditNote, n.ID}, n.Customer, n.Recipient)
		if err != nil {
			return nil, err
		}
		if err := u.CreditNotes().Update(n); err != nil {
			return nil, err
		}
		if err := u.note(Activity{Type: "credit_note.sent_again", About: Ref{TypeCreditNote, n.ID}, Thread: n.Thread,
			Data: map[string]string{"number": n.Number, "invoice": n.InvoiceNumber}}); err != nil {
			return nil, err
		}
		out := &Outcome{}
		if err := u.sendCreditNote(n, way, out); err != nil {
			return nil, err
		}
		return out.of(n), nil
	})
}

func (u *unit) sendCreditNote(n *CreditNote, way routes, out *Outcome) error {
	return u.dispatch(way, Delivery{Kind: "credit_note", About: Ref{TypeCreditNote, n.ID}, To: n.Recipient, Language: n.Language, Thread: n.Thread,
		Data: map[string]string{"number": n.Number, "invoice": n.InvoiceNumber, "gross": n.Payable().String(), "currency": n.Currency, "reason": n.Reason}}, out)
}
