package console

import (
	"net/url"
	"strconv"

	"github.com/emne/emne/process"
)

// row is a record in a list.
type row struct {
	Href  string
	Cells []cell
}

// cell is one value: text, a link, or words with colours.
type cell struct {
	Text   string
	Href   string
	Tel    string
	Note   string
	Number bool
	Badges []badge
	// Post carries something out by one click.
	Post *post
}

// post is a button with what it sends.
type post struct{ Action, Label, Name, Value string }

func words(s string) cell  { return cell{Text: s} }
func figure(s string) cell { return cell{Text: s, Number: true} }

func (v *visit) link(typ, id string) cell {
	at := process.Ref{Type: typ, ID: id}
	name := v.name(typ, id)
	if name == "" {
		return cell{}
	}
	return cell{Text: name, Href: v.href(at)}
}

type listPage struct {
	frame
	Kind    *kindView
	Columns []string
	Numbers []bool
	Rows    []row
	States  []option
	Search  string
	State   string
	Next    string
	First   string
	New     string
	// Upload is where files are handed in, "" for nowhere.
	Upload string
	Import string
	// Grid is the month of time entries.
	Grid   string
	Export string
}

// kindView is what templates know of a kind.
type kindView struct{ Type, Collection, Title string }

func (v *visit) view(k *kind) *kindView {
	return &kindView{Type: k.typ, Collection: k.collection, Title: v.t("kinds." + k.typ)}
}

// list is a kind's list: searched, narrowed, page by page.
func (v *visit) list(k *kind) error {
	q := v.r.URL.Query()
	f := process.Filter{State: q.Get("state"), Query: q.Get("q"), Cursor: q.Get("cursor"), Limit: 50}
	seen := v.seen()
	rows, next, err := k.rows(v, f)
	if err != nil {
		return err
	}
	p := listPage{frame: v.frame(v.t("kinds." + k.typ)), Kind: v.view(k), Rows: rows, Search: f.Query, State: f.State}
	p.Live, p.Seen = f.Cursor == "", seen
	for i, key := range k.columns {
		p.Columns = append(p.Columns, v.t(key))
		p.Numbers = append(p.Numbers, len(rows) > 0 && rows[0].Cells[i].Number)
	}
	for _, s := range k.states {
		p.States = append(p.States, option{Value: s, Label: v.t("state." + k.typ + "." + s), Selected: s == f.State})
	}
	at := url.Values{}
	if f.Query != "" {
		at.Set("q", f.Query)
	}
	if f.State != "" {
		at.Set("state", f.State)
	}
	if f.Cursor != "" {
		p.First = "/" + k.collection + "?" + at.Encode()
	}
	if next != "" {
		at.Set("cursor", next)
		p.Next = "/" + k.collection + "?" + at.Encode()
	}
	if k.fields != nil && k.typ != process.TypePayment && v.may(k.may) {
		p.New = "/" + k.collection + "/new"
	}
	if k.typ == process.TypeBankEntry && v.may(k.may) {
		p.Upload = "/bank-files"
	}
	if k.typ == process.TypeHours {
		p.Grid = "/hours/month"
	}
	if k.sheet != nil {
		p.Export = "/" + k.collection + "/export"
		if v.may(k.sheet.may) {
			p.Import = "/" + k.collection + "/import"
		}
	}
	return v.page(200, "list.html", p)
}

func (v *visit) row(typ, id string, cells ...cell) row {
	return row{Href: v.href(process.Ref{Type: typ, ID: id}), Cells: cells}
}

func (v *visit) states(typ, state string, more ...badge) cell {
	return cell{Badges: append([]badge{v.state(typ, state)}, more...)}
}

func leadRow(v *visit, l process.Lead) row {
	name := cell{Text: v.leadName(l)}
	if l.Company != "" && l.Name != "" {
		name.Note = l.Name
	} else if name.Text != l.Email {
		name.Note = l.Email
	}
	return v.row(process.TypeLead, l.ID, name, words(l.Subject), words(v.source(l.Source)), words(v.moment(l.CreatedAt)), v.states(process.TypeLead, l.State, v.scored(l)...))
}

// scored is what the settings' rules give a lead.
func (v *visit) scored(l process.Lead) []badge {
	if l.Score == 0 {
		return nil
	}
	return []badge{{v.t("score", "points", strconv.Itoa(l.Score)), ""}}
}

func opportunityRow(v *visit, o process.Opportunity) row {
	return v.row(process.TypeOpportunity, o.ID, words(o.Title), words(v.name(process.TypeCustomer, o.Customer)), figure(v.estimate(o)),
		words(v.date(o.EstimatedClose)), cell{Badges: v.opportunityBadges(o)})
}

func quoteRow(v *visit, q process.Quote) row {
	number := either(q.Number, v.t("unnumbered"))
	if q.Revision > 0 {
		number += " " + v.t("revision", "number", strconv.Itoa(q.Revision))
	}
	return v.row(process.TypeQuote, q.ID, words(number), words(v.name(process.TypeCustomer, q.Customer)), words(q.Title), figure(v.money(q.Gross)),
		words(v.date(q.ValidUntil)), cell{Badges: v.quoteBadges(q)})
}

