package process

import (
	"context"
	"fmt"
	"strings"

	"github.com/shopspring/decimal"
)

// Prepayment is how much a customer pays ahead: a percentage of the total with
// VAT, or an amount.
type Prepayment struct {
	// Kind is PrepayRequest, PrepayDeposit or PrepayNone; the company's usual one
	// when empty.
	Kind    string           `json:"kind,omitempty" doc:"request, deposit or none; the company's usual way when left out"`
	Percent *decimal.Decimal `json:"percent,omitempty" doc:"of the total; give percent or amount"`
	Amount  *Money           `json:"amount,omitempty"`
}

// PaymentRequest asks for a prepayment. It is no invoice: it has a number of a
// series of its own and no VAT, which falls due when the order is delivered and
// invoiced (Norway: bokføringsforskriften § 5-2-7 lets no sales document be
// issued before delivery but for a few kinds of sale).
type PaymentRequest struct {
	Number    string `json:"number"`
	Amount    Money  `json:"amount"`
	Date      Date   `json:"date"`
	DueDate   Date   `json:"due_date"`
	Reference string `json:"reference"` // for the bank
	SHA256    string `json:"sha256"`
}

// PaymentRequestInput says how much is asked for.
type PaymentRequestInput struct {
	Percent *decimal.Decimal `json:"percent,omitempty" doc:"of the order's total; give percent or amount"`
	Amount  *Money           `json:"amount,omitempty"`
	DueDate Date             `json:"due_date,omitempty"`
	// Recipient is who gets the mail, the order's when left out.
	Recipient string `json:"recipient,omitempty"`
}

// checked refuses what is neither a percentage nor an amount; nothing is nothing.
func (p *Prepayment) checked(currency string) (*Prepayment, error) {
	if p == nil || p.Percent == nil && p.Amount == nil {
		if p != nil && p.Kind == PrepayNone {
			return &Prepayment{Kind: PrepayNone}, nil
		}
		return nil, nil
	}
	bad := func(field, reason, message string) error {
		return Invalid("prepayment.invalid", "the prepayment cannot be asked for", Problem{Field: "prepayment." + field, Reason: reason, Message: message})
	}
	if p.Kind != "" && p.Kind != PrepayRequest && p.Kind != PrepayDeposit {
		return nil, bad("kind", "prepayment.kind", "request or deposit; none goes without a percentage and an amount")
	}
	if p.Percent != nil && p.Amount != nil {
		return nil, bad("amount", "prepayment.one", "give a percentage or an amount")
	}
	if p.Percent != nil {
		if boundDecimal(*p.Percent) != nil || !p.Percent.IsPositive() || p.Percent.GreaterThan(hundred) {
			return nil, bad("percent", "prepayment.percent", "above 0 and at most 100")
		}
		return p, nil
	}
	m, err := p.Amount.In(currency)
	if err != nil || m.Minor <= 0 {
		return nil, bad("amount", "prepayment.amount", "more than nothing, in "+currency)
	}
	return &Prepayment{Kind: p.Kind, Amount: &m}, nil
}

// of is the amount to pay ahead of a total.
func (p *Prepayment) of(total Money) Money {
	if p.Percent != nil {
		return RoundMoney(total.Decimal().Mul(*p.Percent).Shift(-2), total.Currency)
	}
	return *p.Amount
}

// RequestPayment mails a request for a prepayment on an order.
func (s *Service) RequestPayment(ctx context.Context, a Actor, t Target, in PaymentRequestInput) (*Outcome, error) {
	return s.changeOrder(ctx, a, t, "request_payment", func(u *unit, o *Order) (*Outcome, error) {
		p, err := (&Prepayment{PrepayRequest, in.Percent, in.Amount}).checked(o.Currency)
		if err != nil {
			return nil, err
		}
		if p == nil {
			return nil, Invalid("prepayment.invalid", "the prepayment cannot be asked for", Problem{Field: "percent", Reason: "prepayment.one", Message: "give a percentage or an amount"})
		}
		if in.Recipient != "" {
			o.Recipient = in.Recipient
		}
		if err := mailable(o.Recipient); err != nil {
			return nil, err
		}
		d, err := u.requestPayment(o, p.of(o.Payable()), in.DueDate)
		if err != nil {
			return nil, err
		}
		return &Outcome{Created: []Ref{{TypeDelivery, d.ID}}}, nil
	})
}

