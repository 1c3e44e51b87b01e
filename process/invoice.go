package process

import (
	"context"
	"fmt"
	"strings"
)

// InvoiceInput is a draft invoice as people and programs write it.
type InvoiceInput struct {
	Opportunity       string            `json:"opportunity,omitempty" doc:"gives what is left out here: customer, people, title, lines"`
	Customer          string            `json:"customer,omitempty"`
	Contact           string            `json:"contact,omitempty"`
	Owner             string            `json:"owner,omitempty"`
	Title             string            `json:"title,omitempty"`
	Recipient         string            `json:"recipient,omitempty"`
	Language          string            `json:"language,omitempty"`
	Currency          string            `json:"currency,omitempty"`
	Lines             []LineInput       `json:"lines,omitempty"`
	BuyerReference    string            `json:"buyer_reference,omitempty"`
	CustomerReference string            `json:"customer_reference,omitempty"`
	SupplyDate        Date              `json:"supply_date,omitempty"`
	DueDate           Date              `json:"due_date,omitempty"`
	Adjustments       []AdjustmentInput `json:"adjustments,omitempty" doc:"discounts and charges on the whole"`
	PricesIncludeVAT  bool              `json:"prices_include_vat,omitempty"`
	DeliveryAddress   *Address          `json:"delivery_address,omitempty" doc:"when it is not the customer's own"`
	Exchange          *Exchange         `json:"exchange,omitempty" doc:"the rate from the document's currency into the company's, and its date"`
	Project           string            `json:"project,omitempty" doc:"the customer's or the company's number of the project"`
	Contract          string            `json:"contract,omitempty" doc:"number of the contract"`
	PeriodStart       Date              `json:"period_start,omitempty" doc:"first day of what is invoiced; of the time on it when left out"`
	PeriodEnd         Date              `json:"period_end,omitempty" doc:"last day of it"`
}

// Input is the editable part of the invoice.
func (i Invoice) Input() InvoiceInput {
	return InvoiceInput{i.Opportunity, i.Customer, i.Contact, i.Owner, i.Title, i.Recipient, i.Language, i.Currency, Inputs(i.Lines), i.BuyerReference, i.CustomerReference, i.SupplyDate, i.DueDate,
		i.Pricing.Inputs(), i.PricesIncludeVAT, i.DeliveryAddress, i.Exchange, i.Project, i.Contract, i.PeriodStart, i.PeriodEnd}
}

func (u *unit) deriveInvoice(i *Invoice) {
	i.settle()
	i.Overdue = i.State == "issued" && i.Open.Minor > 0 && i.DueDate != "" && u.today() > i.DueDate
}

// settle derives what is open and the payment axis.
func (i *Invoice) settle() {
	ahead := i.Prepaid.Minor - i.Released.Minor
	paid := i.Paid.Minor + ahead
	i.Open = Money{Minor: i.Payable().Minor - ahead, Currency: i.Currency}.Sub(i.Credited).Sub(i.Paid).Sub(i.WrittenOff)
	switch {
	case i.State == "draft":
		i.Payment = "unpaid"
	case i.Open.Minor+i.Claims.Minor < 0 && paid > 0:
		i.Payment = "overpaid"
	case i.Open.Minor <= 0 && paid > 0 && i.WrittenOff.IsZero():
		i.Payment = "paid"
	case i.Open.Minor <= 0:
		i.Payment = "settled"
	case paid > 0:
		i.Payment = "partly_paid"
	default:
		i.Payment = "unpaid"
	}
}

// CreateInvoice drafts an invoice without an order: of an opportunity, or of a
// customer alone.
func (s *Service) CreateInvoice(ctx context.Context, a Actor, in InvoiceInput) (*Outcome, error) {
	return s.change(ctx, a, MayInvoice, func(u *unit) (*Outcome, error) {
		in := in // the function may run again
		of, err := u.directOn(in.Opportunity, &in.Customer)
		if err != nil {
			return nil, err
		}
		inv := &Invoice{Record: u.record(), State: "draft", Customer: in.Customer}
		inv.Thread = inv.ID
		if of != nil {
			inv.Opportunity, inv.Thread = of.ID, of.Thread
			of.fill(&in.Contact, &in.Owner, &in.Title, &in.Currency, &in.Lines, &in.Adjustments, &in.PricesIncludeVAT)
		}
		if err := u.applyInvoice(in, inv); err != nil {
			return nil, err
		}
		if inv.Owner == "" && a.Kind == ActorUser {
			inv.Owner = a.ID
		}
		if err := u.insertInvoice(inv); err != nil {
			return nil, err
		}
		return (&Outcome{}).of(inv), nil
	})
}

