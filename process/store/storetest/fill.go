package storetest

import (
	"fmt"
	"reflect"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"github.com/emne/emne/process"
)

// filler gives every field a value of its own, so that a column that is
// forgotten or swapped shows.
type filler struct{ n int }

// derived are computed by the domain and not stored.
var derived = map[string]bool{"Quote.Expired": true, "Customer.Warnings": true, "Invoice.Overdue": true, "Invoice.Open": true,
	"Lead.Score": true, "Lead.Duplicates": true, "Opportunity.NextDate": true, "Opportunity.Stale": true}

func (f *filler) fill(v reflect.Value, name string, nested bool) {
	f.n++
	switch p := v.Addr().Interface().(type) {
	case *time.Time:
		*p = time.UnixMicro(1_760_000_000_123_456 + int64(f.n)).UTC()
		return
	case *decimal.Decimal:
		*p = decimal.RequireFromString(fmt.Sprintf("%d.25", f.n))
		return
	case *process.Money:
		*p = process.Money{Minor: int64(f.n) * 101, Currency: "NOK"}
		return
	case *process.Date:
		*p = process.Date(fmt.Sprintf("2026-03-%02d", f.n%28+1))
		return
	case *process.Record:
		return
	}
	switch v.Kind() {
	case reflect.String:
		v.SetString(fmt.Sprintf("%s-%d Ærlig Ødegård %%_\\'", name, f.n))
		if name == "Currency" {
			v.SetString("NOK")
		}
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int, reflect.Int64:
		v.SetInt(int64(f.n%90 + 1))
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		f.fill(v.Elem(), name, nested)
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		f.fill(v.Index(0), name, true)
		f.fill(v.Index(1), name, true)
	case reflect.Map:
		m := reflect.MakeMap(v.Type())
		of := reflect.New(v.Type().Elem()).Elem()
		f.fill(of, "value", true)
		m.SetMapIndex(reflect.ValueOf("key æ"), of)
		v.Set(m)
	case reflect.Struct:
		for i := range v.NumField() {
			field := v.Type().Field(i)
			if derived[v.Type().Name()+"."+field.Name] || nested && strings.HasPrefix(field.Tag.Get("json"), "-") {
				continue
			}
			f.fill(v.Field(i), field.Name, nested || !field.Anonymous && v.Field(i).Kind() == reflect.Struct)
		}
	default:
		panic("storetest: no value is made for " + v.Type().String())
	}
}

// filled is a T with a value in every field that is stored; mend sets those
// that must be one of a few, or refer to something.
func filled[T any](mend func(*T)) *T {
	v := new(T)
	new(filler).fill(reflect.ValueOf(v).Elem(), reflect.TypeFor[T]().Name(), false)
	mend(v)
	return v
}

// difference names the first places where two values differ, "" when they do not.
func difference(path string, got, want reflect.Value) string {
	if reflect.DeepEqual(got.Interface(), want.Interface()) {
		return ""
	}
	switch got.Kind() {
	case reflect.Pointer:
		if !got.IsNil() && !want.IsNil() {
			return difference(path, got.Elem(), want.Elem())
		}
	case reflect.Slice:
		if got.Len() == want.Len() {
			var out strings.Builder
			for i := range got.Len() {
				out.WriteString(difference(fmt.Sprintf("%s[%d]", path, i), got.Index(i), want.Index(i)))
			}
			return out.String()
		}
	case reflect.Struct:
		if got.Type() == reflect.TypeFor[decimal.Decimal]() || got.Type() == reflect.TypeFor[time.Time]() {
			break
		}
		var out strings.Builder
		for i := range got.NumField() {
			if got.Type().Field(i).IsExported() {
				out.WriteString(difference(path+"."+got.Type().Field(i).Name, got.Field(i), want.Field(i)))
			}
		}
		return out.String()
	}
	return fmt.Sprintf("\n\t%s: got %+v, want %+v", path, got, want)
}

// differ is difference of two records.
func differ[T any](got, want *T) string {
	return difference(reflect.TypeFor[T]().Name(), reflect.ValueOf(got), reflect.ValueOf(want))
}
