package process

import (
	"cmp"
	"slices"

	"github.com/shopspring/decimal"
)

// UninvoicedRow is what was delivered and stands on no issued invoice: a line
// of an order, or a draft. Amounts are without VAT.
type UninvoicedRow struct {
	Total      bool             `json:"total,omitempty"`
	Customer   string           `json:"customer"`
	CustomerID string           `json:"customer_id,omitempty"`
	Order      string           `json:"order"` // its number
	OrderID    string           `json:"order_id,omitempty"`
	What       string           `json:"what"`
	Quantity   *decimal.Decimal `json:"quantity,omitempty"`
	Unit       string           `json:"unit,omitempty"`
	Currency   string           `json:"currency"`
	Net        Money            `json:"net"`
	// Invoice is the draft that it stands on.
	InvoiceID string `json:"invoice_id,omitempty"`
	// Since is when the oldest of it was delivered, Latest the last day on which
	// it is invoiced in time, empty where no rule is known; Late says that it has passed.
	Since  string `json:"since"`
	Latest string `json:"latest"`
	Late   bool   `json:"late,omitempty"`
}

// uninvoiced lists what is delivered and not invoiced, the most urgent first.
func (u *unit) uninvoiced() ([]UninvoicedRow, error) {
	ids, err := u.Reports().UninvoicedOrders()
	if err != nil {
		return nil, err
	}
	rows := []UninvoicedRow{}
	add := func(r UninvoicedRow, since Date, running bool) error {
		c, err := optional(u.Customers().Get(r.CustomerID))
		if err != nil {
			return err
		}
		if c != nil {
			r.Customer = c.Name
		}
		r.Since = string(since)
		if rule := u.settings.within(); rule != nil {
			d := rule.Delivery
			if running {
				d = rule.Running
			}
			r.Latest = string(d.Last(since))
		}
		r.Late = r.Latest != "" && r.Latest < string(u.today())
		rows = append(rows, r)
		return nil
	}
	for _, id := range ids {
		o, err := u.Orders().Get(id)
		if err != nil {
			return nil, err
		}
		for _, l := range o.Lines {
			rest := l.Delivered.Sub(l.Invoiced)
			if rest.IsZero() || rest.Sign() != l.Quantity.Sign() {
				continue
			}
			hours, err := u.hoursOf(Filter{State: "open", Match: map[string]string{"line": l.ID}})
			if err != nil {
				return nil, err
			}
			var since Date
			if len(hours) > 0 {
				since = hours[0].Date
			} else if since, err = u.firstDelivery(o); err != nil {
				return nil, err
			}
			part := l
			part.Quantity = rest
			err = add(UninvoicedRow{CustomerID: o.Customer, Order: o.Number, OrderID: o.ID, What: l.Description, Quantity: &rest, Unit: l.Unit,
				Currency: o.Currency, Net: part.Price(o.Currency).Net}, since, len(hours) > 0)
			if err != nil {
				return nil, err
			}
		}
	}
	err = every(u.Invoices(), Filter{State: "draft"}, func(i *Invoice) error {
		since := i.SupplyDate
		hours, err := u.hoursOf(Filter{Match: map[string]string{"invoice": i.ID}})
		if err != nil {
			return err
		}
		if len(hours) > 0 {
			since = hours[0].Date
		}
		if since == "" || since > u.today() {
			return nil
		}
		return add(UninvoicedRow{CustomerID: i.Customer, Order: i.OrderNumber, OrderID: i.Order, What: i.Title, Currency: i.Currency, Net: i.Net, InvoiceID: i.ID},
			since, len(hours) > 0 || i.Subscription != "")
	})
	slices.SortStableFunc(rows, func(a, b UninvoicedRow) int {
		return cmp.Or(cmp.Compare(a.Latest, b.Latest), cmp.Compare(a.Since, b.Since), cmp.Compare(a.Order, b.Order))
	})
	return rows, err
}

// firstDelivery is the day of an order's first delivery: the cautious answer
// to when what is left of it was delivered.
func (u *unit) firstDelivery(o *Order) (Date, error) {
	acts, _, err := u.Activities(Filter{Match: map[string]string{"about_type": TypeOrder, "about_id": o.ID, "type": "order.fulfilled"}, Limit: MaxLimit})
	if err != nil || len(acts) == 0 {
		return DateOf(o.UpdatedAt, u.settings.Location()), err
	}
	return DateOf(acts[len(acts)-1].At, u.settings.Location()), nil
}
