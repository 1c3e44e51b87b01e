package process

import (
	"fmt"
	"slices"
	"strings"
)

// CountryVAT is the VAT of a product for customers of a country.
type CountryVAT struct {
	Country string `json:"country"` // ISO 3166-1 alpha-2
	VAT
}

// CountryVATs are at most one for each country.
type CountryVATs []CountryVAT

// VATRule is the VAT of customers by where and what they are.
type VATRule struct {
	// Country is a code of ISO 3166-1, EU for every member state of the Union,
	// or empty for every country but the company's own.
	Country string `json:"country,omitempty"`
	// Kind is business, consumer, or empty for both.
	Kind string `json:"kind,omitempty"`
	VAT  VAT    `json:"vat"`
}

// anyMember is the country of a rule for the whole Union.
const anyMember = "EU"

// inUnion reports whether a country is a member state of the European Union,
// as of 2026; Greece is GR here, as on addresses, and EL only in VAT numbers.
func inUnion(country string) bool {
	return len(country) == 2 && strings.Contains("AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK", country)
}

func countryShaped(c string) bool {
	return len(c) == 2 && c[0] >= 'A' && c[0] <= 'Z' && c[1] >= 'A' && c[1] <= 'Z'
}

// maxCountries bounds a table of countries.
const maxCountries = 300

func (vs CountryVATs) problems(own string) (ps []Problem) {
	if len(vs) > maxCountries {
		return []Problem{{Field: "vat_by_country", Reason: "vat.country.many", Message: fmt.Sprintf("at most %d countries", maxCountries)}}
	}
	seen := map[string]bool{}
	for i, v := range vs {
		field := fmt.Sprintf("vat_by_country[%d]", i)
		switch {
		case !countryShaped(v.Country):
			ps = append(ps, Problem{Field: field + ".country", Reason: "vat.country", Message: fmt.Sprintf("%q is no country: write it as SE", v.Country)})
		case seen[v.Country]:
			ps = append(ps, Problem{Field: field + ".country", Reason: "vat.country.twice", Message: v.Country + " stands here twice"})
		case v.Country == own:
			ps = append(ps, Problem{Field: field + ".country", Reason: "vat.country.own", Message: "the VAT of the company's own country is the product's own"})
		}
		seen[v.Country] = true
		ps = append(ps, v.VAT.problems(field)...)
	}
	return ps
}

// vatRuleProblems says what is wrong with the rules.
func (s Settings) vatRuleProblems() (ps []Problem) {
	if len(s.VATRules) > maxCountries {
		return []Problem{{Field: "vat_rules", Reason: "settings.vat_rules.many", Message: fmt.Sprintf("at most %d rules", maxCountries)}}
	}
	for i, r := range s.VATRules {
		field := fmt.Sprintf("vat_rules[%d]", i)
		if r.Country != "" && (!countryShaped(r.Country) || r.Country == s.Company.Address.Country) {
			ps = append(ps, Problem{Field: field + ".country", Reason: "settings.vat_rules.country",
				Message: fmt.Sprintf("%q is no other country: write it as SE, as EU for all of the Union, or leave it out for every other country", r.Country)})
		}
		if r.Kind != "" && r.Kind != "business" && r.Kind != "consumer" {
			ps = append(ps, Problem{Field: field + ".kind", Reason: "settings.vat_rules.kind", Message: fmt.Sprintf("%q is no kind of customer: business, consumer, or nothing for both", r.Kind)})
		}
		ps = append(ps, r.VAT.problems(field+".vat")...)
	}
	return ps
}

// vatAbroad is the VAT of a line for a customer of another country: the
// product's own for that country, else that of the first rule that fits. It is
// nil for customers of the company's own country, and where nothing is said.
func (s Settings) vatAbroad(c *Customer, p *Product) *VAT {
	if c == nil || c.Address.Country == "" || c.Address.Country == s.Company.Address.Country {
		return nil
	}
	country := c.Address.Country
	if p != nil {
		if i := slices.IndexFunc(p.VATByCountry, func(v CountryVAT) bool { return v.Country == country }); i >= 0 {
			return &p.VATByCountry[i].VAT
		}
	}
	for _, r := range s.VATRules {
		if (r.Country == "" || r.Country == country || r.Country == anyMember && inUnion(country)) && (r.Kind == "" || r.Kind == c.Kind) {
			return &r.VAT
		}
	}
	return nil
}
