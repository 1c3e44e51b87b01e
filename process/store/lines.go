package store

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/emne/emne/process"
)

// document is a record with lines, as far as lines.go needs it.
type document struct {
	id       string
	currency *string
	lines    *[]process.Line
	groups   *[]process.VATGroup
}

const (
	lineColumns  = "document_id, position, id, product, description, quantity, unit, unit_price, discount_percent, allowance_minor, vat_category, vat_rate, net_minor, delivered, invoiced, source, unit_price_with_vat, kind, optional, ticked, deposit, charge_percent, charge_reason, charge_minor"
	groupColumns = "document_id, position, vat_category, vat_rate, base_minor, vat_minor"
	// rowsAtOnce bounds one INSERT, documentsAtOnce one SELECT.
	rowsAtOnce      = 64
	documentsAtOnce = 512
)

func lineFields(l *process.Line, currency *string) []any {
	return []any{&l.ID, &l.Product, &l.Description, exact{&l.Quantity}, &l.Unit, exact{&l.UnitPrice},
		exact{&l.DiscountPercent}, money{&l.Allowance, currency}, &l.VAT.Category, exact{&l.VAT.Rate},
		money{&l.Net, currency}, exact{&l.Delivered}, exact{&l.Invoiced}, &l.Source,
		exact{&l.UnitPriceWithVAT}, &l.Kind, &l.Option, &l.Ticked, &l.Deposit, exact{&l.ChargePercent}, &l.ChargeReason, money{&l.Charge, currency}}
}

func groupFields(g *process.VATGroup, currency *string) []any {
	return []any{&g.Category, exact{&g.Rate}, money{&g.Base, currency}, money{&g.VAT, currency}}
}

// rows are the document's lines and groups as statements take them.
func (d document) rows() (lines, groups [][]any, err error) {
	for i := range *d.lines {
		args, err := arguments(lineFields(&(*d.lines)[i], d.currency))
		if err != nil {
			return nil, nil, fmt.Errorf("line %d: %w", i+1, err)
		}
		lines = append(lines, append([]any{d.id, int64(i)}, args...))
	}
	for i := range *d.groups {
		args, err := arguments(groupFields(&(*d.groups)[i], d.currency))
		if err != nil {
			return nil, nil, fmt.Errorf("VAT group %d: %w", i+1, err)
		}
		groups = append(groups, append([]any{d.id, int64(i)}, args...))
	}
	return lines, groups, nil
}

func (t *txn) insertLines(d document) error {
	lines, groups, err := d.rows()
	if err != nil {
		return err
	}
	if err := t.insertRows("line", lineColumns, lines); err != nil {
		return err
	}
	return t.insertRows("vat_group", groupColumns, groups)
}

// insertRows adds many rows with few statements, of few kinds, so that their
// texts are prepared once.
func (t *txn) insertRows(table, columns string, rows [][]any) error {
	for len(rows) > 0 {
		n := 1
		for n < rowsAtOnce && 2*n <= len(rows) {
			n *= 2
		}
		var args []any
		for _, row := range rows[:n] {
			args = append(args, row...)
		}
		if _, err := t.exec(t.db.insertOf(table, columns, n, len(rows[0])), args...); err != nil {
			return err
		}
		rows = rows[n:]
	}
	return nil
}

// insertKey is an INSERT of so many rows; a table's columns are always the same.
type insertKey struct {
	table string
	rows  int
}

// insertOf is the text of an INSERT of rows with so many columns.
func (db *DB) insertOf(table, columns string, rows, width int) string {
	key := insertKey{table, rows}
	if text, known := db.inserts.Load(key); known {
		return text.(string)
	}
	var b strings.Builder
	b.WriteString("INSERT INTO " + table + " (" + columns + ") VALUES ")
	for i := range rows {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString("(")
		for j := range width {
			if j > 0 {
				b.WriteString(", ")
			}
			b.WriteString("$" + strconv.Itoa(i*width+j+1))
		}
		b.WriteString(")")
	}
	db.inserts.Store(key, b.String())
	return b.String()
}

func (t *txn) deleteLines(id string) error {
	for _, table := range []string{"line", "vat_group"} {
		if _, err := t.exec("DELETE FROM "+table+" WHERE document_id = $1", id); err != nil {
			return fmt.Errorf("deleting the lines of %s: %w", id, err)
		}
	}
	return nil
}

// replaceLines writes the document's lines when they are not the stored ones:
// those of an issued document are never written again.
func (t *txn) replaceLines(d document) error {
	var lines []process.Line
	var groups []process.VATGroup
	currency := *d.currency
	old := document{id: d.id, currency: &currency, lines: &lines, groups: &groups}
	if err := t.loadLines([]document{old}); err != nil {
		return err
	}
	oldLines, oldGroups, err := old.rows()
	if err != nil {
		return err
	}
	newLines, newGroups, err := d.rows()
	if err != nil {
		return err
	}
	if slices.EqualFunc(oldLines, newLines, slices.Equal) && slices.EqualFunc(oldGroups, newGroups, slices.Equal) {
		return nil
	}
	if err := t.deleteLines(d.id); err != nil {
		return err
	}
	return t.insertLines(d)
}

// loadLines fills in the lines of documents, many with one statement.
func (t *txn) loadLines(docs []document) error {
	byID := make(map[string]document, len(docs))
	for _, d := range docs {
		*d.lines, *d.groups = []process.Line{}, []process.VATGroup{}
		byID[d.id] = d
	}
	for chunk := range slices.Chunk(docs, documentsAtOnce) {
		in, args := idList(chunk)
		err := t.each("SELECT "+lineColumns+" FROM line WHERE document_id IN ("+in+") ORDER BY document_id, position", args,
			func(scan func(...any) error) error {
				return scanLine(scan, byID)
			})
		if err != nil {
			return fmt.Errorf("reading lines: %w", err)
		}
		err = t.each("SELECT "+groupColumns+" FROM vat_group WHERE document_id IN ("+in+") ORDER BY document_id, position", args,
			func(scan func(...any) error) error {
				return scanGroup(scan, byID)
			})
		if err != nil {
			return fmt.Errorf("reading VAT groups: %w", err)
		}
	}
	return nil
}

func scanLine(scan func(...any) error, byID map[string]document) error {
	var id, currency string
	var position int64
	var l process.Line
	if err := scan(append([]any{&id, &position}, lineFields(&l, &currency)...)...); err != nil {
		return err
	}
	d := byID[id]
	l.Allowance.Currency, l.Charge.Currency, l.Net.Currency = *d.currency, *d.currency, *d.currency
	*d.lines = append(*d.lines, l)
	return nil
}

func scanGroup(scan func(...any) error, byID map[string]document) error {
	var id, currency string
	var position int64
	var g process.VATGroup
	if err := scan(append([]any{&id, &position}, groupFields(&g, &currency)...)...); err != nil {
		return err
	}
	d := byID[id]
	g.Base.Currency, g.VAT.Currency = *d.currency, *d.currency
	*d.groups = append(*d.groups, g)
	return nil
}

// idList is a list for IN whose length is a power of two, so that there are
// few texts of one statement; the last id repeats.
func idList(docs []document) (string, []any) {
	n := 1
	for n < len(docs) {
		n *= 2
	}
	args := make([]any, n)
	holders := make([]string, n)
	for i := range n {
		args[i] = docs[min(i, len(docs)-1)].id
		holders[i] = "$" + strconv.Itoa(i+1)
	}
	return strings.Join(holders, ", "), args
}
