package store

import (
	"database/sql/driver"
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/shopspring/decimal"

	"github.com/emne/emne/process"
)

// The types of this file stand between a field and its column, in both
// directions. What needs none (text, numbers, booleans, dates) is a plain pointer.

// micros keeps a time as microseconds UTC, the zero time as 0.
type micros struct{ t *time.Time }

func (c micros) Value() (driver.Value, error) {
	if c.t.IsZero() {
		return int64(0), nil
	}
	return c.t.UnixMicro(), nil
}

func (c micros) Scan(v any) error {
	n, ok := v.(int64)
	if !ok {
		return fmt.Errorf("a time is %T", v)
	}
	*c.t = time.Time{}
	if n != 0 {
		*c.t = time.UnixMicro(n).UTC()
	}
	return nil
}

// microsOrNull is a time that may be missing.
type microsOrNull struct{ t **time.Time }

func (c microsOrNull) Value() (driver.Value, error) {
	if *c.t == nil {
		return nil, nil
	}
	return micros{*c.t}.Value()
}

func (c microsOrNull) Scan(v any) error {
	if v == nil {
		*c.t = nil
		return nil
	}
	*c.t = new(time.Time)
	return micros{*c.t}.Scan(v)
}

// money keeps minor units; the currency is the record's own column, which
// stands before it. The zero Money goes with any currency.
type money struct {
	m        *process.Money
	currency *string
}

func (c money) Value() (driver.Value, error) {
	if c.m.Currency != *c.currency && *c.m != (process.Money{}) {
		return nil, fmt.Errorf("an amount in %q on a record in %q", c.m.Currency, *c.currency)
	}
	return c.m.Minor, nil
}

func (c money) Scan(v any) error {
	n, ok := v.(int64)
	if !ok {
		return fmt.Errorf("an amount is %T", v)
	}
	*c.m = process.Money{Minor: n, Currency: *c.currency}
	return nil
}

// moneyOrNull is an amount that may be missing.
type moneyOrNull struct {
	m        **process.Money
	currency *string
}

func (c moneyOrNull) Value() (driver.Value, error) {
	if *c.m == nil {
		return nil, nil
	}
	return money{*c.m, c.currency}.Value()
}

func (c moneyOrNull) Scan(v any) error {
	if v == nil {
		*c.m = nil
		return nil
	}
	*c.m = new(process.Money)
	return money{*c.m, c.currency}.Scan(v)
}

// exact keeps a decimal as text, with all the places that it was given.
type exact struct{ d *decimal.Decimal }

func (c exact) Value() (driver.Value, error) { return c.d.StringFixed(max(0, -c.d.Exponent())), nil }

func (c exact) Scan(v any) error {
	s, ok := v.(string)
	if !ok {
		return fmt.Errorf("a decimal is %T", v)
	}
	d, err := decimal.NewFromString(s)
	if err != nil {
		return fmt.Errorf("reading the decimal %q: %w", s, err)
	}
	*c.d = d
	return nil
}

// ref is text of which the empty one is NULL, so that it is no reference and
// no unique key.
type ref struct{ s *string }

func (c ref) Value() (driver.Value, error) {
	if *c.s == "" {
		return nil, nil
	}
	return clean(*c.s), nil
}

func (c ref) Scan(v any) error {
	switch v := v.(type) {
	case nil:
		*c.s = ""
	case string:
		*c.s = v
	default:
		return fmt.Errorf("a reference is %T", v)
	}
	return nil
}

// object keeps a nested value as JSON, an empty one as no text. It holds a pointer.
type object struct{ v any }

func (c object) Value() (driver.Value, error) {
	e := reflect.ValueOf(c.v).Elem()
	if e.IsZero() || (e.Kind() == reflect.Slice || e.Kind() == reflect.Map) && e.Len() == 0 {
		return "", nil
	}
	b, err := json.Marshal(c.v)
	if err != nil {
		return nil, fmt.Errorf("writing %T: %w", c.v, err)
	}
	return string(b), nil
}

func (c object) Scan(v any) error {
	s, ok := v.(string)
	if !ok {
		return fmt.Errorf("a nested value is %T", v)
	}
	reflect.ValueOf(c.v).Elem().SetZero()
	if s == "" {
		return nil
	}
	if err := json.Unmarshal([]byte(s), c.v); err != nil {
		return fmt.Errorf("reading %T: %w", c.v, err)
	}
	return nil
}

// clean makes text that both engines take: PostgreSQL has neither NUL nor
// broken UTF-8 in its text.
func clean(s string) string {
	if strings.IndexByte(s, 0) >= 0 {
		s = strings.ReplaceAll(s, "\x00", "�")
	}
	if utf8.ValidString(s) { // many times faster than to look for the places
		return s
	}
	return strings.ToValidUTF8(s, "�")
}

// argument is what a field of a record becomes in a statement.
func argument(field any) (any, error) {
	switch f := field.(type) {
	case driver.Valuer:
		return f.Value()
	case *string:
		return clean(*f), nil
	case *int:
		return int64(*f), nil
	case *int64:
		return *f, nil
	case *bool:
		if *f {
			return int64(1), nil
		}
		return int64(0), nil
	}
	if e := reflect.ValueOf(field).Elem(); e.Kind() == reflect.String {
		return clean(e.String()), nil
	}
	return nil, fmt.Errorf("no column is made for %T", field)
}

// arguments are those of many fields.
func arguments(fields []any) ([]any, error) {
	out := make([]any, len(fields), len(fields)+4)
	for i, f := range fields {
		v, err := argument(f)
		if err != nil {
			return nil, err
		}
		out[i] = v
	}
	return out, nil
}
