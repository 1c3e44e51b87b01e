package store

import (
	"fmt"
	"strconv"

	"github.com/emne/emne/process"
)

// verifyNumbers checks I4: the counters of invoices and credit notes run from
// the series' first to its last without a gap, and dates follow them.
func (t *txn) verifyNumbers() ([]Violation, error) {
	var found []Violation
	for _, s := range []struct{ series, table string }{{process.TypeInvoice, "invoice"}, {process.TypeCreditNote, "credit_note"}} {
		more, err := t.verifySeries(s.series, s.table)
		if err != nil {
			return nil, err
		}
		found = append(found, more...)
	}
	return found, nil
}

func (t *txn) verifySeries(series, table string) ([]Violation, error) {
	var first, next int64
	if _, err := t.row("SELECT first, next FROM number_series WHERE series = $1", []any{series}, &first, &next); err != nil {
		return nil, fmt.Errorf("reading the series %s: %w", series, err)
	}
	type doc struct{ id, number, date string }
	docs := map[int64]doc{}
	var found []Violation
	wrong := func(id, format string, args ...any) {
		if len(found) < maxViolations {
			found = append(found, Violation{"I4", series, id, fmt.Sprintf(format, args...)})
		}
	}
	err := t.each("SELECT id, number, issue_date FROM "+table+" WHERE number IS NOT NULL AND state = 'issued'", nil, func(scan func(...any) error) error {
		var d doc
		if err := scan(&d.id, &d.number, &d.date); err != nil {
			return err
		}
		n, ok := counter(d.number)
		switch before, taken := docs[n]; {
		case !ok:
			wrong(d.id, "the number %q does not end in a counter", d.number)
		case taken:
			wrong(d.id, "the numbers %s and %s have the same counter", before.number, d.number)
		case n < first || n >= next:
			wrong(d.id, "the number %s was not taken from its series, which goes from %d to %d", d.number, first, next-1)
		default:
			docs[n] = d
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("reading the numbers of %s: %w", table, err)
	}
	last := ""
	for n := first; n < next && len(found) < maxViolations; n++ {
		d, ok := docs[n]
		if !ok {
			wrong(strconv.FormatInt(n, 10), "the counter %d was taken and no document has it", n)
			continue
		}
		if d.date < last {
			wrong(d.id, "number %s is dated %s, before its predecessor's %s", d.number, d.date, last)
		}
		last = d.date
	}
	return found, nil
}

// counter is the number that a document's number ends in.
func counter(number string) (int64, bool) {
	i := len(number)
	for i > 0 && number[i-1] >= '0' && number[i-1] <= '9' {
		i--
	}
	n, err := strconv.ParseInt(number[i:], 10, 64)
	return n, err == nil
}
