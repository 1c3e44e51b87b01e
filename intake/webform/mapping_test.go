package webform

import (
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/emne/emne/intake"
)

func mapped(t *testing.T, contentType, body string) (intake.Inquiry, string) {
	t.Helper()
	return Map(&intake.Submission{ContentType: contentType}, []byte(body), "")
}

const urlencoded = "application/x-www-form-urlencoded"

func TestFieldNames(t *testing.T) {
	kari := intake.Inquiry{Name: "Kari Nordmann", Email: "kari@example.no", Phone: "+47 90 00 00 00", Company: "Eksempel AS", Subject: "Tilbud", Text: "Hei"}
	for _, c := range []struct{ name, body string }{
		{"en", "name=Kari+Nordmann&email=kari@example.no&phone=%2B47+90+00+00+00&company=Eksempel+AS&subject=Tilbud&message=Hei"},
		{"en in parts", "First+Name=Kari&Last+Name=Nordmann&E-mail+address=kari@example.no&Telephone=%2B47+90+00+00+00&Organization=Eksempel+AS&topic=Tilbud&Comments=Hei"},
		{"camelCase", "firstName=Kari&lastName=Nordmann&emailAddress=kari@example.no&phoneNumber=%2B47+90+00+00+00&companyName=Eksempel+AS&subject=Tilbud&message=Hei"},
		{"nb", "navn=Kari+Nordmann&e-post=kari@example.no&tlf=%2B47+90+00+00+00&bedrift=Eksempel+AS&emne=Tilbud&melding=Hei"},
		{"nb in parts", "Fornavn=Kari&Etternavn=Nordmann&E-postadresse=kari@example.no&Mobilnummer=%2B47+90+00+00+00&Firma=Eksempel+AS&Emne=Tilbud&Beskjed=Hei"},
		{"sv", "F%C3%B6rnamn=Kari&Efternamn=Nordmann&e-post=kari@example.no&telefon=%2B47+90+00+00+00&F%C3%B6retag=Eksempel+AS&%C3%84mne=Tilbud&Meddelande=Hei"},
		{"da", "Fornavn=Kari&Efternavn=Nordmann&mail=kari@example.no&Telefonnummer=%2B47+90+00+00+00&Virksomhed=Eksempel+AS&Emne=Tilbud&Besked=Hei"},
		{"de", "Vorname=Kari&Name=Nordmann&E-Mail=kari@example.no&Handy=%2B47+90+00+00+00&Unternehmen=Eksempel+AS&Betreff=Tilbud&Nachricht=Hei"},
		{"fr", "Pr%C3%A9nom=Kari&Nom=Nordmann&Courriel=kari@example.no&T%C3%A9l%C3%A9phone=%2B47+90+00+00+00&Soci%C3%A9t%C3%A9=Eksempel+AS&Objet=Tilbud&Message=Hei"},
		{"questions", "What%27s+your+name%3F=Kari+Nordmann&What+is+your+email%3F=kari@example.no&Your+phone=%2B47+90+00+00+00&Which+company+are+you+from%3F=Eksempel+AS&Subject=Tilbud&Your+message=Hei"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if in, bad := mapped(t, urlencoded, c.body); bad != "" || !reflect.DeepEqual(in, kari) {
				t.Errorf("%q: %+v", bad, in)
			}
		})
	}
}

