package webform

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// role is what a field is for.
type role string

const (
	roleName     role = "name"
	roleFirst    role = "first"
	roleLast     role = "last"
	roleEmail    role = "email"
	rolePhone    role = "phone"
	roleCompany  role = "company"
	roleNumber   role = "organisation_number"
	roleSubject  role = "subject"
	roleMessage  role = "message"
	roleStreet   role = "street"
	rolePostcode role = "postcode"
	roleCity     role = "city"
	roleCountry  role = "country"
	roleLanguage role = "language"
)

// exactly are whole labels, folded and without spaces, in Norwegian, English,
// Swedish, Danish, German and French.
var exactly = byWord(map[role]string{
	roleName:     "name navn namn nom fullname fulltnavn yourname dittnavn contactname contact contactperson kontakt kontaktperson ansprechpartner nomcomplet fullstandignamn fuldenavn customername kundenavn",
	roleFirst:    "firstname first fornavn fornamn givenname vorname prenom fname",
	roleLast:     "lastname last etternavn efternavn efternamn surname familyname nachname familienname nomdefamille lname",
	roleEmail:    "email epost mail emailaddress epostadresse epostadress mailadresse mailaddress emailadresse courriel adressemail adresseemail adresseelectronique replyto contactemail respondentemail useremail",
	rolePhone:    "phone telephone telefon tlf tel mobil mobile mobiltelefon mobiltlf phonenumber telefonnummer telefonnr tlfnr mobilnummer mobilnr mobilephone mobilenumber cell cellphone handy portable numerodetelephone telephonenumber contactphone",
	roleCompany:  "company firma firmanavn bedrift bedriftsnavn selskap selskapsnavn organisasjon organization organisation companyname foretag foretagsnamn virksomhed virksomhedsnavn unternehmen firmenname entreprise societe business businessname",
	roleNumber:   "orgnr organisasjonsnummer organisasjonsnr orgnummer organisationsnummer organisationnumber organizationnumber cvr cvrnr cvrnummer siret siren vat vatnumber vatid mvanummer ustid companynumber registrationnumber",
	roleSubject:  "subject emne amne betreff objet sujet topic tema",
	roleMessage:  "message melding beskjed comment comments kommentar kommentarer henvendelse besked meddelande nachricht commentaire msg text tekst body inquiry enquiry anfrage foresporsel forfragan forsporgsel sporsmal spoergsmaal question questions description beskrivelse bemerkung notes",
	roleStreet:   "address adresse adress street gate gateadresse gatuadress strasse rue postadresse addressline1 streetaddress vej vejnavn",
	rolePostcode: "postcode postnr postnummer zip zipcode plz postleitzahl codepostal postalcode",
	roleCity:     "city poststed sted by ort ville town stad stadt",
	roleCountry:  "country land pays countrycode",
	roleLanguage: "language lang sprak sprog sprache langue locale",
})

// words are single words that tell a field inside a longer label, in the order
// in which the roles are tried.
var words = []struct {
	role  role
	words map[string]bool
}{
	{roleEmail, set("email epost mail courriel mailadresse epostadresse emailadresse")},
	{rolePhone, set("phone telephone telefon tlf mobil mobile telefonnummer phonenumber handy mobilnummer")},
	{roleNumber, set("orgnr organisasjonsnummer organisationsnummer cvr siret")},
	{roleCompany, set("company firma bedrift selskap foretag virksomhed unternehmen entreprise societe")},
	{roleSubject, set("subject emne amne betreff")},
	{roleMessage, set("message melding beskjed besked meddelande nachricht comment comments kommentar commentaire henvendelse")},
	{roleFirst, set("firstname fornavn fornamn vorname prenom")},
	{roleLast, set("lastname etternavn efternavn efternamn nachname surname")},
	{roleName, set("name navn namn nom")},
}

// besideName may stand beside "name" in a label that asks for the sender's.
var besideName = set("your full ditt din fulde fullt hele what whats is s the my contact kontakt person customer kunde user hva er hvad heter wie ist ihr ihre votre quel est vad ar och and og first last complet respondent please enter skriv")

func byWord(roles map[role]string) map[string]role {
	out := map[string]role{}
	for r, list := range roles {
		for _, w := range strings.Fields(list) {
			out[w] = r
		}
	}
	return out
}

func set(list string) map[string]bool {
	out := map[string]bool{}
	for _, w := range strings.Fields(list) {
		out[w] = true
	}
	return out
}

// folded are the words of a label in lower case, in ASCII as far as letters
// have a plain form; camelCase is two words.
func folded(label string) []string {
	var b strings.Builder
	lower := false
	for _, r := range norm.NFD.String(label) {
		switch {
		case unicode.Is(unicode.Mn, r):
			continue
		case r == 0xf8 || r == 0xd8:
			b.WriteByte('o')
		case r == 0xe6 || r == 0xc6:
			b.WriteString("ae")
		case r == 0xdf:
			b.WriteString("ss")
		case unicode.IsLetter(r) || unicode.IsDigit(r):
			if unicode.IsUpper(r) && lower {
				b.WriteByte(' ')
			}
			b.WriteRune(unicode.ToLower(r))
		case r == '\'' || r == 0x2019:
		default:
			b.WriteByte(' ')
		}
		lower = unicode.IsLower(r)
	}
	return strings.Fields(b.String())
}

// prefixes are what form builders put before a name: your-name, q4_email.
var prefixes = set("your ditt din form field fields input question contact customer kunde value answer data")

// roleOf is what a label asks for, and how sure that is: 3 for a whole label, 1
// for a word in it.
func roleOf(label string) (role, int) {
	all := folded(label)
	if len(all) == 0 || len(all) > 12 {
		return "", 0
	}
	if r, ok := exactly[strings.Join(all, "")]; ok {
		return r, 3
	}
	bare := all
	for len(bare) > 1 && (prefixes[bare[0]] || isNumbered(bare[0])) {
		bare = bare[1:]
	}
	for len(bare) > 1 && (prefixes[bare[len(bare)-1]] || isNumbered(bare[len(bare)-1])) {
		bare = bare[:len(bare)-1]
	}
	if r, ok := exactly[strings.Join(bare, "")]; ok {
		return r, 2
	}
	for i, w := range all { // "e-post": two words by its hyphen
		if i > 0 && all[i-1] == "e" && (w == "post" || w == "mail") {
			return roleEmail, 1
		}
	}
	for _, one := range words {
		for i, w := range all {
			if !one.words[w] {
				continue
			}
			if one.role != roleName || onlyBeside(all, i) {
				return one.role, 1
			}
		}
	}
	return "", 0
}

func onlyBeside(all []string, name int) bool {
	for i, w := range all {
		if i != name && !besideName[w] {
			return false
		}
	}
	return true
}

// isNumbered tells q3, 12 and field names like them.
func isNumbered(w string) bool {
	digits := strings.TrimLeft(w, "q")
	return digits != "" && strings.Trim(digits, "0123456789") == ""
}
