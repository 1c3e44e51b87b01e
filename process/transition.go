package process

// standing is what every transition looks at first: the record's type, its
// common part, and its state.
type standing interface {
	standing() (typ string, r *Record, state string)
}

// opened reads the record of a transition. It refuses a version that is no
// longer the present one, and a verb that the record's state does not allow.
func opened[T any, P interface {
	*T
	standing
}](u *unit, rs Records[T], verb string, t Target) (*T, error) {
	r, err := rs.Get(t.ID)
	if err != nil {
		return nil, err
	}
	typ, record, state := P(r).standing()
	if err := u.touch(record, typ, t); err != nil {
		return nil, err
	}
	if err := allowed(typ, verb, state); err != nil {
		return nil, err
	}
	return r, nil
}

func (l *Lead) standing() (string, *Record, string)     { return TypeLead, &l.Record, l.State }
func (c *Customer) standing() (string, *Record, string) { return TypeCustomer, &c.Record, c.State }
func (o *Opportunity) standing() (string, *Record, string) {
	return TypeOpportunity, &o.Record, o.State
}
func (o *Order) standing() (string, *Record, string)      { return TypeOrder, &o.Record, o.State }
func (i *Invoice) standing() (string, *Record, string)    { return TypeInvoice, &i.Record, i.State }
func (n *CreditNote) standing() (string, *Record, string) { return TypeCreditNote, &n.Record, n.State }
func (p *Payment) standing() (string, *Record, string)    { return TypePayment, &p.Record, p.State }
func (e *BankEntry) standing() (string, *Record, string)  { return TypeBankEntry, &e.Record, e.State }
func (s *Subscription) standing() (string, *Record, string) {
	return TypeSubscription, &s.Record, s.State
}
func (p *Product) standing() (string, *Record, string)    { return TypeProduct, &p.Record, p.State }
func (l *PriceList) standing() (string, *Record, string)  { return TypePriceList, &l.Record, l.State }
func (d *Delivery) standing() (string, *Record, string)   { return TypeDelivery, &d.Record, d.State }
func (m *Message) standing() (string, *Record, string)    { return TypeMessage, &m.Record, m.State }
func (q *Quarantine) standing() (string, *Record, string) { return TypeQuarantine, &q.Record, q.State }
func (r *SenderRule) standing() (string, *Record, string) { return TypeSenderRule, &r.Record, r.State }
func (t *Task) standing() (string, *Record, string)       { return TypeTask, &t.Record, t.State }
