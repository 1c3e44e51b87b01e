package process

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strings"

	"github.com/shopspring/decimal"
)

// priceRow is a price in a file of price lists, with the list that it is of.
type priceRow struct {
	Name       string          `json:"name"`
	Currency   string          `json:"currency"`
	ValidFrom  Date            `json:"valid_from"`
	ValidUntil Date            `json:"valid_until"`
	Customer   string          `json:"customer"`
	Group      string          `json:"group"`
	Product    string          `json:"product"`
	From       decimal.Decimal `json:"from"`
	UnitPrice  decimal.Decimal `json:"unit_price"`
}

// listRows are the rows of one list.
type listRows struct {
	id, name string
	head     map[string]json.RawMessage
	prices   []ListPrice
	lines    []int // of prices
	line     int   // the first
}

// ImportPriceLists takes price lists of a CSV file, a row a price: the rows of
// one id, or of one name, are the prices of that list, in place of those that it
// had. A customer is an id or an organisation number. All rows are taken or none.
func (s *Service) ImportPriceLists(ctx context.Context, a Actor, file []byte) (*Outcome, error) {
	if err := a.must(MaySell); err != nil {
		return nil, err
	}
	rows, err := readSheet(file, sheetColumns(reflect.TypeFor[priceRow]()))
	if err != nil {
		return nil, err
	}
	lists, problems := listsOf(rows)
	return s.change(ctx, a, MaySell, func(u *unit) (*Outcome, error) {
		ps, did := problems, Imported{}
		ids, err := u.activeLists()
		if err != nil {
			return nil, err
		}
		for _, l := range lists {
			err := l.take(u, ids, &did)
			var e *Error
			if err != nil && !errors.As(err, &e) {
				return nil, fmt.Errorf("line %d: %w", l.line, err)
			}
			if err != nil {
				ps = append(ps, l.places(e)...)
			}
			if len(ps) >= maxImportProblems {
				break
			}
		}
		if len(ps) > 0 {
			return nil, Invalid("import.invalid", "nothing was imported: mend these lines first", ps...)
		}
		return &Outcome{Record: did, Created: []Ref{}}, nil
	})
}

// listsOf gathers the rows of each list.
func listsOf(rows []sheetRow) (lists []*listRows, ps []Problem) {
	at := map[string]*listRows{}
	for _, row := range rows {
		bad := func(field, reason, message string) {
			if len(ps) < maxImportProblems {
				ps = append(ps, Problem{Field: strings.TrimSuffix(fmt.Sprintf("line %d: %s", row.line, field), ": "), Reason: reason, Message: message})
			}
		}
		for _, p := range row.problems {
			bad(p.Field, p.Reason, p.Message)
		}
		var in priceRow
		head := map[string]json.RawMessage{}
		if err := errors.Join(Decode(row.body, &in), Decode(row.body, &head)); err != nil || len(row.problems) > 0 {
			if err != nil {
				bad("", "import.row", err.Error())
			}
			continue
		}
		product := strings.TrimSpace(in.Product)
		if _, priced := head["unit_price"]; product != "" && !priced {
			bad("unit_price", "missing", "a price is needed")
		}
		for _, name := range []string{"product", "from", "unit_price"} {
			delete(head, name)
		}
		key := row.id
		if key == "" {
			key = "name " + strings.ToLower(strings.TrimSpace(in.Name))
		}
		l := at[key]
		if l == nil {
			l = &listRows{id: row.id, name: strings.TrimSpace(in.Name), head: head, line: row.line}
			at[key], lists = l, append(lists, l)
		}
		for name, said := range head {
			if string(said) != `""` && !bytes.Equal(said, l.head[name]) {
				bad(name, "import.differs", fmt.Sprintf("line %d says something else of the same price list", l.line))
			}
		}
		if product != "" {
			l.prices, l.lines = append(l.prices, ListPrice{product, in.From, in.UnitPrice}), append(l.lines, row.line)
		}
	}
	return lists, ps
}

// take makes the list, or changes the one that there is; ids are those of the
// active lists by name.
func (l *listRows) take(u *unit, ids map[string]string, did *Imported) error {
	r := &PriceList{Record: u.record(), State: "active"}
	var found *PriceList
	var err error
	if id := cmp.Or(l.id, ids[strings.ToLower(l.name)]); id != "" {
		if found, err = opened(u, u.PriceLists(), "edit", Target{ID: id}); err != nil {
			return err
		}
	}
	var in PriceListInput
	if found != nil {
		r, in = found, found.Input()
	}
	was, err := json.Marshal(in)
	if err != nil {
		return err
	}
	body, err := json.Marshal(l.head)
	if err != nil {
		return err
	}
	if err := Decode(body, &in); err != nil {
		return err
	}
	if found != nil && l.id == "" {
		in.Name = found.Name // whatever the case in the file
	}
	in.Prices = l.prices
	if in.Customer, err = u.customerNamed(in.Customer); err != nil {
		return err
	}
	if now, err := json.Marshal(in); err != nil || found != nil && bytes.Equal(was, now) {
		did.Unchanged++
		return err
	}
	if err := u.applyPriceList(in, r); err != nil {
		return err
	}
	act := Activity{Type: "price_list.created", About: Ref{TypePriceList, r.ID}, To: r.State, Data: map[string]string{"name": r.Name}}
	if found == nil {
		did.Created++
		err = u.PriceLists().Insert(r)
	} else {
		did.Changed++
		act.Type, act.From = "price_list.changed", r.State
		err = u.PriceLists().Update(r)
	}
	if err != nil {
		return err
	}
	return u.note(act)
}

// activeLists are the ids of the active lists by their names in lower case, of
// several with a name the newest.
func (u *unit) activeLists() (map[string]string, error) {
	ids := map[string]string{}
	return ids, every(u.PriceLists(), Filter{State: "active"}, func(l *PriceList) error {
		if name := strings.ToLower(l.Name); ids[name] == "" {
			ids[name] = l.ID
		}
		return nil
	})
}

// customerNamed is the id of a customer who is named by it or by organisation number.
func (u *unit) customerNamed(name string) (string, error) {
	if name = strings.TrimSpace(name); name == "" {
		return "", nil
	}
	c, err := first(u.Customers(), map[string]string{"organisation_number": strings.ReplaceAll(name, " ", "")}, "")
	if err != nil || c == nil {
		return name, err
	}
	return c.ID, nil
}

// places turns problems of a list's prices into lines of the file.
func (l *listRows) places(e *Error) []Problem {
	out := e.atLine(l.line)
	for i, p := range e.Problems {
		var n int
		if _, err := fmt.Sscanf(p.Field, "prices[%d]", &n); err == nil && n < len(l.lines) {
			_, part, _ := strings.Cut(p.Field, "].")
			out[i].Field = fmt.Sprintf("line %d: %s", l.lines[n], part)
		}
	}
	return out
}

// ExportPriceLists gives the active price lists as CSV that can be imported again.
func (s *Service) ExportPriceLists(ctx context.Context, a Actor) ([]byte, error) {
	return giveRows(s, ctx, a, headOf(sheetColumns(reflect.TypeFor[priceRow]())), Tx.PriceLists, "active", func(l *PriceList) (rows [][]string) {
		prices := l.Prices
		if len(prices) == 0 {
			prices = []ListPrice{{}}
		}
		for _, p := range prices {
			rows = append(rows, []string{l.ID, l.Name, l.Currency, string(l.ValidFrom), string(l.ValidUntil), l.Customer, l.Group, p.Product, p.From.String(), p.UnitPrice.String()})
		}
		return rows
	})
}
