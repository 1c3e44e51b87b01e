package year

import (
	"context"
	"fmt"
	"io"

	"github.com/emne/emne/process"
)

// Books are the sums of everything that a house holds, in its currency and by
// its records; amounts are in minor units.
type Books struct {
	Leads, Quotes, Orders, Invoices, CreditNotes, Payments, Reminders, Deliveries, BankEntries int
	Currency                                                                                   string
	// Issued sums what invoices ask for, with VAT; Credited the credit notes.
	Issued, Credited int64
	// Paid is what was booked on invoices, refunds deducted: in all Received,
	// less Refunded. Prepaid came in on orders ahead, Deducted is what invoices
	// took of it.
	Paid, Received, Refunded, Prepaid, Deducted int64
	// WrittenOff, Open and Overpaid are of the invoices; Open is net of Overpaid.
	WrittenOff, Open, Overpaid int64
	// VATInvoiced and VATReport are the VAT of the documents and of the report.
	VATDocuments, VATReport int64
	// BankIn came in by bank files, BankBooked of it is booked on invoices.
	BankIn, BankBooked int64
	// Claims are what reminders ask for beside.
	Claims int64
	// differ names sums that are not equal.
	differ []string
}

// reader reads the books.
var reader = process.System()

// SumUp reads every document and payment, and compares what must be equal.
func SumUp(ctx context.Context, s *process.Service) (*Books, error) {
	b := &Books{}
	st, _, err := s.Settings(ctx, reader)
	if err != nil {
		return nil, err
	}
	b.Currency = st.Currency
	if err := b.documents(ctx, s); err != nil {
		return nil, err
	}
	if err := b.money(ctx, s); err != nil {
		return nil, err
	}
	for _, c := range []struct {
		n *int
		f func() (int, error)
	}{
		{&b.Leads, func() (int, error) { return count(ctx, s.Leads()) }},
		{&b.Quotes, func() (int, error) { return count(ctx, s.Quotes()) }},
		{&b.Deliveries, func() (int, error) { return count(ctx, s.Deliveries()) }},
	} {
		if *c.n, err = c.f(); err != nil {
			return nil, err
		}
	}
	report, err := s.Report(ctx, reader, process.ReportQuery{Name: "vat"})
	if err != nil {
		return nil, err
	}
	for _, row := range report.Items.([]process.VATRow) {
		if row.Total && row.Currency == b.Currency {
			b.VATReport += row.VAT.Minor
		}
	}
	b.compare()
	return b, nil
}

// each reads all records of a kind.
func each[T any](ctx context.Context, of process.Collection[T], do func(*T)) error {
	for f := (process.Filter{Limit: process.MaxLimit}); ; {
		page, next, err := of.List(ctx, reader, f)
		if err != nil {
			return err
		}
		for i := range page {
			do(&page[i])
		}
		if f.Cursor = next; next == "" {
			return nil
		}
	}
}

func count[T any](ctx context.Context, of process.Collection[T]) (n int, err error) {
	err = each(ctx, of, func(*T) { n++ })
	return n, err
}

func (b *Books) documents(ctx context.Context, s *process.Service) error {
	if err := each(ctx, s.Invoices(), func(i *process.Invoice) {
		if i.State != "issued" {
			return
		}
		b.Invoices++
		b.Issued += i.Payable().Minor
		b.Deducted += i.Prepaid.Sub(i.Released).Minor
		b.WrittenOff += i.WrittenOff.Minor
		b.Open += i.Open.Minor
		b.Overpaid += max(0, -i.Open.Minor)
		b.Claims += i.Claims.Minor
		b.VATDocuments += i.VAT.Minor
		for _, r := range i.Reminders {
			if !r.Skipped && !r.Unsent {
				b.Reminders++
			}
		}
	}); err != nil {
		return err
	}
	return each(ctx, s.CreditNotes(), func(n *process.CreditNote) {
		b.CreditNotes++
		b.Credited += n.Payable().Minor
		b.VATDocuments -= n.VAT.Minor
	})
}

func (b *Books) money(ctx context.Context, s *process.Service) error {
	if err := each(ctx, s.Payments(), func(p *process.Payment) {
		b.Payments++
		switch {
		case p.State != "booked":
		case p.Invoice == "":
			b.Prepaid += p.Amount.Minor
		case p.Amount.Minor < 0:
			b.Refunded -= p.Amount.Minor
			b.Paid += p.Amount.Minor
		default:
			b.Received += p.Amount.Minor
			b.Paid += p.Amount.Minor
		}
	}); err != nil {
		return err
	}
	var deducted int64
	if err := each(ctx, s.Orders(), func(o *process.Order) {
		b.Orders++
		deducted += o.Deducted.Minor
	}); err != nil {
		return err
	}
	b.equal("what orders gave and invoices deduct", deducted, b.Deducted)
	return each(ctx, s.BankEntries(), func(e *process.BankEntry) {
		b.BankEntries++
		b.BankIn += max(0, e.Amount.Minor)
		if e.State == "matched" {
			b.BankBooked += e.Amount.Minor
		}
	})
}

// compare holds sums of the same money, which were made of different records,
// to each other.
func (b *Books) compare() {
	b.equal("issued less credited, and paid with prepaid, written off and open", b.Issued-b.Credited, b.Paid+b.Deducted+b.WrittenOff+b.Open)
	b.equal("the VAT of the documents, and of the report", b.VATDocuments, b.VATReport)
	if b.Deducted > b.Prepaid {
		b.differ = append(b.differ, fmt.Sprintf("more is deducted than was paid ahead: %d, %d", b.Deducted, b.Prepaid))
	}
}

func (b *Books) equal(what string, one, other int64) {
	if one != other {
		b.differ = append(b.differ, fmt.Sprintf("%s differ: %d and %d minor units", what, one, other))
	}
}

// Err says where the books do not agree.
func (b *Books) Err() error {
	if len(b.differ) == 0 {
		return nil
	}
	return fmt.Errorf("the books do not agree: %v", b.differ)
}

// Print writes the figures of the year.
func (b *Books) Print(w io.Writer) error {
	m := func(minor int64) string {
		return process.Money{Minor: minor, Currency: b.Currency}.String() + " " + b.Currency
	}
	_, err := fmt.Fprintf(w, `year       %d leads, %d quotes, %d orders, %d invoices, %d credit notes, %d payments, %d reminders, %d mails, %d bank entries
issued     %s
credited   %s
paid       %s (received %s, refunded %s)
prepaid    %s, of which %s is deducted
written off %s
open       %s (overpaid %s, claims of reminders beside %s)
VAT        %s, the report says %s
issued - credited = paid + deducted + written off + open
`, b.Leads, b.Quotes, b.Orders, b.Invoices, b.CreditNotes, b.Payments, b.Reminders, b.Deliveries, b.BankEntries,
		m(b.Issued), m(b.Credited), m(b.Paid), m(b.Received), m(b.Refunded), m(b.Prepaid), m(b.Deducted), m(b.WrittenOff), m(b.Open), m(b.Overpaid), m(b.Claims), m(b.VATDocuments), m(b.VATReport))
	return err
}