func (u *unit) applyInvoice(in InvoiceInput, i *Invoice) error {
	c, err := u.customerOf(i.Customer)
	if err != nil {
		return err
	}
	p, err := u.addressee(c, in.Contact, in.Recipient, in.Language, in.Currency)
	if err != nil {
		return err
	}
	if err := u.checkOwner(in.Owner); err != nil {
		return err
	}
	if i.Order != "" && p.currency != i.Currency {
		return Invalid("invoice.currency", "the invoice keeps the order's currency", Problem{Field: "currency", Reason: "invoice.currency", Message: i.Currency})
	}
	if in.Lines, err = u.fromCatalogue(in.Lines, i.Customer, p.currency, p.language); err != nil {
		return err
	}
	i.Contact, i.Recipient, i.Language, i.Currency, i.Owner = in.Contact, p.recipient, p.language, p.currency, in.Owner
	i.Title, i.BuyerReference, i.CustomerReference = strings.TrimSpace(in.Title), strings.TrimSpace(in.BuyerReference), strings.TrimSpace(in.CustomerReference)
	i.SupplyDate, i.DueDate, i.PeriodStart, i.PeriodEnd = in.SupplyDate, in.DueDate, in.PeriodStart, in.PeriodEnd
	i.Project, i.Contract = strings.TrimSpace(in.Project), strings.TrimSpace(in.Contract)
	lines, err := u.linesWith(in.Lines, i.Currency, in.PricesIncludeVAT)
	if err != nil {
		return err
	}
	lines, i.DeliveryAddress = firm(lines), u.elsewhere(in.DeliveryAddress)
	if i.Exchange, err = in.Exchange.checked(i.Currency, u.settings.Currency); err != nil {
		return err
	}
	if i.Order != "" {
		if err := i.keepQuantities(lines); err != nil {
			return err
		}
	}
	pricing, err := u.pricing(in.Adjustments, in.PricesIncludeVAT, lines, i.Currency)
	if err != nil {
		return err
	}
	i.keepShares(pricing, lines)
	i.Lines = lines
	return nil
}

// remainder is what the last invoice of an order adds to its own sum, so that
// all of them sum to exactly what was ordered (BT-114). It is nothing while
// something is left to invoice, and when earlier invoices differ by more than
// rounding: then a person changed their prices.
func (u *unit) remainder(o *Order, i *Invoice) (Money, error) {
	none := i.Rounding
	for _, l := range o.Lines {
		if !l.Invoiced.Equal(l.Quantity) {
			return none, nil
		}
	}
	billed, parts, err := u.billed(o, i.ID)
	if err != nil {
		return none, err
	}
	rest := o.Payable().Sub(i.Gross).Sub(billed)
	if !drifted(rest.Sub(none), o.Totals, len(o.Lines)+len(o.Adjustments), parts+1) {
		return none, nil
	}
	return rest, nil
}

// billed is what the order's invoices but one sum to, less what was credited to
// be invoiced again, and how many they are. Of a deposit everything that was
// credited is to be invoiced again; its draft is none of them yet.
func (u *unit) billed(o *Order, but string) (sum Money, parts int, err error) {
	sum = Money{Currency: o.Currency}
	invoices, _, err := u.Invoices().List(Filter{Match: map[string]string{"order": o.ID}, Limit: MaxLimit})
	if err != nil {
		return sum, 0, err
	}
	for k := range invoices {
		if invoices[k].ID == but || invoices[k].Deposit && invoices[k].State == "draft" {
			continue
		}
		parts++
		sum = sum.Add(invoices[k].Payable())
		if invoices[k].Credited.IsZero() {
			continue
		}
		notes, _, err := u.CreditNotes().List(Filter{Match: map[string]string{"invoice": invoices[k].ID}, Limit: MaxLimit})
		if err != nil {
			return sum, 0, err
		}
		for _, n := range notes {
			if n.Reinvoice || invoices[k].Deposit {
				sum = sum.Sub(n.Payable())
			}
		}
	}
	return sum, parts, nil
}

// keepQuantities lets texts and prices of an order's draft change, not what it
// takes from the order.
func (i *Invoice) keepQuantities(lines []Line) error {
	bad := Invalid("invoice.order_lines", "the quantities of this draft come from the order: delete it and invoice other quantities instead",
		Problem{Field: "lines", Reason: "invoice.order_lines", Message: "keep the lines and their quantities"})
	if len(lines) != len(i.Lines) {
		return bad
	}
	for n := range lines {
		if lines[n].ID != i.Lines[n].ID || !lines[n].Quantity.Equal(i.Lines[n].Quantity) {
			return bad
		}
		if i.Lines[n].Deposit != "" {
			if !lines[n].sameDeposit(i.Lines[n]) {
				return Invalid("invoice.deposit_lines", "the lines of a deposit stay as they are", Problem{Field: fmt.Sprintf("lines[%d]", n), Reason: "invoice.deposit_lines", Message: "delete the draft to ask for another deposit"})
			}
			lines[n] = i.Lines[n]
		}
		lines[n].Source = i.Lines[n].Source
	}
	return nil
}

