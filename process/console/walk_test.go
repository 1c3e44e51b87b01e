package console

import (
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"github.com/emne/emne/process"
)

func values(pairs ...string) url.Values {
	v := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		v.Add(pairs[i], pairs[i+1])
	}
	return v
}

// browser fills forms in as a person without JavaScript does: what stands in
// the fields is sent, and what is typed over it.
type browser struct {
	*world
	at   string
	page *html.Node
}

func (b *browser) open(path string) {
	b.t.Helper()
	b.read(path, b.get(path))
}

func (b *browser) read(path string, rec *httptest.ResponseRecorder) {
	b.t.Helper()
	for rec.Code == 303 {
		path = rec.Header().Get("Location")
		rec = b.get(path)
	}
	if rec.Code != 200 {
		b.t.Fatalf("%s: %d\n%s", path, rec.Code, b.text(rec))
	}
	b.load(path, rec)
}

func (b *browser) load(path string, rec *httptest.ResponseRecorder) {
	b.t.Helper()
	page, err := html.Parse(strings.NewReader(rec.Body.String()))
	if err != nil {
		b.t.Fatal(err)
	}
	b.at, b.page = path, page
}

// text is what a page says in alerts, for messages of tests.
func (b *browser) text(rec *httptest.ResponseRecorder) string {
	page, err := html.Parse(strings.NewReader(rec.Body.String()))
	if err != nil {
		return err.Error()
	}
	var out []string
	for n := range page.Descendants() {
		if n.Type == html.ElementNode && (attr(n, "role") == "alert" || n.Data == "small" || n.Data == "h1") {
			out = append(out, words(inner(n)).Text)
		}
	}
	return strings.Join(out, " | ")
}

func inner(n *html.Node) string {
	var s strings.Builder
	for c := range n.Descendants() {
		if c.Type == html.TextNode {
			s.WriteString(c.Data)
		}
	}
	return strings.Join(strings.Fields(s.String()), " ")
}

func attr(n *html.Node, key string) string {
	for _, a := range n.Attr {
		if a.Key == key {
			return a.Val
		}
	}
	return ""
}

func has(n *html.Node, key string) bool {
	for _, a := range n.Attr {
		if a.Key == key {
			return true
		}
	}
	return false
}

// form is what the form whose address ends in action would send.
func (b *browser) form(action string) (string, url.Values) {
	b.t.Helper()
	for n := range b.page.Descendants() {
		if n.Type == html.ElementNode && n.Data == "form" && strings.HasSuffix(attr(n, "action"), action) {
			return attr(n, "action"), filled(n)
		}
	}
	b.t.Fatalf("%s has no form to %s", b.at, action)
	return "", nil
}

func filled(form *html.Node) url.Values {
	v := url.Values{}
	for n := range form.Descendants() {
		name := attr(n, "name")
		if n.Type != html.ElementNode || name == "" {
			continue
		}
		switch n.Data {
		case "input":
			if attr(n, "type") != "checkbox" || has(n, "checked") {
				v.Add(name, attr(n, "value"))
			}
		case "textarea":
			text := ""
			if n.FirstChild != nil {
				text = n.FirstChild.Data
			}
			v.Add(name, text)
		case "select":
			chosen := ""
			seen := false
			for o := range n.Descendants() {
				if o.Data == "option" && (!seen || has(o, "selected")) {
					chosen, seen = attr(o, "value"), true
				}
			}
			v.Add(name, chosen)
		}
	}
	return v
}

// send fills a form in over what stands there, sends it, and follows.
func (b *browser) send(action string, pairs ...string) {
	b.t.Helper()
	at, v := b.form(action)
	for i := 0; i+1 < len(pairs); i += 2 {
		v.Set(pairs[i], pairs[i+1])
	}
	b.read(at, b.submit(at, v))
}

func (b *browser) submit(at string, v url.Values) *httptest.ResponseRecorder {
	b.t.Helper()
	var pairs []string
	for name, vs := range v {
		for _, s := range vs {
			pairs = append(pairs, name, s)
		}
	}
	return b.post(at, pairs...)
}

func (b *browser) says(want ...string) {
	b.t.Helper()
	text := inner(b.page)
	for _, s := range want {
		if !strings.Contains(strings.ReplaceAll(text, noBreak, " "), s) {
			b.t.Errorf("%s does not say %q", b.at, s)
		}
	}
}

// follow opens the first link whose text contains the words.
func (b *browser) follow(words string) {
	b.t.Helper()
	for n := range b.page.Descendants() {
		if n.Type == html.ElementNode && n.Data == "a" && strings.Contains(inner(n), words) {
			b.open(attr(n, "href"))
			return
		}
	}
	b.t.Fatalf("%s has no link %q", b.at, words)
}

