package process

import (
	"bytes"
	"cmp"
	"context"
	"encoding/csv"
	"fmt"
	"maps"
	"slices"
)

// Account is what happened between the company and one customer, in money.
type Account struct {
	Customer string `json:"customer"`
	Name     string `json:"name"`
	// From and To are the first and the last day; From may be empty.
	From Date `json:"from,omitempty"`
	To   Date `json:"to"`
	// Sections are the currencies, in the order of their codes.
	Sections []AccountSection `json:"sections"`
}

// AccountSection is one currency. Balances are what the customer owes;
// negative is a credit.
type AccountSection struct {
	Currency string         `json:"currency"`
	Opening  Money          `json:"opening"`
	Entries  []AccountEntry `json:"entries"`
	Closing  Money          `json:"closing"`
	// Overdue is the part of Open whose due date is over, Open what each
	// invoice lacks today.
	Overdue Money      `json:"overdue"`
	Open    []OpenItem `json:"open"`
}

// AccountEntry is one movement. Type is invoice, credit-note, payment,
// write_off, or claim (fees and late interest of a reminder).
type AccountEntry struct {
	Date    Date   `json:"date"`
	Type    string `json:"type"`
	ID      string `json:"id"`
	Number  string `json:"number,omitempty"`
	DueDate Date   `json:"due_date,omitempty"`
	Amount  Money  `json:"amount"`
	Balance Money  `json:"balance"`
}

// OpenItem is an invoice of which something is open, or overpaid.
type OpenItem struct {
	ID      string `json:"id"`
	Number  string `json:"number"`
	DueDate Date   `json:"due_date"`
	Open    Money  `json:"open"`
	Claims  Money  `json:"claims"`
	Overdue bool   `json:"overdue"`
	// Reference is for the bank (BT-83).
	Reference string `json:"reference,omitempty"`
}

// Statement reads a customer's account from a day (from the beginning when it
// is empty) to a day (today when it is empty).
func (s *Service) Statement(ctx context.Context, a Actor, customer string, from, to Date) (*Account, error) {
	var st *Account
	err := s.view(ctx, a, MayRead, func(u *unit) (err error) {
		st, err = u.account(customer, from, to)
		return err
	})
	return st, err
}

func (u *unit) account(customer string, from, to Date) (*Account, error) {
	c, err := u.Customers().Get(customer)
	if err != nil {
		return nil, err
	}
	if to == "" {
		to = u.today()
	}
	for field, d := range map[string]Date{"from": from, "to": to} {
		if d != "" && !d.Valid() {
			return nil, Invalid("statement.period", "the period cannot be read", Problem{Field: field, Reason: "date", Message: "write it as 2026-12-31"})
		}
	}
	if from > to {
		return nil, Invalid("statement.period", "the period ends before it begins", Problem{Field: "from", Reason: "statement.period", Message: "no later than " + string(to)})
	}
	st := &Account{Customer: c.ID, Name: c.Name, From: from, To: to, Sections: []AccountSection{}}
	return st, u.fillStatement(st)
}

func (u *unit) fillStatement(st *Account) error {
	mine := map[string]string{"customer": st.Customer}
	var entries []AccountEntry
	var items []OpenItem
	err := every(u.Invoices(), Filter{State: "issued", Match: mine}, func(i *Invoice) error {
		u.deriveInvoice(i)
		entries = append(entries, AccountEntry{Date: i.IssueDate, Type: TypeInvoice, ID: i.ID, Number: i.Number, DueDate: i.DueDate, Amount: i.Payable()})
		if !i.Open.IsZero() || !i.Claims.IsZero() {
			items = append(items, OpenItem{i.ID, i.Number, i.DueDate, i.Open, i.Claims, i.Overdue, i.PaymentReference})
		}
		entries = append(entries, i.claimEntries()...)
		more, err := u.writeOffs(i)
		entries = append(entries, more...)
		return err
	})
	if err != nil {
		return err
	}
	if err := every(u.CreditNotes(), Filter{Match: mine}, func(n *CreditNote) error {
		entries = append(entries, AccountEntry{Date: n.IssueDate, Type: TypeCreditNote, ID: n.ID, Number: n.Number, Amount: n.Payable().Neg()})
		return nil
	}); err != nil {
		return err
	}
	if err := every(u.Payments(), Filter{State: "booked", Match: mine}, func(p *Payment) error {
		entries = append(entries, AccountEntry{Date: p.Date, Type: TypePayment, ID: p.ID, Number: p.Reference, Amount: p.Amount.Neg()})
		return nil
	}); err != nil {
		return err
	}
	st.arrange(entries, items)
	return nil
}

