package console

import (
	"slices"

	"github.com/emne/emne/process"
)

// step is one of the five steps of the sales process, with the records of this
// thread that stand for it.
type step struct {
	Label   string
	State   string // done, current, ahead
	Records []stepRecord
}

type stepRecord struct {
	Text, Href string
	Current    bool
}

// steps shows where a thread is; nothing for records outside of threads.
func (v *visit) steps(typ, id, thread string) ([]step, error) {
	if thread == "" {
		return nil, nil
	}
	f := process.Filter{Match: map[string]string{"thread": thread}, Limit: 20}
	ctx, a := v.ctx(), v.actor
	leads, _, err := v.s.Leads().List(ctx, a, f)
	if err != nil {
		return nil, err
	}
	opportunities, _, err := v.s.Opportunities().List(ctx, a, f)
	if err != nil {
		return nil, err
	}
	quotes, _, err := v.s.Quotes().List(ctx, a, f)
	if err != nil {
		return nil, err
	}
	orders, _, err := v.s.Orders().List(ctx, a, f)
	if err != nil {
		return nil, err
	}
	invoices, _, err := v.s.Invoices().List(ctx, a, f)
	if err != nil {
		return nil, err
	}
	list := make([]step, 5)
	open := make([]bool, 5)
	for i, key := range stepKeys {
		list[i] = step{Label: v.t("step." + key), State: "ahead"}
	}
	add := func(n int, of, record, text string, isOpen bool) {
		list[n].Records = append(list[n].Records, stepRecord{text, v.href(process.Ref{Type: of, ID: record}), of == typ && record == id})
		open[n] = open[n] || isOpen
	}
	for _, l := range leads {
		add(0, process.TypeLead, l.ID, v.leadName(l), l.State == "new" || l.State == "contacted")
	}
	for _, o := range opportunities {
		revenue := o.EstimatedRevenue
		if o.ActualRevenue != nil {
			revenue = *o.ActualRevenue
		}
		add(1, process.TypeOpportunity, o.ID, v.money(revenue), o.State == "open")
	}
	for _, q := range quotes {
		if q.ClosedReason == "revised" && q.ID != id {
			continue
		}
		text := either(q.Number, v.t("unnumbered"))
		if q.Revision > 0 {
			text += " " + v.t("revision", "number", count(q.Revision))
		}
		add(2, process.TypeQuote, q.ID, text, q.State == "draft" || q.State == "active")
	}
	for _, o := range orders {
		add(3, process.TypeOrder, o.ID, o.Number, o.State == "open" && o.Progress != "completed")
	}
	for _, i := range invoices {
		add(4, process.TypeInvoice, i.ID, either(i.Number, v.t("unnumbered")), i.State == "draft" || i.Open.Minor > 0)
	}
	last := -1
	for i := range list {
		slices.Reverse(list[i].Records)
		if len(list[i].Records) > 0 {
			last = i
			list[i].State = "done"
		}
	}
	for i := range list {
		if i == last && open[i] {
			list[i].State = "current"
		}
	}
	return list, nil
}

// stepKeys are the five steps, as the texts name them.
var stepKeys = []string{"qualify", "develop", "propose", "close", "complete"}
