package year

import (
	"context"
	"fmt"
	"time"

	"github.com/emne/emne/process"
)

// transfer is money on the company's account, and what the payer means by it:
// an invoice, a prepayment on an order, or neither.
type transfer struct {
	amount                 process.Money
	reference, text, payer string
	invoice, order         string
	day                    process.Date
	id                     string
	// What an invoice is paid with: a percentage of what is open, more (or
	// less) minor units, its claims too, without the reference.
	share, more  int64
	claims, free bool
	// back is a payment that the bank takes back.
	back bool
}

// bank is the company's bank. It writes three kinds of files, as its services do.
type bank struct {
	account        string
	ocr, camt, csv []transfer
	made, files    int
	// meant is what is known of the payers' minds, by the bank's own ids, until
	// it is booked.
	meant map[string]transfer
}

// receive takes a transfer to one of the services, to be told of in its next file.
func (b *bank) receive(y *year, t transfer) {
	b.made++
	t.day, t.id = process.DateOf(y.at, y.zone), fmt.Sprintf("%07d", b.made)
	switch n := y.r.IntN(100); {
	case t.back:
		b.camt = append(b.camt, t)
	case t.reference != "" && t.amount.Minor > 0 && n < 55:
		b.ocr = append(b.ocr, t)
	case n < 80:
		b.camt = append(b.camt, t)
	default:
		b.csv = append(b.csv, t)
	}
	if b.meant == nil {
		b.meant = map[string]transfer{}
	}
	b.meant[t.id] = t
}

// statements imports the files of a morning: OCR giro on working days, CAMT.053
// twice a week, CSV on Mondays.
func (y *year) statements(ctx context.Context, at time.Time) error {
	b := &y.bank
	day := at.In(y.zone).Weekday()
	take := func(ts *[]transfer, today bool, name string, write func(int, []transfer) []byte) error {
		if !today || len(*ts) == 0 {
			return nil
		}
		b.files++
		data := write(b.files, *ts)
		*ts = nil
		in := process.StatementInput{Name: fmt.Sprintf(name, at.In(y.zone).Format(time.DateOnly)), Data: data}
		if _, err := y.s.ImportStatement(ctx, y.o.Accountant, in); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		y.numbers["bank file"]++
		if !y.chance(10) {
			return nil
		}
		// Somebody hands it in a second time.
		out, err := y.s.ImportStatement(ctx, y.o.Accountant, in)
		if err != nil {
			return fmt.Errorf("%s again: %w", name, err)
		}
		if sum := out.Record.(process.StatementSummary); sum.Repeated != sum.Entries {
			return fmt.Errorf("%s again: of %d entries %d were known", name, sum.Entries, sum.Repeated)
		}
		return nil
	}
	if err := take(&b.ocr, day != time.Saturday && day != time.Sunday, "ocr-%s.txt", b.giro); err != nil {
		return err
	}
	if err := take(&b.camt, day == time.Tuesday || day == time.Friday, "camt053-%s.xml", b.statement); err != nil {
		return err
	}
	if err := take(&b.csv, day == time.Monday, "account-%s.csv", b.table); err != nil {
		return err
	}
	return y.sort(ctx)
}

// sort is a person who looks at what the imports left open.
func (y *year) sort(ctx context.Context) error {
	entries, _, err := y.s.BankEntries().List(ctx, y.o.Accountant, process.Filter{State: "unmatched", Limit: process.MaxLimit})
	if err != nil {
		return err
	}
	for _, e := range entries {
		t, known := y.bank.meant[e.EntryID[max(0, len(e.EntryID)-7):]]
		switch {
		case known && t.order != "":
			if _, err := y.s.CreatePayment(ctx, y.o.Accountant, process.PaymentInput{Order: t.order, Amount: e.Amount, Date: e.BookingDate, Method: "bank", Reference: e.Reference}); err != nil {
				return err
			}
			if _, err := y.s.IgnoreEntry(ctx, y.o.Accountant, to(e.ID), process.CancelInput{Reason: "prepayment"}); err != nil {
				return err
			}
		case known && t.invoice != "":
			y.numbers["matched by hand"]++
			if _, err := y.s.MatchEntry(ctx, y.o.Accountant, to(e.ID), process.MatchInput{Invoice: t.invoice}); err != nil {
				return err
			}
		default:
			if _, err := y.s.IgnoreEntry(ctx, y.o.Accountant, to(e.ID), process.CancelInput{Reason: "unknown"}); err != nil {
				return err
			}
		}
	}
	return nil
}