func (u *unit) requestPayment(o *Order, amount Money, due Date) (*Delivery, error) {
	if o.Request != nil {
		return nil, Conflict("prepayment.requested", "a prepayment on order %s was asked for already, with %s", o.Number, o.Request.Number)
	}
	if !o.Deposited.IsZero() {
		return nil, Conflict("prepayment.requested", "a prepayment on order %s was asked for already, with a deposit invoice", o.Number)
	}
	if amount.Minor <= 0 || amount.Minor > o.Payable().Minor {
		return nil, Invalid("prepayment.invalid", "the prepayment cannot be asked for", Problem{Field: "amount", Reason: "prepayment.amount", Message: "more than nothing, and at most the order's total"})
	}
	snap, err := u.orderSnapshot(o)
	if err != nil {
		return nil, err
	}
	series := u.settings.Numbers.paymentRequests()
	n, err := u.NextNumber("payment-request", series.First)
	if err != nil {
		return nil, err
	}
	zero := Money{Currency: o.Currency}
	snap.Kind, snap.Number, snap.OrderNumber, snap.DueDate = KindPaymentRequest, series.Format(n), o.Number, due
	if due == "" {
		if snap.DueDate, err = u.dueDate(o.Customer, snap.IssueDate); err != nil {
			return nil, err
		}
	}
	snap.Lines, snap.Pricing, snap.Payable, snap.Terms = nil, Pricing{}, amount, ""
	snap.Totals = Totals{Net: zero, VAT: zero, Gross: zero, Rounding: zero, Adjusted: zero, VATGroups: []VATGroup{}}
	snap.Payment = u.settings.paymentMeans()
	if snap.Payment.Reference, err = u.paymentReference(o.Customer, snap.Number); err != nil {
		return nil, err
	}
	pdf, err := u.s.documents.Render(snap)
	if err != nil {
		return nil, fmt.Errorf("rendering the payment request on order %s: %w", o.Number, err)
	}
	blob, key := NewBlob(pdf), o.ID+"-"+snap.Number
	if err := u.freeze(key, snap, blob); err != nil {
		return nil, err
	}
	o.Request = &PaymentRequest{Number: snap.Number, Amount: amount, Date: snap.IssueDate, DueDate: snap.DueDate, Reference: snap.Payment.Reference, SHA256: blob.SHA256}
	o.PaymentReference = o.Request.Reference
	data := o.figures()
	data["amount"], data["request"] = amount.String(), snap.Number
	if err := u.saveOrder(o, Activity{Type: "order.payment_requested", Data: data}); err != nil {
		return nil, err
	}
	return u.deliver(Delivery{Kind: "payment_request", About: Ref{TypeOrder, o.ID}, To: o.Recipient, Language: o.Language, Thread: o.Thread,
		Data: map[string]string{"number": snap.Number, "order": o.Number, "title": o.Title, "snapshot": key, "sha256": blob.SHA256}})
}

// payOrder books a prepayment on an order.
func (s *Service) payOrder(ctx context.Context, a Actor, in PaymentInput) (*Outcome, error) {
	return s.change(ctx, a, MayInvoice, func(u *unit) (*Outcome, error) {
		o, err := u.Orders().Get(in.Order)
		if err != nil {
			return nil, err
		}
		amount, err := in.Amount.In(o.Currency)
		if err != nil || amount.Minor <= 0 {
			return nil, Invalid("payment.amount", "the payment cannot be booked", Problem{Field: "amount", Reason: "payment.amount", Message: "more than nothing, in " + o.Currency})
		}
		if in.Date == "" {
			in.Date = u.today()
		}
		p := &Payment{Record: u.record(), Amount: amount, Date: in.Date, Method: in.Method, Reference: in.Reference, Note: in.Note}
		return (&Outcome{}).of(p), u.bookPrepayment(o, p)
	})
}

