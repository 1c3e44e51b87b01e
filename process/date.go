package process

import (
	"fmt"
	"time"
)

// Date is a calendar day as "2006-01-02", in the company's time zone where it
// is compared with the present. The empty Date is none. Dates compare as
// strings.
type Date string

// DateOf is the day of t in loc.
func DateOf(t time.Time, loc *time.Location) Date { return Date(t.In(loc).Format(time.DateOnly)) }

// Valid reports whether d is a real calendar day.
func (d Date) Valid() bool {
	_, err := time.Parse(time.DateOnly, string(d))
	return err == nil && len(d) == len(time.DateOnly)
}

// AddDays moves d by n days; the empty date stays empty.
func (d Date) AddDays(n int) Date {
	t, err := time.Parse(time.DateOnly, string(d))
	if err != nil {
		return d
	}
	return Date(t.AddDate(0, 0, n).Format(time.DateOnly))
}

// Time is the start of the day in loc, the zero time for an invalid date.
func (d Date) Time(loc *time.Location) time.Time {
	t, err := time.ParseInLocation(time.DateOnly, string(d), loc)
	if err != nil {
		return time.Time{}
	}
	return t
}

// UnmarshalText takes a day or nothing.
func (d *Date) UnmarshalText(b []byte) error {
	v := Date(b)
	if v != "" && !v.Valid() {
		return fmt.Errorf("%q is no date: write it as 2026-12-31", string(b))
	}
	*d = v
	return nil
}

// MarshalText writes the day as it is.
func (d Date) MarshalText() ([]byte, error) { return []byte(d), nil }
