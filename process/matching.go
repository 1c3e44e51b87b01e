package process

import (
	"cmp"
	"slices"
	"strings"
	"unicode"
)

// How an entry is matched, the first rule that fits:
//
//  1. reference: its KID or payment reference is that of one open invoice,
//     whatever the amount; or of a payment request: it is booked ahead on the
//     order, or, when that is invoiced, on its open invoices.
//  2. number: its text names invoices of one customer by number or KID, and
//     what is open on them sums to the amount (with its claims, of one); or it
//     names one, the amount is less, and the payer has the customer's name.
//  3. amount_and_name: the amount is what is open on one invoice alone, with or
//     without its claims, of those whose customer has the payer's name.
//  4. several: exactly one choice of two or more open invoices of the customer
//     who has the payer's name sums to the amount.
//
// Everything else is left to a person, with suggestions: two invoices that fit
// alike, an invoice with nothing open, an entry that another format's file
// seems to have brought already.

const (
	// maxOpenInvoices bounds what a matcher reads; of more, the newest count.
	maxOpenInvoices = 50_000
	maxSuggestions  = 5
	// maxChoices bounds the invoices of which sums are tried (2^n of them).
	maxChoices = 14
	// shortNumber is the length of numbers that are too common in texts to be
	// sure about.
	shortNumber = 4
	// repeatDays is how far two files' dates of one movement lie apart.
	repeatDays = 3
)

// candidate is an open invoice as a matcher knows it.
type candidate struct {
	id, number, reference, customer string
	name                            payerName
	due                             Date
	was                             Money // open when it was read
	claims                          Money // what reminders claim beside it
}

// matcher knows what is open. spent are the invoices that changed since.
type matcher struct {
	all                   []*candidate
	byReference, byNumber map[string][]*candidate
	spent                 map[string]Money
	limit                 Money
}

func (m *matcher) with(spent map[string]Money) *matcher {
	o := *m
	o.spent = spent
	return &o
}

// open is what is open on the candidate now.
func (m *matcher) open(c *candidate) Money {
	if o, ok := m.spent[c.id]; ok {
		return o
	}
	return c.was
}

// exactly reports whether an amount is what is open on the candidate, alone or
// with what reminders claim.
func (m *matcher) exactly(amount Money, c *candidate) bool {
	open := m.open(c)
	_, changed := m.spent[c.id]
	return amount == open || !changed && amount == open.Add(c.claims)
}

// fits reports whether an amount pays what is open, but for a difference that
// is written off.
func (m *matcher) fits(amount, open Money) bool {
	return amount == open || m.limit.covers(amount.Sub(open))
}

// newMatcher reads the open invoices, oldest due first.
func (u *unit) newMatcher() (*matcher, error) {
	m := &matcher{byReference: map[string][]*candidate{}, byNumber: map[string][]*candidate{}, spent: map[string]Money{}, limit: u.settings.WriteOffLimit}
	names := map[string]payerName{}
	for _, payment := range []string{"unpaid", "partly_paid"} {
		f := Filter{State: "issued", Match: map[string]string{"payment": payment}, Limit: MaxLimit}
		for {
			list, next, err := u.Invoices().List(f)
			if err != nil {
				return nil, err
			}
			for k := range list {
				i := &list[k]
				u.deriveInvoice(i)
				if i.Open.Minor <= 0 || len(m.all) >= maxOpenInvoices {
					continue
				}
				if _, known := names[i.Customer]; !known {
					c, err := optional(u.Customers().Get(i.Customer))
					if err != nil {
						return nil, err
					}
					if c != nil {
						names[i.Customer] = nameOf(c.Name)
					}
				}
				m.add(&candidate{id: i.ID, number: i.Number, reference: i.PaymentReference, customer: i.Customer, name: names[i.Customer], due: i.DueDate, was: i.Open, claims: i.Claims})
			}
			if f.Cursor = next; next == "" || len(m.all) >= maxOpenInvoices {
				break
			}
		}
	}
	slices.SortStableFunc(m.all, func(a, b *candidate) int { return cmp.Or(cmp.Compare(a.due, b.due), cmp.Compare(a.id, b.id)) })
	return m, nil
}

func (m *matcher) add(c *candidate) {
	m.all = append(m.all, c)
	if c.reference != "" {
		for _, form := range referenceForms(c.reference) {
			m.byReference[form] = append(m.byReference[form], c)
		}
	}
	number := strings.ToUpper(c.number)
	m.byNumber[number] = append(m.byNumber[number], c)
}

// decision is what a matcher makes of an entry.
type decision struct {
	certain     []*candidate
	how         string
	suggestions []Suggestion
}

