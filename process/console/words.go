package console

import (
	"reflect"
	"strconv"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"github.com/emne/emne/process"
	"github.com/emne/emne/templates"
)

// t is a text of the pages.
func (v *visit) t(key string, pairs ...string) string {
	if own := v.own(key); own != "" {
		return own
	}
	return v.labels.Say(key, pairs...)
}

// known is a text whose key ends in something that the pages may not know, or
// that something itself.
func (v *visit) known(prefix, key string) string {
	if key == "" {
		return ""
	}
	if v.labels.Has(prefix + key) {
		return v.t(prefix + key)
	}
	return key
}

func (v *visit) money(m process.Money) string {
	return templates.FormatMoney(v.lang, m.Minor, process.Decimals(m.Currency)) + noBreak + m.Currency
}

const noBreak = "\u00a0"

// amount is money without its currency, for columns whose head names it.
func (v *visit) amount(m process.Money) string {
	return templates.FormatMoney(v.lang, m.Minor, process.Decimals(m.Currency))
}

func (v *visit) number(d decimal.Decimal) string { return templates.FormatNumber(v.lang, d) }

func (v *visit) percent(d decimal.Decimal) string {
	return v.papers.Text("percent", map[string]string{"number": v.number(d)})
}

func (v *visit) date(d process.Date) string { return templates.FormatDay(v.lang, string(d)) }

func (v *visit) moment(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return templates.FormatMoment(v.lang, t.In(v.zone))
}

func (v *visit) today() process.Date { return process.DateOf(v.c.o.Clock(), v.zone) }

// quantity is a number with its unit.
func (v *visit) quantity(q decimal.Decimal, unit string) string {
	return v.number(q) + noBreak + v.unit(unit, q)
}

func (v *visit) unit(code string, q decimal.Decimal) string {
	if one := "unit." + code + ".one"; q.Abs().Equal(decimal.NewFromInt(1)) && v.papers.Has(one) {
		return v.papers.Text(one, nil)
	}
	if v.papers.Has("unit." + code) {
		return v.papers.Text("unit."+code, nil)
	}
	return code
}

// vat is a line's category and rate in words.
func (v *visit) vat(t process.VAT) string {
	if !v.papers.Has("vat.category." + t.Category) {
		return t.Category
	}
	return v.papers.Text("vat.category."+t.Category, map[string]string{"rate": v.percent(t.Rate)})
}

func (v *visit) address(a process.Address) string {
	var parts []string
	for _, p := range []string{a.Street, a.Street2, strings.TrimSpace(a.Postcode + " " + a.City), v.country(a.Country)} {
		if p != "" {
			parts = append(parts, p)
		}
	}
	return strings.Join(parts, "\n")
}

func (v *visit) country(code string) string {
	if code == "" || !v.papers.Has("country."+code) {
		return code
	}
	return v.papers.Text("country."+code, nil)
}

// badge is a short word with a colour.
type badge struct{ Text, Tone string }

// tones says which states are good, bad, or want attention.
var tones = map[string]string{
	"new": "new", "open": "open", "active": "open", "contacted": "open", "issued": "open", "queued": "open", "sending": "open", "booked": "good",
	"qualified": "good", "won": "good", "paid": "good", "accepted": "good", "completed": "good", "done": "good", "filed": "good",
	"partly_paid": "warn", "on_hold": "warn", "retrying": "warn", "overdue": "bad", "expired": "warn", "unknown": "warn", "overpaid": "warn", "quarantined": "warn",
	"failed": "bad", "bounced": "bad", "unpaid": "open", "unmatched": "warn", "matched": "good",
}

func (v *visit) state(typ, state string) badge {
	return badge{v.t("state." + typ + "." + state), tones[state]}
}

func (v *visit) mark(prefix, key string) badge { return badge{v.t(prefix + key), tones[key]} }

// name is what a record is called, "" when it is gone or names nothing.
func (v *visit) name(typ, id string) string {
	if id == "" {
		return ""
	}
	at := process.Ref{Type: typ, ID: id}
	name, known := v.names[at]
	if !known {
		name = v.readName(at)
		v.names[at] = name
	}
	return name
}

