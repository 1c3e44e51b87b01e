package storetest

import (
	"slices"
	"time"

	"github.com/shopspring/decimal"

	"github.com/emne/emne/process"
)

// The independent sums: plain loops over the records, without SQL.

func within(p process.Period, t time.Time) bool {
	return (p.Start.IsZero() || !t.Before(p.Start)) && (p.End.IsZero() || t.Before(p.End))
}

func dated(p process.Period, d process.Date) bool {
	if d == "" {
		return p.From == "" && p.To == ""
	}
	return d >= p.From && (p.To == "" || d <= p.To)
}

// group finds or adds the row that same accepts.
func group[T any](rows *[]T, one T, same func(T) bool) *T {
	for i := range *rows {
		if same((*rows)[i]) {
			return &(*rows)[i]
		}
	}
	*rows = append(*rows, one)
	return &(*rows)[len(*rows)-1]
}

func (b *books) opportunity(id string) process.Opportunity {
	for _, o := range b.opportunities {
		if o.ID == id {
			return o
		}
	}
	return process.Opportunity{}
}

// wait is the time to the first answer in seconds, −1 for none.
func (b *books) wait(l process.Lead) int64 {
	first := int64(-1)
	for _, at := range b.answers[l.Thread] {
		if w := at.Sub(l.CreatedAt); w >= 0 && (first < 0 || int64(w/time.Second) < first) {
			first = int64(w / time.Second)
		}
	}
	return first
}

func (b *books) funnel(p process.Period) (rows []process.FunnelRow) {
	for _, l := range b.leads {
		if !within(p, l.CreatedAt) {
			continue
		}
		r := group(&rows, process.FunnelRow{Source: l.Source}, func(r process.FunnelRow) bool { return r.Source == l.Source })
		r.Leads++
		o := b.opportunity(l.Opportunity)
		for _, step := range []struct {
			n  *int64
			ok bool
		}{{&r.Answered, b.wait(l) >= 0}, {&r.Qualified, l.State == "qualified"}, {&r.Quoted, b.quoted[l.Opportunity]}, {&r.Won, o.State == "won"},
			{&r.Lost, l.State == "disqualified" || o.State == "lost"}} {
			if step.ok {
				*step.n++
			}
		}
	}
	return rows
}

func (b *books) responses(p process.Period) (rows []process.ResponseRow) {
	waits := map[string][]int64{}
	for _, l := range b.leads {
		if !within(p, l.CreatedAt) {
			continue
		}
		for _, key := range []process.ResponseRow{{Source: l.Source}, {Total: true}} {
			r := group(&rows, key, func(r process.ResponseRow) bool { return r.Source == key.Source && r.Total == key.Total })
			if r.Leads++; b.wait(l) >= 0 {
				r.Answered++
				name := key.Source
				if key.Total {
					name = "*"
				}
				waits[name] = append(waits[name], b.wait(l))
			}
		}
	}
	for i := range rows {
		name := rows[i].Source
		if rows[i].Total {
			name = "*"
		}
		w := waits[name]
		slices.Sort(w)
		if n := len(w); n > 0 {
			// The smallest value that at least half, or nine tenths, do not exceed.
			half, most := w[n-1], w[n-1]
			for k := n - 1; k >= 0; k-- {
				if 2*(k+1) >= n {
					half = w[k]
				}
				if 10*(k+1) >= 9*n {
					most = w[k]
				}
			}
			rows[i].Median, rows[i].P90 = &half, &most
		}
	}
	return rows
}

func (b *books) wins(p process.Period) (rows []process.WinRow) {
	for _, o := range b.opportunities {
		if o.ClosedAt == nil || !within(p, *o.ClosedAt) {
			continue
		}
		key := process.WinRow{OwnerID: o.Owner}
		for _, u := range b.users {
			if u.ID == o.Owner {
				key.Owner = u.Name
			}
		}
		r := group(&rows, key, func(r process.WinRow) bool { return r.OwnerID == o.Owner })
		if r.Closed++; o.State == "won" {
			r.Won++
		} else {
			r.Lost++
		}
	}
	return rows
}