// insertInvoice adds a draft with its totals and the problems it has.
func (u *unit) insertInvoice(i *Invoice) error {
	if err := u.prepareDraft(i); err != nil {
		return err
	}
	if err := u.Invoices().Insert(i); err != nil {
		return err
	}
	return u.note(Activity{Type: "invoice.drafted", About: Ref{TypeInvoice, i.ID}, Thread: i.Thread, To: i.State, Data: i.figures()})
}

func (u *unit) prepareDraft(i *Invoice) error {
	zero := Money{Currency: i.Currency}
	before := i.Totals
	if i.Totals = i.Sum(i.Lines, i.Currency); i.Gross == before.Gross && i.Order != "" {
		i.Rounding = before.Rounding
	}
	i.Credited, i.Paid, i.WrittenOff, i.Prepaid, i.Released, i.Claims = zero, zero, zero, zero, zero, zero
	u.deriveInvoice(i)
	snap, err := u.invoiceSnapshot(i)
	if err != nil {
		return err
	}
	i.Problems = u.s.documents.Check(snap)
	return nil
}

func (i *Invoice) figures() map[string]string {
	return map[string]string{"number": i.Number, "gross": i.Payable().String(), "currency": i.Currency}
}

func (s *Service) changeInvoice(ctx context.Context, a Actor, t Target, verb string, f func(*unit, *Invoice) (*Outcome, error)) (*Outcome, error) {
	return s.change(ctx, a, MayInvoice, func(u *unit) (*Outcome, error) {
		i, err := opened(u, u.Invoices(), verb, t)
		if err != nil {
			return nil, err
		}
		out, err := f(u, i)
		if err != nil {
			return nil, err
		}
		if err := u.require(TypeInvoice, verb, i); err != nil {
			return nil, err
		}
		u.deriveInvoice(i)
		return out.of(i), nil
	})
}

func (u *unit) saveInvoice(i *Invoice, act Activity) error {
	u.deriveInvoice(i)
	if err := u.Invoices().Update(i); err != nil {
		return err
	}
	act.About, act.Thread = Ref{TypeInvoice, i.ID}, i.Thread
	if act.Data == nil {
		act.Data = i.figures()
	}
	return u.note(act)
}

// EditInvoice changes a draft.
func (s *Service) EditInvoice(ctx context.Context, a Actor, t Target, in InvoiceInput) (*Outcome, error) {
	return s.changeInvoice(ctx, a, t, "edit", func(u *unit, i *Invoice) (*Outcome, error) {
		if in.Customer != i.Customer || in.Opportunity != i.Opportunity {
			return nil, Invalid("invoice.customer", "an invoice keeps its customer and its opportunity", Problem{Field: "customer", Reason: "invoice.customer", Message: "draft a new invoice instead"})
		}
		if err := u.applyInvoice(in, i); err != nil {
			return nil, err
		}
		if err := u.deductAgain(i); err != nil {
			return nil, err
		}
		if err := u.prepareDraft(i); err != nil {
			return nil, err
		}
		return &Outcome{}, u.saveInvoice(i, Activity{Type: "invoice.changed"})
	})
}

// DeleteInvoice removes a draft and gives its quantities back to the order.
func (s *Service) DeleteInvoice(ctx context.Context, a Actor, t Target) (*Outcome, error) {
	return s.changeInvoice(ctx, a, t, "delete", func(u *unit, i *Invoice) (*Outcome, error) {
		if i.Order != "" {
			o, err := u.Orders().Get(i.Order)
			if err != nil {
				return nil, err
			}
			o.giveBack(i.Lines)
			o.UpdatedAt = u.now
			if err := u.freeHours(i, nil); err != nil {
				return nil, err
			}
			if err := u.saveOrder(o, Activity{Type: "order.invoice_deleted"}); err != nil {
				return nil, err
			}
		}
		if err := u.note(Activity{Type: "invoice.deleted", About: Ref{TypeInvoice, i.ID}, Thread: i.Thread, From: i.State, Data: i.figures()}); err != nil {
			return nil, err
		}
		if err := u.resolve(Ref{TypeInvoice, i.ID}, "invoice_problems"); err != nil {
			return nil, err
		}
		return &Outcome{}, u.Invoices().Delete(i.ID, i.Version)
	})
}

// giveBack lets the lines' quantities be invoiced again.
func (o *Order) giveBack(lines []Line) {
	for _, l := range lines {
		if from := lineByID(o.Lines, l.Source); from != nil {
			from.Invoiced = from.Invoiced.Sub(l.Quantity)
		}
	}
}