// TestTheWholeWay goes from a lead to a paid invoice by forms alone.
func TestTheWholeWay(t *testing.T) {
	b := &browser{world: newWorld(t)}
	b.open("/products/new")
	b.send("/products", "sku", "VP", "name", "Varmepumpe", "unit_price", "84 900,00")
	b.says("84 900,00 NOK / stk")

	b.open("/leads")
	b.follow("Ny")
	b.send("/leads", "name", "Ola Hansen", "company", "Nordlys Fisk AS", "email", "ola@nordlys.example", "subject", "To varmepumper",
		"address.street", "Kaiveien 3", "address.postcode", "6413", "address.city", "Molde", "address.country", "NO")
	b.says("Opprettet.", "Nordlys Fisk AS", "Ny", "Kaiveien 3")
	b.send("/do/contact", "note", "Ringte ham")
	b.says("Kontaktet", "Ringte ham")
	b.send("/do/qualify", "title", "Varmepumper til hall", "estimated_close", "2026-12-24")
	b.says("Dette er salgsmuligheten.", "Varmepumper til hall", "24.12.2026")

	b.follow("Endre")
	at, v := b.form("/edit")
	v.Set("line.0.product", "VP")
	v.Set("line.0.quantity", "2")
	v.Set("more", "1")
	b.load(at, b.submit(at, v))
	_, v = b.form("/edit")
	if v.Get("rows") != "8" || v.Get("line.0.product") != "VP" {
		t.Fatalf("more lines gave %v", v)
	}
	b.send("/edit", "line.1.description", "Montering", "line.1.quantity", "3,5", "line.1.unit", "HUR", "line.1.unit_price", "1 000,50", "line.1.discount_percent", "10")
	b.says("Lagret.", "172 951,57", "216 189,46 NOK")

	b.send("/quotes")
	b.says("Tilbud (utkast)", "172 951,57")
	b.follow("Endre")
	b.send("/edit", "introduction", "Takk for sist", "line.1.remove", "1")
	b.says("Takk for sist", "169 800,00")
	b.send("/do/send")
	b.says("Tilbud T-1001", "Sendt", "Tilbud T-1001 sendt")
	if pdf := b.get(b.path() + "/pdf"); pdf.Code != 200 || pdf.Header().Get("Content-Type") != "application/pdf" || !strings.Contains(pdf.Body.String(), "T-1001") {
		t.Errorf("the PDF came as %d %v", pdf.Code, pdf.Header())
	}
	b.send("/share")
	b.says("http://portal.example/p/")
	b.send("/do/accept", "name", "Ola Hansen", "evidence", "E-post")
	b.says("Ordre O-1001", "Skal leveres og faktureres")

	_, v = b.form("/do/fulfil")
	for name := range v {
		if strings.HasPrefix(name, "quantity.") && v.Get(name) != "2" {
			t.Errorf("%s is left with %s, want 2", name, v.Get(name))
		}
		if strings.HasPrefix(name, "quantity.") {
			b.send("/do/fulfil", name, "1")
		}
	}
	b.says("Faktura (utkast)", "84 900,00", "ola@nordlys.example", "PDF på e-post")
	b.send("/do/issue")
	b.says("Faktura 10001", "Ubetalt", "106 125,00 NOK")
	_, v = b.form("/payments")
	if v.Get("amount") != "106125" {
		t.Errorf("the amount stands as %q", v.Get("amount"))
	}
	b.send("/payments", "amount", "6 125")
	b.says("Delvis betalt", "100 000,00 NOK")
	b.send("/payments")
	b.says("Betalt", "Kundeemnet er kvalifisert", "Ringte ham", "Nytt kundeemne")
	b.follow("O-1001")
	b.says("Skal leveres og faktureres")

	b.follow("10001")
	b.send("/do/credit", "reason", "Feil vare", "scope", "amount", "amount", "1 000,00")
	b.says("Kreditnota K-1001", "1 000,00 NOK", "Feil vare")
}

func (b *browser) path() string {
	u, err := url.Parse(b.at)
	if err != nil {
		b.t.Fatal(err)
	}
	return u.Path
}

func TestSettings(t *testing.T) {
	b := &browser{world: newWorld(t)}
	b.open("/settings")
	// What inquiries are answered with is seen before it is switched on.
	b.says("Kvittering – Norsk bokmål", "Vi har mottatt henvendelsen din: …", "Takk for at du skriver til", "Vielen Dank für Ihre Nachricht an")
	b.send("/settings", "company.name", "Nytt Navn AS", "company.address.city", "Molde", "mail.acknowledge", "1", "terms.payment_days", "20",
		"terms.quote.nb", "Våre vilkår", "numbers.invoice.first", "500", "vat", "S:15", "payment_reference", "number")
	b.says("Lagret.", "Nytt Navn AS")
	st, version, err := b.s.Settings(t.Context(), b.actor)
	if err != nil {
		t.Fatal(err)
	}
	if st.Company.Name != "Nytt Navn AS" || st.Company.Address.City != "Molde" || !st.Mail.Acknowledge || st.Terms.PaymentDays != 20 || st.Terms.Quote["nb"] != "Våre vilkår" ||
		st.Numbers.Invoice.First != 500 || st.VAT.Rate.String() != "15" || st.PaymentReference != "number" || st.Company.Email != "post@fjord.example" {
		t.Errorf("the settings are %+v", st)
	}
	_, v := b.form("/settings")
	v.Set("time_zone", "Mars/Olympus")
	v.Set("terms.payment_days", "ti")
	if rec := b.submit("/settings", v); rec.Code != 422 || !strings.Contains(b.text(rec), "Dette er ikke et tall.") {
		t.Errorf("%d %s", rec.Code, b.text(rec))
	}
	v.Set("terms.payment_days", "10")
	if rec := b.submit("/settings", v); rec.Code != 422 || !strings.Contains(b.text(rec), "Europe/Oslo") {
		t.Errorf("%d %s", rec.Code, b.text(rec))
	}
	st.Company.Name = "Noen andre"
	must(t)(b.s.PutSettings(t.Context(), b.actor, version, st))
	v.Set("time_zone", "Europe/Oslo")
	if rec := b.submit("/settings", v); rec.Code != 409 || !strings.Contains(b.text(rec), "mellomtiden") {
		t.Errorf("%d %s", rec.Code, b.text(rec))
	}
	b.actor.Role = process.RoleSales
	if rec := b.get("/settings"); rec.Code != 403 {
		t.Errorf("a salesperson sees the settings: %d", rec.Code)
	}
}