// bookPrepayment books p on an order: money that came in, or below zero that
// was paid back.
func (u *unit) bookPrepayment(o *Order, p *Payment) error {
	zero := Money{Currency: o.Currency}
	p.State, p.Order, p.Customer, p.Thread, p.Refunded, p.WrittenOff = "booked", o.ID, o.Customer, o.Thread, zero, zero
	if err := u.Payments().Insert(p); err != nil {
		return err
	}
	o.Prepaid, o.UpdatedAt = o.Prepaid.Add(p.Amount), u.now
	act := Activity{Type: "order.prepaid", Related: Ref{TypePayment, p.ID},
		Data: map[string]string{"number": o.Number, "amount": p.Amount.String(), "currency": o.Currency, "date": string(p.Date)}}
	if p.Amount.Minor < 0 {
		act.Type, act.Why, act.Data["amount"] = "order.prepayment_refunded", p.Note, p.Amount.Neg().String()
	}
	if err := u.saveOrder(o, act); err != nil || o.Prepaid.Minor > o.Deducted.Minor {
		return err
	}
	return u.resolve(Ref{TypeOrder, o.ID}, "refund_prepayment")
}

// refundPrepayment books that money paid ahead was paid back, as far as no
// invoice deducts it.
func (u *unit) refundPrepayment(p *Payment, in RefundInput) (*Outcome, error) {
	o, err := u.Orders().Get(p.Order)
	if err != nil {
		return nil, err
	}
	left := p.Amount.Sub(p.Refunded)
	if left.Minor <= 0 {
		return nil, Conflict("payment.refunded", "nothing of this payment is left to pay back")
	}
	if free := o.Prepaid.Sub(o.Deducted); free.Minor < left.Minor {
		left = free
	}
	if left.Minor <= 0 {
		return nil, Conflict("payment.deducted", "the prepayment is deducted on an invoice of order %s already", o.Number)
	}
	amount, err := in.part(p.Amount.Currency, left)
	if err != nil {
		return nil, err
	}
	p.Refunded = p.Refunded.Add(amount)
	if err := u.Payments().Update(p); err != nil {
		return nil, err
	}
	if in.Date == "" {
		in.Date = u.today()
	}
	back := &Payment{Record: u.record(), Amount: amount.Neg(), Date: in.Date, Method: strings.TrimSpace(in.Method), Reference: p.Reference,
		Note: strings.TrimSpace(in.Reason), RefundOf: p.ID}
	if err := u.bookPrepayment(o, back); err != nil {
		return nil, err
	}
	return &Outcome{Created: []Ref{{TypePayment, back.ID}}}, nil
}

// reversePrepayment takes the booking of a prepayment back, as far as no
// invoice has deducted it.
func (u *unit) reversePrepayment(p *Payment, why string) error {
	if err := u.unbook(p); err != nil {
		return err
	}
	o, err := u.Orders().Get(p.Order)
	if err != nil {
		return err
	}
	if o.Prepaid.Sub(p.Amount).Minor < o.Deducted.Minor {
		return Conflict("payment.deducted", "the prepayment is deducted on an invoice of order %s already", o.Number)
	}
	o.Prepaid, o.UpdatedAt = o.Prepaid.Sub(p.Amount), u.now
	return u.saveOrder(o, Activity{Type: "order.prepayment_reversed", Why: why, Related: Ref{TypePayment, p.ID},
		Data: map[string]string{"number": o.Number, "amount": p.Amount.String(), "currency": p.Amount.Currency}})
}

// deduct gives an invoice that is being issued what was paid ahead on its order
// and no other invoice has (BT-113), up to its total.
func (u *unit) deduct(o *Order, i *Invoice) error {
	i.Prepaid = Money{Currency: i.Currency}
	if o == nil {
		return nil
	}
	left := o.Prepaid.Sub(o.Deducted)
	if left.Minor <= 0 || i.Payable().Minor <= 0 {
		return nil
	}
	i.Prepaid = left
	if left.Minor > i.Payable().Minor {
		i.Prepaid = i.Payable()
	}
	o.Deducted, o.UpdatedAt = o.Deducted.Add(i.Prepaid), u.now
	if o.Deducted == o.Prepaid {
		if err := u.resolve(Ref{TypeOrder, o.ID}, "refund_prepayment"); err != nil {
			return err
		}
	}
	return u.saveOrder(o, Activity{Type: "order.prepayment_deducted", Related: Ref{TypeInvoice, i.ID},
		Data: map[string]string{"number": o.Number, "amount": i.Prepaid.String(), "currency": i.Currency}})
}

// paymentRequests is the series, with its usual beginning where the settings
// are older than it.
func (n Numbers) paymentRequests() Series {
	if n.PaymentRequest.First == 0 {
		return Series{"F-", 900001}
	}
	return n.PaymentRequest
}
