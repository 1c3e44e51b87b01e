package process

import (
	"context"
	"strings"
	"sync"
	"time"
)

const (
	// recheckTime bounds how long issuing waits for the register.
	recheckTime = 3 * time.Second
	// recheckAge is for how long an answer holds, recheckPause for how long a
	// register that was out of reach is left alone.
	recheckAge   = 24 * time.Hour
	recheckPause = time.Minute
	// maxRechecks bounds what is remembered.
	maxRechecks = 10_000
)

// registerAnswers remembers what the register said of organisation numbers.
type registerAnswers struct {
	mu    sync.Mutex
	known map[string]registerSaid
	down  time.Time
}

// registerSaid is an answer; the entry is nil when there is no such company.
type registerSaid struct {
	at    time.Time
	entry *RegisterEntry
}

func (r *registerAnswers) fresh(number string, now time.Time) (said registerSaid, known, down bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	said, known = r.known[number]
	return said, known && now.Sub(said.at) < recheckAge, !r.down.IsZero() && now.Sub(r.down) < recheckPause
}

func (r *registerAnswers) keep(number string, said registerSaid, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if err != nil {
		r.down = said.at
		return
	}
	if r.known == nil || len(r.known) >= maxRechecks {
		r.known = map[string]registerSaid{}
	}
	r.known[number] = said
}

// registered is the number by which the register knows the customer, empty when
// it is no concern of the register's.
func (s Settings) registered(c *Customer) string {
	country := c.Address.Country
	if country == "" {
		country = s.Company.Address.Country
	}
	number := organisationDigits(c.OrganisationNumber)
	if country != "NO" || !validOrganisationNumber(number) {
		return ""
	}
	return number
}

// recheck asks the register about a customer before a transaction that issues
// an invoice, and remembers the answer for it. What goes wrong here is for the
// transaction to say.
func (s *Service) recheck(ctx context.Context, a Actor, of func(*unit) (customer string, err error)) {
	if s.register == nil {
		return
	}
	number := ""
	err := s.view(ctx, a, MayInvoice, func(u *unit) error {
		id, err := of(u)
		if err != nil || id == "" {
			return err
		}
		c, err := u.Customers().Get(id)
		if err == nil {
			number = u.settings.registered(c)
		}
		return err
	})
	if err != nil || number == "" {
		return
	}
	if _, known, down := s.answers.fresh(number, s.now()); known || down {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, recheckTime)
	defer cancel()
	entry, err := s.register.ByNumber(ctx, number)
	s.answers.keep(number, registerSaid{s.now(), entry}, err)
}

// registerWarnings are what the register's last answer holds against invoicing
// a customer. Nothing is refused for it.
func (u *unit) registerWarnings(customer string) ([]Problem, error) {
	if u.s.register == nil {
		return nil, nil
	}
	c, err := u.Customers().Get(customer)
	if err != nil {
		return nil, err
	}
	number := u.settings.registered(c)
	if number == "" {
		return nil, nil
	}
	said, known, down := u.s.answers.fresh(number, u.now)
	warn := func(field, reason, message string) []Problem {
		return []Problem{{Field: field, Reason: reason, Message: message}}
	}
	switch {
	case !known && !down:
		return nil, nil // nobody could ask
	case !known:
		return warn("organisation_number", "register.unreachable", "the register could not be reached: the customer was not checked"), nil
	case said.entry == nil:
		return warn("organisation_number", "register.gone", "the register knows no company with this number"), nil
	case said.entry.Trouble != "":
		return warn("organisation_number", "register."+said.entry.Trouble, "the register says: "+strings.ReplaceAll(said.entry.Trouble, "_", " ")), nil
	case c.VATNumber != "" && said.entry.VATNumber == "":
		return warn("vat_number", "register.vat", "the customer has a VAT number, but is not registered for VAT"), nil
	}
	return nil, nil
}
