package storetest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/emne/emne/process"
)

var errWanted = errors.New("wanted")

func (s suite) leads() int { return len(s.found(process.Filter{Limit: process.MaxLimit})) }

func gaplessNumbers(s suite) {
	const goroutines, each = 16, 12
	var wg sync.WaitGroup
	var mu sync.Mutex
	var numbers []int64
	for g := range goroutines {
		wg.Go(func() {
			for i := range each {
				var n int64
				err := s.InTx(background(), func(tx process.Tx) error {
					var err error
					if n, err = tx.NextNumber("invoice", 10001); err != nil {
						return err
					}
					if err := tx.Audit(process.AuditEntry{Kind: "test", Payload: []byte("x")}); err != nil {
						return err
					}
					if (g+i)%3 == 0 { // a third takes a number and gives it back
						return errWanted
					}
					return nil
				})
				switch {
				case err == nil:
					mu.Lock()
					numbers = append(numbers, n)
					mu.Unlock()
				case !errors.Is(err, errWanted):
					s.Errorf("taking a number: %v", err)
					return
				}
			}
		})
	}
	wg.Wait()
	slices.Sort(numbers)
	for i, n := range numbers {
		if n != 10001+int64(i) {
			s.Fatalf("number %d of %d is %d", i, len(numbers), n)
		}
	}
	if len(numbers) != goroutines*each*2/3 {
		s.Errorf("%d numbers", len(numbers))
	}
	s.tx(func(tx process.Tx) error {
		n, err := tx.NextNumber("order", 7)
		if err == nil && n != 7 {
			s.Errorf("another series begins at %d", n)
		}
		return err
	})
	links, err := s.inspect().CheckAudit(background())
	s.ok(err)
	if links != int64(len(numbers)) {
		s.Errorf("%d links for %d transactions", links, len(numbers))
	}
}

func wholeTransactions(s suite) {
	err := s.InTx(background(), func(tx process.Tx) error {
		if err := tx.Leads().Insert(lead("a")); err != nil {
			return err
		}
		return errWanted
	})
	if !errors.Is(err, errWanted) || s.leads() != 0 {
		s.Fatalf("after %v there are %d leads", err, s.leads())
	}
	var kept process.Tx
	s.tx(func(tx process.Tx) error {
		kept = tx
		l := lead("b")
		if err := tx.Leads().Insert(l); err != nil {
			return err
		}
		_, err := tx.Leads().Get(l.ID) // its own writes are seen
		return err
	})
	if err := kept.Leads().Insert(lead("late")); err == nil {
		s.Error("a transaction that was over was written in")
	}
	// An engine's error that the use case overlooks is not committed around.
	if err := s.InTx(background(), func(tx process.Tx) error {
		if err := tx.Leads().Insert(lead("c")); err != nil {
			return err
		}
		tx.Contacts().Insert(&process.Contact{State: "active", Customer: "nobody"})
		return nil
	}); err == nil {
		s.Error("an error inside was overlooked")
	}
	func() {
		defer func() {
			if p := recover(); p != "wanted" {
				s.Errorf("the panic came back as %v", p)
			}
		}()
		s.InTx(background(), func(tx process.Tx) error {
			if err := tx.Leads().Insert(lead("d")); err != nil {
				return err
			}
			panic("wanted")
		})
	}()
	s.finds(process.Filter{}, "b")
	s.insertLead("e") // it goes on
	s.finds(process.Filter{}, "b", "e")
}

// locks make what is looked for and then added happen once.
func locks(s suite) {
	var wg sync.WaitGroup
	for range 12 {
		wg.Go(func() {
			err := s.InTx(background(), func(tx process.Tx) error {
				if err := tx.Lock("sender one@x.example"); err != nil {
					return err
				}
				there, _, err := tx.Leads().List(process.Filter{Match: map[string]string{"email": "one@x.example"}})
				if err != nil || len(there) > 0 {
					return err
				}
				l := lead("only")
				l.Email = "one@x.example"
				return tx.Leads().Insert(l)
			})
			if err != nil {
				s.Error(err)
			}
		})
	}
	wg.Wait()
	s.view(func(tx process.Tx) error {
		if err := tx.Lock("any"); err == nil {
			s.Error("a view holds a lock")
		}
		there, _, err := tx.Leads().List(process.Filter{Match: map[string]string{"email": "one@x.example"}})
		if len(there) != 1 {
			s.Errorf("%d leads of one sender", len(there))
		}
		return err
	})
}

