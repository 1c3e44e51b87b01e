package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"reflect"
)

// A group on SQLite speaks to the driver itself. Through database/sql each
// statement with a deadline costs two goroutines and a change of threads, which
// is more than SQLite needs for it. What bounds a part instead: the busy
// timeout for the lock, and its own deadline, looked at before each statement.

// statement is what a part or a group runs its SQL on; nil means database/sql.
type statement struct{ conn *sql.Conn }

func (s *statement) raw(f func(driverConn any) error) error { return s.conn.Raw(f) }

// exec runs a change and counts its rows.
func (s *statement) exec(query string, args []any) (n int64, err error) {
	values, err := named(args)
	if err != nil {
		return 0, err
	}
	err = s.raw(func(c any) error {
		res, err := c.(driver.ExecerContext).ExecContext(context.Background(), query, values)
		if err != nil {
			return err
		}
		n, err = res.RowsAffected()
		return err
	})
	return n, err
}

// each reads rows; f scans one. A statement that f runs is a neighbour of the
// one that is read from.
func (s *statement) each(query string, args []any, f func(scan func(...any) error) error) (err error) {
	values, err := named(args)
	if err != nil {
		return err
	}
	var rows driver.Rows
	if err := s.raw(func(c any) error {
		rows, err = c.(driver.QueryerContext).QueryContext(context.Background(), query, values)
		return err
	}); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	row := make([]driver.Value, len(rows.Columns()))
	scan := func(dest ...any) error { return assignAll(dest, row) }
	for {
		switch err := rows.Next(row); {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return err
		}
		if err := f(scan); err != nil {
			return err
		}
	}
}

// named are the arguments as the driver takes them.
func named(args []any) ([]driver.NamedValue, error) {
	out := make([]driver.NamedValue, len(args))
	for i, a := range args {
		out[i].Ordinal = i + 1
		switch a.(type) {
		case nil, string, int64, []byte, float64:
			out[i].Value = a
		default:
			v, err := driver.DefaultParameterConverter.ConvertValue(a)
			if err != nil {
				return nil, fmt.Errorf("argument %d: %w", i+1, err)
			}
			out[i].Value = v
		}
	}
	return out, nil
}

func assignAll(dest []any, row []driver.Value) error {
	if len(dest) != len(row) {
		return fmt.Errorf("%d columns for %d places", len(row), len(dest))
	}
	for i, v := range row {
		if err := assign(dest[i], v); err != nil {
			return fmt.Errorf("column %d: %w", i+1, err)
		}
	}
	return nil
}

// assign puts a value of the driver's (int64, float64, string, []byte, nil)
// where dest points. The bytes are not the driver's own any more.
func assign(dest any, v driver.Value) error {
	switch d := dest.(type) {
	case sql.Scanner:
		return d.Scan(v)
	case *string:
		if s, ok := v.(string); ok {
			*d = s
			return nil
		}
	case *int64:
		if n, ok := v.(int64); ok {
			*d = n
			return nil
		}
	case *[]byte:
		switch b := v.(type) {
		case nil:
			*d = nil
			return nil
		case []byte:
			*d = b
			return nil
		case string:
			*d = []byte(b)
			return nil
		}
	case *any:
		*d = v
		return nil
	}
	to := reflect.ValueOf(dest)
	if to.Kind() != reflect.Pointer || to.IsNil() {
		return fmt.Errorf("nothing can be put into %T", dest)
	}
	to = to.Elem()
	if to.Kind() == reflect.Pointer { // may be missing
		if v == nil {
			to.SetZero()
			return nil
		}
		to.Set(reflect.New(to.Type().Elem()))
		return assign(to.Interface(), v)
	}
	switch n := v.(type) {
	case string:
		if to.Kind() == reflect.String {
			to.SetString(n)
			return nil
		}
	case int64:
		switch {
		case to.CanInt() && !to.OverflowInt(n):
			to.SetInt(n)
			return nil
		case to.CanUint() && n >= 0 && !to.OverflowUint(uint64(n)):
			to.SetUint(uint64(n))
			return nil
		case to.Kind() == reflect.Bool && (n == 0 || n == 1):
			to.SetBool(n == 1)
			return nil
		}
	case float64:
		if to.CanFloat() {
			to.SetFloat(n)
			return nil
		}
	}
	return fmt.Errorf("a %T does not go into %T", v, dest)
}
