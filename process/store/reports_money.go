package store

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/shopspring/decimal"

	"github.com/emne/emne/process"
)

// issued are the invoices and credit notes of a period, by their dates of issue.
const issued = `document AS (
	SELECT id, customer_id, currency, issue_date, net_minor, 1 AS invoice FROM invoice
	WHERE state = 'issued' AND issue_date >= $1 AND issue_date <= $2
	UNION ALL
	SELECT id, customer_id, currency, issue_date, net_minor, 0 FROM credit_note
	WHERE state = 'issued' AND issue_date >= $1 AND issue_date <= $2
)`

// split sums a column of invoices and of credit notes apart.
func split(column string) string {
	return fmt.Sprintf("CAST(SUM(CASE WHEN d.invoice = 1 THEN %s ELSE 0 END) AS BIGINT), CAST(SUM(CASE WHEN d.invoice = 0 THEN %s ELSE 0 END) AS BIGINT)", column, column)
}

// ProductSales implements process.Reports.
func (r reports) ProductSales(p process.Period) ([]process.ProductSalesRow, error) {
	query := `WITH ` + issued + `
	SELECT l.product, COALESCE(MAX(p.name), ''), d.currency, COUNT(DISTINCT CASE WHEN d.invoice = 1 THEN d.id END), ` + split("l.net_minor") + `
	FROM document d JOIN line l ON l.document_id = d.id LEFT JOIN product p ON p.sku = l.product
	GROUP BY l.product, d.currency`
	rows, err := rowsOf(r.t, query, days(p), func(f *process.ProductSalesRow) []any {
		return []any{&f.Product, &f.Name, &f.Currency, &f.Invoices, money{&f.Invoiced, &f.Currency}, money{&f.Credited, &f.Currency}}
	})
	for i := range rows {
		rows[i].Net = rows[i].Invoiced.Sub(rows[i].Credited)
	}
	slices.SortFunc(rows, func(a, b process.ProductSalesRow) int {
		return cmp.Or(cmp.Compare(a.Currency, b.Currency), cmp.Compare(b.Net.Minor, a.Net.Minor), cmp.Compare(a.Product, b.Product))
	})
	return rows, err
}

// CustomerSales implements process.Reports.
func (r reports) CustomerSales(p process.Period) ([]process.CustomerSalesRow, error) {
	query := `WITH ` + issued + `
	SELECT d.customer_id, COALESCE(MAX(c.name), ''), d.currency, CAST(SUM(d.invoice) AS BIGINT), ` + split("d.net_minor") + `
	FROM document d LEFT JOIN customer c ON c.id = d.customer_id
	GROUP BY d.customer_id, d.currency`
	rows, err := rowsOf(r.t, query, days(p), func(f *process.CustomerSalesRow) []any {
		return []any{&f.CustomerID, &f.Customer, &f.Currency, &f.Invoices, money{&f.Invoiced, &f.Currency}, money{&f.Credited, &f.Currency}}
	})
	for i := range rows {
		rows[i].Net = rows[i].Invoiced.Sub(rows[i].Credited)
	}
	slices.SortFunc(rows, func(a, b process.CustomerSalesRow) int {
		return cmp.Or(cmp.Compare(a.Currency, b.Currency), cmp.Compare(b.Net.Minor, a.Net.Minor), cmp.Compare(a.CustomerID, b.CustomerID))
	})
	return rows, err
}

