package store

import "fmt"

// threaded are the tables whose rows stand on a thread; those of versioned
// records count as changed when they move to another.
var threaded = []struct {
	table     string
	versioned bool
}{{"lead", true}, {"message", true}, {"task", true}, {"delivery", true}, {"activity", false}}

// JoinThreads implements process.Tx. Nothing of a sale may stand on the thread
// that ends: an opportunity and what follows it keep theirs.
func (t *txn) JoinThreads(from, to string) error {
	if from == "" || to == "" || from == to {
		return nil
	}
	if err := t.writeActivities(); err != nil {
		return err
	}
	for _, tab := range threaded {
		set := "thread = $2"
		if tab.versioned {
			set += ", version = version + 1"
		}
		if _, err := t.exec("UPDATE "+tab.table+" SET "+set+" WHERE thread = $1", from, to); err != nil {
			return fmt.Errorf("joining the thread %s to %s: %w", from, to, err)
		}
	}
	return nil
}
