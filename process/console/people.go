package console

import (
	"strings"

	"github.com/shopspring/decimal"

	"github.com/emne/emne/process"
)

// The facts of customers, products, tasks and mails.

func whole(n int) decimal.Decimal { return decimal.NewFromInt(int64(n)) }

func readCustomer(v *visit, id string) (*recordPage, error) {
	c, err := v.s.Customers().Get(v.ctx(), v.actor, id)
	if err != nil {
		return nil, err
	}
	p := v.record(process.TypeCustomer, c.Record, c.State, c.Name)
	p.recipient = c.Email
	p.fact(v.t("field.kind"), words(v.t("customer_kind."+c.Kind)))
	p.fact(v.t("field.email"), mailto(c.Email))
	p.fact(v.t("field.phone"), telephone(c.Phone))
	p.fact(v.t("field.organisation_number"), words(c.OrganisationNumber))
	for _, w := range c.Warnings {
		p.Problems = append(p.Problems, v.problem(w))
	}
	p.fact(v.t("field.vat_number"), words(c.VATNumber))
	p.fact(v.t("field.address"), words(v.addressOf(c.Address)))
	p.fact(v.t("section.e_invoice"), words(joined(c.EInvoiceAddress.Scheme, c.EInvoiceAddress.ID)))
	p.fact(v.t("field.customer_number"), words(c.Number))
	if c.SendBy != "" {
		p.fact(v.t("field.send_by"), words(v.t("send_by."+c.SendBy)))
	}
	p.fact(v.t("field.language"), words(v.known("language.", c.Language)))
	p.fact(v.t("field.group"), words(c.Group))
	if c.PaymentDays > 0 {
		p.fact(v.t("field.payment_days"), words(count(c.PaymentDays)))
	}
	mine := map[string]string{"customer": c.ID}
	for _, typ := range []string{process.TypeContact, process.TypeOpportunity, process.TypeQuote, process.TypeOrder, process.TypeInvoice, process.TypeSubscription, process.TypeMessage} {
		if err := v.relate(p, typ, mine); err != nil {
			return nil, err
		}
	}
	return p, nil
}

func joined(scheme, id string) string {
	if scheme == "" || id == "" {
		return id
	}
	return scheme + ":" + id
}

func readContact(v *visit, id string) (*recordPage, error) {
	c, err := v.s.Contacts().Get(v.ctx(), v.actor, id)
	if err != nil {
		return nil, err
	}
	p := v.record(process.TypeContact, c.Record, c.State, either(c.Name, c.Email))
	p.fact(v.t("kind.customer"), v.link(process.TypeCustomer, c.Customer))
	p.fact(v.t("field.position"), words(c.Title))
	p.fact(v.t("field.email"), mailto(c.Email))
	p.fact(v.t("field.phone"), telephone(c.Phone))
	p.fact(v.t("field.language"), words(v.known("language.", c.Language)))
	return p, v.relate(p, process.TypeOpportunity, map[string]string{"contact": c.ID})
}

func readProduct(v *visit, id string) (*recordPage, error) {
	r, err := v.s.Products().Get(v.ctx(), v.actor, id)
	if err != nil {
		return nil, err
	}
	p := v.record(process.TypeProduct, r.Record, r.State, r.Name)
	p.Badges = []badge{v.state(process.TypeProduct, r.State)}
	p.Picture = v.pictureOf(*r)
	p.fact(v.t("field.sku"), words(r.SKU))
	p.fact(v.t("field.unit_price"), words(v.price(r.UnitPrice, r.Currency)+" / "+v.unit(r.Unit, one)))
	p.fact(v.t("field.vat"), words(v.vat(r.VAT)))
	p.fact(v.t("field.description"), words(r.Description))
	if !r.Cost.IsZero() {
		p.fact(v.t("field.cost"), words(v.price(r.Cost, r.Currency)))
	}
	for _, c := range r.VATByCountry {
		p.fact(v.country(c.Country), words(v.vat(c.VAT)))
	}
	for _, part := range r.Bundle {
		p.fact(v.t("product.part"), words(v.number(part.Quantity)+" × "+part.Product))
	}
	if r.ShowParts {
		p.fact(v.t("field.show_parts"), words(v.t("yes")))
	}
	for _, l := range process.Languages() {
		p.fact(v.t("product.name_in", "language", v.t("language."+l)), words(r.Names[l]))
		p.fact(v.t("product.text_in", "language", v.t("language."+l)), words(r.Texts[l]))
	}
	return p, nil
}

