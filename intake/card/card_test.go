package card

import (
	"encoding/base64"
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/emne/emne/intake"
)

func vcard(ls ...string) string {
	return strings.Join(append(append([]string{"BEGIN:VCARD"}, ls...), "END:VCARD", ""), "\r\n")
}

// ola is the same person in each version's way of writing.
var ola = Card{Name: "Ola Nordmann", Email: "ola@fjordbygg.example", Phone: "412 34 567", Company: "Fjordbygg AS", Title: "Daglig leder; eier",
	Address: intake.Address{Street: "Havnegata 12, B", Postcode: "5003", City: "Bergen", Country: "Norge"}, Note: "Blåbær\nog øl"}

var versions = map[string]string{
	"2.1, as Outlook writes it": vcard("VERSION:2.1", "N;LANGUAGE=nb:Nordmann;Ola", "FN:Ola Nordmann", "ORG:Fjordbygg AS;Salg", `TITLE:Daglig leder\; eier`, "TEL;WORK;VOICE:22 33 44 55", "TEL;CELL;VOICE:412 34 567", "TEL;WORK;FAX:22 33 44 56",
		"ADR;WORK;PREF;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:;;Havnegata 12, B;Bergen;;5003;Norge", "EMAIL;PREF;INTERNET:ola@fjordbygg.example", "NOTE;CHARSET=ISO-8859-1;QUOTED-PRINTABLE:Bl=E5b=", "=E6r=0D=0Aog =F8=", "l", "PHOTO;ENCODING=BASE64;TYPE=JPEG:", " /9j/4AAQSkZJRg==", ""),
	"3.0, as Apple and Google write it": vcard("VERSION:3.0", "N:Nordmann;Ola;;;", "FN:Ola Nordmann", "ORG:Fjordbygg AS;Salg", `TITLE:Daglig leder\; eier`, "item1.TEL;type=pref;type=FAX:22 33 44 56", "TEL;TYPE=WORK,VOICE:22 33 44 55", "item2.TEL;type=CELL;type=VOICE:412 34 567",
		"item2.X-ABLabel:_$!<Mobile>!$_", `item3.ADR;TYPE="WORK,PREF":;;Havnegata 12\, B;Bergen;;5003;Norge`, "EMAIL;type=HOME:ola@privat.example", "EMAIL;type=INTERNET;type=WORK:ola@fjordbygg.example", `NOTE:Blåbær\nog`, "  øl"),
	"4.0": vcard("VERSION:4.0", "FN:Ola Nordmann", "ORG:Fjordbygg AS", `TITLE:Daglig leder\; eier`, `TEL;VALUE=uri;TYPE="voice,work":tel:22334455;ext=3`, `TEL;VALUE=uri;PREF=1;TYPE="voice,cell":tel:412 34 567;phone-context=+47`,
		`ADR;TYPE=work;LABEL="Havnegata 12: B":;;Havnegata 12\, B;Bergen;;5003;Norge`, "EMAIL:ola@fjordbygg.example", `NOTE:Blåbær\nog øl`),
}

func TestParse(t *testing.T) {
	for name, s := range versions {
		if got := Parse([]byte(s)); len(got) != 1 || !reflect.DeepEqual(got[0], ola) {
			t.Errorf("%s:\n%+v, want\n%+v", name, got, ola)
		}
	}
	for _, tt := range []struct {
		name, in string
		want     []Card
	}{
		{"several", vcard("FN:A") + "\n" + vcard("FN:B"), []Card{{Name: "A"}, {Name: "B"}}},
		{"latin1", vcard("FN:\xc5se"), []Card{{Name: "Åse"}}},
		{"UTF-16", "\xff\xfe" + strings.Join(strings.Split(vcard("FN:Ase"), ""), "\x00") + "\x00", []Card{{Name: "Ase"}}},
		{"the name by its parts", vcard("N:Nordmann;Ola;Andreas;Dr."), []Card{{Name: "Ola Andreas Nordmann"}}},
		{"a company", vcard("FN:Fjordbygg AS", "ORG:Fjordbygg AS", "TEL:22334455"), []Card{{Company: "Fjordbygg AS", Phone: "22334455"}}},
		{"an agent's card inside", vcard("FN:A", "BEGIN:VCARD", "FN:B", "END:VCARD", "EMAIL:a@b.no"), []Card{{Name: "A", Email: "a@b.no"}}},
		{"cut off", "BEGIN:VCARD\nFN:A\nTEL", []Card{{Name: "A"}}},
		{"nobody", vcard("VERSION:3.0", "NOTE:x"), nil},
		{"no address in an address", vcard("FN:A", "EMAIL:none", "TEL;FAX:22"), []Card{{Name: "A"}}},
		{"language", vcard("FN:A", "LANG:nb-NO"), []Card{{Name: "A", Language: "nb"}}},
		{"no card", "Hei\nFN:A", nil},
	} {
		if got := Parse([]byte(tt.in)); !reflect.DeepEqual(got, tt.want) {
			t.Errorf("%s: %+v, want %+v", tt.name, got, tt.want)
		}
	}
	if got := Parse([]byte(strings.Repeat("BEGIN:VCARD\nFN:A\nEND:VCARD\n", MaxCards+5))); len(got) != MaxCards {
		t.Errorf("%d cards", len(got))
	}
}

