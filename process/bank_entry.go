package process

import (
	"context"
	"fmt"
	"slices"
	"strings"
)

// BankEntry is a movement on the company's account: unmatched until it is
// known what it pays, matched, or ignored.
type BankEntry struct {
	Record
	State string `json:"state"`
	// Key is what makes it the same entry in another file.
	Key string `json:"key"`
	// Format, File (SHA-256), FileName and Position are where it came from.
	Format      string `json:"format"`
	File        string `json:"file"`
	FileName    string `json:"file_name,omitempty"`
	Position    string `json:"position"`
	BookingDate Date   `json:"booking_date"`
	ValueDate   Date   `json:"value_date,omitempty"`
	// Amount is above zero for money that came in.
	Amount              Money  `json:"amount"`
	Reference           string `json:"reference,omitempty"`
	Text                string `json:"text,omitempty"`
	Counterparty        string `json:"counterparty,omitempty"`
	CounterpartyAccount string `json:"counterparty_account,omitempty"`
	Account             string `json:"account,omitempty"`
	EntryID             string `json:"entry_id,omitempty"`
	// Unsure ones are left to a person whatever they say.
	Unsure bool `json:"unsure,omitempty"`
	// How it was matched: reference, number, amount_and_name, several, person.
	How string `json:"how,omitempty"`
	// Matches are the payments that were booked from it.
	Matches []EntryMatch `json:"matches,omitempty"`
	// Suggestions are the invoices that it may pay, the likeliest first.
	Suggestions []Suggestion `json:"suggestions,omitempty"`
	Customer    string       `json:"customer,omitempty"`
	// Reason is why it is ignored; "outgoing" for money that went out.
	Reason string `json:"reason,omitempty"`
}

// EntryMatch is a payment that was booked from a bank entry.
type EntryMatch struct {
	Payment string `json:"payment"`
	Invoice string `json:"invoice"`
	// Order is set instead of Invoice when it pays a payment request.
	Order  string `json:"order,omitempty"`
	Number string `json:"number"`
	Amount Money  `json:"amount"`
}

// Suggestion is an invoice that an entry may pay. Why is reference, number,
// amount_and_name, name, amount, settled (nothing is open on it), repeated
// (another file has the same) or reversal (money that it was paid with went back).
type Suggestion struct {
	Invoice string `json:"invoice"`
	// Order is set instead of Invoice for a payment request.
	Order    string `json:"order,omitempty"`
	Number   string `json:"number"`
	Customer string `json:"customer"`
	Open     Money  `json:"open"`
	Why      string `json:"why"`
}

// MatchInput says what an entry pays: one invoice, or several that it is
// spread over in this order. An invoice is named by its id or number.
type MatchInput struct {
	Invoice  string   `json:"invoice,omitempty"`
	Invoices []string `json:"invoices,omitempty"`
	// Order is named instead by a prepayment.
	Order string `json:"order,omitempty" doc:"id or number of an order that it pays ahead, instead of invoices"`
}

// maxMatched bounds the invoices of one entry.
const maxMatched = 200

// share is what of an entry goes to an invoice, or ahead to an order.
type share struct {
	invoice *Invoice
	order   *Order
	amount  Money
}

func (u *unit) noteEntry(e *BankEntry, act Activity) error {
	act.About = Ref{TypeBankEntry, e.ID}
	act.Data = map[string]string{"amount": e.Amount.String(), "currency": e.Amount.Currency, "name": e.Counterparty, "date": string(e.BookingDate)}
	return u.note(act)
}

// takeEntry adds an entry, whose Record is new, in the state that is certain.
func (u *unit) takeEntry(m *matcher, e *BankEntry) error {
	e.State, e.Reference = "unmatched", u.ourReference(e.Reference)
	why := ""
	var shares []share
	if e.Amount.Minor <= 0 {
		var err error
		if e.Suggestions, err = u.taken(e); err != nil {
			return err
		}
		if len(e.Suggestions) == 0 && !e.Unsure {
			e.State, e.Reason = "ignored", "outgoing"
			why = e.Reason
		}
	} else {
		d, err := u.judge(m, e)
		if err != nil {
			return err
		}
		e.Suggestions = d.suggestions
		if len(d.certain) > 0 {
			if shares, err = u.certainShares(m, e, d); err != nil {
				return err
			}
		}
		if len(d.certain) == 0 {
			if shares, err = u.requestShares(e); err != nil {
				return err
			}
			d.how = "reference"
		}
		if len(shares) > 0 {
			e.State, e.How, e.Suggestions = "matched", d.how, nil
			why = d.how
		}
	}
	if err := u.bookShares(e, shares); err != nil {
		return err
	}
	for _, s := range shares {
		if s.invoice != nil {
			m.spent[s.invoice.ID] = s.invoice.Open
		}
	}
	if err := u.BankEntries().Insert(e); err != nil {
		return err
	}
	return u.noteEntry(e, Activity{Type: "bank_entry.received", To: e.State, Why: why})
}