func readPriceList(v *visit, id string) (*recordPage, error) {
	l, err := v.s.PriceLists().Get(v.ctx(), v.actor, id)
	if err != nil {
		return nil, err
	}
	p := v.record(process.TypePriceList, l.Record, l.State, l.Name)
	p.Badges = []badge{v.state(process.TypePriceList, l.State)}
	p.fact(v.t("price_list.audience"), words(v.audience(*l)))
	p.fact(v.t("field.currency"), words(l.Currency))
	p.fact(v.t("field.valid_from"), words(v.date(l.ValidFrom)))
	p.fact(v.t("field.valid_until"), words(v.date(l.ValidUntil)))
	var prices strings.Builder
	for _, price := range l.Prices {
		if prices.WriteString(price.Product); !price.From.IsZero() {
			prices.WriteString(" " + v.t("price_list.from", "quantity", v.number(price.From)))
		}
		prices.WriteString(": " + v.price(price.UnitPrice, l.Currency) + "\n")
	}
	if prices.Len() > 0 {
		p.Text = &passage{v.t("field.prices"), prices.String()}
	}
	return p, nil
}

func readTask(v *visit, id string) (*recordPage, error) {
	t, err := v.s.Tasks().Get(v.ctx(), v.actor, id)
	if err != nil {
		return nil, err
	}
	p := v.record(process.TypeTask, t.Record, t.State, v.taskTitle(*t))
	p.thread = t.Thread
	p.Badges = []badge{v.state(process.TypeTask, t.State)}
	p.fact(v.t("field.about"), v.link(t.About.Type, t.About.ID))
	p.fact(v.t("field.due"), words(v.date(t.Due)))
	p.fact(v.t("field.owner"), words(v.name(process.TypeUser, t.Owner)))
	p.fact(v.t("field.note"), words(t.Note))
	return p, nil
}

func readDelivery(v *visit, id string) (*recordPage, error) {
	d, err := v.s.Deliveries().Get(v.ctx(), v.actor, id)
	if err != nil {
		return nil, err
	}
	p := v.record(process.TypeDelivery, d.Record, d.State, v.deliveryName(*d))
	p.thread = d.Thread
	p.Badges = []badge{v.state(process.TypeDelivery, d.State)}
	to := mailto(d.To)
	if d.Kind == process.KindEInvoice {
		to = words(d.To)
	}
	p.fact(v.t("field.to"), to)
	p.fact(v.t("field.subject"), words(d.Subject))
	p.fact(v.t("field.about"), v.link(d.About.Type, d.About.ID))
	p.fact(v.t("field.attempts"), words(count(d.Attempts)))
	p.fact(v.t("field.reply"), words(d.Reply))
	if d.NextAt != nil {
		p.fact(v.t("field.next_attempt"), words(v.moment(*d.NextAt)))
	}
	if d.AcceptedAt != nil {
		p.fact(v.t("field.handed_over"), words(v.moment(*d.AcceptedAt)))
	}
	p.fact("Message-ID", words(d.MessageID))
	return p, nil
}

func readMessage(v *visit, id string) (*recordPage, error) {
	m, err := v.s.Messages().Get(v.ctx(), v.actor, id)
	if err != nil {
		return nil, err
	}
	p := v.record(process.TypeMessage, m.Record, m.State, either(m.Subject, v.t("no_subject")))
	p.thread = m.Thread
	p.Badges = []badge{v.state(process.TypeMessage, m.State)}
	p.hidden["make_lead"] = m.About.Type == process.TypeLead
	p.hidden["not_a_lead"] = m.Decision == process.DecidedIgnored || m.Decision == process.DecidedStaff || m.Decision == process.DecidedOwn
	var err2 error
	if p.places, err2 = v.placesFor(*m); err2 != nil {
		return nil, err2
	}
	p.hidden["move"] = len(p.places) == 0
	p.fact(v.t("field.from"), words(sender(*m)))
	for _, to := range m.To {
		p.fact(v.t("field.to"), words(to))
	}
	p.fact(v.t("field.received"), words(v.moment(m.ReceivedAt)))
	p.fact(v.t("field.decision"), v.decision(*m))
	p.fact(v.t("field.about"), v.link(m.About.Type, m.About.ID))
	p.fact(v.t("kind.customer"), v.link(process.TypeCustomer, m.Customer))
	p.fact(v.t("field.size"), words(v.size(m.Size)))
	p.Text = &passage{v.t("field.message"), m.Text}
	return p, nil
}

// decision is why the mail lies where it does, with what the rule saw.
func (v *visit) decision(m process.Message) cell {
	c := cell{Text: v.known("decision.", m.Decision), Note: m.Detail}
	switch m.Decision {
	case process.DecidedReply, process.DecidedOwn:
		c.Note = "" // ids, for machines
	case process.DecidedForwarded:
		from, decision, _ := strings.Cut(m.Detail, ": ")
		c.Note = from + ": " + v.known("decision.", decision)
	}
	return c
}

