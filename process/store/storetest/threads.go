package storetest

import "github.com/emne/emne/process"

// joiningThreads moves what stands on one thread to another, and nothing else.
func joiningThreads(s suite) {
	var task process.Task
	s.ok(s.InTx(background(), func(tx process.Tx) error {
		for _, thread := range []string{"one", "two", "three"} {
			lead := &process.Lead{State: "new", Name: thread, Thread: thread}
			if err := tx.Leads().Insert(lead); err != nil {
				return err
			}
			task = process.Task{State: "open", Title: thread, Thread: thread}
			if err := tx.Tasks().Insert(&task); err != nil {
				return err
			}
			about := process.Ref{Type: process.TypeLead, ID: lead.ID}
			if err := tx.AddActivity(process.Activity{Type: "lead.created", About: about, Thread: thread, Actor: process.System()}); err != nil {
				return err
			}
		}
		return nil
	}))
	s.ok(s.InTx(background(), func(tx process.Tx) error {
		for _, pair := range [][2]string{{"three", "one"}, {"", "two"}, {"two", ""}, {"two", "two"}} {
			if err := tx.JoinThreads(pair[0], pair[1]); err != nil {
				return err
			}
		}
		return nil
	}))
	// A change that was made from before the join is refused.
	task.Title = "late"
	s.code(s.InTx(background(), func(tx process.Tx) error { return tx.Tasks().Update(&task) }), process.CodeConflict, "stale")
	s.ok(s.View(background(), func(tx process.Tx) error {
		for thread, want := range map[string]int{"one": 2, "two": 1, "three": 0} {
			f := process.Filter{Match: map[string]string{"thread": thread}}
			leads, _, err := tx.Leads().List(f)
			if err != nil {
				return err
			}
			tasks, _, err := tx.Tasks().List(f)
			if err != nil {
				return err
			}
			as, _, err := tx.Activities(f)
			if err != nil {
				return err
			}
			if len(leads) != want || len(tasks) != want || len(as) != want {
				s.Errorf("on thread %s: %d leads, %d tasks, %d activities, want %d of each", thread, len(leads), len(tasks), len(as), want)
			}
			for _, a := range as {
				one, _, err := tx.Activities(process.Filter{Match: map[string]string{"id": a.ID}})
				if err != nil || len(one) != 1 {
					s.Errorf("the activity %s: %v, %v", a.ID, one, err)
				}
			}
		}
		return nil
	}))
}
