package process

import (
	"cmp"
	"encoding/csv"
	"fmt"
	"io"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/shopspring/decimal"
)

// The rows of the reports. Percentages have one decimal and are absent where
// there is nothing to divide by. Total marks the sums.

// FunnelRow counts how far the leads of a source got.
type FunnelRow struct {
	Total     bool             `json:"total,omitempty"`
	Source    string           `json:"source"`
	Leads     int64            `json:"leads"`
	Answered  int64            `json:"answered"`
	Qualified int64            `json:"qualified"`
	Quoted    int64            `json:"quoted"` // with a quote that was sent
	Won       int64            `json:"won"`
	Lost      int64            `json:"lost"` // disqualified, or the opportunity lost
	WonRate   *decimal.Decimal `json:"won_rate,omitempty"`
}

func (r *FunnelRow) rate() { r.WonRate = percentOf(r.Won, r.Leads) }

// ResponseRow are the times to the first answer that went out to a lead (a
// mail other than the automatic receipt, or a contact that was logged), in
// seconds: Median and P90 are the nearest ranks.
type ResponseRow struct {
	Total    bool   `json:"total,omitempty"`
	Source   string `json:"source"`
	Leads    int64  `json:"leads"`
	Answered int64  `json:"answered"`
	Median   *int64 `json:"median_seconds,omitempty"`
	P90      *int64 `json:"p90_seconds,omitempty"`
}

// WinRow counts closed opportunities of an owner.
type WinRow struct {
	Total   bool             `json:"total,omitempty"`
	Owner   string           `json:"owner"` // the user's name
	OwnerID string           `json:"owner_id,omitempty"`
	Closed  int64            `json:"closed"`
	Won     int64            `json:"won"`
	Lost    int64            `json:"lost"`
	WinRate *decimal.Decimal `json:"win_rate,omitempty"`
}

func (r *WinRow) rate() { r.WinRate = percentOf(r.Won, r.Closed) }

// ForecastRow sums open opportunities without VAT. Month is 2006-01, empty for
// those without a date; Weighted counts each by its probability.
type ForecastRow struct {
	Total         bool   `json:"total,omitempty"`
	Month         string `json:"month"`
	Currency      string `json:"currency"`
	Opportunities int64  `json:"opportunities"`
	Unweighted    Money  `json:"unweighted"`
	Weighted      Money  `json:"weighted"`
}

// StageRow is a ForecastRow for one stage, with how many of them are stale.
type StageRow struct {
	Total         bool   `json:"total,omitempty"`
	Month         string `json:"month"`
	Stage         string `json:"stage"` // its key
	Currency      string `json:"currency"`
	Opportunities int64  `json:"opportunities"`
	Stale         int64  `json:"stale"`
	Unweighted    Money  `json:"unweighted"`
	Weighted      Money  `json:"weighted"`
}

// LossRow counts lost opportunities by why and to whom; Revenue is what was
// estimated for them, without VAT.
type LossRow struct {
	Total      bool   `json:"total,omitempty"`
	Reason     string `json:"reason"`
	Competitor string `json:"competitor"`
	Currency   string `json:"currency"`
	Lost       int64  `json:"lost"`
	Revenue    Money  `json:"revenue"`
}

// WinMonthRow counts closed opportunities by the company's month, 2006-01.
type WinMonthRow struct {
	Total   bool             `json:"total,omitempty"`
	Month   string           `json:"month"`
	Closed  int64            `json:"closed"`
	Won     int64            `json:"won"`
	Lost    int64            `json:"lost"`
	WinRate *decimal.Decimal `json:"win_rate,omitempty"`
}

func (r *WinMonthRow) rate() { r.WinRate = percentOf(r.Won, r.Closed) }

// ProductSalesRow sums lines of issued invoices and credit notes. Product is
// the SKU, empty for free lines and for credited amounts.
type ProductSalesRow struct {
	Total    bool   `json:"total,omitempty"`
	Product  string `json:"product"`
	Name     string `json:"name"`
	Currency string `json:"currency"`
	Invoices int64  `json:"invoices"`
	Invoiced Money  `json:"invoiced"`
	Credited Money  `json:"credited"`
	Net      Money  `json:"net"`
}

// CustomerSalesRow sums issued invoices and credit notes of a customer.
type CustomerSalesRow struct {
	Total      bool   `json:"total,omitempty"`
	Customer   string `json:"customer"` // the present name
	CustomerID string `json:"customer_id,omitempty"`
	Currency   string `json:"currency"`
	Invoices   int64  `json:"invoices"`
	Invoiced   Money  `json:"invoiced"`
	Credited   Money  `json:"credited"`
	Net        Money  `json:"net"`
}

// ReceivablesRow is what a customer owes, by the days since it was due.
// Overpaid is what was paid too much, a negative amount; Claims are the fees and
// the interest of reminders that are not paid, beside Open.
type ReceivablesRow struct {
	Total      bool   `json:"total,omitempty"`
	Customer   string `json:"customer"`
	CustomerID string `json:"customer_id,omitempty"`
	Currency   string `json:"currency"`
	Invoices   int64  `json:"invoices"`
	NotDue     Money  `json:"not_due"`
	Days1      Money  `json:"days_1_30"`
	Days31     Money  `json:"days_31_60"`
	Days61     Money  `json:"days_61_90"`
	Days91     Money  `json:"days_over_90"`
	Overpaid   Money  `json:"overpaid"`
	Open       Money  `json:"open"`
	Claims     Money  `json:"claims"`
}

