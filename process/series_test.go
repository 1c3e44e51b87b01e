package process_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/emne/emne/process"
)

var errPaper = errors.New("the paper is jammed")

// Whatever fails and whichever way the clock goes, the numbers of invoices and
// credit notes have no gap and their dates never go back.
func TestSeriesGaplessUnderRollbacks(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	customer := h.customer()
	jam := false
	h.papers.fail = func(process.Snapshot) error {
		if jam {
			return errPaper
		}
		return nil
	}
	issued, open := 0, []string(nil)
	rapid.Check(t, func(rt *rapid.T) {
		// Each check goes on where the last one ended.
		for range rapid.IntRange(1, 6).Draw(rt, "acts") {
			h.clock.advance(time.Duration(rapid.IntRange(-3, 4).Draw(rt, "days")) * day)
			jam = rapid.Bool().Draw(rt, "jam")
			credit := len(open) > 0 && rapid.Bool().Draw(rt, "credit")
			var id string
			var err error
			if credit {
				_, err = h.try(h.owner, process.TypeInvoice, "credit", open[0], `{"reason":"x"}`)
			} else {
				id = h.create(process.TypeInvoice, fmt.Sprintf(`{"customer":%q,"lines":%s}`, customer, lines))
				_, err = h.try(h.owner, process.TypeInvoice, "issue", id, "")
			}
			switch {
			case jam != errors.Is(err, errPaper) || !jam && err != nil:
				rt.Fatalf("jam %v, and %v", jam, err)
			case jam:
			case credit:
				open = open[1:]
			default:
				issued, open = issued+1, append(open, id)
			}
		}
	})
	h.wantSeries(issued)
	notes := list(h, h.s.CreditNotes(), nil) // newest first, and the clock went back: by number
	slices.SortFunc(notes, func(a, b process.CreditNote) int { return compare(a.Number, b.Number) })
	for k, n := range notes {
		if want := fmt.Sprintf("K-%d", 1001+k); n.Number != want || k > 0 && n.IssueDate < notes[k-1].IssueDate {
			t.Fatalf("credit note %s of %s, want %s", n.Number, n.IssueDate, want)
		}
	}
	if len(notes)+len(open) != issued {
		t.Fatalf("%d issued, %d credited, %d open", issued, len(notes), len(open))
	}
}

// wantSeries asserts that so many invoices are issued, numbered without a gap
// and dated in their order.
func (h *house) wantSeries(n int) {
	h.t.Helper()
	var issued []process.Invoice
	for _, i := range list(h, h.s.Invoices(), nil) {
		if i.State == "issued" {
			issued = append(issued, i)
		}
	}
	slices.SortFunc(issued, func(a, b process.Invoice) int { return compare(a.Number, b.Number) })
	if len(issued) != n {
		h.t.Fatalf("%d invoices are issued, want %d", len(issued), n)
	}
	for k, i := range issued {
		if want := fmt.Sprint(10001 + k); i.Number != want {
			h.t.Fatalf("number %s, want %s", i.Number, want)
		}
		if k > 0 && i.IssueDate < issued[k-1].IssueDate {
			h.t.Fatalf("number %s is dated %s, before %s", i.Number, i.IssueDate, issued[k-1].IssueDate)
		}
	}
	h.verify()
}

func compare(a, b string) int {
	if len(a) != len(b) {
		return len(a) - len(b)
	}
	if a < b {
		return -1
	}
	return 1
}

// Many people issue at once while rendering fails now and then.
func TestConcurrentIssuers(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	random := rand.New(rand.NewPCG(1, 2))
	h.papers.fail = func(process.Snapshot) error { // under the papers' lock
		if random.IntN(3) == 0 {
			return errPaper
		}
		return nil
	}
	var drafts []string
	for range 24 {
		drafts = append(drafts, h.draftInvoice())
	}
	var all sync.WaitGroup
	for _, id := range drafts {
		for range 2 { // two people press the same button
			all.Go(func() {
				for range 50 {
					_, err := h.try(h.owner, process.TypeInvoice, "issue", id, "")
					if !errors.Is(err, errPaper) {
						if err != nil && process.CodeOf(err) != process.CodeConflict {
							t.Error(err)
						}
						return
					}
				}
				t.Error("the paper never came through")
			})
		}
	}
	all.Wait()
	h.wantSeries(len(drafts))
}

// Two customers' clicks at the same time make one order.
func TestConcurrentAcceptance(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	id := h.activeQuote()
	q := get(h, h.s.Quotes(), id)
	customer := h.link(process.TypeQuote, id)
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			if err := h.accept(customer, id, yes(q, "Kari")); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if orders := list(h, h.s.Orders(), nil); len(orders) != 1 {
		t.Errorf("%d orders", len(orders))
	}
	h.verify()
}
