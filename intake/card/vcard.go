package card

import (
	"slices"
	"strings"

	"github.com/nyaruka/phonenumbers"

	"github.com/emne/emne/intake"
)

// MaxCards is how many cards of a file are read.
const MaxCards = 10_000

// Card is what a business card says of a person. Empty is what it does not say.
type Card struct {
	Name               string
	Email              string
	Phone              string // as it stands
	Company            string
	OrganisationNumber string
	Title              string
	Address            intake.Address // Country as it stands
	Note               string
	Subject            string
	Language           string // ISO 639
}

// IsZero tells a card that names nobody.
func (c Card) IsZero() bool {
	return c.Name == "" && c.Email == "" && c.Phone == "" && c.Company == ""
}

// Parse reads the cards of a vCard file. Cards that name nobody are left out.
func Parse(raw []byte) []Card {
	if len(raw) > MaxBytes {
		return nil
	}
	var cards []Card
	var b builder
	depth := 0
	for p := range Lines(toUTF8(raw, "")) {
		switch {
		case p.Name == "BEGIN" && strings.EqualFold(p.Value, "VCARD"):
			if depth++; depth == 1 {
				b = builder{}
			}
		case p.Name == "END" && strings.EqualFold(p.Value, "VCARD") && depth > 0:
			if depth--; depth == 0 {
				cards = appendCard(cards, b)
			}
		case depth == 1: // a deeper one is an agent's
			b.add(p)
		}
		if len(cards) >= MaxCards {
			return cards
		}
	}
	if depth > 0 {
		cards = appendCard(cards, b) // cut off
	}
	return cards
}

func appendCard(cards []Card, b builder) []Card {
	if c := b.card(); !c.IsZero() {
		return append(cards, c)
	}
	return cards
}

// builder keeps of each kind the value that is preferred.
type builder struct {
	c                     Card
	full                  string
	email, phone, address int // the rank of the one that is kept
}

func (b *builder) add(p Property) {
	switch p.Name {
	case "FN":
		b.full = oneLine(p.Text())
	case "N":
		b.c.Name = personName(p.Parts())
	case "ORG":
		b.c.Company = oneLine(first(p.Parts()))
	case "TITLE":
		b.c.Title = oneLine(p.Text())
	case "ROLE":
		if b.c.Title == "" {
			b.c.Title = oneLine(p.Text())
		}
	case "NOTE":
		b.c.Note = p.Text()
	case "LANG":
		language, _, _ := strings.Cut(p.Text(), "-")
		b.c.Language = strings.ToLower(language)
	case "EMAIL":
		address := strings.TrimPrefix(oneLine(p.Text()), "mailto:")
		if r := rank(p, "WORK", "INTERNET"); strings.Contains(address, "@") && r > b.email {
			b.c.Email, b.email = address, r
		}
	case "TEL":
		if r := phoneRank(p); oneLine(p.Text()) != "" && r > b.phone {
			b.c.Phone, b.phone = phone(p), r
		}
	case "ADR":
		if a, r := postal(p.Parts()), rank(p, "WORK", ""); !a.IsZero() && r > b.address {
			b.c.Address, b.address = a, r
		}
	}
}

func (b *builder) card() Card {
	c := b.c
	if b.full != "" {
		c.Name = b.full
	}
	if c.Name == c.Company {
		c.Name = "" // a company's card
	}
	return c
}

// rank puts the preferred value first, then one of a kind.
func rank(p Property, best, good string) int {
	r := 1
	if p.Is(best) {
		r += 2
	}
	if good != "" && p.Is(good) {
		r++
	}
	if p.Is("PREF") || p.Params["PREF"] == "1" {
		r += 10
	}
	return r
}

// phoneRank leaves out what nobody answers, and puts mobiles first.
func phoneRank(p Property) int {
	for _, t := range []string{"FAX", "PAGER", "MODEM", "BBS", "TEXTPHONE"} {
		if p.Is(t) {
			return 0
		}
	}
	return rank(p, "CELL", "WORK")
}

