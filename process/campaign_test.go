package process_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/emne/emne/process"
	"github.com/emne/emne/process/store"
	"github.com/emne/emne/process/store/storetest"
)

// TestCampaignConcurrency lets 16 clients accept, revise, decline and cancel
// the same quotes, fulfil, hold and cancel the same orders, and issue, delete,
// credit and pay the same invoices. Every fifth transaction that would commit is
// rolled back just before it does, and some documents cannot be rendered.
func TestCampaignConcurrency(t *testing.T) {
	acts, seeds := 25, []uint64{1}
	if os.Getenv("EMNE_CAMPAIGN") == "full" {
		acts, seeds = 250, []uint64{1, 2, 3, 4, 5}
	}
	for engine, open := range map[string]func(*testing.T, store.Options) (*store.DB, error){
		"sqlite": func(t *testing.T, o store.Options) (*store.DB, error) {
			return store.OpenSQLite(t.Context(), t.TempDir()+"/emne.db", o)
		},
		"postgres": func(t *testing.T, o store.Options) (*store.DB, error) {
			return store.OpenPostgres(t.Context(), storetest.Postgres(t), o)
		},
	} {
		for _, seed := range seeds {
			t.Run(fmt.Sprintf("%s, seed %d", engine, seed), func(t *testing.T) {
				c := newCampaign(t, open, seed)
				c.run(acts)
				c.settle()
			})
		}
	}
}

// jam makes transactions fail.
type jam struct {
	process.Store
	*campaign
}

// InTx implements process.Store: what the use case did is undone in a fifth of
// the cases.
func (j jam) InTx(ctx context.Context, f func(process.Tx) error) error {
	broken := j.draw(5) == 0
	return j.Store.InTx(ctx, func(tx process.Tx) error {
		if err := f(tx); err != nil || !broken {
			return err
		}
		return errPaper
	})
}

const clients = 16

type campaign struct {
	*house
	mu     sync.Mutex
	random *rand.Rand
	calm   bool
	// won are the clients whose acceptance of a quote succeeded.
	won                       map[string]map[string]bool
	done, refused, rolledBack int
	acts                      map[string]int
	buyer                     string
}

// draw is a random number below n; nothing fails in a calm.
func (c *campaign) draw(n int) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.calm {
		return n - 1
	}
	return c.random.IntN(n)
}

func newCampaign(t *testing.T, open func(*testing.T, store.Options) (*store.DB, error), seed uint64) *campaign {
	t.Helper()
	c := &campaign{house: &house{t: t, clock: &clock{t: monday}, papers: &papers{}, owner: process.System()}, random: rand.New(rand.NewPCG(seed, 16)), calm: true,
		won: map[string]map[string]bool{}, acts: map[string]int{}}
	var err error
	if c.db, err = open(t, store.Options{Clock: c.clock.now}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.close)
	c.papers.fail = func(process.Snapshot) error {
		if c.draw(20) == 0 {
			return errPaper
		}
		return nil
	}
	c.s = process.New(process.Options{Store: jam{c.db, c}, Documents: c.papers, Clock: c.clock.now, Key: []byte("0123456789abcdef0123456789abcdef")})
	c.settings(func(st *process.Settings) { st.Company.Name, st.Company.Email = "Selger AS", "company@seller.example" })
	c.buyer = c.customer()
	for range 8 {
		c.activeQuote()
		c.openOrder()
		c.draftInvoice()
	}
	return c
}

// run lets the clients loose.
func (c *campaign) run(acts int) {
	c.t.Helper()
	c.mu.Lock()
	c.calm = false
	c.mu.Unlock()
	var all sync.WaitGroup
	for n := range clients {
		all.Go(func() {
			a := process.Actor{Kind: process.ActorToken, ID: fmt.Sprint("client-", n), Name: fmt.Sprint("Client ", n), Role: process.RoleOwner, Channel: "api"}
			for range acts {
				if !c.act(a) {
					return
				}
			}
		})
	}
	all.Wait()
	c.mu.Lock()
	c.calm = true
	c.mu.Unlock()
}

