package process

import (
	"context"
	"errors"
	"strings"
	"time"
)

// Register is a public register of companies; process/exchange implements it.
type Register interface {
	// Search finds companies by their name, at most limit, the best match first.
	Search(ctx context.Context, name string, limit int) ([]RegisterEntry, error)
	// ByNumber finds a company by its organisation number, nil when there is none.
	ByNumber(ctx context.Context, number string) (*RegisterEntry, error)
}

// RegisterEntry is what a register says of a company.
type RegisterEntry struct {
	Name               string  `json:"name"`
	OrganisationNumber string  `json:"organisation_number"`
	VATNumber          string  `json:"vat_number,omitempty"`
	Email              string  `json:"email,omitempty"`
	Phone              string  `json:"phone,omitempty"`
	Address            Address `json:"address"`
	// Trouble is why one should look twice, empty when there is none.
	Trouble string `json:"trouble,omitempty"`
}

// The troubles of a company.
const (
	TroubleDeleted   = "deleted"
	TroubleBankrupt  = "bankrupt"
	TroubleWindingUp = "winding_up"
)

// RegisterAnswer is what was found, or why nothing could be.
type RegisterAnswer struct {
	Items []RegisterEntry `json:"items"`
	// Warnings say that the register is out of reach or what was asked is odd;
	// nothing is ever refused for that.
	Warnings []Problem `json:"warnings,omitempty"`
}

const (
	// registerTime bounds one question to a register.
	registerTime = 8 * time.Second
	registerRows = 10
)

// LookUp asks the register for companies by organisation number or by name.
// A register that cannot be asked is a warning, not an error.
func (s *Service) LookUp(ctx context.Context, a Actor, q string) (RegisterAnswer, error) {
	answer := RegisterAnswer{Items: []RegisterEntry{}}
	if err := a.must(MayRead); err != nil {
		return answer, err
	}
	warn := func(reason, message string) {
		answer.Warnings = append(answer.Warnings, Problem{Field: "q", Reason: reason, Message: message})
	}
	q = strings.Join(strings.Fields(q), " ")
	number := organisationDigits(q)
	switch {
	case len([]rune(q)) < 2 || len(q) > 200:
		return answer, Invalid("register.query", "say what to look for", Problem{Field: "q", Reason: "register.query", Message: "a name of at least two letters, or an organisation number"})
	case s.register == nil:
		warn("register.none", "this installation asks no register")
		return answer, nil
	case number != "" && !validOrganisationNumber(number):
		warn("organisation_number.check", "the check digit of this organisation number is wrong")
	}
	ctx, cancel := context.WithTimeout(ctx, registerTime)
	defer cancel()
	var err error
	if number == "" {
		answer.Items, err = s.register.Search(ctx, q, registerRows)
	} else {
		var e *RegisterEntry
		if e, err = s.register.ByNumber(ctx, number); e != nil {
			answer.Items = append(answer.Items, *e)
		}
	}
	if err != nil {
		if errors.Is(err, context.Canceled) {
			return answer, err
		}
		warn("register.unreachable", "the register cannot be reached now: fill in by hand, or try again later")
	}
	if answer.Items == nil {
		answer.Items = []RegisterEntry{}
	}
	return answer, nil
}

// organisationDigits are the nine digits of what looks like a Norwegian
// organisation number, with NO, MVA and spaces taken away; else empty.
func organisationDigits(s string) string {
	s = strings.ToUpper(strings.NewReplacer(" ", "", "\u00a0", "", ".", "").Replace(s))
	s = strings.TrimSuffix(strings.TrimPrefix(s, "NO"), "MVA")
	if len(s) != 9 || strings.Trim(s, "0123456789") != "" {
		return ""
	}
	return s
}

// validOrganisationNumber checks a Norwegian organisation number: nine digits,
// the last one by modulus 11 with the weights 3, 2, 7, 6, 5, 4, 3, 2.
func validOrganisationNumber(s string) bool {
	if len(s) != 9 || strings.Trim(s, "0123456789") != "" {
		return false
	}
	sum := 0
	for i, w := range []int{3, 2, 7, 6, 5, 4, 3, 2, 1} {
		sum += int(s[i]-'0') * w
	}
	return sum%11 == 0
}

// deriveCustomer warns of what looks wrong; nothing is refused for it.
func (u *unit) deriveCustomer(c *Customer) {
	c.Warnings = nil
	country := c.Address.Country
	if country == "" {
		country = u.settings.Company.Address.Country
	}
	if country == "NO" && c.OrganisationNumber != "" && !validOrganisationNumber(organisationDigits(c.OrganisationNumber)) {
		c.Warnings = []Problem{{Field: "organisation_number", Reason: "organisation_number.check", Message: "this is no Norwegian organisation number: nine digits, the last a check digit"}}
	}
}