func TestMapping(t *testing.T) {
	for _, c := range []struct {
		name, contentType, body string
		want                    intake.Inquiry
	}{
		{"what has no place is kept", urlencoded, "email=kari@example.no&budget=100+000&message=Hei&Farge=bl%C3%A5",
			intake.Inquiry{Email: "kari@example.no", Text: "Hei\n\nbudget: 100 000\nFarge: bl\u00e5"}},
		{"a second message", urlencoded, "message=Hei&comment=Hallo", intake.Inquiry{Text: "Hei\n\ncomment: Hallo"}},
		{"an address that is none", urlencoded, "name=Kari&email=kari(at)example.no", intake.Inquiry{Name: "Kari", Text: "email: kari(at)example.no"}},
		{"consent is no address", urlencoded, "email_consent=true&email=kari@example.no", intake.Inquiry{Email: "kari@example.no", Text: "email_consent: true"}},
		{"a guess by value", urlencoded, "q7=kari@example.no&q8=%2B4790000000&q9=Hei", intake.Inquiry{Email: "kari@example.no", Phone: "+4790000000", Text: "q9: Hei", Guessed: []string{"email", "phone"}}},
		{"numbers and address", urlencoded, "firma=Eksempel+AS&orgnr=974+760+673&adresse=Storgata+1&postnr=0155&poststed=Oslo&country=no&melding=Hei",
			intake.Inquiry{Company: "Eksempel AS", OrganisationNumber: "974 760 673", Text: "Hei", Address: intake.Address{Street: "Storgata 1", Postcode: "0155", City: "Oslo", Country: "NO"}}},
		{"latin-1", urlencoded + "; charset=iso-8859-1", "navn=%C5se&melding=Bl%E5", intake.Inquiry{Name: "\u00c5se", Text: "Bl\u00e5"}},
		{"latin-1 that nobody announced", urlencoded, "navn=%C5se&melding=Bl%E5", intake.Inquiry{Name: "\u00c5se", Text: "Bl\u00e5"}},
		{"_charset_", urlencoded, "_charset_=windows-1252&navn=%C5se&melding=%80", intake.Inquiry{Name: "\u00c5se", Text: "\u20ac"}},
		{"bad escapes", urlencoded, "name=100%+Kari&message=Hei", intake.Inquiry{Name: "100% Kari", Text: "Hei"}},
		{"HTML becomes text", "application/json", `{"name":"<b>Kari</b>","message":"<p>Hei &amp; hallo</p><script>x</script><p>1 &lt; 2<br>3</p>"}`,
			intake.Inquiry{Name: "Kari", Text: "Hei & hallo\n\n1 < 2\n3"}},
		{"what only looks like HTML stays", "application/json", `{"message":"a < b & <kari@example.no> c &amp; d"}`, intake.Inquiry{Text: "a < b & <kari@example.no> c &amp; d"}},
		{"nested", "application/json", `{"contact":{"name":"Kari","email":"KARI@Example.no"},"details":{"message":"Hei","items":[{"sku":"A","n":2}]},"ok":true,"none":null}`,
			intake.Inquiry{Name: "Kari", Email: "kari@example.no", Text: "Hei\n\nsku: A\nn: 2\nok: true"}},
		{"a list", "application/json", `[{"name":"email","value":"kari@example.no"},{"name":"interests","value":["a","b"]}]`, intake.Inquiry{Email: "kari@example.no", Text: "interests: a, b"}},
		{"choices by id", "application/json", `{"data":{"fields":[{"label":"Email","type":"INPUT_EMAIL","value":"kari@example.no"},{"label":"Farge","value":["1"],"options":[{"id":"1","text":"gul"}]}]}}`,
			intake.Inquiry{Email: "kari@example.no", Text: "Farge: gul"}},
		{"JSON without its type", "", jsonBody, intake.Inquiry{Name: "Kari Nordmann", Email: "kari@example.no", Text: "Hei"}},
		{"JSON as text", "text/plain", jsonBody, intake.Inquiry{Name: "Kari Nordmann", Email: "kari@example.no", Text: "Hei"}},
		{"pairs without their type", "", "name=Kari&message=Hei", intake.Inquiry{Name: "Kari", Text: "Hei"}},
		{"a form as text", "text/plain", "name=Kari\r\nmessage=Hei\r\n", intake.Inquiry{Name: "Kari", Text: "Hei"}},
		{"prose", "text/plain; charset=utf-8", "Hei, ring meg.\nKari", intake.Inquiry{Text: "Hei, ring meg.\nKari"}},
		{"prose with braces", "text/plain", "{smil} Hei", intake.Inquiry{Text: "{smil} Hei"}},
		{"a big number", "application/json", `{"phone":15550000000,"message":"Hei"}`, intake.Inquiry{Phone: "15550000000", Text: "Hei"}},
		{"the language of the form", urlencoded, "message=Hei&lang=nb-NO", intake.Inquiry{Text: "Hei", Language: "nb-no"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if in, bad := mapped(t, c.contentType, c.body); bad != "" || !reflect.DeepEqual(in, c.want) {
				t.Errorf("%q\n got %+v\nwant %+v", bad, in, c.want)
			}
		})
	}
}

