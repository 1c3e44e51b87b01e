package storetest

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"time"

	"github.com/shopspring/decimal"

	"github.com/emne/emne/process"
)

// books are random records, kept beside the store to sum them independently.
type books struct {
	*rand.Rand
	at            time.Time
	users         []process.User
	customers     []process.Customer
	products      []process.Product
	leads         []process.Lead
	answers       map[string][]time.Time // by thread
	opportunities []process.Opportunity
	quoted        map[string]bool      // opportunities
	newest        map[string]time.Time // activity of a thread
	invoices      []process.Invoice
	credits       []process.CreditNote
	rates         map[string]decimal.Decimal // of documents in a foreign currency
}

// reports holds each report to a sum that is made in another way, over random
// records, for open and bounded periods.
func reports(s suite) {
	b := &books{Rand: rand.New(rand.NewPCG(2026, 3)), at: time.Date(2026, 3, 20, 10, 0, 0, 0, time.UTC), answers: map[string][]time.Time{}, quoted: map[string]bool{}, newest: map[string]time.Time{}, rates: map[string]decimal.Decimal{}}
	s.tx(b.fill)
	for _, days := range [][2]process.Date{{"", ""}, {"2026-02-01", "2026-02-28"}, {"2026-03-05", ""}, {"", "2026-03-04"}, {"2031-01-01", "2031-01-31"}} {
		p := process.Period{From: days[0], To: days[1], Start: days[0].Time(time.UTC), End: days[1].AddDays(1).Time(time.UTC)}
		s.view(func(tx process.Tx) error {
			r := tx.Reports()
			check(s, p, "funnel", b.funnel(p), r.Funnel)
			check(s, p, "responses", b.responses(p), r.Responses)
			check(s, p, "wins", b.wins(p), r.Wins)
			check(s, p, "forecast", b.forecast(p), r.Forecast)
			quiet := b.at.Add(-40 * 24 * time.Hour)
			check(s, p, "stages", b.stages(p, quiet), func(p process.Period) ([]process.StageRow, error) { return r.Stages(p, quiet) })
			check(s, p, "losses", b.losses(p), r.Losses)
			check(s, p, "wins by month", b.winMonths(p), func(p process.Period) ([]process.WinMonthRow, error) { return r.WinMonths(p, time.UTC) })
			check(s, p, "product sales", b.productSales(p), r.ProductSales)
			check(s, p, "customer sales", b.customerSales(p), r.CustomerSales)
			check(s, p, "VAT", b.vat(p), func(p process.Period) ([]process.VATRow, error) { return r.VAT(p, "NOK") })
			check(s, p, "receivables", b.receivables("2026-03-20"), func(process.Period) ([]process.ReceivablesRow, error) { return r.Receivables("2026-03-20") })
			return nil
		})
	}
}

// check compares rows without regard to their order.
func check[T any](s suite, p process.Period, name string, want []T, report func(process.Period) ([]T, error)) {
	s.Helper()
	got, err := report(p)
	s.ok(err)
	if len(got) != len(want) {
		s.Errorf("%s from %q to %q: %d rows, want %d", name, p.From, p.To, len(got), len(want))
	}
	text := func(rows []T) []string {
		var out []string
		for _, r := range rows {
			line := ""
			v := reflect.ValueOf(r)
			for i := range v.NumField() {
				f := v.Field(i)
				if f.Kind() == reflect.Pointer && !f.IsNil() {
					f = f.Elem()
				}
				line += fmt.Sprintf("%s=%v ", v.Type().Field(i).Name, f.Interface())
			}
			out = append(out, line)
		}
		slices.Sort(out)
		return out
	}
	g, w := text(got), text(want)
	for i := range min(len(g), len(w)) {
		if g[i] != w[i] {
			s.Errorf("%s from %q to %q:\n got %s\nwant %s", name, p.From, p.To, g[i], w[i])
		}
	}
}

func pick[T any](b *books, of ...T) T { return of[b.IntN(len(of))] }

func (b *books) moment() time.Time {
	return b.at.Add(-time.Duration(b.Int64N(int64(80 * 24 * time.Hour)))).Truncate(time.Microsecond)
}

