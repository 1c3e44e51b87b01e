package card

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// maxColumns bounds the columns of a row that are looked at.
const maxColumns = 500

// columns are the names that the columns of a list of contacts go by, without
// white space, punctuation and accents: our own, those of people in the six languages,
// and those of Outlook's and Google's exports.
var columns = map[string][]string{
	"name":                {"name", "navn", "namn", "nom", "fullname", "fulltnavn", "displayname", "contact", "contactname", "kontakt", "kontaktperson", "ansprechpartner"},
	"given":               {"firstname", "givenname", "fornavn", "fornamn", "vorname", "prenom"},
	"middle":              {"middlename", "additionalname", "mellomnavn"},
	"family":              {"lastname", "familyname", "surname", "etternavn", "efternavn", "efternamn", "nachname", "nomdefamille"},
	"email":               {"email", "emailaddress", "epost", "epostadresse", "epostadress", "mail", "emailadresse", "courriel", "email1value"},
	"mobile":              {"mobile", "mobilephone", "mobil", "mobiltelefon", "mobilnummer", "handy", "portable", "cell"},
	"phone":               {"phone", "telephone", "telefon", "tlf", "tel", "telefonnummer", "phonenumber", "businessphone", "phone1value", "primaryphone"},
	"company":             {"company", "companyname", "organisation", "organization", "firma", "firmanavn", "bedrift", "selskap", "foretag", "virksomhed", "entreprise", "societe", "organization1name", "organizationname", "account"},
	"organisation_number": {"organisationnumber", "organizationnumber", "orgnr", "orgno", "orgnummer", "organisasjonsnummer", "organisationsnummer", "cvr", "cvrnr", "vatnumber", "ustidnr", "siret", "siren"},
	"title":               {"title", "jobtitle", "tittel", "stilling", "titel", "befattning", "position", "fonction", "organization1title", "organizationtitle"},
	"street":              {"street", "address", "addressstreet", "adresse", "adress", "gateadresse", "gate", "gata", "gatuadress", "vej", "strasse", "straße", "rue", "businessstreet", "address1street"},
	"postcode":            {"postcode", "postalcode", "zip", "zipcode", "postnr", "postnummer", "plz", "codepostal", "addresspostcode", "businesspostalcode", "address1postalcode"},
	"city":                {"city", "town", "poststed", "by", "sted", "stad", "ort", "stadt", "ville", "addresscity", "businesscity", "address1city"},
	"country":             {"country", "land", "pays", "addresscountry", "businesscountryregion", "businesscountry", "address1country"},
	"subject":             {"subject", "emne", "amne", "betreff", "objet"},
	"note":                {"note", "notes", "message", "melding", "notat", "merknad", "kommentar", "comment", "anteckning", "notiz", "nachricht", "remarque"},
	"language":            {"language", "sprak", "sprog", "sprache", "langue"},
}

// ErrColumns says that no column of a CSV file names a person, a company or a
// way to reach them.
var ErrColumns = errors.New("no column with a name, a company, an e-mail address or a phone number: the first row must name the columns")

// ParseCSV reads a list of contacts whose first row names the columns; those
// with names that nobody knows are left out. It is divided by commas, semicolons
// or tabs, whichever the first row has most of.
func ParseCSV(raw []byte) ([]Card, error) {
	if len(raw) > MaxBytes {
		return nil, fmt.Errorf("the file is larger than %d MB", MaxBytes>>20)
	}
	text := toUTF8(raw, "")
	r := csv.NewReader(strings.NewReader(text))
	r.Comma, r.LazyQuotes, r.FieldsPerRecord, r.TrimLeadingSpace = comma(text), true, -1, r.Comma != '\t'
	head, err := r.Read()
	if errors.Is(err, io.EOF) {
		return nil, ErrColumns
	}
	if err != nil {
		return nil, fmt.Errorf("reading the first row: %w", err)
	}
	fields := columnFields(head)
	known := false
	for _, f := range fields {
		switch f {
		case "name", "given", "family", "email", "phone", "mobile", "company":
			known = true
		}
	}
	if !known {
		return nil, ErrColumns
	}
	var cards []Card
	for len(cards) < MaxCards {
		row, err := r.Read()
		if errors.Is(err, io.EOF) {
			return cards, nil
		}
		if err != nil {
			return nil, fmt.Errorf("reading the rows: %w", err)
		}
		if c := rowCard(row, fields); !c.IsZero() {
			cards = append(cards, c)
		}
	}
	return cards, fmt.Errorf("more than %d rows", MaxCards)
}

// comma is what divides the columns of the first row.
func comma(text string) rune {
	line, _, _ := strings.Cut(text, "\n")
	best, most := ',', strings.Count(line, ",")
	for _, c := range []rune{';', '\t'} {
		if n := strings.Count(line, string(c)); n > most {
			best, most = c, n
		}
	}
	return best
}

// columnFields are the fields that the columns hold, empty for unknown ones. Of
// two columns of one field both count: the first with a value wins.
func columnFields(head []string) []string {
	fields := make([]string, min(len(head), maxColumns))
	for i := range fields {
		name := strings.Map(func(r rune) rune {
			if strings.ContainsRune(" -_./:()\u00a0\"'", r) || unicode.Is(unicode.Mn, r) {
				return -1
			}
			return r
		}, norm.NFD.String(strings.ToLower(clean(head[i]))))
		for field, names := range columns {
			for _, n := range names {
				if n == name {
					fields[i] = field
				}
			}
		}
	}
	return fields
}

func rowCard(row, fields []string) Card {
	v := map[string]string{}
	for i, f := range fields {
		if i < len(row) && f != "" && v[f] == "" {
			v[f] = strings.TrimSpace(clean(row[i]))
		}
	}
	c := Card{Name: oneLine(v["name"]), Email: oneLine(v["email"]), Phone: oneLine(v["mobile"]), Company: oneLine(v["company"]),
		OrganisationNumber: strings.ReplaceAll(oneLine(v["organisation_number"]), " ", ""), Title: oneLine(v["title"]), Note: v["note"], Subject: oneLine(v["subject"]), Language: strings.ToLower(oneLine(v["language"]))}
	if name := oneLine(v["given"] + " " + v["middle"] + " " + v["family"]); c.Name == "" || v["family"] != "" && c.Name == v["given"] {
		c.Name = name
	}
	if c.Phone == "" {
		c.Phone = oneLine(v["phone"])
	}
	if !strings.Contains(c.Email, "@") {
		c.Email = ""
	}
	c.Address.Street, c.Address.Postcode, c.Address.City, c.Address.Country = oneLine(v["street"]), oneLine(v["postcode"]), oneLine(v["city"]), oneLine(v["country"])
	return c
}
