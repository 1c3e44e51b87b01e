package process

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strings"
)

// Imported counts what an import did.
type Imported struct {
	Created   int `json:"created"`
	Changed   int `json:"changed"`
	Unchanged int `json:"unchanged"`
}

const (
	// maxImport bounds the rows of one import, maxImportProblems what is said
	// about them.
	maxImport         = 10_000
	maxImportProblems = 100
)

// sheet is a kind of record as rows of CSV. Its columns are the paths of the
// input's fields, such as sku, names.nb and address.city, after the id.
type sheet[T, In any] struct {
	may    Permission
	typ    string
	of     func(Tx) Records[T]
	active string
	input  func(T) In
	// find looks for the record of a row without an id; key is what the row is
	// known by, and may be empty.
	find   func(u *unit, in In) (r *T, key string, err error)
	create func(*unit, In) (*T, error)
	change func(*unit, In, *T) error
	// tidy writes an input as the record's own is written; nil when it is already.
	tidy func(*unit, In) (In, error)
	// late holds for rows that name others of the file, which come first.
	late func(In) bool
}

func productSheet() sheet[Product, ProductInput] {
	return sheet[Product, ProductInput]{may: MaySell, typ: TypeProduct, of: Tx.Products, active: "active", input: Product.Input,
		find: func(u *unit, in ProductInput) (*Product, string, error) {
			sku := strings.TrimSpace(in.SKU)
			if sku == "" {
				return nil, "", nil
			}
			p, err := first(u.Products(), map[string]string{"sku": sku}, "")
			return p, sku, err
		},
		create: (*unit).newProduct, change: (*unit).changeProduct,
		late: func(in ProductInput) bool { return len(in.Bundle) > 0 }}
}

func customerSheet() sheet[Customer, CustomerInput] {
	return sheet[Customer, CustomerInput]{may: MayKeep, typ: TypeCustomer, of: Tx.Customers, input: Customer.Input,
		find: func(u *unit, in CustomerInput) (*Customer, string, error) {
			if number := strings.ReplaceAll(in.OrganisationNumber, " ", ""); number != "" {
				c, err := first(u.Customers(), map[string]string{"organisation_number": number}, "")
				return c, number, err
			}
			if email := normalEmail(in.Email); email != "" {
				c, err := first(u.Customers(), map[string]string{"email": email}, "")
				return c, email, err
			}
			return nil, "", nil
		},
		create: func(u *unit, in CustomerInput) (*Customer, error) { return u.newCustomer(in, "") },
		change: (*unit).changeCustomer}
}

// ImportProducts adds and changes products by the rows of a CSV file: a row
// with the id or the SKU of a product changes it, columns that are left out
// stay. All rows are taken, or none and every wrong line is named.
func (s *Service) ImportProducts(ctx context.Context, a Actor, file []byte) (*Outcome, error) {
	return productSheet().take(s, ctx, a, file)
}

// ImportCustomers is ImportProducts for customers, which are known by their
// id, else by organisation number, else by e-mail address.
func (s *Service) ImportCustomers(ctx context.Context, a Actor, file []byte) (*Outcome, error) {
	return customerSheet().take(s, ctx, a, file)
}

// ExportProducts gives the active products as CSV that can be imported again.
func (s *Service) ExportProducts(ctx context.Context, a Actor) ([]byte, error) {
	return productSheet().give(s, ctx, a)
}

// ExportCustomers gives all customers as CSV that can be imported again.
func (s *Service) ExportCustomers(ctx context.Context, a Actor) ([]byte, error) {
	return customerSheet().give(s, ctx, a)
}

func (sh sheet[T, In]) take(s *Service, ctx context.Context, a Actor, file []byte) (*Outcome, error) {
	if err := a.must(sh.may); err != nil {
		return nil, err
	}
	rows, err := readSheet(file, sheetColumns(reflect.TypeFor[In]()))
	if err != nil {
		return nil, err
	}
	rows = sh.inOrder(rows)
	return s.change(ctx, a, sh.may, func(u *unit) (*Outcome, error) {
		var did Imported
		var problems []Problem
		seen := map[string]int{}
		for _, row := range rows {
			err := sh.takeRow(u, row, seen, &did)
			var e *Error
			if err != nil && !errors.As(err, &e) {
				return nil, fmt.Errorf("line %d: %w", row.line, err)
			}
			if err != nil {
				problems = append(problems, e.atLine(row.line)...)
			}
			if len(problems) >= maxImportProblems {
				break
			}
		}
		if len(problems) > 0 {
			return nil, Invalid("import.invalid", "nothing was imported: mend these lines first", problems...)
		}
		return &Outcome{Record: did, Created: []Ref{}}, nil
	})
}

