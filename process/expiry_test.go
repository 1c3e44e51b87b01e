package process_test

import (
	"testing"
	"time"

	"github.com/emne/emne/process"
)

// A sign-in that ends is a task once, and another one when it ends another time.
func TestWarnExpiry(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	for i, c := range []struct {
		reason string
		days   int
		tasks  int
	}{{process.TaskSecretExpires, 20, 1}, {process.TaskSecretExpires, 20, 1}, {process.TaskSignInEnds, 20, 2}, {process.TaskSecretExpires, 300, 3}} {
		h.clock.advance(time.Minute) // so that the list has an order
		h.check(h.s.WarnExpiry(h.ctx(), process.System(), "sales", c.reason, monday.AddDate(0, 0, c.days)))
		if n := len(list(h, h.s.Tasks(), nil)); n != c.tasks {
			t.Errorf("%d: there are %d tasks, want %d", i, n, c.tasks)
		}
	}
	if all := list(h, h.s.Tasks(), nil); all[len(all)-1].Title != "sales, 2026-03-22" {
		t.Errorf("the task is %+v", all[len(all)-1])
	}
	h.verify()
}