func (b *books) fill(tx process.Tx) error {
	for i := range 3 {
		u := filled(func(u *process.User) {
			u.State, u.Role, u.Name, u.Email = "active", process.RoleSales, fmt.Sprint("User ", i), fmt.Sprint(i, "@x.example")
		})
		if err := tx.Users().Insert(u); err != nil {
			return err
		}
		b.users = append(b.users, *u)
		c := &process.Customer{State: "active", Name: fmt.Sprint("Customer ", i), Kind: "business"}
		if err := tx.Customers().Insert(c); err != nil {
			return err
		}
		b.customers = append(b.customers, *c)
		p := filled(func(p *process.Product) {
			p.State, p.SKU, p.Name = "active", fmt.Sprint("P", i), fmt.Sprint("Product ", i)
		})
		if err := tx.Products().Insert(p); err != nil {
			return err
		}
		b.products = append(b.products, *p)
	}
	for range 120 {
		if err := b.inquiry(tx); err != nil {
			return err
		}
	}
	for i := range 80 {
		if err := b.sale(tx, i); err != nil {
			return err
		}
	}
	return nil
}

// inquiry adds a lead with what followed.
func (b *books) inquiry(tx process.Tx) error {
	l := process.Lead{State: pick(b, "new", "contacted", "qualified", "qualified", "disqualified"), Source: pick(b, "mail:sales", "form:website", "", "api")}
	l.ID = process.NewID(b.at)
	l.CreatedAt, l.Thread = b.moment(), "thread-"+l.ID
	if l.State == "qualified" {
		o := process.Opportunity{State: pick(b, "open", "open", "won", "lost"), Customer: pick(b, b.customers...).ID, Currency: pick(b, "NOK", "EUR"), Probability: b.IntN(101), Thread: l.Thread}
		o.EstimatedRevenue = process.Money{Minor: b.Int64N(10_000_000), Currency: o.Currency}
		o.EstimatedClose = pick[process.Date](b, "", "2026-02-11", "2026-03-31", "2027-01-01")
		o.Stage = pick(b, "", "offer", "talks")
		if o.State == "lost" {
			o.Reason, o.Competitor = pick(b, "", "price", "time"), pick(b, "", "Rival AS")
		}
		o.Owner = pick(b, "", b.users[0].ID, b.users[1].ID)
		if o.State != "open" {
			at := b.moment()
			o.ClosedAt = &at
		}
		if err := tx.Opportunities().Insert(&o); err != nil {
			return err
		}
		l.Opportunity = o.ID
		b.opportunities = append(b.opportunities, o)
		for range b.IntN(3) {
			q := process.Quote{State: "draft", Opportunity: o.ID, Customer: o.Customer, Currency: o.Currency, Thread: l.Thread}
			if b.IntN(2) == 0 {
				at := b.at
				q.State, q.SentAt, q.Number = "active", &at, "T-"+process.NewID(b.at)
				b.quoted[o.ID] = true
			}
			if err := tx.Quotes().Insert(&q); err != nil {
				return err
			}
		}
	}
	if err := tx.Leads().Insert(&l); err != nil {
		return err
	}
	b.leads = append(b.leads, l)
	for range b.IntN(4) {
		at := l.CreatedAt.Add(time.Duration(b.Int64N(int64(72*time.Hour))) - time.Hour).Truncate(time.Microsecond)
		kind := pick(b, "acknowledgement", "notification", "quote", "invoice", "lead.contacted", "quote.sent", "lead.changed")
		switch kind {
		case "lead.contacted", "quote.sent", "lead.changed":
			if err := tx.AddActivity(process.Activity{ID: process.NewID(at), At: at, Type: kind, Thread: l.Thread, About: process.Ref{Type: process.TypeLead, ID: l.ID}}); err != nil {
				return err
			}
			if at.After(b.newest[l.Thread]) {
				b.newest[l.Thread] = at
			}
		default:
			d := process.Delivery{State: "accepted", Kind: kind, Thread: l.Thread}
			d.CreatedAt = at
			if err := tx.Deliveries().Insert(&d); err != nil {
				return err
			}
		}
		if kind != "acknowledgement" && kind != "notification" && kind != "lead.changed" {
			b.answers[l.Thread] = append(b.answers[l.Thread], at)
		}
	}
	return nil
}