// certainShares locks the invoices of a decision. When one of them changed
// since the matcher read it, nothing is certain any more.
func (u *unit) certainShares(m *matcher, e *BankEntry, d decision) ([]share, error) {
	rest := e.Amount
	var shares []share
	for k, c := range d.certain {
		i, err := u.Invoices().Get(c.id)
		if err != nil {
			return nil, err
		}
		u.deriveInvoice(i)
		if i.Open != m.open(c) || i.Disputed && d.how != "reference" {
			return nil, nil
		}
		amount := i.Open
		if k == len(d.certain)-1 {
			amount = rest
		}
		if amount.Minor <= 0 {
			return nil, nil
		}
		rest = rest.Sub(amount)
		shares = append(shares, share{invoice: i, amount: amount})
	}
	return shares, nil
}

// bookShares books payments from an entry.
func (u *unit) bookShares(e *BankEntry, shares []share) error {
	e.Matches = nil
	for _, s := range shares {
		p := &Payment{Record: u.record(), Amount: s.amount, Date: e.BookingDate, Method: "bank", Reference: e.Reference, BankEntry: e.ID}
		if s.order != nil {
			if err := u.bookPrepayment(s.order, p); err != nil {
				return err
			}
			e.Customer = s.order.Customer
			e.Matches = append(e.Matches, EntryMatch{Payment: p.ID, Order: s.order.ID, Number: s.order.Number, Amount: p.Amount})
			continue
		}
		if err := u.payBackOf(s.invoice, p); err != nil {
			return err
		}
		if err := u.bookPayment(s.invoice, p); err != nil {
			return err
		}
		e.Customer = s.invoice.Customer
		e.Matches = append(e.Matches, EntryMatch{Payment: p.ID, Invoice: s.invoice.ID, Number: s.invoice.Number, Amount: p.Amount})
	}
	return nil
}

func (s *Service) changeEntry(ctx context.Context, a Actor, t Target, verb string, f func(*unit, *BankEntry) (Activity, error)) (*Outcome, error) {
	return s.change(ctx, a, MayInvoice, func(u *unit) (*Outcome, error) {
		e, err := opened(u, u.BankEntries(), verb, t)
		if err != nil {
			return nil, err
		}
		from := e.State
		act, err := f(u, e)
		if err != nil {
			return nil, err
		}
		if err := u.BankEntries().Update(e); err != nil {
			return nil, err
		}
		act.From, act.To = from, e.State
		if err := u.noteEntry(e, act); err != nil {
			return nil, err
		}
		out := &Outcome{}
		if verb == "match" {
			for _, m := range e.Matches {
				out.Created = append(out.Created, Ref{TypePayment, m.Payment})
			}
		}
		return out.of(e), nil
	})
}

// MatchEntry books an entry on the invoices that a person names. Money that
// went out is booked as paid back, on one invoice.
func (s *Service) MatchEntry(ctx context.Context, a Actor, t Target, in MatchInput) (*Outcome, error) {
	return s.changeEntry(ctx, a, t, "match", func(u *unit, e *BankEntry) (Activity, error) {
		if in.Order != "" && in.Invoice == "" && len(in.Invoices) == 0 {
			return u.matchOrder(e, in.Order)
		}
		names := in.Invoices
		if in.Invoice != "" {
			names = append([]string{in.Invoice}, names...)
		}
		if len(names) == 0 || len(names) > maxMatched || e.Amount.Minor < 0 && len(names) > 1 {
			return Activity{}, Invalid("bank_entry.invoice", "say which invoice it pays", Problem{Field: "invoice", Reason: "bank_entry.invoice", Message: "the id or number of an issued invoice"})
		}
		var invoices []*Invoice
		for _, name := range names {
			i, err := u.namedInvoice(name)
			if err != nil {
				return Activity{}, err
			}
			if slices.ContainsFunc(invoices, func(o *Invoice) bool { return o.ID == i.ID }) {
				continue
			}
			if i.Currency != e.Amount.Currency {
				return Activity{}, Invalid("bank_entry.currency", "the entry is in another currency than the invoice",
					Problem{Field: "invoice", Reason: "bank_entry.currency", Message: fmt.Sprintf("invoice %s is in %s", i.Number, i.Currency)})
			}
			invoices = append(invoices, i)
		}
		shares, err := spread(e.Amount, invoices)
		if err != nil {
			return Activity{}, err
		}
		e.State, e.How, e.Suggestions = "matched", "person", nil
		return Activity{Type: "bank_entry.matched"}, u.bookShares(e, shares)
	})
}

