package store

import (
	"encoding/base64"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/emne/emne/process"
)

const (
	defaultLimit = 50
	// maxWords bounds a search.
	maxWords = 12
)

// List implements process.Records.
func (r records[T]) List(f process.Filter) ([]T, string, error) {
	var w where
	after, limit, err := w.filter(f, r.record, r.keys, !r.stateless)
	if err != nil {
		return nil, "", err
	}
	if after != "" {
		w.and("id < " + w.arg(after))
	}
	list, err := r.read(&w, limit+1)
	if err != nil {
		return nil, "", err
	}
	next := ""
	if len(list) > limit {
		list = list[:limit]
		next = cursor(r.record, r.base(&list[limit-1]).ID)
	}
	if r.document != nil {
		docs := make([]document, len(list))
		for i := range list {
			docs[i] = r.document(&list[i])
		}
		if err := r.t.loadLines(docs); err != nil {
			return nil, "", err
		}
	}
	return list, next, nil
}

// read gives the newest ones that meet the conditions, without their lines.
func (r records[T]) read(w *where, limit int) ([]T, error) {
	query := "SELECT " + r.all + " FROM " + r.name + w.text() + " ORDER BY id DESC LIMIT " + w.arg(int64(limit))
	list := []T{}
	err := r.t.each(query, w.args, func(scan func(...any) error) error {
		var v T
		if err := scan(r.dest(&v)...); err != nil {
			return err
		}
		list = append(list, v)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("listing %s records: %w", r.record, err)
	}
	return list, nil
}

// where gathers conditions and their arguments.
type where struct {
	conditions []string
	args       []any
}

func (w *where) and(condition string) { w.conditions = append(w.conditions, condition) }

func (w *where) arg(v any) string {
	w.args = append(w.args, v)
	return "$" + strconv.Itoa(len(w.args))
}

func (w *where) text() string {
	if len(w.conditions) == 0 {
		return ""
	}
	return " WHERE " + strings.Join(w.conditions, " AND ")
}

// filter adds what f asks for and gives the place where the page begins and its size.
func (w *where) filter(f process.Filter, record string, keys map[string]string, state bool) (after string, limit int, err error) {
	limit = f.Limit
	switch {
	case limit == 0:
		limit = defaultLimit
	case limit < 0 || limit > process.MaxLimit:
		return "", 0, process.Invalid("list.limit", fmt.Sprintf("a page has 1 to %d records", process.MaxLimit))
	}
	if f.Cursor != "" {
		if after, err = place(record, f.Cursor); err != nil {
			return "", 0, err
		}
	}
	if f.State != "" {
		if !state {
			return "", 0, fmt.Errorf("a %s has no state", record)
		}
		w.and("state = " + w.arg(clean(f.State)))
	}
	for _, key := range slices.Sorted(maps.Keys(f.Match)) {
		column, ok := keys[key]
		if !ok {
			return "", 0, fmt.Errorf("%s records cannot be looked up by %q", record, key)
		}
		if v := clean(f.Match[key]); v != "" {
			w.and(column + " = " + w.arg(v))
		} else {
			w.and("(" + column + " IS NULL OR " + column + " = '')")
		}
	}
	words := strings.Fields(searchText([]string{f.Query}))
	if len(words) > maxWords {
		return "", 0, process.Invalid("list.query", fmt.Sprintf("a search has at most %d words", maxWords))
	}
	for _, word := range words {
		w.and("search LIKE " + w.arg("%"+likeEscaper.Replace(word)+"%") + ` ESCAPE '\'`)
	}
	return after, limit, nil
}

var likeEscaper = strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`)

// cursor names the last record of a page, for one kind of record alone.
func cursor(record, id string) string {
	return base64.RawURLEncoding.EncodeToString([]byte(record + ":" + id))
}

func place(record, c string) (string, error) {
	b, err := base64.RawURLEncoding.DecodeString(c)
	id, ok := strings.CutPrefix(string(b), record+":")
	if err != nil || !ok || id == "" || len(id) > 64 || clean(id) != id {
		return "", process.Invalid("list.cursor", "the cursor is not one that this list gave out: begin without one")
	}
	return id, nil
}
