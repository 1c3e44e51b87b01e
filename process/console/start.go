package console

import (
	"cmp"
	"slices"

	"github.com/emne/emne/process"
)

const (
	// shown is how many records a column of the start page holds.
	shown = 6
	// counted is up to where open records are counted.
	counted = 100
	// sorted is how many open tasks are put in the order of their days.
	sorted = 2000
)

// startPage is the sales process at one glance.
type startPage struct {
	frame
	Columns []column
	Tasks   []row
	Trouble []row
}

// column is a step of the process with its newest open records.
type column struct {
	Label, Kind, Href, Count string
	Cards                    []card
}

type card struct {
	Title, Note, Amount, Href, When string
	Badges                          []badge
	at                              string
}

func (v *visit) start() error {
	p := startPage{frame: v.frame(v.t("nav.start"))}
	p.Live, p.Seen = true, v.seen()
	columns := []func() ([]card, error){v.openLeads, v.openOpportunities, v.openQuotes, v.openOrders, v.openInvoices}
	types := []string{process.TypeLead, process.TypeOpportunity, process.TypeQuote, process.TypeOrder, process.TypeInvoice}
	for i, of := range columns {
		cards, err := of()
		if err != nil {
			return err
		}
		slices.SortFunc(cards, func(a, b card) int { return cmp.Compare(b.at, a.at) })
		c := column{Label: v.t("step." + stepKeys[i]), Kind: v.t("kinds." + types[i]), Href: "/" + v.c.kindOf(types[i]).collection, Count: count(len(cards))}
		if len(cards) >= counted {
			c.Count = count(counted-1) + "+"
		}
		c.Cards = cards[:min(shown, len(cards))]
		p.Columns = append(p.Columns, c)
	}
	var err error
	if p.Tasks, err = v.dueTasks(); err != nil {
		return err
	}
	for _, state := range []string{"failed", "bounced", "unknown"} {
		rows, _, err := rowsOf((*process.Service).Deliveries, deliveryRow)(v, process.Filter{State: state, Limit: 4})
		if err != nil {
			return err
		}
		p.Trouble = append(p.Trouble, rows...)
	}
	entries, _, err := rowsOf((*process.Service).BankEntries, bankEntryRow)(v, process.Filter{State: "unmatched", Limit: 4})
	if err != nil {
		return err
	}
	p.Trouble = append(p.Trouble, entries...)
	rows, _, err := rowsOf((*process.Service).Quarantine, quarantineRow)(v, process.Filter{State: "quarantined", Limit: 4})
	if err != nil {
		return err
	}
	p.Trouble = append(p.Trouble, rows...)
	return v.page(200, "start.html", p)
}

// dueTasks are the open tasks that are due first.
func (v *visit) dueTasks() ([]row, error) {
	tasks, err := all(v.ctx(), v.s.Tasks(), v.actor, process.Filter{State: "open"}, sorted)
	if err != nil {
		return nil, err
	}
	slices.SortStableFunc(tasks, func(a, b process.Task) int { return cmp.Compare(a.Due, b.Due) })
	var rows []row
	for _, t := range tasks[:min(len(tasks), 8)] {
		rows = append(rows, taskRow(v, t))
	}
	return rows, nil
}

// cards reads the records in the states and makes cards of those to be shown.
func cards[T any](v *visit, c process.Collection[T], filters []process.Filter, each func(T) (card, bool)) ([]card, error) {
	var list []card
	for _, f := range filters {
		f.Limit = counted
		rs, _, err := c.List(v.ctx(), v.actor, f)
		if err != nil {
			return nil, err
		}
		for _, r := range rs {
			if one, open := each(r); open {
				list = append(list, one)
			}
		}
	}
	return list, nil
}

func inStates(states ...string) []process.Filter {
	var fs []process.Filter
	for _, s := range states {
		fs = append(fs, process.Filter{State: s})
	}
	return fs
}

func (v *visit) card(typ string, r process.Record, title, note, amount string, badges ...badge) card {
	return card{Title: title, Note: note, Amount: amount, Href: v.href(process.Ref{Type: typ, ID: r.ID}), When: v.moment(r.CreatedAt), Badges: badges, at: r.ID}
}

func (v *visit) openLeads() ([]card, error) {
	return cards(v, v.s.Leads(), inStates("new", "contacted"), func(l process.Lead) (card, bool) {
		return v.card(process.TypeLead, l.Record, v.leadName(l), l.Subject, "", v.state(process.TypeLead, l.State)), true
	})
}

func (v *visit) openOpportunities() ([]card, error) {
	return cards(v, v.s.Opportunities(), inStates("open"), func(o process.Opportunity) (card, bool) {
		return v.card(process.TypeOpportunity, o.Record, v.name(process.TypeCustomer, o.Customer), o.Title, v.estimate(o), v.opportunityBadges(o)...), true
	})
}

// estimate is what an opportunity may be worth, "" when nobody has said.
func (v *visit) estimate(o process.Opportunity) string {
	if o.EstimatedRevenue.IsZero() {
		return ""
	}
	return v.money(o.EstimatedRevenue)
}

func (v *visit) openQuotes() ([]card, error) {
	return cards(v, v.s.Quotes(), inStates("draft", "active"), func(q process.Quote) (card, bool) {
		return v.card(process.TypeQuote, q.Record, v.name(process.TypeCustomer, q.Customer), either(q.Number+" "+q.Title, q.Title), v.money(q.Gross), v.quoteBadges(q)...), true
	})
}

func (v *visit) openOrders() ([]card, error) {
	unfinished := inStates("on_hold")
	for _, progress := range []string{"to_deliver_and_invoice", "to_deliver", "to_invoice"} {
		unfinished = append(unfinished, process.Filter{State: "open", Match: map[string]string{"progress": progress}})
	}
	return cards(v, v.s.Orders(), unfinished, func(o process.Order) (card, bool) {
		return v.card(process.TypeOrder, o.Record, v.name(process.TypeCustomer, o.Customer), o.Number+" "+o.Title, v.money(o.Gross), v.orderBadges(o)...), true
	})
}

func (v *visit) openInvoices() ([]card, error) {
	unsettled := []process.Filter{{Match: map[string]string{"payment": "unpaid"}}, {Match: map[string]string{"payment": "partly_paid"}}}
	return cards(v, v.s.Invoices(), unsettled, func(i process.Invoice) (card, bool) {
		amount := i.Open
		if i.State == "draft" {
			amount = i.Payable()
		}
		return v.card(process.TypeInvoice, i.Record, v.name(process.TypeCustomer, i.Customer), i.Number+" "+i.Title, v.money(amount), v.invoiceBadges(i)...), true
	})
}