// act does one random thing; it reports false when that ended in a way that
// must not be.
func (c *campaign) act(a process.Actor) bool {
	c.clock.advance(1e6)
	type thing struct{ record, verb, body string }
	one := []thing{
		{process.TypeQuote, "accept", fmt.Sprintf(`{"name":%q}`, a.Name)}, {process.TypeQuote, "accept", fmt.Sprintf(`{"name":%q}`, a.Name)},
		{process.TypeQuote, "revise", ``}, {process.TypeQuote, "send", ``}, {process.TypeQuote, "send", ``}, {process.TypeQuote, "decline", `{"reason":"price"}`}, {process.TypeQuote, "cancel", ``},
		{process.TypeOrder, "fulfil", ``}, {process.TypeOrder, "part", ``}, {process.TypeOrder, "part", ``}, {process.TypeOrder, "invoice", ``},
		{process.TypeOrder, "hold", ``}, {process.TypeOrder, "release", ``}, {process.TypeOrder, "release", ``}, {process.TypeOrder, "cancel", ``},
		{process.TypeInvoice, "issue", `{"send":false}`}, {process.TypeInvoice, "issue", `{"send":false}`}, {process.TypeInvoice, "issue", `{"send":false}`}, {process.TypeInvoice, "delete", ``},
		{process.TypeInvoice, "credit", `{"reason":"agreed","amount":{"amount":"10.01"},"send":false}`}, {process.TypeInvoice, "credit", `{"reason":"back","reinvoice":true,"send":false}`},
		{process.TypeInvoice, "pay", ``},
		{process.TypeQuote, "new", ``}, {process.TypeOrder, "new", ``}, {process.TypeInvoice, "new", ``},
	}[c.draw(25)]
	err := c.attempt(a, one.record, one.verb, one.body)
	c.mu.Lock()
	defer c.mu.Unlock()
	switch code := process.CodeOf(err); {
	case err == nil:
		c.done++
		c.acts[one.record+" "+one.verb]++
	case errors.Is(err, errPaper):
		c.rolledBack++
	case code == process.CodeConflict || code == process.CodeInvalid || code == process.CodeNotFound:
		c.refused++
	default:
		c.t.Errorf("%s of a %s: %v", one.verb, one.record, err)
		return false
	}
	return true
}

// attempt does a verb to a random record of the newest ones.
func (c *campaign) attempt(a process.Actor, record, verb, body string) error {
	ctx := c.t.Context()
	f := process.Filter{Limit: 24}
	verbOf := func(name, id, body string) error {
		i := slices.IndexFunc(process.Verbs(), func(v process.Verb) bool { return v.Record == record && v.Name == name })
		_, err := process.Verbs()[i].Run(c.s, ctx, a, process.Target{ID: id}, []byte(body))
		return err
	}
	if verb == "new" { // so that there is always something left to quarrel about
		i := slices.IndexFunc(process.Forms(), func(f process.Form) bool { return f.Record == record })
		out, err := process.Forms()[i].Create(c.s, ctx, a, fmt.Appendf(nil, `{"customer":%q,"lines":%s}`, c.buyer, lines))
		if err != nil || record != process.TypeQuote {
			return err
		}
		return verbOf("send", out.Record.(*process.Quote).ID, "")
	}
	switch record {
	case process.TypeQuote:
		qs, _, err := c.s.Quotes().List(ctx, a, f)
		if err != nil || len(qs) == 0 {
			return err
		}
		q := qs[c.draw(len(qs))]
		if err = verbOf(verb, q.ID, body); err == nil && verb == "accept" {
			c.mu.Lock()
			defer c.mu.Unlock()
			if c.won[q.ID] == nil {
				c.won[q.ID] = map[string]bool{}
			}
			c.won[q.ID][a.Name] = true
		}
		return err
	case process.TypeOrder:
		os, _, err := c.s.Orders().List(ctx, a, f)
		if err != nil || len(os) == 0 {
			return err
		}
		o := os[c.draw(len(os))]
		if verb == "part" {
			return verbOf("fulfil", o.ID, fmt.Sprintf(`{"lines":[{"id":%q,"quantity":"0.7"}]}`, o.Lines[0].ID))
		}
		return verbOf(verb, o.ID, body)
	}
	is, _, err := c.s.Invoices().List(ctx, a, f)
	if err != nil || len(is) == 0 {
		return err
	}
	i := is[c.draw(len(is))]
	switch verb {
	case "delete":
		_, err = c.s.DeleteInvoice(ctx, a, process.Target{ID: i.ID})
		return err
	case "pay":
		_, err = c.s.CreatePayment(ctx, a, process.PaymentInput{Invoice: i.ID, Amount: process.Money{Minor: 12345, Currency: "NOK"}})
		return err
	}
	return verbOf(verb, i.ID, body)
}