// VATRow sums VAT groups of issued invoices less credit notes. CompanyBase and
// CompanyVAT are Base and VAT in the company's currency, by the exchange rates
// that the documents froze; they are absent when one of them has none.
type VATRow struct {
	Total        bool             `json:"total,omitempty"`
	Month        string           `json:"month"`
	Currency     string           `json:"currency"`
	Category     string           `json:"category"`
	Rate         *decimal.Decimal `json:"rate,omitempty"`
	InvoicedBase Money            `json:"invoiced_base"`
	InvoicedVAT  Money            `json:"invoiced_vat"`
	CreditedBase Money            `json:"credited_base"`
	CreditedVAT  Money            `json:"credited_vat"`
	Base         Money            `json:"base"`
	VAT          Money            `json:"vat"`
	CompanyBase  *Money           `json:"company_base,omitempty"`
	CompanyVAT   *Money           `json:"company_vat,omitempty"`
}

// VATCodeRow is a VATRow over all months of the period.
type VATCodeRow struct {
	Total        bool             `json:"total,omitempty"`
	Currency     string           `json:"currency"`
	Category     string           `json:"category"`
	Rate         *decimal.Decimal `json:"rate,omitempty"`
	InvoicedBase Money            `json:"invoiced_base"`
	InvoicedVAT  Money            `json:"invoiced_vat"`
	CreditedBase Money            `json:"credited_base"`
	CreditedVAT  Money            `json:"credited_vat"`
	Base         Money            `json:"base"`
	VAT          Money            `json:"vat"`
	CompanyBase  *Money           `json:"company_base,omitempty"`
	CompanyVAT   *Money           `json:"company_vat,omitempty"`
}

// byCode sums months, by currency, category and rate.
func byCode(months []VATRow) []VATCodeRow {
	var rows []VATCodeRow
	for _, m := range months {
		i := slices.IndexFunc(rows, func(r VATCodeRow) bool {
			return r.Currency == m.Currency && r.Category == m.Category && r.Rate.Equal(*m.Rate)
		})
		first := i < 0
		if first {
			i = len(rows)
			rows = append(rows, VATCodeRow{Currency: m.Currency, Category: m.Category, Rate: m.Rate})
		}
		one := VATCodeRow{InvoicedBase: m.InvoicedBase, InvoicedVAT: m.InvoicedVAT, CreditedBase: m.CreditedBase, CreditedVAT: m.CreditedVAT,
			Base: m.Base, VAT: m.VAT, CompanyBase: m.CompanyBase, CompanyVAT: m.CompanyVAT}
		plus(reflect.ValueOf(&rows[i]).Elem(), reflect.ValueOf(one), first)
	}
	slices.SortFunc(rows, func(a, b VATCodeRow) int {
		return cmp.Or(cmp.Compare(a.Currency, b.Currency), cmp.Compare(a.Category, b.Category), b.Rate.Cmp(*a.Rate))
	})
	return rows
}

// Columns are the keys of the rows' fields, in their order.
func (r Report) Columns() []string {
	t := reflect.TypeOf(r.Items).Elem()
	var keys []string
	for i := range t.NumField() {
		name, _, _ := cutTag(t.Field(i).Tag.Get("json"))
		keys = append(keys, name)
	}
	return keys
}

// Rows are the values of the fields: string, bool, int64, Money, or nil where
// there is none; percentages are decimal.Decimal.
func (r Report) Rows() [][]any {
	v := reflect.ValueOf(r.Items)
	rows := make([][]any, v.Len())
	for i := range rows {
		for f := range v.Index(i).NumField() {
			cell := v.Index(i).Field(f)
			if cell.Kind() == reflect.Pointer {
				if cell.IsNil() {
					rows[i] = append(rows[i], nil)
					continue
				}
				cell = cell.Elem()
			}
			rows[i] = append(rows[i], cell.Interface())
		}
	}
	return rows
}

// WriteCSV writes the report with commas and a head (RFC 4180); amounts are
// plain numbers, their currency has its own column. Company amounts are in the
// company's currency.
func (r Report) WriteCSV(w io.Writer) error {
	c := csv.NewWriter(w)
	if err := c.Write(r.Columns()); err != nil {
		return fmt.Errorf("writing CSV: %w", err)
	}
	for _, row := range r.Rows() {
		cells := make([]string, len(row))
		for i, v := range row {
			cells[i] = csvCell(v)
		}
		if err := c.Write(cells); err != nil {
			return fmt.Errorf("writing CSV: %w", err)
		}
	}
	c.Flush()
	if err := c.Error(); err != nil {
		return fmt.Errorf("writing CSV: %w", err)
	}
	return nil
}

// csvCell writes a value. Text that a spreadsheet would compute gets an
// apostrophe before it: names and sources come from strangers.
func csvCell(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case bool:
		return strconv.FormatBool(v)
	case int64:
		return strconv.FormatInt(v, 10)
	case string:
		if v != "" && strings.ContainsRune("=+-@\t\r", rune(v[0])) {
			return "'" + v
		}
		return v
	}
	return fmt.Sprint(v) // Money, decimal.Decimal
}

// FileName is what the report's CSV is called.
func (r Report) FileName() string {
	name := "emne-" + r.Name
	for _, d := range []Date{r.From, r.To} {
		if d != "" {
			name += "-" + string(d)
		}
	}
	return name + ".csv"
}
