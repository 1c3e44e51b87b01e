package console

import (
	"errors"
	"strconv"

	"github.com/emne/emne/process"
	"github.com/emne/emne/process/access"
)

type formPage struct {
	frame
	Kind *kindView
	Form form
	Back string
	// Lookup is the register's, on the form of a customer.
	Lookup *lookup
	// Beside is a page that belongs to it.
	Beside *cell
}

// mayKeep refuses a form to who may not send it, as sending it would.
func (v *visit) mayKeep(k *kind) error {
	if v.may(k.may) {
		return nil
	}
	return process.Forbidden("the role %q does not allow this (%s)", v.actor.Role, k.may)
}

func (v *visit) newForm(k *kind) error {
	if err := v.mayKeep(k); err != nil {
		return err
	}
	in := input{values: map[string]string{}}
	for name, vs := range v.r.URL.Query() {
		in.values[name] = vs[0]
	}
	f := k.fields(v, in)
	return v.showForm(200, k, f, "")
}

func (v *visit) showForm(status int, k *kind, f form, id string) error {
	title, back := v.t("new."+k.typ), "/"+k.collection
	f.Action, f.Submit = back, v.t("save")
	if id != "" {
		back += "/" + id
		title = v.t("edit.title", "name", either(v.name(k.typ, id), v.t("kind."+k.typ)))
		f.Action = back + "/edit"
	}
	at := "/" + k.collection + "/new"
	if id != "" {
		at = f.Action
	}
	l, err := v.lookup(k, at)
	if err != nil {
		return err
	}
	return v.page(status, "form.html", formPage{frame: v.frame(title), Kind: v.view(k), Form: f, Back: back, Lookup: l})
}

// sent reads the form that was posted.
func (v *visit) sent(id string) (input, error) {
	if err := v.r.ParseForm(); err != nil {
		if e := refusal(err); e != nil {
			return input{}, e
		}
		return input{}, process.Invalid("body.invalid", "the form cannot be read: "+err.Error())
	}
	in := input{id: id, sent: v.r.PostForm}
	in.rows, _ = strconv.Atoi(in.sent.Get("rows"))
	in.rows = max(0, min(in.rows, maxRows))
	return in, nil
}

// version is the one that the form was made from, nil when it names none.
func (in input) version() *int64 {
	n, err := strconv.ParseInt(in.sent.Get("version"), 10, 64)
	if err != nil {
		return nil
	}
	return &n
}

func (v *visit) create(k *kind) error {
	in, err := v.sent("")
	if err != nil {
		return err
	}
	return v.save(k, in, func(body []byte) (*process.Outcome, error) {
		return v.c.forms[k.typ].Create(v.s, v.ctx(), v.actor, body)
	})
}

func (v *visit) editForm(k *kind) error {
	if err := v.mayKeep(k); err != nil {
		return err
	}
	record, version, err := k.input(v, v.id())
	if err != nil {
		return err
	}
	in, err := v.inputFrom(v.id(), record)
	if err != nil {
		return err
	}
	if in.priced, err = v.standing(k); err != nil {
		return err
	}
	f := k.fields(v, in)
	if k.typ == process.TypeCustomer { // filled in from the register
		for name, vs := range v.r.URL.Query() {
			in.values[name] = vs[0]
		}
		f = k.fields(v, in)
	}
	f.Version = version
	return v.showForm(200, k, f, v.id())
}

func (v *visit) edit(k *kind) error {
	in, err := v.sent(v.id())
	if err != nil {
		return err
	}
	return v.save(k, in, func(body []byte) (*process.Outcome, error) {
		return v.c.forms[k.typ].Edit(v.s, v.ctx(), v.actor, process.Target{ID: v.id(), Version: in.version()}, body)
	})
}

// save carries a form out, or shows it again with what was sent and what is
// wrong with it.
func (v *visit) save(k *kind, in input, carryOut func(body []byte) (*process.Outcome, error)) error {
	if in.sent.Get("compute") != "" {
		return v.compute(k, in)
	}
	if more := in.sent.Get("more"); more != "" {
		if more == "1" {
			in.rows = min(in.rows+moreRows, maxRows)
		}
		f := k.fields(v, in)
		if at := in.version(); at != nil {
			f.Version = *at
		}
		return v.showForm(200, k, f, in.id)
	}
	f := k.fields(v, in)
	body, problems := v.encode(f, in, in.id != "")
	var e *process.Error
	if len(problems) == 0 {
		out, err := carryOut(body)
		if err == nil {
			return v.saved(k, in, out)
		}
		if e = refusal(err); e == nil || e.Code == process.CodeNotFound || e.Code == process.CodeForbidden {
			return err
		}
		problems = e.Problems
	} else {
		e = process.Invalid("form.invalid", "the form cannot be saved as it is", problems...)
	}
	v.refused(&in, &f, problems)
	again := k.fields(v, in)
	again.Error, again.Problems = v.say(e), f.Problems
	if at := in.version(); at != nil {
		again.Version = *at
	}
	return v.showForm(access.Status(e.Code), k, again, in.id)
}

func (v *visit) saved(k *kind, in input, out *process.Outcome) error {
	id := idOf(out.Record)
	if id == "" {
		return errors.New("the outcome has no record")
	}
	done := "created"
	if in.id != "" {
		done = "saved"
	}
	to := "/" + k.collection + "/" + id
	if k.typ == process.TypePayment {
		if p, ok := out.Record.(*process.Payment); ok {
			to, done = "/invoices/"+p.Invoice, "paid"
			if p.Order != "" {
				to = "/orders/" + p.Order
			}
		}
	}
	v.redirect(after(to, done))
	return nil
}

func (v *visit) remove(k *kind) error {
	in, err := v.sent(v.id())
	if err != nil {
		return err
	}
	if _, err := v.c.forms[k.typ].Delete(v.s, v.ctx(), v.actor, process.Target{ID: v.id(), Version: in.version()}); err != nil {
		return err
	}
	v.redirect(after("/"+k.collection, "deleted"))
	return nil
}

// after is an address that says what was done.
func after(to, done string) string { return to + "?done=" + done }
