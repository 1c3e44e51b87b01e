package console

import (
	"strconv"

	"github.com/emne/emne/process"
)

// statementPage is a customer's account.
type statementPage struct {
	frame
	Customer, Home, File, PDF string
	From, To                  string
	// Send is where the form that mails it goes, "" for who may not.
	Send, Recipient string
	Sections        []statementSection
}

type statementSection struct {
	Currency, Opening, Closing, Overdue string
	OpenedAt, ClosedAt                  string
	Entries                             []statementEntry
	Open                                []statementEntry
}

type statementEntry struct {
	Date, Due, Amount, Balance string
	What                       cell
	Badges                     []badge
}

// days are those that the address asks for; a mistyped one is left out.
func (v *visit) days() (from, to process.Date) {
	q := v.r.URL.Query()
	from, to = process.Date(q.Get("from")), process.Date(q.Get("to"))
	if from != "" && !from.Valid() {
		from = ""
	}
	if to != "" && !to.Valid() {
		to = ""
	}
	return from, to
}

func (v *visit) readStatement() (*process.Account, error) {
	from, to := v.days()
	return v.s.Statement(v.ctx(), v.actor, v.id(), from, to)
}

func (v *visit) statement() error {
	st, err := v.readStatement()
	if err != nil {
		return err
	}
	p := statementPage{frame: v.frame(v.t("statement.title")), Customer: st.Name, Home: "/customers/" + st.Customer,
		From: string(st.From), To: string(st.To)}
	days := "?from=" + queryEscape(string(st.From)) + "&to=" + queryEscape(string(st.To))
	p.File, p.PDF = p.Home+"/statement.csv"+days, p.Home+"/statement.pdf"+days
	if v.may(process.MayInvoice) {
		c, err := v.s.Customers().Get(v.ctx(), v.actor, st.Customer)
		if err != nil {
			return err
		}
		p.Send, p.Recipient = p.Home+"/do/send_statement", c.Email
	}
	for _, s := range st.Sections {
		section := statementSection{Currency: s.Currency, Opening: v.amount(s.Opening), Closing: v.money(s.Closing), OpenedAt: v.date(st.From), ClosedAt: v.date(st.To)}
		if !s.Overdue.IsZero() {
			section.Overdue = v.money(s.Overdue)
		}
		for _, e := range s.Entries {
			section.Entries = append(section.Entries, statementEntry{Date: v.date(e.Date), Due: v.date(e.DueDate), Amount: v.amount(e.Amount), Balance: v.amount(e.Balance), What: v.movement(e)})
		}
		for _, o := range s.Open {
			row := statementEntry{Due: v.date(o.DueDate), Amount: v.amount(o.Open.Add(o.Claims)),
				What: cell{Text: v.t("kind.invoice") + " " + o.Number, Href: v.href(process.Ref{Type: process.TypeInvoice, ID: o.ID})}}
			if o.Overdue {
				row.Badges = []badge{{v.t("overdue"), "bad"}}
			}
			section.Open = append(section.Open, row)
		}
		p.Sections = append(p.Sections, section)
	}
	return v.page(200, "statement.html", p)
}

// movement names an entry, with a link to its record.
func (v *visit) movement(e process.AccountEntry) cell {
	at := process.Ref{Type: e.Type, ID: e.ID}
	name := "kind." + e.Type
	switch e.Type {
	case "claim", "write_off":
		at.Type, name = process.TypeInvoice, "statement."+e.Type
	}
	c := cell{Text: v.t(name), Href: v.href(at)}
	if e.Number != "" {
		c.Text += " " + e.Number
	}
	return c
}

// statementPDF is the account as the customer gets it.
func (v *visit) statementPDF() error {
	from, to := v.days()
	f, err := v.s.StatementPDF(v.ctx(), v.actor, v.id(), from, to)
	if err != nil {
		return err
	}
	return v.showPDF(f)
}

// statementFile is the account as CSV.
func (v *visit) statementFile() error {
	st, err := v.readStatement()
	if err != nil {
		return err
	}
	b := st.CSV()
	h := v.w.Header()
	h.Set("Content-Type", "text/csv; charset=utf-8")
	h.Set("Content-Disposition", `attachment; filename="statement-`+string(st.To)+`.csv"`)
	h.Set("Content-Length", strconv.Itoa(len(b)))
	h.Set("Cache-Control", "no-store")
	_, err = v.w.Write(b)
	return err
}