func (u *unit) judge(m *matcher, e *BankEntry) (decision, error) {
	var d decision
	suggest := func(why string, cs ...*candidate) {
		for _, c := range cs {
			known := slices.ContainsFunc(d.suggestions, func(s Suggestion) bool { return s.Invoice == c.id })
			if !known && len(d.suggestions) < maxSuggestions {
				d.suggestions = append(d.suggestions, Suggestion{Invoice: c.id, Number: c.number, Customer: c.customer, Open: m.open(c), Why: why})
			}
		}
	}
	usable := func(c *candidate) bool { return m.open(c).Minor > 0 && c.was.Currency == e.Amount.Currency }
	d.certain, d.how = m.certain(e, usable, suggest)
	if len(d.certain) == 0 && e.Reference != "" {
		if err := u.suggestSettled(&d, e); err != nil {
			return d, err
		}
	}
	if len(d.certain) > 0 {
		repeated, err := u.repeats(e)
		if err != nil {
			return d, err
		}
		if repeated || e.Unsure {
			why := d.how
			if repeated {
				why = "repeated"
			}
			cs := d.certain
			d.certain, d.how, d.suggestions = nil, "", nil
			suggest(why, cs...)
		}
	}
	return d, nil
}

// certain runs the rules; what almost fits is suggested.
func (m *matcher) certain(e *BankEntry, usable func(*candidate) bool, suggest func(string, ...*candidate)) ([]*candidate, string) {
	if e.Reference != "" {
		cs := filter(m.byReference[e.Reference], usable)
		if len(cs) == 1 {
			return cs, "reference"
		}
		suggest("reference", cs...)
	}
	payer := nameOf(e.Counterparty)
	named, clear := m.named(e.Text+" "+e.Reference, usable)
	if len(named) > 0 {
		if clear && m.fits(e.Amount, m.sum(named, e.Amount.Currency)) {
			return named, "number"
		}
		if clear && len(named) == 1 && m.exactly(e.Amount, named[0]) {
			return named, "number"
		}
		if clear && len(named) == 1 && e.Amount.Minor < m.open(named[0]).Minor && named[0].name.is(payer) {
			return named, "number"
		}
		suggest("number", named...)
	}
	var customers []string
	var theirs, alike, sameAmount []*candidate
	for _, c := range m.all {
		if !usable(c) {
			continue
		}
		exact := m.exactly(e.Amount, c)
		if c.name.is(payer) {
			theirs = append(theirs, c)
			if !slices.Contains(customers, c.customer) {
				customers = append(customers, c.customer)
			}
			if exact {
				alike = append(alike, c)
			}
		} else if exact && len(sameAmount) < maxSuggestions {
			sameAmount = append(sameAmount, c)
		}
	}
	if len(named) == 0 && e.Reference == "" {
		if len(alike) == 1 {
			return alike, "amount_and_name"
		}
		if len(alike) == 0 && len(customers) == 1 {
			if choice := m.choice(theirs, e.Amount); choice != nil {
				return choice, "several"
			}
		}
	}
	suggest("amount_and_name", alike...)
	suggest("amount", sameAmount...)
	suggest("name", theirs...)
	return nil, ""
}

func filter(cs []*candidate, keep func(*candidate) bool) []*candidate {
	return slices.DeleteFunc(slices.Clone(cs), func(c *candidate) bool { return !keep(c) })
}

func (m *matcher) sum(cs []*candidate, currency string) Money {
	sum := Money{Currency: currency}
	for _, c := range cs {
		sum = sum.Add(m.open(c))
	}
	return sum
}

// named are the open invoices that a text names. They are clear when they are
// one customer's, and no number is short or two invoices'.
func (m *matcher) named(text string, usable func(*candidate) bool) (cs []*candidate, clear bool) {
	clear = true
	for _, word := range numbersIn(text) {
		found := filter(m.byReference[word], usable)
		if len(found) == 0 { // a KID of MOD11 may end in a dash
			found = filter(m.byReference[word+"-"], usable)
		}
		if len(found) == 0 {
			found = filter(m.byNumber[word], usable)
			clear = clear && (len(found) == 0 || len(word) >= shortNumber)
		}
		clear = clear && len(found) < 2
		for _, c := range found {
			if !slices.Contains(cs, c) {
				cs = append(cs, c)
				clear = clear && c.customer == cs[0].customer
			}
		}
	}
	return cs, clear
}

