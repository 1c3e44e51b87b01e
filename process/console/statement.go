package console

import (
	"strconv"

	"github.com/emne/emne/process"
)

// statementPage is a customer's account.
type statementPage struct {
	frame
	Customer, Home, File string
	From, To             string
	Sections             []statementSection
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

func (v *visit) readStatement() (*process.Account, error) {
	q := v.r.URL.Query()
	from, to := process.Date(q.Get("from")), process.Date(q.Get("to"))
	if from != "" && !from.Valid() {
		from = ""
	}
	if to != "" && !to.Valid() {
		to = ""
	}
	return v.s.Statement(v.ctx(), v.actor, v.id(), from, to)
}

func (v *visit) statement() error {
	st, err := v.readStatement()
	if err != nil {
		return err
	}
	p := statementPage{frame: v.frame(v.t("statement.title")), Customer: st.Name, Home: "/customers/" + st.Customer,
		From: string(st.From), To: string(st.To), File: "/customers/" + st.Customer + "/statement.csv?from=" + queryEscape(string(st.From)) + "&to=" + queryEscape(string(st.To))}
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
