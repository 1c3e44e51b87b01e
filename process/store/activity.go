package store

import (
	"fmt"
	"strconv"

	"github.com/emne/emne/process"
)

const activityColumns = "id, at, type, about_type, about_id, thread, actor_kind, actor_id, actor_name, actor_role, actor_channel, from_state, to_state, why, data, related_type, related_id"

func activityFields(a *process.Activity) []any {
	return []any{&a.ID, micros{&a.At}, &a.Type, &a.About.Type, &a.About.ID, ref{&a.Thread}, &a.Actor.Kind, &a.Actor.ID,
		&a.Actor.Name, &a.Actor.Role, &a.Actor.Channel, &a.From, &a.To, &a.Why, object{&a.Data}, &a.Related.Type, ref{&a.Related.ID}}
}

// AddActivity implements process.Tx. It gives the entry an id and a time when it
// has none. It is written with others, before somebody reads them or at the end.
func (t *txn) AddActivity(a process.Activity) error {
	if a.At.IsZero() {
		a.At = t.db.now()
	}
	if a.ID == "" {
		a.ID = process.NewID(a.At)
	}
	args, err := arguments(activityFields(&a))
	if err != nil {
		return fmt.Errorf("writing the activity %s: %w", a.Type, err)
	}
	texts := []string{a.Actor.Name, a.Why}
	for _, v := range a.Data {
		texts = append(texts, v)
	}
	if err := t.usable(true); err != nil {
		return err
	}
	t.activities = append(t.activities, append(args, searchText(texts)))
	return nil
}

// writeActivities writes what was added until now.
func (t *txn) writeActivities() error {
	rows := t.activities
	t.activities = nil
	if err := t.insertRows("activity", activityColumns+", search", rows); err != nil {
		return fmt.Errorf("adding activities: %w", err)
	}
	return nil
}

// Activities implements process.Tx. It is ordered by the order of adding.
func (t *txn) Activities(f process.Filter) ([]process.Activity, string, error) {
	if err := t.writeActivities(); err != nil {
		return nil, "", err
	}
	var w where
	keys := map[string]string{"thread": "thread", "about_type": "about_type", "about_id": "about_id", "type": "type",
		"related_id": "related_id", "actor_id": "actor_id", "id": "id"}
	after, limit, err := w.filter(f, process.TypeActivity, keys, false)
	if err != nil {
		return nil, "", err
	}
	if after != "" {
		seq, err := strconv.ParseInt(after, 10, 64)
		if err != nil {
			return nil, "", process.Invalid("list.cursor", "the cursor is not one that this list gave out: begin without one")
		}
		w.and("seq < " + w.arg(seq))
	}
	list := []process.Activity{}
	var seqs []int64
	query := "SELECT seq, " + activityColumns + " FROM activity" + w.text() + " ORDER BY seq DESC LIMIT " + w.arg(int64(limit+1))
	err = t.each(query, w.args, func(scan func(...any) error) error {
		var a process.Activity
		var seq int64
		if err := scan(append([]any{&seq}, activityFields(&a)...)...); err != nil {
			return err
		}
		list, seqs = append(list, a), append(seqs, seq)
		return nil
	})
	if err != nil {
		return nil, "", fmt.Errorf("listing activities: %w", err)
	}
	if len(list) <= limit {
		return list, "", nil
	}
	return list[:limit], cursor(process.TypeActivity, strconv.FormatInt(seqs[limit-1], 10)), nil
}
