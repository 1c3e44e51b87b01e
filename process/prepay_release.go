package process

// releaseAhead gives an order back what was paid ahead on it and a credited
// invoice has no use for any more, so that the order's next invoice deducts it,
// or that it is paid back. The invoice's own document keeps what it deducted
// (BT-113). A given order is the caller's to save.
func (u *unit) releaseAhead(i *Invoice, o *Order) error {
	i.settle()
	back := Money{min(i.Prepaid.Minor-i.Released.Minor, -i.Open.Minor-i.Claims.Minor), i.Currency}
	if i.Order == "" || back.Minor <= 0 {
		return nil
	}
	i.Released = i.Released.Add(back)
	i.settle()
	act := Activity{Type: "order.prepayment_released", Related: Ref{TypeInvoice, i.ID}}
	if o != nil {
		o.Deducted = o.Deducted.Sub(back)
		act.About, act.Thread, act.Data = Ref{TypeOrder, o.ID}, o.Thread, map[string]string{"number": o.Number, "amount": back.String(), "currency": back.Currency}
		return u.note(act)
	}
	o, err := u.Orders().Get(i.Order)
	if err != nil {
		return err
	}
	o.Deducted, o.UpdatedAt = o.Deducted.Sub(back), u.now
	act.Data = map[string]string{"number": o.Number, "amount": back.String(), "currency": back.Currency}
	return u.saveOrder(o, act)
}

// payBackAhead tells the owner of money that was paid ahead on the order of a
// credited invoice when nothing more of the order will be invoiced.
func (u *unit) payBackAhead(i *Invoice) error {
	if i.Released.IsZero() {
		return nil
	}
	o, err := u.Orders().Get(i.Order)
	if err != nil {
		return err
	}
	if o.State != "cancelled" && o.progress() != "completed" {
		return nil
	}
	draft, err := first(u.Invoices(), map[string]string{"order": o.ID}, "draft")
	if err != nil || draft != nil {
		return err
	}
	return u.tellPrepaid(o)
}

// tellPrepaid makes the task to pay back what no invoice deducts, once.
func (u *unit) tellPrepaid(o *Order) error {
	if o.Prepaid.Minor <= o.Deducted.Minor {
		return nil
	}
	about := Ref{TypeOrder, o.ID}
	told, err := first(u.Tasks(), map[string]string{"about_id": o.ID, "reason": "refund_prepayment"}, "open")
	if err != nil || told != nil {
		return err
	}
	_, err = u.task(Task{Reason: "refund_prepayment", Owner: o.Owner, About: about, Thread: o.Thread})
	return err
}