func TestInquiry(t *testing.T) {
	in := ola.Inquiry("NO")
	want := intake.Inquiry{Name: "Ola Nordmann", Email: "ola@fjordbygg.example", Phone: "+4741234567", Company: "Fjordbygg AS",
		Address: intake.Address{Street: "Havnegata 12, B", Postcode: "5003", City: "Bergen", Country: "NO"}, Text: "Daglig leder; eier\n\nBlåbær\nog øl"}
	if !reflect.DeepEqual(in, want) {
		t.Errorf("%+v, want\n%+v", in, want)
	}
	for in, want := range map[string]string{"22 33 44 55": "+4722334455", "+46 70 123 45 67": "+46701234567", "0046701234567": "+46701234567", "intern 12": "intern 12", "": ""} {
		if got := E164(in, "NO"); got != want {
			t.Errorf("%q is %q, want %q", in, got, want)
		}
	}
	for in, want := range map[string]string{"se": "SE", "Deutschland": "DE", "Atlantis": "", "": "", "[]": ""} {
		if got := countryCode(in); got != want {
			t.Errorf("%q is %q, want %q", in, got, want)
		}
	}
}

func TestParseCSV(t *testing.T) {
	for _, tt := range []struct {
		name, in string
		want     []Card
	}{
		{"nb, from a spreadsheet", "\xef\xbb\xbfNavn;E-post;Mobil;Telefon;Firma;Org.nr;Adresse;Postnr;Poststed;Land;Melding\r\nOla Nordmann;ola@fjordbygg.example;;22 33 44 55;Fjordbygg AS;923 609 016;Havnegata 12;5003;Bergen;Norge;\"Blåbær;\nog øl\"\r\n;;;;;;;;;;\r\n",
			[]Card{{Name: "Ola Nordmann", Email: "ola@fjordbygg.example", Phone: "22 33 44 55", Company: "Fjordbygg AS", OrganisationNumber: "923609016", Address: intake.Address{Street: "Havnegata 12", Postcode: "5003", City: "Bergen", Country: "Norge"}, Note: "Blåbær;\nog øl"}}},
		{"Outlook", "\"First Name\",\"Last Name\",\"Company\",\"Job Title\",\"Business Street\",\"Business City\",\"Business Postal Code\",\"Business Phone\",\"Mobile Phone\",\"E-mail Address\"\nOla,Nordmann,Fjordbygg,Sjef,Gata 1,Oslo,0155,22334455,41234567,ola@x.no\n",
			[]Card{{Name: "Ola Nordmann", Company: "Fjordbygg", Title: "Sjef", Address: intake.Address{Street: "Gata 1", City: "Oslo", Postcode: "0155"}, Phone: "41234567", Email: "ola@x.no"}}},
		{"Google", "Name,Given Name,Family Name,E-mail 1 - Value,Phone 1 - Value,Organization 1 - Name,Organization 1 - Title\nOla N,Ola,N,ola@x.no,+47 22,X,Sjef\n", []Card{{Name: "Ola N", Email: "ola@x.no", Phone: "+47 22", Company: "X", Title: "Sjef"}}},
		{"de, latin1, tabs", "Vorname\tNachname\tFirma\tStra\xdfe\tPLZ\tOrt\nJ\xfcrgen\tM\xfcller\tBau GmbH\tWeg 1\t10115\tBerlin\n", []Card{{Name: "Jürgen Müller", Company: "Bau GmbH", Address: intake.Address{Street: "Weg 1", Postcode: "10115", City: "Berlin"}}}},
		{"ragged rows and loose quotes", "name,email\n\"A \"x\" B\",a@b.no,more\nC\n", []Card{{Name: `A "x" B`, Email: "a@b.no"}, {Name: "C"}}},
		{"sv and fr, accents", "Förnamn,Prénom,Företag,Téléphone\nÅsa,,Société,22\n", []Card{{Name: "Åsa", Company: "Société", Phone: "22"}}},
		{"no rows", "name\n", nil},
	} {
		if got, err := ParseCSV([]byte(tt.in)); err != nil || !reflect.DeepEqual(got, tt.want) {
			t.Errorf("%s: %v\n%+v, want\n%+v", tt.name, err, got, tt.want)
		}
	}
	for _, s := range []string{"", "a,b\n1,2\n", "Ola Nordmann,ola@x.no\n"} {
		if _, err := ParseCSV([]byte(s)); !errors.Is(err, ErrColumns) {
			t.Errorf("%q: %v", s, err)
		}
	}
	if cards, err := ParseCSV([]byte("name\n" + strings.Repeat("A\n", MaxCards+1))); err == nil || len(cards) != MaxCards {
		t.Errorf("too many rows: %d, %v", len(cards), err)
	}
}

