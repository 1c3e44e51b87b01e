package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/riverqueue/river"

	"github.com/emne/emne/process"
)

// txn is one caller's transaction, or its part of a group.
type txn struct {
	ctx  context.Context
	db   *DB
	sql  *sql.Tx
	conn *sql.Conn // what sql runs on; a view has none
	// direct is set on SQLite for what writes, with the time until when.
	direct *statement
	until  time.Time
	write  bool
	closed bool
	// broken is the first error of the engine: on PostgreSQL nothing can be
	// committed after it, so SQLite keeps to the same rule.
	broken error
	// activities are the rows that are not written yet.
	activities [][]any
	// audits and jobs are written last, so that the head of the chain is
	// locked only for a moment.
	audits []process.AuditEntry
	jobs   []river.InsertManyParams
	// long is the long text that was folded last.
	long foldedText
}

var (
	_           process.Tx = (*txn)(nil)
	errReadOnly            = errors.New("the view is read-only")
	errOver                = errors.New("the transaction is over")
	errTooLong             = errors.New("the transaction takes too long")
)

func (t *txn) usable(writes bool) error {
	switch {
	case t.closed:
		return errOver
	case writes && !t.write:
		return errReadOnly
	case t.broken != nil:
		return fmt.Errorf("the transaction failed before: %w", t.broken)
	case !t.until.IsZero() && time.Now().After(t.until):
		return t.fail(errTooLong)
	}
	return nil
}

// lock keeps a row that was read until the end of a writing transaction;
// SQLite has one writer anyway. The lock lets others refer to the row.
func (t *txn) lock() string {
	if t.write && t.db.engine == Postgres {
		return " FOR NO KEY UPDATE"
	}
	return ""
}

// fail remembers an engine's error.
func (t *txn) fail(err error) error {
	if err != nil && t.broken == nil && t.write {
		t.broken = err
	}
	return err
}

// exec runs a change and counts its rows.
func (t *txn) exec(query string, args ...any) (int64, error) {
	if err := t.usable(true); err != nil {
		return 0, err
	}
	if t.direct != nil {
		n, err := t.direct.exec(query, args)
		return n, t.fail(err)
	}
	res, err := t.sql.ExecContext(t.ctx, query, args...)
	if err != nil {
		return 0, t.fail(err)
	}
	n, err := res.RowsAffected()
	return n, t.fail(err)
}

// change runs a change that returns one row; found is false when it returns none.
func (t *txn) change(query string, args []any, dest ...any) (found bool, err error) {
	if err := t.usable(true); err != nil {
		return false, err
	}
	return t.scan(query, args, dest)
}

// row reads one row; found is false when there is none.
func (t *txn) row(query string, args []any, dest ...any) (found bool, err error) {
	if err := t.usable(false); err != nil {
		return false, err
	}
	return t.scan(query, args, dest)
}

func (t *txn) scan(query string, args, dest []any) (found bool, err error) {
	if t.direct != nil {
		err := t.direct.each(query, args, func(scan func(...any) error) error {
			if found {
				return nil
			}
			found = true
			return scan(dest...)
		})
		return found && err == nil, t.fail(err)
	}
	err = t.sql.QueryRowContext(t.ctx, query, args...).Scan(dest...)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	return err == nil, t.fail(err)
}

// each reads rows; f scans one.
func (t *txn) each(query string, args []any, f func(scan func(...any) error) error) error {
	if err := t.usable(false); err != nil {
		return err
	}
	if t.direct != nil {
		return t.eachDirect(query, args, f)
	}
	rows, err := t.sql.QueryContext(t.ctx, query, args...)
	if err != nil {
		return t.fail(err)
	}
	defer rows.Close()
	for rows.Next() {
		if err := f(rows.Scan); err != nil {
			return err
		}
	}
	return t.fail(rows.Err())
}

// eachDirect tells f's own errors, which break nothing, from the engine's.
func (t *txn) eachDirect(query string, args []any, f func(scan func(...any) error) error) error {
	var own error
	err := t.direct.each(query, args, func(scan func(...any) error) error {
		own = f(scan)
		return own
	})
	if own != nil {
		return err
	}
	return t.fail(err)
}

func (t *txn) Leads() process.Records[process.Lead]         { return on(t, &t.db.tables.leads) }
func (t *txn) Customers() process.Records[process.Customer] { return on(t, &t.db.tables.customers) }
func (t *txn) Contacts() process.Records[process.Contact]   { return on(t, &t.db.tables.contacts) }
func (t *txn) Opportunities() process.Records[process.Opportunity] {
	return on(t, &t.db.tables.opportunities)
}
func (t *txn) Quotes() process.Records[process.Quote]     { return on(t, &t.db.tables.quotes) }
func (t *txn) Orders() process.Records[process.Order]     { return on(t, &t.db.tables.orders) }
func (t *txn) Invoices() process.Records[process.Invoice] { return on(t, &t.db.tables.invoices) }
func (t *txn) CreditNotes() process.Records[process.CreditNote] {
	return on(t, &t.db.tables.creditNotes)
}
func (t *txn) Payments() process.Records[process.Payment] { return on(t, &t.db.tables.payments) }
func (t *txn) BankEntries() process.Records[process.BankEntry] {
	return on(t, &t.db.tables.bankEntries)
}
func (t *txn) Subscriptions() process.Records[process.Subscription] {
	return on(t, &t.db.tables.subscriptions)
}
func (t *txn) Products() process.Records[process.Product]      { return on(t, &t.db.tables.products) }
func (t *txn) PriceLists() process.Records[process.PriceList]  { return on(t, &t.db.tables.priceLists) }
func (t *txn) Rates() process.Records[process.Rate]            { return on(t, &t.db.tables.rates) }
func (t *txn) Tasks() process.Records[process.Task]            { return on(t, &t.db.tables.tasks) }
func (t *txn) TimeEntries() process.Records[process.Hours]     { return on(t, &t.db.tables.hours) }
func (t *txn) Deliveries() process.Records[process.Delivery]   { return on(t, &t.db.tables.deliveries) }
func (t *txn) Messages() process.Records[process.Message]      { return on(t, &t.db.tables.messages) }
func (t *txn) Quarantine() process.Records[process.Quarantine] { return on(t, &t.db.tables.quarantine) }
func (t *txn) SenderRules() process.Records[process.SenderRule] {
	return on(t, &t.db.tables.senderRules)
}

func (t *txn) Submissions() process.Records[process.Submission] {
	return on(t, &t.db.tables.submissions)
}
func (t *txn) Users() process.Records[process.User]       { return on(t, &t.db.tables.users) }
func (t *txn) Sessions() process.Records[process.Session] { return on(t, &t.db.tables.sessions) }
func (t *txn) Tokens() process.Records[process.Token]     { return on(t, &t.db.tables.tokens) }
func (t *txn) Links() process.Records[process.Link]       { return on(t, &t.db.tables.links) }