func TestMultipart(t *testing.T) {
	body := strings.ReplaceAll(`--b
Content-Disposition: form-data; name="navn"

Kari
--b
Content-Disposition: form-data; name="fil"; filename="C:\Users\kari\tegning.pdf"
Content-Type: application/pdf

%PDF
--b
Content-Disposition: form-data; name="tom"; filename=""
Content-Type: application/octet-stream


--b--
`, "\n", "\r\n")
	for name, contentType := range map[string]string{"announced": "multipart/form-data; boundary=b", "without its boundary": "multipart/form-data", "without its type": ""} {
		t.Run(name, func(t *testing.T) {
			in, bad := mapped(t, contentType, body)
			if bad != "" || in.Name != "Kari" || len(in.Attachments) != 1 {
				t.Fatalf("%q %+v", bad, in)
			}
			if f := in.Attachments[0]; f.Name != "tegning.pdf" || f.ContentType != "application/pdf" || string(f.Content.Data) != "%PDF" {
				t.Errorf("the file is %+v", f)
			}
		})
	}
	if in, bad := mapped(t, "multipart/form-data; boundary=b", body[:strings.Index(body, "%PDF")+2]); bad != "" || in.Name != "Kari" {
		t.Errorf("broken off: %q %+v", bad, in)
	}
}

func TestUnreadable(t *testing.T) {
	for _, c := range []struct{ name, contentType, body, want string }{
		{"nothing", "application/json", "", unreadableEmpty},
		{"white space", urlencoded, " \r\n", unreadableEmpty},
		{"an empty object", "application/json", "{}", unreadableEmpty},
		{"broken JSON", "application/json", `{"name":`, unreadableJSON},
		{"two values", "application/json", `{"name":"Kari"} {}`, unreadableJSON},
		{"too deep", "application/json", strings.Repeat("[", 100) + strings.Repeat("]", 100), unreadableJSON},
		{"no parts", "multipart/form-data; boundary=b", "--c\r\n", unreadableMultipart},
		{"nobody to answer", "application/json", `{"colour":"red"}`, unreadableSilent},
		{"empty answers", urlencoded, "name=&email=&message=", unreadableEmpty},
	} {
		t.Run(c.name, func(t *testing.T) {
			if in, bad := mapped(t, c.contentType, c.body); bad != c.want {
				t.Errorf("%q, want %q: %+v", bad, c.want, in)
			}
		})
	}
	if _, bad := Map(&intake.Submission{ContentType: urlencoded, Headers: map[string]string{"Content-Encoding": "gzip"}}, []byte("name=Kari"), ""); bad != unreadableEncoded {
		t.Errorf("compressed: %q", bad)
	}
}

func TestFilerMakesLeads(t *testing.T) {
	h := newHouse(t)
	id := idOf(t, h.do(request("/hooks/website", jsonBody, bearer())))
	bad := idOf(t, h.do(request("/hooks/website", "{", bearer())))
	for range 2 {
		for _, one := range []string{id, bad} {
			if err := h.filer.File(t.Context(), one); err != nil {
				t.Fatal(err)
			}
		}
	}
	leads := h.leads()
	if len(leads) != 1 || leads[0].Name != "Kari Nordmann" || leads[0].Source != "form:website" || leads[0].Message != "Hei" {
		t.Errorf("leads %+v", leads)
	}
	states := map[string]string{}
	for _, s := range h.submissions() {
		states[s.ID] = s.State
	}
	if states[id] != "mapped" || states[bad] != "quarantined" {
		t.Errorf("states %v", states)
	}
	if err := h.filer.File(t.Context(), "unknown"); err == nil {
		t.Error("a submission that is not there was filed")
	}
}

// samples finds the folder of samples beside the repository, "" when there is none.
func samples(t *testing.T) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			break
		}
		up := filepath.Dir(dir)
		if up == dir {
			t.Fatal("no go.mod above the test")
		}
		dir = up
	}
	dir = filepath.Join(filepath.Dir(dir), "shared", "samples", "forms")
	if _, err := os.Stat(dir); err != nil {
		return ""
	}
	return dir
}