// maxPlaces bounds the records of a kind that a mail may be moved to.
const maxPlaces = 20

// placesFor are the records that a mail may belong to: what is open with its
// customer, else the newest open ones.
func (v *visit) placesFor(m process.Message) ([]option, error) {
	var options []option
	add := func(typ string, match map[string]string, state string) error {
		if m.Customer != "" {
			match = map[string]string{"customer": m.Customer}
		}
		rows, _, err := v.c.kindOf(typ).rows(v, process.Filter{Match: match, State: state, Limit: maxPlaces})
		for _, r := range rows {
			id := r.Href[strings.LastIndexByte(r.Href, '/')+1:]
			if at := (process.Ref{Type: typ, ID: id}); at != m.About {
				options = append(options, option{Value: typ + ":" + id, Label: v.t("kind."+typ) + ": " + v.name(typ, id)})
			}
		}
		return err
	}
	if m.Customer != "" && (m.About != process.Ref{Type: process.TypeCustomer, ID: m.Customer}) {
		options = append(options, option{Value: process.TypeCustomer + ":" + m.Customer, Label: v.t("kind.customer") + ": " + v.name(process.TypeCustomer, m.Customer)})
	}
	for _, at := range []struct{ typ, state string }{{process.TypeLead, "new"}, {process.TypeLead, "contacted"}, {process.TypeOpportunity, "open"}, {process.TypeQuote, "active"},
		{process.TypeOrder, "open"}, {process.TypeInvoice, "issued"}} {
		if err := add(at.typ, nil, at.state); err != nil {
			return nil, err
		}
	}
	return options, nil
}

func senderRuleRow(v *visit, r process.SenderRule) row {
	return v.row(process.TypeSenderRule, r.ID, words(r.Address), words(v.t("disqualified."+r.Reason)), words(v.moment(r.CreatedAt)))
}

func readSenderRule(v *visit, id string) (*recordPage, error) {
	r, err := v.s.SenderRules().Get(v.ctx(), v.actor, id)
	if err != nil {
		return nil, err
	}
	p := v.record(process.TypeSenderRule, r.Record, r.State, r.Address)
	p.fact(v.t("field.address_or_domain"), words(r.Address))
	p.fact(v.t("field.reason"), words(v.t("disqualified."+r.Reason)))
	p.fact(v.t("field.created"), words(v.moment(r.CreatedAt)))
	return p, v.relate(p, process.TypeMessage, map[string]string{"from": r.Address})
}

func senderRuleForm(v *visit, in input) form {
	return form{Sections: []section{{Fields: []field{
		v.field(in, kindText, "address", required, wide, func(f *field) { f.Label = v.t("field.address_or_domain") }),
		v.field(in, kindSelect, "reason", choices(v.options("disqualified.", "not_a_lead", "spam")))}}}}
}

func sender(m process.Message) string {
	if m.FromName == "" {
		return m.From
	}
	return m.FromName + " <" + m.From + ">"
}

func readQuarantine(v *visit, id string) (*recordPage, error) {
	q, err := v.s.Quarantine().Get(v.ctx(), v.actor, id)
	if err != nil {
		return nil, err
	}
	p := v.record(process.TypeQuarantine, q.Record, q.State, v.t("quarantine.title", "source", v.source(q.Source)))
	p.Badges = []badge{v.state(process.TypeQuarantine, q.State)}
	p.fact(v.t("field.kind"), words(v.t("quarantine."+q.Kind)))
	p.fact(v.t("field.source"), words(v.source(q.Source)))
	p.fact(v.t("field.reason"), words(q.Reason))
	p.fact(v.t("field.detail"), words(q.Detail))
	p.fact(v.t("field.received"), words(v.moment(q.CreatedAt)))
	p.fact(v.t("field.about"), v.link(q.Origin.Type, q.Origin.ID))
	p.places, err = v.placesFor(process.Message{})
	p.hidden["move"] = len(p.places) == 0
	return p, err
}

// relate lists the newest records of a kind that match.
func (v *visit) relate(p *recordPage, typ string, match map[string]string) error {
	k := v.c.kindOf(typ)
	rows, _, err := k.rows(v, process.Filter{Match: match, Limit: 20})
	if err != nil || len(rows) == 0 {
		return err
	}
	r := related{Label: v.t("kinds." + typ)}
	for _, row := range rows {
		first, last := row.Cells[0], row.Cells[len(row.Cells)-1]
		note := ""
		for _, c := range row.Cells {
			if c.Number {
				note = c.Text
				break
			}
		}
		r.Rows = append(r.Rows, relatedRow{cell{Text: either(first.Text, row.Cells[1].Text), Href: row.Href, Badges: last.Badges}, note})
	}
	p.Related = append(p.Related, r)
	return nil
}