// spread gives each invoice what is open on it, in their order, and the last
// one the rest.
func spread(amount Money, invoices []*Invoice) ([]share, error) {
	var shares []share
	rest := amount
	for k, i := range invoices {
		part := rest
		if k < len(invoices)-1 {
			part.Minor = min(part.Minor, max(i.Open.Minor, 0))
		}
		if part.IsZero() {
			return nil, Invalid("bank_entry.share", "nothing is left for one of the invoices", Problem{Field: "invoices", Reason: "bank_entry.share", Message: "leave out invoice " + i.Number})
		}
		if part.Minor < 0 && i.Paid.Add(part).Minor < 0 {
			return nil, Invalid("payment.refund", "more would be paid back than was paid", Problem{Field: "invoice", Reason: "payment.refund", Message: fmt.Sprintf("at most %s %s was paid on invoice %s", i.Paid, i.Currency, i.Number)})
		}
		rest = rest.Sub(part)
		shares = append(shares, share{invoice: i, amount: part})
	}
	return shares, nil
}

// namedInvoice finds an issued invoice by its id or number.
func (u *unit) namedInvoice(name string) (*Invoice, error) {
	name = strings.TrimSpace(name)
	i, err := optional(u.Invoices().Get(name))
	if err == nil && i == nil && name != "" {
		var found *Invoice
		if found, err = first(u.Invoices(), map[string]string{"number": name}, "issued"); err == nil && found != nil {
			i, err = u.Invoices().Get(found.ID)
		}
	}
	if err != nil {
		return nil, err
	}
	if i == nil || i.State != "issued" {
		return nil, Invalid("bank_entry.invoice", "there is no such issued invoice", Problem{Field: "invoice", Reason: "bank_entry.invoice", Message: "the id or number of an issued invoice"})
	}
	u.deriveInvoice(i)
	return i, nil
}

// IgnoreEntry puts an entry aside that pays no invoice.
func (s *Service) IgnoreEntry(ctx context.Context, a Actor, t Target, in CancelInput) (*Outcome, error) {
	return s.changeEntry(ctx, a, t, "ignore", func(u *unit, e *BankEntry) (Activity, error) {
		e.State, e.Reason = "ignored", strings.TrimSpace(in.Reason)
		return Activity{Type: "bank_entry.ignored", Why: e.Reason}, nil
	})
}

// UnmatchEntry takes the booking of an entry back, or gives an ignored one
// back to be looked at. It is never matched again by itself.
func (s *Service) UnmatchEntry(ctx context.Context, a Actor, t Target, in CancelInput) (*Outcome, error) {
	return s.changeEntry(ctx, a, t, "unmatch", func(u *unit, e *BankEntry) (Activity, error) {
		if err := u.takeBack(e, "", in.Reason); err != nil {
			return Activity{}, err
		}
		return Activity{Type: "bank_entry.unmatched", Why: strings.TrimSpace(in.Reason)}, nil
	})
}

// takeBack reverses the booked payments of an entry but one that the caller
// reverses, and suggests their invoices.
func (u *unit) takeBack(e *BankEntry, but, why string) error {
	e.Suggestions = nil
	for _, m := range e.Matches {
		if m.Order != "" {
			if err := u.takeBackAhead(e, m, but, why); err != nil {
				return err
			}
			continue
		}
		i, err := u.Invoices().Get(m.Invoice)
		if err != nil {
			return err
		}
		if m.Payment != but {
			p, err := u.Payments().Get(m.Payment)
			if err != nil {
				return err
			}
			if p.State == "booked" {
				if err := u.reversePayment(p, i, why); err != nil {
					return err
				}
			}
		}
		u.deriveInvoice(i)
		e.Suggestions = append(e.Suggestions, Suggestion{Invoice: i.ID, Number: i.Number, Customer: i.Customer, Open: i.Open, Why: "unmatched"})
	}
	if len(e.Suggestions) > maxSuggestions {
		e.Suggestions = e.Suggestions[:maxSuggestions]
	}
	e.State, e.How, e.Reason, e.Customer, e.Matches = "unmatched", "", "", "", nil
	return nil
}
