package store

import (
	"fmt"
	"strings"

	"github.com/emne/emne/process"
)

// table says where a record's fields lie. From it follow the texts of all its SQL.
type table[T any] struct {
	// name is the table, record the type as it is spoken of.
	name, record string
	// columns are the names, in the order of fields, without what every record
	// has and without the texts for searching.
	columns string
	base    func(*T) *process.Record
	// fields are pointers, or the types of column.go over pointers.
	fields func(*T) []any
	// reads are the expressions of columns that are read otherwise than they are
	// written.
	reads map[string]string
	// search are the texts that Filter.Query looks through.
	search func(*T) []string
	// keys maps the names that Filter.Match takes to columns.
	keys map[string]string
	// stateless records have no state column.
	stateless bool
	// document is set for records with lines.
	document func(*T) document

	all, insertSQL, updateSQL string
}

// build makes the SQL texts.
func (tab table[T]) build() table[T] {
	columns := strings.Fields(strings.ReplaceAll(tab.columns, ",", " "))
	written := "id, version, created_at, updated_at, " + strings.Join(columns, ", ")
	var holders, sets strings.Builder
	for i, c := range columns {
		fmt.Fprintf(&holders, "$%d, ", i+5)
		fmt.Fprintf(&sets, "%s = $%d, ", c, i+5)
		if expression, is := tab.reads[c]; is {
			columns[i] = expression
		}
	}
	tab.all = "id, version, created_at, updated_at, " + strings.Join(columns, ", ")
	last := len(columns) + 5
	tab.insertSQL = fmt.Sprintf("INSERT INTO %s (%s, search) VALUES ($1, $2, $3, $4, %s$%d) ON CONFLICT DO NOTHING",
		tab.name, written, holders.String(), last)
	tab.updateSQL = fmt.Sprintf("UPDATE %s SET version = $2 + 1, created_at = $3, updated_at = $4, %ssearch = $%d WHERE id = $1 AND version = $2",
		tab.name, sets.String(), last)
	return tab
}

// records is a table in one transaction.
type records[T any] struct {
	t *txn
	*table[T]
}

func on[T any](t *txn, tab *table[T]) process.Records[T] { return records[T]{t, tab} }

func (r records[T]) dest(v *T) []any {
	b := r.base(v)
	return append([]any{&b.ID, &b.Version, micros{&b.CreatedAt}, micros{&b.UpdatedAt}}, r.fields(v)...)
}

func (r records[T]) args(v *T) ([]any, error) {
	args, err := arguments(r.dest(v))
	if err != nil {
		return nil, fmt.Errorf("writing the %s %s: %w", r.record, r.base(v).ID, err)
	}
	return append(args, r.t.searchText(r.search(v))), nil
}

// Get implements process.Records.
func (r records[T]) Get(id string) (*T, error) {
	v := new(T)
	found, err := r.t.row("SELECT "+r.all+" FROM "+r.name+" WHERE id = $1"+r.t.lock(), []any{clean(id)}, r.dest(v)...)
	if err != nil {
		return nil, fmt.Errorf("reading the %s %s: %w", r.record, id, err)
	}
	if !found {
		return nil, process.NotFound(r.record, id)
	}
	if r.document != nil {
		if err := r.t.loadLines([]document{r.document(v)}); err != nil {
			return nil, err
		}
	}
	return v, nil
}

// Insert implements process.Records. It gives the record its first version,
// and an id and times when it has none.
func (r records[T]) Insert(v *T) error {
	b := r.base(v)
	if b.ID == "" {
		b.ID = process.NewID(r.t.db.clock())
	}
	if b.CreatedAt.IsZero() {
		b.CreatedAt = r.t.db.now()
	}
	if b.UpdatedAt.IsZero() {
		b.UpdatedAt = b.CreatedAt
	}
	b.Version = 1
	args, err := r.args(v)
	if err != nil {
		return err
	}
	// The lines come first: those of an issued document cannot be added to.
	if r.document != nil {
		if err := r.t.insertLines(r.document(v)); err != nil {
			return fmt.Errorf("adding the lines of the %s %s: %w", r.record, b.ID, err)
		}
	}
	n, err := r.t.exec(r.insertSQL, args...)
	if err != nil {
		return r.explain("adding", b.ID, err)
	}
	if n == 0 {
		if r.document != nil {
			if err := r.t.deleteLines(b.ID); err != nil {
				return err
			}
		}
		return r.taken()
	}
	return nil
}

// Update implements process.Records; it sets the time of the change.
func (r records[T]) Update(v *T) error {
	b := r.base(v)
	if r.document != nil {
		if err := r.updateLines(v); err != nil {
			return err
		}
	}
	before := b.UpdatedAt
	b.UpdatedAt = r.t.db.now()
	args, err := r.args(v)
	if err != nil {
		return err
	}
	n, err := r.t.exec(r.updateSQL, args...)
	if err != nil {
		return r.explain("changing", b.ID, err)
	}
	if n == 0 {
		b.UpdatedAt = before
		return r.missing(b.ID)
	}
	b.Version++
	return nil
}

// updateLines writes changed lines, after making sure that the document is the one that was read.
func (r records[T]) updateLines(v *T) error {
	b := r.base(v)
	var version int64
	found, err := r.t.row("SELECT version FROM "+r.name+" WHERE id = $1"+r.t.lock(), []any{b.ID}, &version)
	if err != nil {
		return fmt.Errorf("reading the %s %s: %w", r.record, b.ID, err)
	}
	if !found || version != b.Version {
		return r.missing(b.ID)
	}
	if err := r.t.replaceLines(r.document(v)); err != nil {
		return fmt.Errorf("changing the lines of the %s %s: %w", r.record, b.ID, err)
	}
	return nil
}

// Delete implements process.Records.
func (r records[T]) Delete(id string, version int64) error {
	n, err := r.t.exec("DELETE FROM "+r.name+" WHERE id = $1 AND version = $2", clean(id), version)
	if err != nil {
		return r.explain("deleting", id, err)
	}
	if n == 0 {
		return r.missing(id)
	}
	if r.document != nil {
		return r.t.deleteLines(id)
	}
	return nil
}

// missing says why a change met no row: there is none, or a newer one.
func (r records[T]) missing(id string) error {
	var version int64
	found, err := r.t.row("SELECT version FROM "+r.name+" WHERE id = $1", []any{clean(id)}, &version)
	if err != nil {
		return fmt.Errorf("reading the %s %s: %w", r.record, id, err)
	}
	if !found {
		return process.NotFound(r.record, id)
	}
	return process.Stale(r.record, id)
}

func (r records[T]) taken() error {
	return process.Conflict("taken", "there is already a %s with this id, number, address or key", r.record)
}

func (r records[T]) explain(doing, id string, err error) error {
	switch {
	case isTaken(err):
		return r.taken()
	case isReferred(err) && doing == "deleting":
		return process.Conflict("referred", "other records refer to the %s %s: delete those first", r.record, id)
	}
	return fmt.Errorf("%s the %s %s: %w", doing, r.record, id, err)
}
