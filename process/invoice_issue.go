package process

import (
	"context"
	"fmt"
)

// IssueInput says whether the invoice is mailed at once; it is when left out.
type IssueInput struct {
	Send *bool `json:"send,omitempty"`
}

// IssueInvoice numbers a draft, freezes it and mails it. It is checked first:
// an invoice that the law or EN 16931 would refuse takes no number. The number
// is in the bytes, so it is rendered inside the transaction, and the series
// stays gapless because everything rolls back together.
func (s *Service) IssueInvoice(ctx context.Context, a Actor, t Target, in IssueInput) (*Outcome, error) {
	s.recheck(ctx, a, func(u *unit) (string, error) {
		i, err := u.Invoices().Get(t.ID)
		if err != nil || i.State != "draft" {
			return "", err
		}
		return i.Customer, nil
	})
	return s.changeInvoice(ctx, a, t, "issue", s.issuing(in))
}

// issuing is what becomes of a draft that is issued.
func (s *Service) issuing(in IssueInput) func(*unit, *Invoice) (*Outcome, error) {
	return func(u *unit, i *Invoice) (*Outcome, error) {
		send := in.Send == nil || *in.Send
		o, err := u.settleDeposits(i)
		if err != nil {
			return nil, err
		}
		if err := u.deduct(o, i); err != nil {
			return nil, err
		}
		snap, err := u.invoiceSnapshot(i)
		if err != nil {
			return nil, err
		}
		if i.Payable().Minor < 0 {
			return nil, Invalid("invoice.negative", "the invoice is over less than nothing", Problem{Field: "lines", Reason: "invoice.negative", Message: "credit the invoice that this takes back instead"})
		}
		if ps := blocking(s.documents.Check(snap)); len(ps) > 0 {
			return nil, Invalid("invoice.incomplete", "the invoice cannot be issued yet", ps...)
		}
		var way routes
		if send {
			if way, err = u.routes(i.Customer, "", i.Recipient, snap); err != nil {
				return nil, err
			}
		}
		if snap.Number, err = u.number(TypeInvoice, u.settings.Numbers.Invoice, &snap.IssueDate); err != nil {
			return nil, err
		}
		if i.DueDate == "" {
			if snap.DueDate, err = u.dueDate(i.Customer, snap.IssueDate); err != nil {
				return nil, err
			}
		}
		if i.Deposit { // its day was set when it was asked for
			snap.DueDate = max(snap.DueDate, snap.IssueDate)
		}
		snap.Draft = false
		if snap.Payment.Reference, err = u.paymentReference(i.Customer, snap.Number); err != nil {
			return nil, err
		}
		pdf, err := s.documents.Render(snap)
		if err != nil {
			return nil, fmt.Errorf("rendering invoice %s: %w", snap.Number, err)
		}
		blob := NewBlob(pdf)
		if err := u.freeze(i.ID, snap, blob); err != nil {
			return nil, err
		}
		i.State, i.Number, i.SHA256, i.Problems = "issued", snap.Number, blob.SHA256, way.blocked
		i.IssueDate, i.SupplyDate, i.DueDate, i.PaymentReference = snap.IssueDate, snap.SupplyDate, snap.DueDate, snap.Payment.Reference
		i.BuyerReference, i.Exchange = snap.BuyerReference, snap.Exchange
		data := i.figures()
		data["sha256"] = i.SHA256
		if i.Warnings, err = u.registerWarnings(i.Customer); err != nil {
			return nil, err
		}
		for _, w := range i.Warnings {
			data["warning"] = w.Reason
		}
		if err := u.saveInvoice(i, Activity{Type: "invoice.issued", From: "draft", To: "issued", Data: data}); err != nil {
			return nil, err
		}
		out := &Outcome{}
		if err := u.resolve(Ref{TypeInvoice, i.ID}, "invoice_problems"); err != nil || !send {
			return out, err
		}
		return out, u.sendInvoice(i, way, out)
	}
}

// SendInput may name another recipient, and another way than the customer's; who
// names another recipient without a way means mail.
type SendInput struct {
	Recipient string `json:"recipient,omitempty"`
	By        string `json:"by,omitempty" doc:"mail, e_invoice or both; as the customer has it when left out"`
}

func (in *SendInput) mailed(before string) {
	if in.By == "" && in.Recipient != "" && in.Recipient != before {
		in.By = SendByMail
	}
}

// SendInvoice sends an issued invoice again, the same bytes.
func (s *Service) SendInvoice(ctx context.Context, a Actor, t Target, in SendInput) (*Outcome, error) {
	return s.changeInvoice(ctx, a, t, "send", func(u *unit, i *Invoice) (*Outcome, error) {
		out := &Outcome{}
		in.mailed(i.Recipient)
		if in.Recipient != "" {
			i.Recipient = in.Recipient
		}
		way, err := u.again(in, Ref{TypeInvoice, i.ID}, i.Customer, i.Recipient)
		if err != nil {
			return nil, err
		}
		if err := u.saveInvoice(i, Activity{Type: "invoice.sent_again"}); err != nil {
			return nil, err
		}
		return out, u.sendInvoice(i, way, out)
	})
}

