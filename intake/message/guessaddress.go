package message

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// postcodeForms is the form of a postcode by country; # is a digit.
var postcodeForms = map[string]string{
	"NO": "####", "DK": "####", "SE": "### ##", "DE": "#####", "FR": "#####", "AT": "####", "CH": "####", "FI": "#####", "NL": "####", "BE": "####",
}

// findPostalAddress looks for a street with a number before a postcode with a
// place, on one line or on two: "Storgata 1, 0155 Oslo".
func findPostalAddress(lines []string, region string) string {
	form, ok := postcodeForms[region]
	if !ok {
		form = "####"
	}
	for i, l := range lines {
		if len(l) > 200 {
			continue
		}
		pieces := addressPieces(l)
		for k, p := range pieces {
			place := postalPlace(p, form)
			if place == "" {
				continue
			}
			switch {
			case k > 0 && isStreet(pieces[k-1]):
				return pieces[k-1] + ", " + place
			case k == 0 && i > 0:
				above := addressPieces(lines[i-1])
				if n := len(above); n > 0 && isStreet(above[n-1]) {
					return above[n-1] + ", " + place
				}
			}
		}
	}
	return ""
}

func addressPieces(l string) []string {
	var ps []string
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
	if place[0] != ' ' || !unicode.IsUpper(r) || len(strings.Fields(name)) > 4 || strings.ContainsAny(name, "0123456789@") {
		return ""
	}
	return s[:len(form)] + " " + name
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
	for _, w := range words[1:] {
		if w[0] >= '0' && w[0] <= '9' && countDigits(w) <= 4 {
			return true
		}
	}
	first := words[0]
	return first[0] >= '0' && first[0] <= '9' && countDigits(first) <= 4 // "12 rue de la Paix"
}