// inOrder puts the late rows last.
func (sh sheet[T, In]) inOrder(rows []sheetRow) []sheetRow {
	if sh.late == nil {
		return rows
	}
	var early, late []sheetRow
	for _, row := range rows {
		var in In
		if err := Decode(row.body, &in); err == nil && sh.late(in) {
			late = append(late, row)
		} else {
			early = append(early, row)
		}
	}
	return append(early, late...)
}

func (sh sheet[T, In]) takeRow(u *unit, row sheetRow, seen map[string]int, did *Imported) error {
	if len(row.problems) > 0 {
		return Invalid("import.row", "the row cannot be read", row.problems...)
	}
	var in In
	if err := Decode(row.body, &in); err != nil {
		return err
	}
	var r *T
	var key string
	var err error
	if row.id != "" {
		key = row.id
		r, err = sh.of(u).Get(row.id)
	} else {
		r, key, err = sh.find(u, in)
	}
	if err != nil {
		return err
	}
	if r != nil {
		key = reflect.ValueOf(r).Elem().FieldByName("ID").String()
	}
	if before := seen[key]; before > 0 && key != "" {
		return Invalid("import.twice", fmt.Sprintf("the same %s stands on line %d", sh.typ, before), Problem{Reason: "import.twice", Message: fmt.Sprintf("the same %s stands on line %d", sh.typ, before)})
	}
	if r == nil {
		did.Created++
		if r, err = sh.create(u, in); err == nil {
			seen[key], seen[reflect.ValueOf(r).Elem().FieldByName("ID").String()] = row.line, row.line
		}
		return err
	}
	seen[key] = row.line
	in = sh.input(*r)
	was, err := json.Marshal(in)
	if err != nil {
		return err
	}
	if err := overlay(row.body, &in); err != nil {
		return err
	}
	tidy(reflect.ValueOf(&in).Elem())
	if sh.tidy != nil {
		if in, err = sh.tidy(u, in); err != nil {
			return err
		}
	}
	if now, err := json.Marshal(in); err != nil || bytes.Equal(was, now) {
		did.Unchanged++
		return err
	}
	did.Changed++
	return sh.change(u, in, r)
}

// tidy takes texts that were emptied out of an input's maps.
func tidy(in reflect.Value) {
	for i := range in.NumField() {
		f := in.Field(i)
		if f.Kind() != reflect.Map {
			continue
		}
		for _, k := range f.MapKeys() {
			if f.MapIndex(k).IsZero() {
				f.SetMapIndex(k, reflect.Value{})
			}
		}
		if f.Len() == 0 {
			f.SetZero()
		}
	}
}

// atLine says on which line of a file the problems are.
func (e *Error) atLine(line int) []Problem {
	problems := e.Problems
	if len(problems) == 0 {
		problems = []Problem{{Reason: e.Reason, Message: e.Message}}
	}
	out := make([]Problem, len(problems))
	for i, p := range problems {
		p.Field = strings.TrimSuffix(fmt.Sprintf("line %d: %s", line, p.Field), ": ")
		out[i] = p
	}
	return out
}

func (sh sheet[T, In]) give(s *Service, ctx context.Context, a Actor) ([]byte, error) {
	columns := sheetColumns(reflect.TypeFor[In]())
	return giveRows(s, ctx, a, headOf(columns), sh.of, sh.active, func(r *T) [][]string {
		in := reflect.ValueOf(sh.input(*r))
		cells := []string{reflect.ValueOf(r).Elem().FieldByName("ID").String()}
		for _, c := range columns {
			cells = append(cells, c.read(in))
		}
		return [][]string{cells}
	})
}

func headOf(columns []sheetColumn) []string {
	head := []string{"id"}
	for _, c := range columns {
		head = append(head, c.path)
	}
	return head
}

// giveRows writes records in a state as CSV, each as the rows that it has.
func giveRows[T any](s *Service, ctx context.Context, a Actor, head []string, of func(Tx) Records[T], state string, rows func(*T) [][]string) ([]byte, error) {
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	err := s.view(ctx, a, MayRead, func(u *unit) error {
		if err := w.Write(head); err != nil {
			return fmt.Errorf("writing CSV: %w", err)
		}
		return every(of(u), Filter{State: state}, func(r *T) error {
			if err := w.WriteAll(rows(r)); err != nil {
				return fmt.Errorf("writing CSV: %w", err)
			}
			return nil
		})
	})
	w.Flush()
	return b.Bytes(), errors.Join(err, w.Error())
}

// ImportColumns are the names of the columns that an import of the type takes.
func ImportColumns(typ string) string {
	if typ == TypeRate {
		return "date, currency, rate, units, base"
	}
	t := reflect.TypeFor[ProductInput]()
	switch typ {
	case TypePriceList:
		t = reflect.TypeFor[priceRow]()
	case TypeCustomer:
		t = reflect.TypeFor[CustomerInput]()
	case TypeHours:
		t = reflect.TypeFor[HoursInput]()
	}
	return "id, " + paths(sheetColumns(t))
}