func (u *unit) sendInvoice(i *Invoice, way routes, out *Outcome) error {
	return u.dispatch(way, Delivery{Kind: "invoice", About: Ref{TypeInvoice, i.ID}, To: i.Recipient, Language: i.Language, Thread: i.Thread,
		Data: map[string]string{"number": i.Number, "order": i.OrderNumber, "gross": i.Payable().String(), "currency": i.Currency, "due_date": string(i.DueDate), "payment_link": u.settings.PaymentLinkOf(i)}}, out)
}

// number takes the next number of a series and moves the issue date forward
// when the clock stands before the series' last document: dates follow numbers.
func (u *unit) number(series string, s Series, issue *Date) (string, error) {
	n, err := u.NextNumber(series, s.First)
	if err != nil {
		return "", err
	}
	last := map[string]string{"number": s.Format(n - 1)}
	var before Date
	if series == TypeInvoice {
		if prev, err := first(u.Invoices(), last, "issued"); err != nil {
			return "", err
		} else if prev != nil {
			before = prev.IssueDate
		}
	} else if prev, err := first(u.CreditNotes(), last, ""); err != nil {
		return "", err
	} else if prev != nil {
		before = prev.IssueDate
	}
	if before > *issue {
		*issue = before
	}
	return s.Format(n), nil
}

func (u *unit) invoiceSnapshot(i *Invoice) (Snapshot, error) {
	snap, err := u.snapshot(KindInvoice, i.Customer, i.Contact, i.Language, i.Currency)
	if err != nil {
		return snap, err
	}
	snap.Draft, snap.Title = true, i.Title
	snap.SupplyDate, snap.DueDate = i.SupplyDate, i.DueDate
	if snap.SupplyDate == "" && i.Order == "" {
		snap.SupplyDate = snap.IssueDate
	}
	if snap.DueDate == "" {
		if snap.DueDate, err = u.dueDate(i.Customer, snap.IssueDate); err != nil {
			return snap, err
		}
	}
	snap.CustomerReference, snap.OrderNumber, snap.BuyerReference = i.CustomerReference, i.OrderNumber, i.BuyerReference
	fill(&snap.BuyerReference, i.OrderNumber)
	if snap.BuyerReference == "" && snap.CustomerReference == "" {
		if snap.BuyerReference, err = u.reader(i.Customer, snap.Buyer); err != nil {
			return snap, err
		}
	}
	if i.Quote != "" {
		q, err := optional(u.Quotes().Get(i.Quote))
		if err != nil {
			return snap, err
		}
		if q != nil {
			snap.QuoteNumber = q.Number
		}
	}
	snap.Lines, snap.Pricing, snap.Totals, snap.Payable = i.Lines, i.Pricing, i.Totals, i.Payable()
	snap.Deposit = i.Deposit
	if snap.Deposits, err = u.deducted(i); err != nil {
		return snap, err
	}
	snap.DeliveryAddress = i.DeliveryAddress
	if snap.Specification, err = u.specification(i); err != nil {
		return snap, err
	}
	snap.Project, snap.Contract = i.Project, i.Contract
	snap.period(i.PeriodStart, i.PeriodEnd)
	if !i.Prepaid.IsZero() {
		snap.Prepaid, snap.Payable = i.Prepaid, snap.Payable.Sub(i.Prepaid)
	}
	rate := i.Exchange
	if rate == nil {
		if rate, err = u.rateOn(i.Currency, snap.IssueDate); err != nil {
			return snap, err
		}
	}
	snap.exchange(rate, u.settings.Currency)
	snap.Payment = u.settings.paymentMeans()
	snap.Terms = u.settings.Terms.Invoice[i.Language]
	return snap, nil
}

// reader is who at a business gets an invoice without any other reference, whose
// name is one (BT-10): the invoice's contact, or the only one of the customer.
func (u *unit) reader(customer string, buyer Party) (string, error) {
	if buyer.Kind == "consumer" {
		return "", nil
	}
	if buyer.ContactName != "" {
		return buyer.ContactName, nil
	}
	people, _, err := u.Contacts().List(Filter{Match: map[string]string{"customer": customer}, Limit: 2})
	if err != nil || len(people) != 1 {
		return "", err
	}
	return people[0].Name, nil
}

func (u *unit) dueDate(customer string, issue Date) (Date, error) {
	c, err := u.Customers().Get(customer)
	if err != nil {
		return "", err
	}
	return u.settings.due(issue, c), nil
}

func (s Settings) paymentMeans() PaymentMeans {
	m := PaymentMeans{Code: "30", Account: s.Company.BankAccount, IBAN: s.Company.IBAN, BIC: s.Company.BIC}
	if m.IBAN != "" && s.Currency == "EUR" {
		m.Code = "58"
	}
	if s.PaymentMeans != "" {
		m.Code = s.PaymentMeans
	}
	return m
}

// PaymentMeansCodes are those that need no more than an account.
func PaymentMeansCodes() []string { return []string{"30", "57", "58"} }