func (v *visit) quoteBadges(q process.Quote) []badge {
	b := []badge{v.state(process.TypeQuote, q.State)}
	if q.ClosedReason != "" {
		b = append(b, badge{v.t("closed." + q.ClosedReason), ""})
	}
	if q.Expired {
		b = append(b, badge{v.t("expired"), tones["expired"]})
	}
	return b
}

func orderRow(v *visit, o process.Order) row {
	return v.row(process.TypeOrder, o.ID, words(o.Number), words(v.name(process.TypeCustomer, o.Customer)), words(o.Title), figure(v.money(o.Gross)),
		words(v.moment(o.CreatedAt)), cell{Badges: v.orderBadges(o)})
}

func (v *visit) orderBadges(o process.Order) []badge {
	if o.State == "open" {
		return []badge{v.mark("progress.", o.Progress)}
	}
	return []badge{v.state(process.TypeOrder, o.State)}
}

func invoiceRow(v *visit, i process.Invoice) row {
	open := ""
	if i.State == "issued" {
		open = v.money(i.Open)
	}
	return v.row(process.TypeInvoice, i.ID, words(either(i.Number, v.t("unnumbered"))), words(v.name(process.TypeCustomer, i.Customer)),
		figure(v.money(i.Payable())), figure(open), words(v.date(i.DueDate)), cell{Badges: v.invoiceBadges(i)})
}

func (v *visit) invoiceBadges(i process.Invoice) []badge {
	if i.State == "draft" {
		return []badge{v.state(process.TypeInvoice, i.State)}
	}
	b := []badge{v.mark("payment.", i.Payment)}
	if i.Overdue {
		b = append(b, badge{v.t("overdue"), tones["overdue"]})
	}
	if i.Disputed {
		b = append(b, badge{v.t("disputed"), "warn"})
	}
	if i.OnHold(v.today()) && i.Open.Minor > 0 {
		b = append(b, badge{v.t("held"), "warn"})
	}
	return b
}

func creditNoteRow(v *visit, n process.CreditNote) row {
	return v.row(process.TypeCreditNote, n.ID, words(n.Number), words(v.name(process.TypeCustomer, n.Customer)), words(n.InvoiceNumber),
		figure(v.money(n.Payable())), words(v.date(n.IssueDate)))
}

func paymentRow(v *visit, p process.Payment) row {
	return v.row(process.TypePayment, p.ID, words(v.date(p.Date)), words(v.name(process.TypeCustomer, p.Customer)), words(v.name(process.TypeInvoice, p.Invoice)),
		figure(v.money(p.Amount)), v.states(process.TypePayment, p.State))
}

func customerRow(v *visit, c process.Customer) row {
	return v.row(process.TypeCustomer, c.ID, words(c.Name), words(c.Email), words(c.OrganisationNumber), words(c.Address.City))
}

func contactRow(v *visit, c process.Contact) row {
	return v.row(process.TypeContact, c.ID, cell{Text: either(c.Name, c.Email), Note: c.Title}, words(v.name(process.TypeCustomer, c.Customer)), words(c.Email), words(c.Phone))
}

func productRow(v *visit, p process.Product) row {
	return v.row(process.TypeProduct, p.ID, words(p.SKU), words(p.Name), figure(v.price(p.UnitPrice, p.Currency)+" / "+v.unit(p.Unit, one)), words(v.vat(p.VAT)),
		v.states(process.TypeProduct, p.State))
}

func priceListRow(v *visit, l process.PriceList) row {
	return v.row(process.TypePriceList, l.ID, words(l.Name), words(v.audience(l)), words(v.date(l.ValidFrom)), words(v.date(l.ValidUntil)), words(l.Currency),
		v.states(process.TypePriceList, l.State))
}

// audience says for whom a price list is.
func (v *visit) audience(l process.PriceList) string {
	switch {
	case l.Customer != "":
		return v.name(process.TypeCustomer, l.Customer)
	case l.Group != "":
		return v.t("price_list.group", "group", l.Group)
	}
	return v.t("price_list.everybody")
}

func taskRow(v *visit, t process.Task) row {
	state := v.state(process.TypeTask, t.State)
	if t.State == "open" && t.Due != "" && t.Due < v.today() {
		state = badge{v.t("overdue"), "bad"}
	}
	return v.row(process.TypeTask, t.ID, words(v.taskTitle(t)), words(v.name(t.About.Type, t.About.ID)), words(v.date(t.Due)), cell{Badges: []badge{state}})
}

func deliveryRow(v *visit, d process.Delivery) row {
	return v.row(process.TypeDelivery, d.ID, words(v.deliveryName(d)), words(d.To), words(v.name(d.About.Type, d.About.ID)), words(v.moment(d.CreatedAt)),
		v.states(process.TypeDelivery, d.State))
}

func messageRow(v *visit, m process.Message) row {
	from := cell{Text: either(m.FromName, m.From)}
	if m.FromName != "" {
		from.Note = m.From
	}
	return v.row(process.TypeMessage, m.ID, from, words(m.Subject), v.decision(m), words(v.moment(m.ReceivedAt)), v.states(process.TypeMessage, m.State))
}

func quarantineRow(v *visit, q process.Quarantine) row {
	return v.row(process.TypeQuarantine, q.ID, words(v.source(q.Source)), words(q.Reason), figure(v.size(q.Size)), words(v.moment(q.CreatedAt)), v.states(process.TypeQuarantine, q.State))
}
