package process

import "slices"

// maxOptions bounds a choice; it is no more than the lines of a document.
const maxOptions = maxLines

// choose ticks the options of a quote as the customer did, and computes its
// totals again. nil leaves them as they were offered.
func (q *Quote) choose(options []string) error {
	if options == nil {
		return nil
	}
	unknown := Invalid("accept.option", "the quote has no such option", Problem{Field: "options", Reason: "accept.option", Message: "the ids of optional lines"})
	if len(options) > maxOptions {
		return unknown
	}
	for _, id := range options {
		if l := lineByID(q.Lines, id); l == nil || !l.Option {
			return unknown
		}
	}
	q.Lines = slices.Clone(q.Lines)
	for i := range q.Lines {
		q.Lines[i].Ticked = q.Lines[i].Option && slices.Contains(options, q.Lines[i].ID)
	}
	q.Adjustments = slices.Clone(q.Adjustments)
	q.price(q.Lines, q.Currency)
	q.Totals = q.Sum(q.Lines, q.Currency)
	return nil
}

// Chosen is the quote as it would be with a choice of its options.
func (q Quote) Chosen(options []string) (Quote, error) {
	err := q.choose(options)
	return q, err
}

// ticked are the ids of the options that are chosen.
func (q *Quote) ticked() []string {
	var ids []string
	for _, l := range q.Lines {
		if l.Option && l.Ticked {
			ids = append(ids, l.ID)
		}
	}
	return ids
}

// chosen are the quote's lines without the options that are not ticked.
func (q *Quote) chosen() []Line {
	var lines []Line
	for _, l := range q.Lines {
		if l.counts() || !l.Sold() {
			l.Option, l.Ticked = false, false
			lines = append(lines, l)
		}
	}
	return lines
}

// agreed puts what was accepted into the document as it was offered.
func (q *Quote) agreed(snap *Snapshot) {
	if q.Acceptance != nil {
		snap.Lines, snap.Pricing, snap.Totals, snap.Payable = q.chosen(), q.Pricing, q.Totals, q.Payable()
	}
}

// sameOptions compares a choice with the one that was accepted; one that is not
// stated is the same.
func sameOptions(accepted, options []string) bool {
	if options == nil {
		return true
	}
	seen := map[string]bool{}
	for _, id := range options {
		seen[id] = true
	}
	for _, id := range accepted {
		if !seen[id] {
			return false
		}
	}
	return len(seen) == len(accepted)
}

// firm makes lines firm that came as options: only a quote has these.
func firm(lines []Line) []Line {
	for i := range lines {
		lines[i].Option, lines[i].Ticked = false, false
	}
	return lines
}