// neighbours run at once, so that on SQLite they share commits; each third fails.
func neighbours(s suite) {
	const all = 90
	var wg sync.WaitGroup
	var wrong atomic.Int64
	start := make(chan struct{})
	for i := range all {
		wg.Go(func() {
			<-start
			defer func() {
				if p := recover(); p != nil && i%6 != 4 {
					wrong.Add(1)
				}
			}()
			err := s.InTx(background(), func(tx process.Tx) error {
				if err := tx.Leads().Insert(lead(fmt.Sprintf("n%03d", i))); err != nil {
					return err
				}
				switch i % 6 {
				case 1:
					return errWanted
				case 4:
					panic("wanted")
				}
				return tx.Enqueue(process.SendDelivery{Delivery: fmt.Sprint(i)}, time.Time{})
			})
			if (err != nil) != (i%3 == 1) {
				wrong.Add(1)
			}
		})
	}
	close(start)
	wg.Wait()
	if wrong.Load() != 0 {
		s.Errorf("%d transactions ended otherwise than their function", wrong.Load())
	}
	var want []string
	for i := range all {
		if i%3 != 1 {
			want = append(want, fmt.Sprintf("n%03d", i))
		}
	}
	s.finds(process.Filter{Limit: process.MaxLimit}, want...)
	n, err := s.inspect().CountJobs(background(), "send_delivery")
	s.ok(err)
	if n != int64(len(want)) {
		s.Errorf("%d jobs for %d transactions", n, len(want))
	}
}

func contexts(s suite) {
	gone, cancel := context.WithCancel(background())
	cancel()
	ran := false
	if err := s.InTx(gone, func(process.Tx) error { ran = true; return nil }); !errors.Is(err, context.Canceled) || ran {
		s.Errorf("with an ended context: %v, ran: %v", err, ran)
	}
	// A caller that goes away while its function runs still gets the outcome.
	ctx, leave := context.WithCancel(background())
	err := s.InTx(ctx, func(tx process.Tx) error {
		leave()
		return tx.Leads().Insert(lead("a"))
	})
	s.ok(err)
	s.finds(process.Filter{}, "a")
}

func views(s suite) {
	l := s.insertLead("a")
	for name, write := range map[string]func(process.Tx) error{
		"insert":   func(tx process.Tx) error { return tx.Leads().Insert(lead("b")) },
		"update":   func(tx process.Tx) error { return tx.Leads().Update(l) },
		"delete":   func(tx process.Tx) error { return tx.Leads().Delete(l.ID, l.Version) },
		"number":   func(tx process.Tx) error { _, err := tx.NextNumber("x", 1); return err },
		"activity": func(tx process.Tx) error { return tx.AddActivity(process.Activity{}) },
		"audit":    func(tx process.Tx) error { return tx.Audit(process.AuditEntry{}) },
		"job":      func(tx process.Tx) error { return tx.Enqueue(process.SendDelivery{}, time.Time{}) },
		"blob":     func(tx process.Tx) error { return tx.KeepBlob(process.NewBlob(nil)) },
	} {
		if err := s.View(background(), write); err == nil {
			s.Errorf("%s was written in a view", name)
		}
	}
	// A view sees one state, whatever is committed meanwhile.
	s.view(func(tx process.Tx) error {
		before, _, err := tx.Leads().List(process.Filter{})
		if err != nil {
			return err
		}
		s.insertLead("meanwhile")
		after, _, err := tx.Leads().List(process.Filter{})
		if err == nil && len(before) != len(after) {
			s.Errorf("the view saw %d leads and then %d", len(before), len(after))
		}
		return err
	})
	s.finds(process.Filter{}, "a", "meanwhile")
}

func jobs(s suite) {
	s.tx(func(tx process.Tx) error {
		if err := tx.Enqueue(process.SendDelivery{Delivery: "d1"}, time.Time{}); err != nil {
			return err
		}
		return tx.Enqueue(process.FileSubmission{Submission: "s1"}, time.Now().Add(time.Hour))
	})
	if err := s.InTx(background(), func(tx process.Tx) error {
		if err := tx.Enqueue(process.SendDelivery{Delivery: "d2"}, time.Time{}); err != nil {
			return err
		}
		return errWanted
	}); !errors.Is(err, errWanted) {
		s.Fatal(err)
	}
	for kind, want := range map[string]int64{"send_delivery": 1, "file_submission": 1, "none": 0} {
		n, err := s.inspect().CountJobs(background(), kind)
		s.ok(err)
		if n != want {
			s.Errorf("%d jobs of the kind %s, want %d", n, kind, want)
		}
	}
}