// Receivables implements process.Reports. What was paid beyond an invoice went
// to its claims first.
func (r reports) Receivables(day process.Date) ([]process.ReceivablesRow, error) {
	const query = `WITH invoiced AS (
		SELECT customer_id, currency, gross_minor + rounding_minor - prepaid_minor + released_minor - credited_minor - paid_minor - written_off_minor AS open, claims_minor AS claims, due_date
		FROM invoice WHERE state = 'issued'
	), owed AS (
		SELECT customer_id, currency, due_date,
			CASE WHEN open >= 0 THEN open WHEN open + claims >= 0 THEN 0 ELSE open + claims END AS open,
			CASE WHEN open >= 0 THEN claims WHEN open + claims >= 0 THEN open + claims ELSE 0 END AS claims
		FROM invoiced
	), aged AS (
		SELECT customer_id, currency, open, claims, CASE
			WHEN open < 0 THEN 5
			WHEN due_date = '' OR due_date >= $1 THEN 0
			WHEN due_date >= $2 THEN 1
			WHEN due_date >= $3 THEN 2
			WHEN due_date >= $4 THEN 3
			ELSE 4 END AS age
		FROM owed WHERE open <> 0 OR claims <> 0
	)
	SELECT a.customer_id, COALESCE(MAX(c.name), ''), a.currency, COUNT(*),
		CAST(SUM(CASE WHEN age = 0 THEN open ELSE 0 END) AS BIGINT), CAST(SUM(CASE WHEN age = 1 THEN open ELSE 0 END) AS BIGINT),
		CAST(SUM(CASE WHEN age = 2 THEN open ELSE 0 END) AS BIGINT), CAST(SUM(CASE WHEN age = 3 THEN open ELSE 0 END) AS BIGINT),
		CAST(SUM(CASE WHEN age = 4 THEN open ELSE 0 END) AS BIGINT), CAST(SUM(CASE WHEN age = 5 THEN open ELSE 0 END) AS BIGINT),
		CAST(SUM(open) AS BIGINT), CAST(SUM(claims) AS BIGINT)
	FROM aged a LEFT JOIN customer c ON c.id = a.customer_id
	GROUP BY a.customer_id, a.currency`
	args := []any{string(day), string(day.AddDays(-30)), string(day.AddDays(-60)), string(day.AddDays(-90))}
	rows, err := rowsOf(r.t, query, args, func(f *process.ReceivablesRow) []any {
		amount := func(m *process.Money) money { return money{m, &f.Currency} }
		return []any{&f.CustomerID, &f.Customer, &f.Currency, &f.Invoices, amount(&f.NotDue), amount(&f.Days1), amount(&f.Days31), amount(&f.Days61),
			amount(&f.Days91), amount(&f.Overpaid), amount(&f.Open), amount(&f.Claims)}
	})
	slices.SortFunc(rows, func(a, b process.ReceivablesRow) int {
		return cmp.Or(cmp.Compare(a.Currency, b.Currency), cmp.Compare(b.Open.Minor, a.Open.Minor), cmp.Compare(a.CustomerID, b.CustomerID))
	})
	return rows, err
}

