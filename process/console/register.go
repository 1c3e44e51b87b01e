package console

import (
	"net/url"
	"strings"

	"github.com/emne/emne/process"
)

// lookup asks the register of companies beside the form of a customer; each
// answer is a link to the form, filled in.
type lookup struct {
	Action string
	Query  string
	Asked  bool
	Found  []lookupRow
	Warn   []string
}

type lookupRow struct{ Name, Note, Trouble, Href string }

// lookup is nil for kinds that have no register.
func (v *visit) lookup(k *kind, at string) (*lookup, error) {
	if k.typ != process.TypeCustomer {
		return nil, nil
	}
	l := &lookup{Action: at, Query: strings.TrimSpace(v.r.URL.Query().Get("register"))}
	if l.Query == "" {
		return l, nil
	}
	l.Asked = true
	answer, err := v.s.LookUp(v.ctx(), v.actor, l.Query)
	if e := refusal(err); e != nil && e.Code == process.CodeInvalid {
		l.Warn = []string{v.say(e)}
		return l, nil
	}
	if err != nil {
		return nil, err
	}
	for _, w := range answer.Warnings {
		l.Warn = append(l.Warn, v.problem(w))
	}
	for _, e := range answer.Items {
		row := lookupRow{Name: e.Name, Note: strings.Join([]string{e.OrganisationNumber, e.Address.Street, e.Address.Postcode, e.Address.City}, " "), Href: at + "?" + fill(e).Encode()}
		if e.Trouble != "" {
			row.Trouble = v.t("register." + e.Trouble)
		}
		l.Found = append(l.Found, row)
	}
	return l, nil
}

// fill are the fields of a customer's form that a register knows.
func fill(e process.RegisterEntry) url.Values {
	q := url.Values{"kind": {"business"}}
	for name, value := range map[string]string{"name": e.Name, "organisation_number": e.OrganisationNumber, "vat_number": e.VATNumber, "email": e.Email, "phone": e.Phone,
		"address.street": e.Address.Street, "address.street2": e.Address.Street2, "address.postcode": e.Address.Postcode, "address.city": e.Address.City, "address.country": e.Address.Country} {
		if value != "" {
			q.Set(name, value)
		}
	}
	if e.OrganisationNumber != "" && e.Address.Country == "NO" {
		q.Set("e_invoice_address.scheme", "0192")
		q.Set("e_invoice_address.id", e.OrganisationNumber)
	}
	return q
}