// phone is the number of a TEL, which may be a URI (RFC 3966).
func phone(p Property) string {
	s := oneLine(p.Text())
	if len(s) > 4 && strings.EqualFold(s[:4], "tel:") {
		s, _, _ = strings.Cut(s[4:], ";")
	}
	return s
}

// personName is "Given Additional Family" of N.
func personName(parts []string) string {
	parts = append(parts, "", "", "")
	return oneLine(parts[1] + " " + parts[2] + " " + parts[0])
}

// postal reads ADR: post box, extension, street, place, region, postcode, country.
func postal(parts []string) intake.Address {
	if len(parts) < 7 {
		parts = append(parts, make([]string, 7-len(parts))...)
	}
	street := slices.DeleteFunc([]string{oneLine(parts[2]), oneLine(parts[1]), oneLine(parts[0])}, func(s string) bool { return s == "" })
	return intake.Address{Street: strings.Join(street, ", "), Postcode: oneLine(parts[5]), City: oneLine(parts[3]), Country: oneLine(parts[6])}
}

func first(parts []string) string {
	if len(parts) == 0 {
		return ""
	}
	return parts[0]
}

// Inquiry is the card as a thing that came in. Region is the ISO 3166 country
// whose phone numbers need no prefix.
func (c Card) Inquiry(region string) intake.Inquiry {
	in := intake.Inquiry{Name: c.Name, Email: c.Email, Company: c.Company, OrganisationNumber: c.OrganisationNumber,
		Address: c.Address, Subject: c.Subject, Text: c.Note, Language: c.Language}
	in.Phone = E164(c.Phone, region)
	in.Address.Country = countryCode(c.Address.Country)
	if c.Title != "" {
		in.Text = strings.TrimSpace(c.Title + "\n\n" + in.Text)
	}
	return in
}

// E164 is a phone number in the form +4722334455, or as it stands when it is none.
func E164(s, region string) string {
	n, err := phonenumbers.Parse(s, region)
	if err != nil || !phonenumbers.IsValidNumber(n) {
		return s
	}
	if e164 := phonenumbers.Format(n, phonenumbers.E164); len(e164) <= 1+15 { // E.164 section 6.1
		return e164
	}
	return s
}

// countries are the names of neighbours and the largest trading partners.
var countries = map[string]string{
	"norge": "NO", "noreg": "NO", "norway": "NO", "norwegen": "NO", "norvège": "NO",
	"sverige": "SE", "sweden": "SE", "schweden": "SE", "suède": "SE",
	"danmark": "DK", "denmark": "DK", "dänemark": "DK", "danemark": "DK",
	"finland": "FI", "suomi": "FI", "finnland": "FI", "finlande": "FI",
	"tyskland": "DE", "germany": "DE", "deutschland": "DE", "allemagne": "DE",
	"frankrike": "FR", "frankrig": "FR", "france": "FR", "frankreich": "FR",
	"storbritannia": "GB", "storbritannien": "GB", "united kingdom": "GB", "great britain": "GB", "uk": "GB", "england": "GB",
	"nederland": "NL", "nederländerna": "NL", "netherlands": "NL", "niederlande": "NL", "pays-bas": "NL",
	"usa": "US", "united states": "US", "united states of america": "US",
}

// countryCode is the ISO 3166 code of a country by its name, or empty.
func countryCode(s string) string {
	if code, ok := countries[strings.ToLower(s)]; ok {
		return code
	}
	if len(s) == 2 && unletter(s) == "" {
		return strings.ToUpper(s)
	}
	return ""
}

// unletter is what is left of s without ASCII letters.
func unletter(s string) string {
	return strings.Map(func(r rune) rune {
		if r < 'A' || r > 'z' || r > 'Z' && r < 'a' {
			return r
		}
		return -1
	}, s)
}