// numbersIn are the words of a text that may be numbers of documents, and the
// runs of digits in them.
func numbersIn(text string) []string {
	const most = 64
	var words []string
	add := func(w string) {
		if w != "" && len(words) < most && !slices.Contains(words, w) {
			words = append(words, w)
		}
	}
	for _, w := range strings.FieldsFunc(strings.ToUpper(text), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '-' && r != '/' && r != '_'
	}) {
		if !strings.ContainsFunc(w, unicode.IsDigit) {
			continue
		}
		add(strings.Trim(w, "-/_"))
		for _, run := range strings.FieldsFunc(w, func(r rune) bool { return r < '0' || r > '9' }) {
			add(run)
		}
	}
	return words
}

// choice is the only way to make the amount of two or more of the invoices,
// nil when there is none or more than one.
func (m *matcher) choice(cs []*candidate, amount Money) []*candidate {
	if m.sum(cs, amount.Currency) == amount && len(cs) > 1 {
		return cs
	}
	if len(cs) > maxChoices {
		return nil
	}
	var found []*candidate
	for set := 1; set < 1<<len(cs); set++ {
		var sum int64
		var chosen []*candidate
		for k, c := range cs {
			if set&(1<<k) != 0 {
				sum += m.open(c).Minor
				chosen = append(chosen, c)
			}
		}
		if sum != amount.Minor || len(chosen) < 2 {
			continue
		}
		if found != nil {
			return nil
		}
		found = chosen
	}
	return found
}

// suggestSettled names the invoices of the entry's reference on which nothing
// is open: paid twice, or brought by another file.
func (u *unit) suggestSettled(d *decision, e *BankEntry) error {
	list, _, err := u.Invoices().List(Filter{State: "issued", Match: map[string]string{"payment_reference": e.Reference}, Limit: maxSuggestions})
	if err != nil {
		return err
	}
	for k := range list {
		i := &list[k]
		u.deriveInvoice(i)
		if i.Open.Minor <= 0 && i.Currency == e.Amount.Currency && len(d.suggestions) < maxSuggestions {
			d.suggestions = append(d.suggestions, Suggestion{Invoice: i.ID, Number: i.Number, Customer: i.Customer, Open: i.Open, Why: "settled"})
		}
	}
	return nil
}

// repeats reports whether a file of another format brought what looks like the
// same movement on the same account: the amount within a few days, with the
// same reference, or without one from the same payer.
func (u *unit) repeats(e *BankEntry) (bool, error) {
	list, _, err := u.BankEntries().List(Filter{Match: map[string]string{"reference": e.Reference, "amount": amountKey(e.Amount)}, Limit: 100})
	if err != nil {
		return false, err
	}
	payer := nameOf(e.Counterparty)
	return slices.ContainsFunc(list, func(o BankEntry) bool {
		return o.Format != e.Format && o.Amount == e.Amount && sameAccount(o.Account, e.Account) &&
			(e.Reference != "" || payer.is(nameOf(o.Counterparty)) || nameOf(o.Counterparty).is(payer)) &&
			o.BookingDate.AddDays(-repeatDays) <= e.BookingDate && e.BookingDate <= o.BookingDate.AddDays(repeatDays)
	}), nil
}

// sameAccount compares accounts of which one may be written as IBAN, or be missing.
func sameAccount(a, b string) bool {
	return a == "" || b == "" || strings.HasSuffix(a, b) || strings.HasSuffix(b, a)
}

// payerName is a name in the form in which names are compared.
type payerName struct {
	words []string // sorted, without the company's form
	form  string   // AS, ENK, …
	plain string
}

var companyForms = []string{"AS", "ASA", "ENK", "ANS", "DA", "SA", "NUF", "KS", "BA", "AB", "HB", "APS", "OY", "GMBH", "AG", "KG", "LTD", "PLC", "LLC", "INC", "BV", "SARL", "SAS"}

func nameOf(s string) payerName {
	words := strings.FieldsFunc(strings.ReplaceAll(strings.ToUpper(s), "A/S", "AS"), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	n := payerName{plain: strings.Join(words, " ")}
	for _, w := range words {
		if n.form == "" && len(n.words) > 0 && slices.Contains(companyForms, w) {
			n.form = w
			continue
		}
		n.words = append(n.words, w)
	}
	slices.Sort(n.words)
	return n
}

// cutAt is the length at which banks cut names off.
const cutAt = 30

// is reports whether two names are the same: the same words in any order, with
// the same company's form unless one lacks it. Banks cut long names off.
func (n payerName) is(o payerName) bool {
	if len(n.plain) < 3 || len(o.plain) < 3 {
		return false
	}
	if n.form == "" || o.form == "" || n.form == o.form {
		if slices.Equal(n.words, o.words) {
			return true
		}
	}
	return len(o.plain) >= cutAt && strings.HasPrefix(n.plain, o.plain)
}