func (v *visit) readName(at process.Ref) string {
	ctx, a := v.ctx(), v.actor
	switch at.Type {
	case process.TypeCustomer:
		if r, err := v.s.Customers().Get(ctx, a, at.ID); err == nil {
			return r.Name
		}
	case process.TypeContact:
		if r, err := v.s.Contacts().Get(ctx, a, at.ID); err == nil {
			return either(r.Name, r.Email)
		}
	case process.TypeLead:
		if r, err := v.s.Leads().Get(ctx, a, at.ID); err == nil {
			return v.leadName(*r)
		}
	case process.TypeOpportunity:
		if r, err := v.s.Opportunities().Get(ctx, a, at.ID); err == nil {
			return r.Title
		}
	case process.TypeQuote:
		if r, err := v.s.Quotes().Get(ctx, a, at.ID); err == nil {
			return v.quoteName(*r)
		}
	case process.TypeOrder:
		if r, err := v.s.Orders().Get(ctx, a, at.ID); err == nil {
			return v.t("kind.order") + " " + r.Number
		}
	case process.TypeInvoice:
		if r, err := v.s.Invoices().Get(ctx, a, at.ID); err == nil {
			return v.invoiceName(*r)
		}
	case process.TypeCreditNote:
		if r, err := v.s.CreditNotes().Get(ctx, a, at.ID); err == nil {
			return v.t("kind.credit-note") + " " + r.Number
		}
	case process.TypePayment:
		if r, err := v.s.Payments().Get(ctx, a, at.ID); err == nil {
			return v.t("kind.payment") + " " + v.money(r.Amount)
		}
	case process.TypeBankEntry:
		if r, err := v.s.BankEntries().Get(ctx, a, at.ID); err == nil {
			return v.entryName(*r)
		}
	case process.TypeSubscription:
		if r, err := v.s.Subscriptions().Get(ctx, a, at.ID); err == nil {
			return either(r.Title, v.t("kind.subscription"))
		}
	case process.TypeProduct:
		if r, err := v.s.Products().Get(ctx, a, at.ID); err == nil {
			return r.Name
		}
	case process.TypePriceList:
		if r, err := v.s.PriceLists().Get(ctx, a, at.ID); err == nil {
			return r.Name
		}
	case process.TypeHours:
		if r, err := v.s.TimeEntries().Get(ctx, a, at.ID); err == nil {
			return v.date(r.Date) + ", " + v.personName(r.Person)
		}
	case process.TypeTask:
		if r, err := v.s.Tasks().Get(ctx, a, at.ID); err == nil {
			return v.taskTitle(*r)
		}
	case process.TypeDelivery:
		if r, err := v.s.Deliveries().Get(ctx, a, at.ID); err == nil {
			return v.deliveryName(*r)
		}
	case process.TypeMessage:
		if r, err := v.s.Messages().Get(ctx, a, at.ID); err == nil {
			return either(r.Subject, r.From)
		}
	case process.TypeUser:
		if r, err := v.s.Users().Get(ctx, process.System(), at.ID); err == nil {
			return r.Name
		}
	case process.TypeQuarantine:
		return v.t("kind.quarantine")
	}
	return ""
}

func (v *visit) leadName(l process.Lead) string {
	return either(l.Company, l.Name, l.Email, l.Phone, v.t("kind.lead"))
}

func (v *visit) quoteName(q process.Quote) string {
	name := v.t("kind.quote") + " " + either(q.Number, v.t("unnumbered"))
	if q.Revision > 0 {
		name += " " + v.t("revision", "number", decimal.NewFromInt(int64(q.Revision)).String())
	}
	return name
}

func (v *visit) invoiceName(i process.Invoice) string {
	if i.Deposit {
		return v.t("kind.deposit") + " " + either(i.Number, v.t("unnumbered"))
	}
	return v.t("kind.invoice") + " " + either(i.Number, v.t("unnumbered"))
}

func (v *visit) taskTitle(t process.Task) string {
	if t.Reason == "" {
		return t.Title
	}
	if title := v.known("task.", t.Reason); t.Title == "" {
		return title
	} else {
		return title + ": " + t.Title
	}
}

func (v *visit) deliveryName(d process.Delivery) string {
	name := v.known("delivery.", d.Kind)
	if d.Kind == "notification" && d.Reason != "" {
		name = v.known("notification.", d.Reason)
	}
	return name
}

// either is the first text that is not empty.
func either(texts ...string) string {
	for _, s := range texts {
		if s != "" {
			return s
		}
	}
	return ""
}

// href is a record's page, "" for what has none.
func (v *visit) href(at process.Ref) string {
	for _, k := range v.c.kinds {
		if k.typ == at.Type && at.ID != "" {
			return "/" + k.collection + "/" + at.ID
		}
	}
	return ""
}

var one = decimal.NewFromInt(1)

// price is a unit price, which may have more decimals than money.
func (v *visit) price(d decimal.Decimal, currency string) string {
	p := templates.FormatPrice(v.lang, d, process.Decimals(currency))
	if currency == "" {
		return p
	}
	return p + noBreak + currency
}

// source is where a lead came from: "mail:sales" is the mailbox sales.
func (v *visit) source(s string) string {
	kind, name, found := strings.Cut(s, ":")
	if !found {
		return v.known("source.", s)
	}
	if key := "source." + kind + ".named"; v.labels.Has(key) {
		return v.t(key, "name", name)
	}
	return s
}

// size is a number of bytes for people.
func (v *visit) size(n int64) string {
	switch {
	case n < 1000:
		return strconv.FormatInt(n, 10) + noBreak + "B"
	case n < 1_000_000:
		return strconv.FormatInt((n+500)/1000, 10) + noBreak + "kB"
	}
	return v.number(decimal.New(n, -6).Round(1)) + noBreak + "MB"
}

func versionOf(record any) int64 {
	return reflect.ValueOf(record).Elem().FieldByName("Version").Int()
}

// seen is the newest activity at the time of the page.
func (v *visit) seen() string {
	id, err := newest(v.s)(v.ctx())
	if err != nil {
		return ""
	}
	return id
}

func idOf(record any) string {
	r := reflect.Indirect(reflect.ValueOf(record))
	if r.Kind() != reflect.Struct || !r.FieldByName("ID").IsValid() {
		return ""
	}
	return r.FieldByName("ID").String()
}

// typedMoney formats an amount that stands as text in an activity.
func (v *visit) typedMoney(amount, currency string) string {
	d, err := decimal.NewFromString(amount)
	if err != nil {
		return amount
	}
	return v.money(process.RoundMoney(d, currency))
}