// sale adds an invoice, perhaps issued, perhaps credited.
func (b *books) sale(tx process.Tx, n int) error {
	i := process.Invoice{State: pick(b, "draft", "issued", "issued", "issued"), Customer: pick(b, b.customers...).ID, Currency: pick(b, "NOK", "NOK", "EUR", "SEK")}
	i.Lines = b.lines(i.Currency)
	i.Totals = process.Total(i.Lines, i.Currency)
	if i.State == "issued" {
		i.Number = fmt.Sprint(10001 + n)
		i.IssueDate = process.DateOf(b.moment(), time.UTC)
		i.DueDate = pick(b, i.IssueDate.AddDays(b.IntN(40)), i.IssueDate.AddDays(-100), "2026-03-20", "2026-03-19", "2026-02-18", "2026-02-17", "2026-01-19", "2026-01-18", "2025-12-20", "2025-12-19")
		i.Rounding = process.Money{Minor: b.Int64N(3) - 1, Currency: i.Currency}
		if b.IntN(2) == 0 {
			i.Paid = process.Money{Minor: pick(b, i.Payable().Minor, i.Payable().Minor/2, i.Payable().Minor+100), Currency: i.Currency}
		}
		i.WrittenOff = process.Money{Minor: b.Int64N(2), Currency: i.Currency}
		i.Prepaid = process.Money{Minor: pick[int64](b, 0, 0, 777), Currency: i.Currency}
		i.Claims = process.Money{Minor: pick[int64](b, 0, 0, 50, 3800), Currency: i.Currency}
		i.Released = process.Money{Minor: i.Prepaid.Minor / 2, Currency: i.Currency}
	}
	var note *process.CreditNote
	if i.State == "issued" && b.IntN(3) == 0 {
		note = &process.CreditNote{State: "issued", Number: fmt.Sprint("K-", n), Customer: i.Customer, Currency: i.Currency, Lines: b.lines(i.Currency), IssueDate: process.DateOf(b.moment(), time.UTC)}
		note.Totals = process.Total(note.Lines, i.Currency)
		i.Credited = note.Payable()
	}
	if err := tx.Invoices().Insert(&i); err != nil {
		return err
	}
	b.invoices = append(b.invoices, i)
	if i.State == "issued" {
		if err := b.freeze(tx, i.ID, i.Currency, i.IssueDate, i.Totals); err != nil {
			return err
		}
	}
	if note == nil {
		return nil
	}
	note.Invoice = i.ID
	if err := tx.CreditNotes().Insert(note); err != nil {
		return err
	}
	b.credits = append(b.credits, *note)
	return b.freeze(tx, note.ID, note.Currency, note.IssueDate, note.Totals)
}

// freeze keeps the snapshot; those in euros have an exchange rate, those in
// Swedish kroner have none.
func (b *books) freeze(tx process.Tx, id, currency string, on process.Date, t process.Totals) error {
	snap := process.Snapshot{Kind: process.KindInvoice, Number: id, Currency: currency, IssueDate: on, Totals: t}
	if currency == "EUR" {
		b.rates[id] = decimal.New(1100+b.Int64N(100), -2).Add(decimal.New(b.Int64N(99), -4))
		sum := process.RoundMoney(t.VAT.Decimal().Mul(b.rates[id]), "NOK")
		snap.TaxCurrency, snap.TaxTotal, snap.Exchange = "NOK", &sum, &process.Exchange{Rate: b.rates[id].String(), Date: on}
	}
	return tx.PutSnapshot(id, snap)
}

func (b *books) lines(currency string) []process.Line {
	var lines []process.Line
	for range 1 + b.IntN(4) {
		l := process.Line{ID: process.NewID(b.at), Product: pick(b, "", "P0", "P1", "P2", "GONE"), Description: "Line", Unit: "C62",
			Quantity: decimal.New(b.Int64N(9000)-1000, -3), UnitPrice: decimal.New(b.Int64N(500_000), -2),
			VAT: pick(b, process.VAT{Category: "S", Rate: decimal.NewFromInt(25)}, process.VAT{Category: "S", Rate: decimal.RequireFromString("25.00")},
				process.VAT{Category: "S", Rate: decimal.NewFromInt(15)}, process.VAT{Category: "E"})}
		lines = append(lines, l.Price(currency))
	}
	return lines
}