func TestSamples(t *testing.T) {
	dir := samples(t)
	if dir == "" {
		t.Log("the folder of sample forms is not beside the repository: only the cases in the code were tried")
		return
	}
	type lead struct{ name, email, phone, text, subject, bad string }
	const kari, mail, phone = "Kari Nordmann", "kari@example.no", "+4790000000"
	want := map[string]lead{
		"cf7-to-webhook.json":    {kari, mail, "", "Hei", "Tilbud", ""},
		"elementor-simple.form":  {kari, mail, "", "Hei", "Kontakt", ""},
		"google-forms.json":      {kari, mail, "", "Hei", "", ""},
		"gravityforms.json":      {kari, mail, phone, "source_url: https://example.no/kontakt/\nHei", "", ""},
		"jotform.multipart":      {kari, mail, "+47 90 00 00 00", "username: example", "Kontakt", ""},
		"meta-lead-fetched.json": {kari, mail, phone, "", "", ""},
		"meta-leadgen.json":      {bad: unreadableSilent},
		"plain-html.form":        {kari, mail, phone, "Hei", "", ""},
		"standard-webhooks.json": {kari, mail, "", "Hei\n\nsource: api", "", ""},
		"tally.json":             {"", mail, "", "short answer: Test 1540 1", "TEST", ""},
		"typeform.json":          {kari, mail, "", "utm_source: newsletter", "Feedback", ""},
		"webflow.json":           {"Zaphod Beeblebrox", "zaphod@heartofgold.ai", "15550000000", "", "Contact Us", ""},
	}
	types := map[string]string{".json": "application/json", ".form": urlencoded, ".multipart": "multipart/form-data; boundary=b6726c32637fdf4e"}
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	tried := 0
	for _, e := range entries {
		contentType, is := types[filepath.Ext(e.Name())]
		if !is {
			continue
		}
		tried++
		t.Run(e.Name(), func(t *testing.T) {
			body, err := os.ReadFile(filepath.Join(dir, e.Name()))
			if err != nil {
				t.Fatal(err)
			}
			w, known := want[e.Name()]
			if !known {
				t.Fatal("nobody has said what this sample becomes")
			}
			for _, ct := range []string{contentType, ""} { // as announced, and as it looks
				in, bad := mapped(t, ct, string(body))
				if got := (lead{in.Name, in.Email, in.Phone, in.Text, in.Subject, bad}); got != w {
					t.Errorf("as %q\n got %+v\nwant %+v", ct, got, w)
				}
			}
		})
	}
	if tried < len(want) {
		t.Errorf("only %d samples were tried", tried)
	}
}

func FuzzMap(f *testing.F) {
	types := []string{"application/json", urlencoded, "multipart/form-data; boundary=b", "text/plain", "", "application/json; charset=utf-16", "multipart/form-data"}
	for i, seed := range []string{jsonBody, "name=Kari&message=<p>Hei", "--b\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nb\r\n--b--", "Hei", `[{"label":"x","value":[1,{"a":[]}]}]`,
		`{"data":{"fields":[{"field":{"id":"1"},"type":"text","text":"x"}]},"definition":{}}`, "rawRequest=%7B%22q3_name%22%3A%7B%22first%22%3A%22K%22%7D%7D"} {
		f.Add(uint8(i), []byte(seed))
	}
	f.Fuzz(func(t *testing.T, kind uint8, body []byte) {
		in, bad := Map(&intake.Submission{ContentType: types[int(kind)%len(types)]}, body, "nb")
		if bad == unreadableInternal {
			t.Fatal("mapping panicked")
		}
		all := []string{in.Name, in.Email, in.Phone, in.Company, in.OrganisationNumber, in.Subject, in.Text, in.Language, in.Address.Street, in.Address.Postcode, in.Address.City, in.Address.Country}
		for _, a := range in.Attachments {
			all = append(all, a.Name, a.ContentType)
		}
		for i, s := range all {
			if !utf8.ValidString(s) || strings.ContainsAny(s, "\x00\r\x7f") {
				t.Errorf("value %d is not clean: %q", i, s)
			}
			if one := i != 6; one && strings.Contains(s, "\n") {
				t.Errorf("value %d has lines: %q", i, s)
			}
		}
		if len(in.Text) > maxText || len(in.Name) > 200 || len(in.Attachments) > maxFiles {
			t.Error("a bound is passed")
		}
		if bad == "" && !slices.ContainsFunc(all, func(s string) bool { return s != "" && s != "nb" }) {
			t.Error("an inquiry of nothing")
		}
		providerID(types[int(kind)%len(types)], body)
	})
}
