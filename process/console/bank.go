package console

import (
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"strconv"
	"strings"

	"github.com/emne/emne/process"
)

// maxBankForm bounds the form that a bank file comes in, in bytes.
const maxBankForm = process.MaxStatement + 64<<10

func (v *visit) entryName(e process.BankEntry) string {
	return v.t("kind.bank-entry") + " " + v.money(e.Amount)
}

func bankEntryRow(v *visit, e process.BankEntry) row {
	text := words(e.Text)
	if e.Reference != "" {
		text = cell{Text: v.t("field.payment_reference") + " " + e.Reference, Note: e.Text}
	}
	suggestion := cell{}
	if e.State == "unmatched" && len(e.Suggestions) > 0 {
		suggestion = v.suggestion(e, e.Suggestions[0])
	}
	for i, m := range e.Matches {
		if i == 0 {
			at := process.Ref{Type: process.TypeInvoice, ID: m.Invoice}
			if m.Order != "" {
				at = process.Ref{Type: process.TypeOrder, ID: m.Order}
			}
			suggestion = cell{Text: v.t("kind."+at.Type) + " " + m.Number, Href: v.href(at)}
		} else {
			suggestion.Note += " " + m.Number
		}
	}
	return v.row(process.TypeBankEntry, e.ID, words(v.date(e.BookingDate)), words(either(e.Counterparty, e.CounterpartyAccount)), text,
		figure(v.money(e.Amount)), suggestion, v.states(process.TypeBankEntry, e.State))
}

// suggestion is an invoice that an entry may pay, with the button to say yes.
// An invoice that was paid since has none: two payments want a second look.
func (v *visit) suggestion(e process.BankEntry, s process.Suggestion) cell {
	if s.Order != "" {
		c := cell{Text: v.t("kind.order") + " " + s.Number, Href: v.href(process.Ref{Type: process.TypeOrder, ID: s.Order}),
			Note: strings.Join([]string{v.name(process.TypeCustomer, s.Customer), v.t("suggestion.open", "amount", v.money(s.Open)), v.known("match.", s.Why)}, " · ")}
		if s.Open.Minor > 0 && v.may(process.MayInvoice) {
			c.Post = &post{Action: "/bank-entries/" + e.ID + "/do/match", Label: v.t("suggestion.match"), Name: "order", Value: s.Order}
		}
		return c
	}
	c := cell{Text: v.t("kind.invoice") + " " + s.Number, Href: v.href(process.Ref{Type: process.TypeInvoice, ID: s.Invoice})}
	note := []string{v.name(process.TypeCustomer, s.Customer)}
	if i, err := v.s.Invoices().Get(v.ctx(), v.actor, s.Invoice); err == nil {
		note = append(note, v.t("suggestion.open", "amount", v.money(i.Open)))
		if (i.Open.Minor > 0 || e.Amount.Minor < 0) && v.may(process.MayInvoice) {
			c.Post = &post{Action: "/bank-entries/" + e.ID + "/do/match", Label: v.t("suggestion.match"), Name: "invoice", Value: s.Invoice}
		}
	}
	c.Note = strings.Join(append(note, v.known("match.", s.Why)), " · ")
	return c
}

func readBankEntry(v *visit, id string) (*recordPage, error) {
	e, err := v.s.BankEntries().Get(v.ctx(), v.actor, id)
	if err != nil {
		return nil, err
	}
	p := v.record(process.TypeBankEntry, e.Record, e.State, v.entryName(*e))
	p.Badges = []badge{v.state(process.TypeBankEntry, e.State)}
	for _, s := range e.Suggestions {
		p.fact(v.t("field.suggestion"), v.suggestion(*e, s))
	}
	p.fact(v.t("field.counterparty"), words(e.Counterparty))
	p.fact(v.t("field.counterparty_account"), words(e.CounterpartyAccount))
	p.fact(v.t("field.amount"), words(v.money(e.Amount)))
	p.fact(v.t("field.booking_date"), words(v.date(e.BookingDate)))
	p.fact(v.t("field.value_date"), words(v.date(e.ValueDate)))
	p.fact(v.t("field.payment_reference"), words(e.Reference))
	p.fact(v.t("field.text"), words(e.Text))
	p.fact(v.t("field.matched_by"), words(v.known("match.", e.How)))
	p.fact(v.t("kind.customer"), v.link(process.TypeCustomer, e.Customer))
	p.fact(v.t("field.reason"), words(v.known("ignored.", e.Reason)))
	p.fact(v.t("field.account"), words(e.Account))
	p.fact(v.t("field.entry_id"), words(e.EntryID))
	p.fact(v.t("field.bank_file"), cell{Text: either(e.FileName, e.Format), Note: e.Position})
	return p, v.relate(p, process.TypePayment, map[string]string{"bank_entry": e.ID})
}

// importBankFile takes the file of the form on the list, and shows what is
// left to do.
func (v *visit) importBankFile() error {
	in, err := v.uploaded()
	if err != nil {
		return err
	}
	out, err := v.s.ImportStatement(v.ctx(), v.actor, in)
	if err != nil {
		return err
	}
	s, ok := out.Record.(process.StatementSummary)
	if !ok {
		return fmt.Errorf("the import answered %T", out.Record)
	}
	v.redirect("/bank-entries?state=unmatched&done=bank_file&booked=" + strconv.Itoa(s.Booked) + "&unmatched=" + strconv.Itoa(s.Unmatched) +
		"&ignored=" + strconv.Itoa(s.Ignored) + "&repeated=" + strconv.Itoa(s.Repeated))
	return nil
}

// imported is what the page says after an import; the figures stand in its address.
func (v *visit) imported() string {
	q := v.r.URL.Query()
	var pairs []string
	for _, name := range []string{"booked", "unmatched", "ignored", "repeated"} {
		n, err := strconv.Atoi(q.Get(name))
		if err != nil || n < 0 {
			return ""
		}
		pairs = append(pairs, name, strconv.Itoa(n))
	}
	return v.t("bank_file.done", pairs...)
}

// uploaded reads the form's file, in memory and up to its bound.
func (v *visit) uploaded() (process.StatementInput, error) {
	var in process.StatementInput
	missing := process.Invalid("statement.missing", "the form has no file", process.Problem{Field: "file", Reason: "statement.missing", Message: "choose a file"})
	parts, err := v.r.MultipartReader()
	if errors.Is(err, http.ErrNotMultipart) {
		return in, missing
	}
	for range 20 {
		var part *multipart.Part
		if err == nil {
			part, err = parts.NextPart()
		}
		if errors.Is(err, io.EOF) {
			break
		}
		var b []byte
		if err == nil {
			b, err = io.ReadAll(part)
		}
		if e := refusal(err); err != nil && e != nil {
			return in, e
		}
		if err != nil {
			return in, process.Invalid("body.invalid", "the form cannot be read: "+err.Error())
		}
		if part.FormName() == "file" && part.FileName() != "" {
			in.Name, in.Data = part.FileName(), b
		}
	}
	if in.Data == nil {
		return in, missing
	}
	return in, nil
}