// claimEntries are what each reminder added to the claims.
func (i *Invoice) claimEntries() []AccountEntry {
	var out []AccountEntry
	part := Invoice{Currency: i.Currency}
	before := Money{Currency: i.Currency}
	for _, r := range i.Reminders {
		part.Reminders = append(part.Reminders, r)
		fees, interest := part.claimed()
		if now := fees.Add(interest); now != before {
			out = append(out, AccountEntry{Date: r.Date, Type: "claim", ID: i.ID, Number: i.Number, Amount: now.Sub(before)})
			before = now
		}
	}
	return out
}

// writeOffs are read from the timeline; those that were taken back cancel out.
func (u *unit) writeOffs(i *Invoice) ([]AccountEntry, error) {
	if i.WrittenOff.IsZero() {
		return nil, nil
	}
	var out []AccountEntry
	for _, typ := range []string{"invoice.written_off", "invoice.reinstated"} {
		as, _, err := u.Activities(Filter{Match: map[string]string{"about_type": TypeInvoice, "about_id": i.ID, "type": typ}, Limit: MaxLimit})
		if err != nil {
			return nil, err
		}
		for _, a := range as {
			amount, err := parseAmount(a.Data["amount"], i.Currency)
			if err != nil {
				return nil, fmt.Errorf("the timeline of invoice %s: %w", i.Number, err)
			}
			if typ == "invoice.written_off" {
				amount = amount.Neg()
			}
			out = append(out, AccountEntry{Date: DateOf(a.At, u.settings.Location()), Type: "write_off", ID: i.ID, Number: i.Number, Amount: amount})
		}
	}
	return out, nil
}

// arrange puts the entries in order, by currency, and runs the balances.
func (st *Account) arrange(entries []AccountEntry, items []OpenItem) {
	rank := []string{TypeInvoice, TypeCreditNote, "claim", TypePayment, "write_off"}
	slices.SortStableFunc(entries, func(a, b AccountEntry) int {
		return cmp.Or(cmp.Compare(a.Date, b.Date), slices.Index(rank, a.Type)-slices.Index(rank, b.Type), cmp.Compare(a.ID, b.ID))
	})
	of := map[string]*AccountSection{}
	for _, e := range entries {
		s := of[e.Amount.Currency]
		if s == nil {
			zero := Money{Currency: e.Amount.Currency}
			s = &AccountSection{Currency: zero.Currency, Opening: zero, Closing: zero, Overdue: zero, Entries: []AccountEntry{}, Open: []OpenItem{}}
			of[zero.Currency] = s
		}
		switch {
		case e.Date > st.To:
			continue
		case e.Date < st.From:
			s.Opening = s.Opening.Add(e.Amount)
			s.Closing = s.Opening
			continue
		}
		s.Closing = s.Closing.Add(e.Amount)
		e.Balance = s.Closing
		s.Entries = append(s.Entries, e)
	}
	slices.SortFunc(items, func(a, b OpenItem) int { return cmp.Or(cmp.Compare(a.DueDate, b.DueDate), cmp.Compare(a.ID, b.ID)) })
	for _, i := range items {
		s := of[i.Open.Currency]
		if i.Overdue {
			s.Overdue = s.Overdue.Add(i.Open)
		}
		s.Open = append(s.Open, i)
	}
	for _, c := range slices.Sorted(maps.Keys(of)) {
		st.Sections = append(st.Sections, *of[c])
	}
}

// CSV is the statement for a spreadsheet (RFC 4180), a line for each entry and
// for the balances at both ends.
func (st *Account) CSV() []byte {
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	w.UseCRLF = true
	row := func(cells ...string) { _ = w.Write(cells) } // a buffer does not fail
	row("date", "type", "number", "due_date", "amount", "balance", "currency")
	for _, s := range st.Sections {
		row(string(st.From), "opening", "", "", "", s.Opening.String(), s.Currency)
		for _, e := range s.Entries {
			row(string(e.Date), e.Type, harmless(e.Number), string(e.DueDate), e.Amount.String(), e.Balance.String(), s.Currency)
		}
		row(string(st.To), "closing", "", "", "", s.Closing.String(), s.Currency)
	}
	w.Flush()
	return b.Bytes()
}

// harmless keeps a spreadsheet from taking foreign text for a formula.
func harmless(s string) string {
	if s != "" && bytes.ContainsRune([]byte("=+-@\t\r"), rune(s[0])) {
		return "'" + s
	}
	return s
}

// every reads all records that match, page by page.
func every[T any](of Records[T], f Filter, do func(*T) error) error {
	for f.Limit = MaxLimit; ; {
		page, next, err := of.List(f)
		if err != nil {
			return err
		}
		for k := range page {
			if err := do(&page[k]); err != nil {
				return err
			}
		}
		if f.Cursor = next; next == "" {
			return nil
		}
	}
}