// settle asks whether everything adds up.
func (c *campaign) settle() {
	t := c.t
	t.Helper()
	orders := map[string][]process.Order{}
	invoiced := map[string]string{}
	for _, o := range list(c.house, c.s.Orders(), nil) {
		if o.Quote != "" {
			orders[o.Quote] = append(orders[o.Quote], o)
		}
		for _, l := range o.Lines {
			invoiced[l.ID] = l.Invoiced.String()
			if l.Delivered.GreaterThan(l.Quantity) || l.Invoiced.GreaterThan(l.Delivered) || l.Invoiced.IsNegative() {
				t.Errorf("order %s: %s ordered, %s delivered, %s invoiced", o.Number, l.Quantity, l.Delivered, l.Invoiced)
			}
		}
	}
	live := map[string]int{}
	for _, q := range list(c.house, c.s.Quotes(), nil) {
		if q.Number != "" && (q.State == "draft" || q.State == "active") {
			live[q.Number]++
		}
		winners := slices.Collect(maps.Keys(c.won[q.ID]))
		switch {
		case q.State == "won" && (len(winners) != 1 || len(orders[q.ID]) != 1 || q.Acceptance == nil || q.Acceptance.Name != winners[0] || !c.ordered(orders[q.ID][0], q)):
			t.Errorf("quote %s revision %d is won by %v, accepted by %+v, with the orders %v", q.Number, q.Revision, winners, q.Acceptance, orders[q.ID])
		case q.State != "won" && (len(winners) > 0 || len(orders[q.ID]) > 0):
			t.Errorf("quote %s revision %d is %s, and %v won it with %d orders", q.Number, q.Revision, q.State, winners, len(orders[q.ID]))
		}
	}
	for number, n := range live {
		if n > 1 {
			t.Errorf("quote %s has %d live revisions", number, n)
		}
	}
	c.settleInvoices(invoiced)
	c.verify()
	if _, err := c.db.CheckAudit(c.ctx()); err != nil {
		t.Error(err)
	}
	if c.done == 0 || c.refused == 0 || c.rolledBack == 0 {
		t.Errorf("%d done, %d refused, %d rolled back: nothing was tried", c.done, c.refused, c.rolledBack)
	}
	t.Logf("%d clients: %d acts done, %d refused, %d rolled back (%d %% of the rest): %v", clients, c.done, c.refused, c.rolledBack, 100*c.rolledBack/(c.done+c.rolledBack), c.acts)
}

