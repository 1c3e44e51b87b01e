package message

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// postcodeForms is the form of a postcode by country; # is a digit.
var postcodeForms = map[string]string{
	"NO": "####", "DK": "####", "SE": "### ##", "DE": "#####", "FR": "#####", "AT": "####", "CH": "####", "FI": "#####", "NL": "####", "BE": "####",
}

// domainCountries are the countries of top-level domains whose senders write
// numbers and addresses in their own way.
var domainCountries = map[string]string{
	"no": "NO", "se": "SE", "dk": "DK", "de": "DE", "fr": "FR", "fi": "FI", "at": "AT", "ch": "CH", "nl": "NL", "be": "BE", "uk": "GB",
}

// languageCountries are where people write in a language first of all.
var languageCountries = map[string]string{"nb": "NO", "sv": "SE", "da": "DK", "de": "DE", "fr": "FR"}

// countryOf is where the sender writes from: by the domain, else by the
// language, else the reader's own country.
func countryOf(sender Address, language, region string) string {
	domain := domainOf(sender.Address)
	if c := domainCountries[domain[strings.LastIndexByte(domain, '.')+1:]]; c != "" {
		return c
	}
	if c := languageCountries[language]; c != "" {
		return c
	}
	return region
}

// findPostalAddress looks for a street with a number before a postcode with a
// place, on one line or on two: "Storgata 1, 0155 Oslo", in the form of a country.
func findPostalAddress(lines []guessLine, country string) string {
	form, ok := postcodeForms[country]
	if !ok {
		form = "####"
	}
	shortest := 4 // the digits of a postcode
	if country == "GB" {
		shortest = fewestDigits
	}
	for i, l := range lines {
		if len(l.text) > 200 || l.digits < shortest {
			continue
		}
		pieces := addressPieces(l.text)
		for k, p := range pieces {
			place := postalPlace(p, form)
			if country == "GB" {
				place = britishPlace(pieces[:k+1])
			}
			if place == "" {
				continue
			}
			if k > 0 && isStreet(pieces[k-1]) {
				return pieces[k-1] + ", " + place
			}
			if k > 1 && country == "GB" && isStreet(pieces[k-2]) {
				return pieces[k-2] + ", " + place
			}
			for above := i - 1; k == 0 && above >= max(0, i-2); above-- {
				if street := streetOf(lines[above].text); street != "" {
					return street + ", " + place
				}
				if country != "GB" {
					break
				}
			}
		}
	}
	return ""
}

// streetOf is a line that is a street alone, or its last piece that is one:
// "Vesterbrogade 10, 2. th.", "12, rue de la Paix".
func streetOf(l string) string {
	pieces := addressPieces(l)
	if whole := strings.Join(pieces, ", "); len(pieces) <= 2 && (isStreet(strings.ReplaceAll(whole, ",", "")) || len(pieces) == 2 && isStreet(pieces[0]) && len(pieces[1]) <= 20) {
		return whole
	}
	if n := len(pieces); n > 0 && isStreet(pieces[n-1]) {
		return pieces[n-1]
	}
	return ""
}

// britishPlace is a place with the postcode behind it, in the last of the
// pieces or in the last two.
func britishPlace(pieces []string) string {
	last := pieces[len(pieces)-1]
	words := strings.Fields(last)
	if len(words) == 2 && len(pieces) > 1 && startsUpper(pieces[len(pieces)-2]) && !strings.ContainsAny(pieces[len(pieces)-2], "0123456789") {
		words = append(strings.Fields(pieces[len(pieces)-2]), words...)
	}
	if n := len(words); n < 3 || n > 6 || !isBritishPostcode(words[n-2], words[n-1]) || strings.ContainsAny(strings.Join(words[:n-2], ""), "0123456789@") || !startsUpper(words[0]) {
		return ""
	}
	return strings.Join(words, " ")
}

// isBritishPostcode tells the two halves of one: SW1A 2AA.
func isBritishPostcode(out, in string) bool {
	kinds := func(s string) string {
		return strings.Map(func(r rune) rune {
			switch {
			case r >= 'A' && r <= 'Z':
				return 'A'
			case r >= '0' && r <= '9':
				return '9'
			}
			return '-'
		}, s)
	}
	switch kinds(out) {
	case "A9", "A99", "A9A", "AA9", "AA99", "AA9A":
		return kinds(in) == "9AA"
	}
	return false
}

func addressPieces(l string) []string {
	var ps []string
	if strings.Contains(l, "  ") {
		l = strings.ReplaceAll(l, "  ", "|")
	}
	for _, p := range strings.FieldsFunc(l, func(r rune) bool { return r == ',' || r == '|' || r == '•' || r == '·' || r == ';' }) {
		p = strings.TrimSpace(p)
		if _, after, ok := strings.Cut(p, ": "); ok { // "Besøksadresse: Storgata 1"
			p = strings.TrimSpace(after)
		}
		if p != "" {
			ps = append(ps, p)
		}
	}
	return ps
}

// postalPlace is s when it starts with a postcode and goes on with a place name.
func postalPlace(s, form string) string {
	for _, prefix := range []string{"NO-", "N-", "SE-", "S-", "DK-", "DE-", "D-", "FR-", "F-", "CH-", "A-", "FI-"} {
		if rest, ok := strings.CutPrefix(s, prefix); ok {
			s = rest
			break
		}
	}
	if len(s) < len(form)+2 {
		return ""
	}
	for i := range form {
		if form[i] == '#' && (s[i] < '0' || s[i] > '9') || form[i] == ' ' && s[i] != ' ' {
			return ""
		}
	}
	place := s[len(form):]
	name := strings.TrimSpace(place)
	r, _ := utf8.DecodeRuneInString(name)
	if place[0] != ' ' || !unicode.IsUpper(r) || len(strings.Fields(name)) > 4 || strings.ContainsFunc(name, isNoPlace) {
		return ""
	}
	return s[:len(form)] + " " + name
}

// isNoPlace tells which characters no name of a place has.
func isNoPlace(r rune) bool {
	return !unicode.IsLetter(r) && r != ' ' && r != '-' && r != '.' && r != '\'' && r != '’' && r != '(' && r != ')'
}

// isStreet tells whether s is a name with a house number, or a post box.
func isStreet(s string) bool {
	if len(s) > 80 || !startsUpper(s) || strings.ContainsAny(s, "@+") {
		return false
	}
	words := strings.Fields(s)
	if len(words) < 2 || len(words) > 6 {
		return false
	}
	if slices.ContainsFunc(words, isMonthName) {
		return false // "Monday March 31"
	}
	for _, w := range words[1:] {
		if w[0] >= '0' && w[0] <= '9' && countDigits(w) <= 4 {
			return true
		}
	}
	first := words[0]
	return first[0] >= '0' && first[0] <= '9' && countDigits(first) <= 4 // "12 rue de la Paix"
}

func isMonthName(w string) bool {
	lower := strings.ToLower(strings.TrimRight(w, "."))
	for _, m := range fullMonths {
		if lower == m.name {
			return true
		}
	}
	return false
}