// Every column belongs to one field alone.
func TestColumns(t *testing.T) {
	seen := map[string]string{}
	for field, names := range columns {
		for _, n := range names {
			if seen[n] != "" {
				t.Errorf("%s is %s and %s", n, seen[n], field)
			}
			seen[n] = field
			if got := columnFields([]string{n}); got[0] != field {
				t.Errorf("%s is read as %q", n, got)
			}
		}
	}
}

func TestHostileCardsAreLinear(t *testing.T) {
	start := time.Now()
	for _, s := range []string{"BEGIN:VCARD\n", "FN:A\n", " A\n", "A;", "A;B=", "NOTE;QUOTED-PRINTABLE:x=\n=\n", `N:\`, "N:" + strings.Repeat(";", 1000) + "\n", "ADR:;;\n"} {
		all := strings.Repeat(s, 4<<20/len(s))
		Parse([]byte("BEGIN:VCARD\n" + all))
		_, _ = ParseCSV([]byte("name," + all))
	}
	if d := time.Since(start); d > 60*time.Second {
		t.Errorf("took %v", d)
	}
	if Parse(make([]byte, MaxBytes+1)) != nil {
		t.Error("a file beyond the bound is read")
	}
}

func checkCards(t *testing.T, cards []Card) {
	for _, c := range cards {
		if c.IsZero() {
			t.Errorf("nobody: %+v", c)
		}
		in := c.Inquiry("NO")
		for _, s := range []string{in.Name, in.Email, in.Phone, in.Company, in.OrganisationNumber, in.Address.Street, in.Address.Postcode, in.Address.City, in.Address.Country, in.Subject, in.Text, in.Language} {
			if !utf8.ValidString(s) || strings.ContainsFunc(s, func(r rune) bool { return unicode.IsControl(r) && r != '\n' && r != '\t' }) {
				t.Errorf("not clean: %q", s)
			}
		}
		if strings.ContainsAny(in.Name+in.Email+in.Phone+in.Company, "\n\t") {
			t.Errorf("several lines: %+v", in)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range versions {
		f.Add([]byte(s))
	}
	photo := base64.StdEncoding.EncodeToString(make([]byte, 60))
	f.Add([]byte(vcard("FN:A", "PHOTO;ENCODING=b:"+photo[:40], " "+photo[40:], `N:a\;b;\`, "TEL;VALUE=uri:tel:+47;x")))
	f.Fuzz(func(t *testing.T, b []byte) { checkCards(t, Parse(b)) })
}

func FuzzParseCSV(f *testing.F) {
	f.Add([]byte("Navn;E-post;Mobil\nOla;a@b.no;\"22\n33\"\n"))
	f.Add([]byte("\xff\xfen\x00a\x00m\x00e\x00\n\x00A\x00"))
	f.Add([]byte("First Name,Last Name,Company\n\"a\"b\",c,d\n"))
	f.Fuzz(func(t *testing.T, b []byte) {
		cards, _ := ParseCSV(b)
		checkCards(t, cards)
	})
}