// settleInvoices holds the series, the sums and the orders' quantities to the
// invoices, credit notes and payments that there are.
func (c *campaign) settleInvoices(invoiced map[string]string) {
	t := c.t
	t.Helper()
	var numbers, notes []string
	var issued, credited, paid, open int64
	billed := map[string]process.LineQuantity{}
	add := func(source, quantity string, sign int64) {
		if source == "" {
			return
		}
		b := billed[source]
		b.Quantity = b.Quantity.Add(dec(quantity).Mul(dec(fmt.Sprint(sign))))
		billed[source] = b
	}
	lineOf := map[string]process.Line{} // of invoices
	linesOf := map[string][]process.Line{}
	taken := map[string]process.LineQuantity{} // of invoices' lines, by credit notes
	creditedOf := map[string]int64{}
	paidOf := map[string]int64{}
	is := list(c.house, c.s.Invoices(), nil)
	for _, i := range is {
		for _, l := range i.Lines {
			lineOf[l.ID] = l
			add(l.Source, l.Quantity.String(), 1)
		}
		linesOf[i.ID] = i.Lines
	}
	give := func(line process.Line, quantity string, back bool) {
		n := taken[line.ID]
		n.Quantity = n.Quantity.Add(dec(quantity))
		if taken[line.ID] = n; back {
			add(line.Source, quantity, -1)
		}
	}
	credits := list(c.house, c.s.CreditNotes(), nil)
	slices.Reverse(credits)
	for _, n := range credits {
		notes = append(notes, n.Number)
		creditedOf[n.Invoice] += n.Payable().Minor
		credited += n.Payable().Minor
		for _, l := range n.Lines {
			if l.Source != "" {
				give(lineOf[l.Source], l.Quantity.String(), n.Reinvoice)
			}
		}
		// Of an invoice of which an amount was credited before, the rest is an
		// amount too, and all its quantities go back.
		for _, l := range linesOf[n.Invoice] {
			if rest := l.Quantity.Sub(taken[l.ID].Quantity); n.Reinvoice && !rest.IsZero() {
				give(l, rest.String(), true)
			}
		}
	}
	for _, p := range list(c.house, c.s.Payments(), nil) {
		paidOf[p.Invoice] += p.Amount.Minor
		paid += p.Amount.Minor
	}
	for _, i := range is {
		if i.State == "draft" {
			if i.Number != "" {
				t.Errorf("a draft has the number %s", i.Number)
			}
			continue
		}
		numbers = append(numbers, i.Number)
		issued += i.Payable().Minor
		open += i.Open.Minor
		if i.Credited.Minor != creditedOf[i.ID] || i.Paid.Minor != paidOf[i.ID] || i.Credited.Minor > i.Payable().Minor {
			t.Errorf("invoice %s of %s: credited %s, notes %d; paid %s, payments %d", i.Number, i.Payable(), i.Credited, creditedOf[i.ID], i.Paid, paidOf[i.ID])
		}
	}
	if issued-credited != paid+open {
		t.Errorf("issued %d − credited %d is not paid %d + open %d", issued, credited, paid, open)
	}
	for line, quantity := range invoiced {
		if got := billed[line].Quantity; !got.Equal(dec(quantity)) {
			t.Errorf("an order's line has %s invoiced, its invoices and credit notes %s", quantity, got)
		}
	}
	for prefix, found := range map[string][]string{"": numbers, "K-": notes} {
		slices.SortFunc(found, func(a, b string) int { return compare(a, b) })
		first := map[string]int{"": 10001, "K-": 1001}[prefix]
		for k, n := range found {
			if n != fmt.Sprint(prefix, first+k) {
				t.Errorf("the series has %s where %s%d belongs: %s", n, prefix, first+k, strings.Join(found, " "))
				break
			}
		}
	}
}

// ordered reports whether an order is what the quote said. It may hold less
// only when its history says that the rest was cancelled.
func (c *campaign) ordered(o process.Order, q process.Quote) bool {
	if o.Gross == q.Gross {
		return true
	}
	cut, _, err := c.s.Timeline(c.ctx(), c.owner, process.Filter{Match: map[string]string{"about_id": o.ID, "type": "order.rest_cancelled"}, Limit: 1})
	c.check(err)
	return len(cut) == 1 && o.Gross.Minor < q.Gross.Minor
}