// VAT implements process.Reports. Documents in the company's currency are
// summed by SQL; those in another are turned into it one by one, by the rate
// that each of them froze.
func (r reports) VAT(p process.Period, currency string) ([]process.VATRow, error) {
	query := `WITH ` + issued + `
	SELECT substr(d.issue_date, 1, 7), d.currency, g.vat_category, g.vat_rate, ` + split("g.base_minor") + `, ` + split("g.vat_minor") + `
	FROM document d JOIN vat_group g ON g.document_id = d.id
	GROUP BY substr(d.issue_date, 1, 7), d.currency, g.vat_category, g.vat_rate`
	found, err := rowsOf(r.t, query, days(p), func(f *process.VATRow) []any {
		f.Rate = new(decimal.Decimal)
		amount := func(m *process.Money) money { return money{m, &f.Currency} }
		return []any{&f.Month, &f.Currency, &f.Category, exact{f.Rate}, amount(&f.InvoicedBase), amount(&f.CreditedBase), amount(&f.InvoicedVAT), amount(&f.CreditedVAT)}
	})
	if err != nil {
		return nil, err
	}
	rows := found[:0]
	for _, f := range found {
		f.Base, f.VAT = f.InvoicedBase.Sub(f.CreditedBase), f.InvoicedVAT.Sub(f.CreditedVAT)
		// 25 and 25.00 are two texts and one rate.
		i := slices.IndexFunc(rows, func(have process.VATRow) bool {
			return have.Month == f.Month && have.Currency == f.Currency && have.Category == f.Category && have.Rate.Equal(*f.Rate)
		})
		if i < 0 {
			rows = append(rows, f)
			continue
		}
		at := &rows[i]
		at.InvoicedBase, at.InvoicedVAT = at.InvoicedBase.Add(f.InvoicedBase), at.InvoicedVAT.Add(f.InvoicedVAT)
		at.CreditedBase, at.CreditedVAT = at.CreditedBase.Add(f.CreditedBase), at.CreditedVAT.Add(f.CreditedVAT)
		at.Base, at.VAT = at.Base.Add(f.Base), at.VAT.Add(f.VAT)
	}
	slices.SortFunc(rows, func(a, b process.VATRow) int {
		return cmp.Or(cmp.Compare(a.Month, b.Month), cmp.Compare(a.Currency, b.Currency), cmp.Compare(a.Category, b.Category), b.Rate.Cmp(*a.Rate))
	})
	for i := range rows {
		if row := &rows[i]; row.Currency == currency {
			base, vat := row.Base, row.VAT
			row.CompanyBase, row.CompanyVAT = &base, &vat
		} else {
			row.CompanyBase, row.CompanyVAT = &process.Money{Currency: currency}, &process.Money{Currency: currency}
		}
	}
	return rows, r.exchange(rows, p, currency)
}

// exchange adds what foreign documents come to in the company's currency.
func (r reports) exchange(rows []process.VATRow, p process.Period, currency string) error {
	type document struct {
		id      string
		invoice int64
	}
	documents, err := rowsOf(r.t, `WITH `+issued+` SELECT id, invoice FROM document WHERE currency <> $3 ORDER BY id`, append(days(p), currency),
		func(d *document) []any { return []any{&d.id, &d.invoice} })
	if err != nil {
		return err
	}
	for _, d := range documents {
		s, err := r.t.Snapshot(d.id)
		if err != nil {
			return err
		}
		base, vat := inTaxCurrency(s, currency)
		for k, g := range s.VATGroups {
			i := slices.IndexFunc(rows, func(row process.VATRow) bool {
				return row.Month == string(s.IssueDate)[:7] && row.Currency == s.Currency && row.Category == g.Category && row.Rate.Equal(g.Rate)
			})
			switch {
			case i < 0:
				return fmt.Errorf("the document %s froze VAT that its record does not have", d.id)
			case base == nil || rows[i].CompanyVAT == nil:
				rows[i].CompanyBase, rows[i].CompanyVAT = nil, nil
			case d.invoice == 1:
				rows[i].CompanyBase.Minor += base[k]
				rows[i].CompanyVAT.Minor += vat[k]
			default:
				rows[i].CompanyBase.Minor -= base[k]
				rows[i].CompanyVAT.Minor -= vat[k]
			}
		}
	}
	return nil
}

// inTaxCurrency turns the VAT groups of a document into the company's currency;
// the last group takes what rounding leaves of the document's total (BT-111).
// They are nil when the document froze no rate to this currency.
func inTaxCurrency(s process.Snapshot, currency string) (base, vat []int64) {
	if s.Exchange == nil || s.TaxCurrency != currency {
		return nil, nil
	}
	rate, err := decimal.NewFromString(s.Exchange.Rate)
	if err != nil {
		return nil, nil
	}
	var sum int64
	for _, g := range s.VATGroups {
		base = append(base, process.RoundMoney(g.Base.Decimal().Mul(rate), currency).Minor)
		vat = append(vat, process.RoundMoney(g.VAT.Decimal().Mul(rate), currency).Minor)
		sum += vat[len(vat)-1]
	}
	if s.TaxTotal != nil && len(vat) > 0 {
		vat[len(vat)-1] += s.TaxTotal.Minor - sum
	}
	return base, vat
}
