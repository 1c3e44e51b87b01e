package process

// directOn is the opportunity that an order or an invoice without a quote is
// made of, nil for none; it may be won already. The customer is the
// opportunity's. Making one closes nothing: win does.
func (u *unit) directOn(id string, customer *string) (*Opportunity, error) {
	if id == "" {
		return nil, nil
	}
	o, err := u.Opportunities().Get(id)
	if err != nil {
		return nil, err
	}
	if o.State == "lost" {
		return nil, Conflict("opportunity.closed", "the opportunity is lost: reopen it first")
	}
	if *customer != "" && *customer != o.Customer {
		return nil, Invalid("customer.opportunity", "the opportunity belongs to another customer", Problem{Field: "customer", Reason: "customer.opportunity", Message: "leave it out"})
	}
	*customer = o.Customer
	return o, nil
}

// fill gives a document of the opportunity what was not said. The lines come
// with their discounts and charges, or not at all.
func (o *Opportunity) fill(contact, owner, title, currency *string, lines *[]LineInput, adjustments *[]AdjustmentInput, withVAT *bool) {
	if len(*lines) == 0 {
		*lines = Inputs(o.Lines)
		for i := range *lines {
			(*lines)[i].ID = ""
		}
		if len(*adjustments) == 0 {
			*adjustments, *withVAT = o.Pricing.Inputs(), o.PricesIncludeVAT
		}
	}
	fill(contact, o.Contact)
	fill(owner, o.Owner)
	fill(title, o.Title)
	fill(currency, o.Currency)
}

// fill sets what is empty.
func fill(s *string, v string) {
	if *s == "" {
		*s = v
	}
}