func (b *books) forecast(p process.Period) (rows []process.ForecastRow) {
	exact := map[[2]string]decimal.Decimal{}
	for _, o := range b.opportunities {
		if o.State != "open" || !dated(p, o.EstimatedClose) {
			continue
		}
		month := string(o.EstimatedClose)
		if month != "" {
			month = month[:7]
		}
		none := process.Money{Currency: o.Currency}
		r := group(&rows, process.ForecastRow{Month: month, Currency: o.Currency, Unweighted: none, Weighted: none},
			func(r process.ForecastRow) bool { return r.Month == month && r.Currency == o.Currency })
		r.Opportunities++
		r.Unweighted = r.Unweighted.Add(o.EstimatedRevenue)
		key := [2]string{month, o.Currency}
		exact[key] = exact[key].Add(o.EstimatedRevenue.Decimal().Mul(decimal.NewFromInt(int64(o.Probability))).Shift(-2))
		r.Weighted = process.RoundMoney(exact[key], o.Currency)
	}
	return rows
}

// paper is an issued invoice or credit note.
type paper struct {
	id, customer, currency string
	on                     process.Date
	lines                  []process.Line
	process.Totals
	credit bool
}

func (b *books) papers(p process.Period) (all []paper) {
	for _, i := range b.invoices {
		if i.State == "issued" && dated(p, i.IssueDate) {
			all = append(all, paper{i.ID, i.Customer, i.Currency, i.IssueDate, i.Lines, i.Totals, false})
		}
	}
	for _, c := range b.credits {
		if dated(p, c.IssueDate) {
			all = append(all, paper{c.ID, c.Customer, c.Currency, c.IssueDate, c.Lines, c.Totals, true})
		}
	}
	return all
}

func (b *books) productSales(p process.Period) (rows []process.ProductSalesRow) {
	for _, d := range b.papers(p) {
		counted := map[string]bool{}
		for _, l := range d.lines {
			none := process.Money{Currency: d.currency}
			key := process.ProductSalesRow{Product: l.Product, Currency: d.currency, Invoiced: none, Credited: none, Net: none}
			for _, product := range b.products {
				if product.SKU == l.Product {
					key.Name = product.Name
				}
			}
			r := group(&rows, key, func(r process.ProductSalesRow) bool { return r.Product == l.Product && r.Currency == d.currency })
			if d.credit {
				r.Credited, r.Net = r.Credited.Add(l.Net), r.Net.Sub(l.Net)
				continue
			}
			r.Invoiced, r.Net = r.Invoiced.Add(l.Net), r.Net.Add(l.Net)
			if !counted[l.Product] {
				r.Invoices++
			}
			counted[l.Product] = true
		}
	}
	return rows
}

func (b *books) customer(id string) string {
	for _, c := range b.customers {
		if c.ID == id {
			return c.Name
		}
	}
	return ""
}

func (b *books) customerSales(p process.Period) (rows []process.CustomerSalesRow) {
	for _, d := range b.papers(p) {
		none := process.Money{Currency: d.currency}
		r := group(&rows, process.CustomerSalesRow{Customer: b.customer(d.customer), CustomerID: d.customer, Currency: d.currency, Invoiced: none, Credited: none, Net: none},
			func(r process.CustomerSalesRow) bool { return r.CustomerID == d.customer && r.Currency == d.currency })
		if d.credit {
			r.Credited, r.Net = r.Credited.Add(d.Net), r.Net.Sub(d.Net)
			continue
		}
		r.Invoices++
		r.Invoiced, r.Net = r.Invoiced.Add(d.Net), r.Net.Add(d.Net)
	}
	return rows
}

func (b *books) receivables(day process.Date) (rows []process.ReceivablesRow) {
	for _, i := range b.invoices {
		if i.State != "issued" {
			continue
		}
		open := process.Money{Minor: i.Payable().Minor - i.Prepaid.Minor + i.Released.Minor - i.Credited.Minor - i.Paid.Minor - i.WrittenOff.Minor, Currency: i.Currency}
		claims := i.Claims
		if open.Minor < 0 { // what was paid too much went to the claims first
			paid := process.Money{Minor: min(-open.Minor, claims.Minor), Currency: i.Currency}
			open, claims = open.Add(paid), claims.Sub(paid)
		}
		if open.IsZero() && claims.IsZero() {
			continue
		}
		none := process.Money{Currency: i.Currency}
		r := group(&rows, process.ReceivablesRow{Customer: b.customer(i.Customer), CustomerID: i.Customer, Currency: i.Currency, NotDue: none, Days1: none,
			Days31: none, Days61: none, Days91: none, Overpaid: none, Open: none, Claims: none},
			func(r process.ReceivablesRow) bool { return r.CustomerID == i.Customer && r.Currency == i.Currency })
		r.Invoices++
		r.Open, r.Claims = r.Open.Add(open), r.Claims.Add(claims)
		late := int(day.Time(time.UTC).Sub(i.DueDate.Time(time.UTC)).Hours() / 24)
		part := &r.Days91
		switch {
		case open.Minor < 0:
			part = &r.Overpaid
		case late <= 0:
			part = &r.NotDue
		case late <= 30:
			part = &r.Days1
		case late <= 60:
			part = &r.Days31
		case late <= 90:
			part = &r.Days61
		}
		*part = part.Add(open)
	}
	return rows
}

func (b *books) vat(p process.Period) (rows []process.VATRow) {
	for _, d := range b.papers(p) {
		left := process.RoundMoney(d.VAT.Decimal().Mul(b.rates[d.id]), "NOK")
		for k, g := range d.VATGroups {
			none := process.Money{Currency: d.currency}
			month := string(d.on)[:7]
			r := group(&rows, process.VATRow{Month: month, Currency: d.currency, Category: g.Category, Rate: &g.Rate, InvoicedBase: none, InvoicedVAT: none,
				CreditedBase: none, CreditedVAT: none, Base: none, VAT: none, CompanyBase: &process.Money{Currency: "NOK"}, CompanyVAT: &process.Money{Currency: "NOK"}},
				func(r process.VATRow) bool {
					return r.Month == month && r.Currency == d.currency && r.Category == g.Category && r.Rate.Equal(g.Rate)
				})
			base, vat := g.Base, g.VAT
			switch d.currency {
			case "EUR":
				base = process.RoundMoney(g.Base.Decimal().Mul(b.rates[d.id]), "NOK")
				vat = process.RoundMoney(g.VAT.Decimal().Mul(b.rates[d.id]), "NOK")
				if k == len(d.VATGroups)-1 {
					vat = left
				}
				left = left.Sub(vat)
			case "SEK":
				r.CompanyBase, r.CompanyVAT = nil, nil
			}
			if d.credit {
				r.CreditedBase, r.CreditedVAT = r.CreditedBase.Add(g.Base), r.CreditedVAT.Add(g.VAT)
				r.Base, r.VAT = r.Base.Sub(g.Base), r.VAT.Sub(g.VAT)
				base, vat = base.Neg(), vat.Neg()
			} else {
				r.InvoicedBase, r.InvoicedVAT = r.InvoicedBase.Add(g.Base), r.InvoicedVAT.Add(g.VAT)
				r.Base, r.VAT = r.Base.Add(g.Base), r.VAT.Add(g.VAT)
			}
			if r.CompanyBase != nil {
				*r.CompanyBase, *r.CompanyVAT = r.CompanyBase.Add(base), r.CompanyVAT.Add(vat)
			}
		}
	}
	return rows
}
