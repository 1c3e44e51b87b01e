package console

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/emne/emne/process"
)

// TestRefusals sends forms that cannot be carried out: each answers with its
// status, says why in the visitor's language, and keeps what was filled in.
func TestRefusals(t *testing.T) {
	b := &browser{world: newWorld(t)}
	s := b.sale("nordlys")
	_, order := b.ordered("havblikk")
	invoice := b.invoiced("fjell")
	line := "quantity." + order.Lines[0].ID
	product := must(t)(b.s.CreateProduct(t.Context(), b.actor, process.ProductInput{SKU: "X", Name: "X", UnitPrice: *d("1"), Currency: "EUR"})).Record.(*process.Product)
	for _, c := range []struct {
		name, page, action string
		pairs              []string
		status             int
		says               []string
	}{
		{"nobody", "/leads/new", "/leads", nil, 422, []string{"Hvem er det?"}},
		{"no address", "/leads/new", "/leads", []string{"name", "Ola", "email", "ola(at)firma"}, 422, []string{"Dette er ingen e-postadresse.", "ola(at)firma"}},
		{"no name", "/customers/new", "/customers", []string{"email", "a@b.example"}, 422, []string{"Må fylles ut.", "a@b.example"}},
		{"no number", "/products/new", "/products", []string{"sku", "A", "name", "B", "unit_price", "tusen"}, 422, []string{"Dette er ikke et tall.", "tusen"}},
		{"unknown product", "/quotes/" + s.quote + "/edit", "/edit", []string{"line.0.product", "nix", "line.0.description", "Beholdes"}, 422, []string{"Produktet finnes ikke.", "nix", "Beholdes"}},
		{"product's currency", "/quotes/" + s.quote + "/edit", "/edit", []string{"line.2.product", product.SKU}, 422, []string{"Produktets pris er i en annen valuta"}},
		{"a line without a price", "/quotes/" + s.quote + "/edit", "/edit", []string{"line.4.description", "Gratis?"}, 422, []string{"En linje uten vare trenger en pris.", "Gratis?"}},
		{"a price that is none", "/quotes/" + s.quote + "/edit", "/edit", []string{"line.1.unit_price", "1,2,3"}, 422, []string{"Dette er ikke et tall.", "1,2,3"}},
		{"a day that is none", "/quotes/" + s.quote + "/edit", "/edit", []string{"valid_until", "31.12.2026"}, 422, []string{"Dette er ikke en dato."}},
		{"an old version", "/quotes/" + s.quote + "/edit", "/edit", []string{"version", "77", "title", "Beholdes"}, 409, []string{"Noen andre endret dette", "Beholdes"}},
		{"an old version of a verb", "/quotes/" + s.quote, "/do/send", []string{"version", "77"}, 409, []string{"Noen andre endret dette"}},
		{"no evidence of who", "/leads/" + b.newLead(), "/do/assign", []string{"user", ""}, 422, []string{"Må fylles ut."}},
		{"no lines", "/orders/" + order.ID, "/do/fulfil", []string{line, "", "quantity." + order.Lines[1].ID, "0"}, 422, []string{"Velg en mengde på minst én linje."}},
		{"too much", "/orders/" + order.ID, "/do/fulfil", []string{line, "3"}, 422, []string{"Mer enn det som gjenstår."}},
		{"not a number", "/orders/" + order.ID, "/do/fulfil", []string{line, "to"}, 422, []string{"Dette er ikke et tall."}},
		{"credit without a reason", "/invoices/" + invoice, "/do/credit", nil, 422, []string{"Må fylles ut."}},
		{"credit of no lines", "/invoices/" + invoice, "/do/credit", []string{"reason", "Retur", "scope", "lines"}, 422, []string{"Velg en mengde på minst én linje.", "Retur"}},
		{"credit of no amount", "/invoices/" + invoice, "/do/credit", []string{"reason", "Retur", "scope", "amount"}, 422, []string{"Må fylles ut."}},
		{"credit of too much", "/invoices/" + invoice, "/do/credit", []string{"reason", "Retur", "scope", "amount", "amount", "1 000 000"}, 422, []string{"Det er mer enn det som gjenstår av fakturaen."}},
		{"a payment of nothing", "/invoices/" + invoice, "/payments", []string{"amount", "0"}, 422, []string{"Mer enn ingenting"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			b.open(c.page)
			at, v := b.form(c.action)
			for i := 0; i+1 < len(c.pairs); i += 2 {
				v.Set(c.pairs[i], c.pairs[i+1])
			}
			rec := b.submit(at, v)
			if rec.Code != c.status {
				t.Errorf("status %d, want %d: %s", rec.Code, c.status, b.text(rec))
			}
			for _, want := range c.says {
				if !strings.Contains(rec.Body.String(), want) {
					t.Errorf("the answer lacks %q: %s", want, b.text(rec))
				}
			}
			sound(t, at, "nb", rec)
		})
	}
}

func (w *world) newLead() string {
	w.t.Helper()
	return must(w.t)(w.s.CreateLead(w.t.Context(), w.actor, process.LeadInput{Name: "Ola"})).Record.(*process.Lead).ID
}

func TestPagesOfErrors(t *testing.T) {
	w := newWorld(t)
	lead := w.newLead()
	post := func(path string, header ...string) *http.Request {
		r := httptest.NewRequest("POST", path, strings.NewReader("note=x"))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		for i := 0; i+1 < len(header); i += 2 {
			r.Header.Set(header[i], header[i+1])
		}
		return r
	}
	reader := func() { w.actor.Role = process.RoleReader }
	for _, c := range []struct {
		name    string
		request *http.Request
		before  func()
		status  int
		says    string
	}{
		{"no page", httptest.NewRequest("GET", "/nothing", nil), nil, 404, "Finnes ikke"},
		{"no record", httptest.NewRequest("GET", "/leads/zzz", nil), nil, 404, "Finnes ikke"},
		{"no verb", post("/leads/" + lead + "/do/explode"), nil, 404, "Finnes ikke"},
		{"a cursor of another list", httptest.NewRequest("GET", "/leads?cursor=abc", nil), nil, 422, "Begynn på nytt"},
		{"another site's form", post("/leads/"+lead+"/do/contact", "Sec-Fetch-Site", "cross-site"), nil, 403, "en annen side"},
		{"another site's origin", post("/leads/"+lead+"/do/contact", "Origin", "https://evil.example"), nil, 403, "en annen side"},
		{"a reader", post("/leads/" + lead + "/do/contact"), reader, 403, "Rollen din tillater ikke dette."},
		{"a reader's new lead", httptest.NewRequest("GET", "/leads/new", nil), reader, 403, "Rollen din tillater ikke dette."},
		{"a reader's edit", httptest.NewRequest("GET", "/leads/"+lead+"/edit", nil), reader, 403, "Rollen din tillater ikke dette."},
		{"a reader's rules", httptest.NewRequest("GET", "/settings/rules", nil), reader, 403, "Rollen din tillater ikke dette."},
		{"a reader tries rules", post("/settings/rules"), reader, 403, "Rollen din tillater ikke dette."},
		{"nobody", post("/leads/" + lead + "/do/contact"), func() { w.actor = process.Actor{} }, 401, "Logg inn"},
	} {
		t.Run(c.name, func(t *testing.T) {
			actor := w.actor
			defer func() { w.actor = actor }()
			if c.before != nil {
				c.before()
			}
			rec := w.do(c.request)
			if rec.Code != c.status || !strings.Contains(rec.Body.String(), c.says) {
				t.Errorf("%d %s", rec.Code, rec.Body)
			}
			sound(t, c.request.URL.Path, "nb", rec)
		})
	}
	l, err := w.s.Leads().Get(t.Context(), w.actor, lead)
	if err != nil || l.State != "new" {
		t.Errorf("the lead is %+v, %v", l, err)
	}
	w.actor.Role = process.RoleReader
	if page := w.get("/leads/" + lead).Body.String(); strings.Contains(page, "/do/") || strings.Contains(page, "/edit") {
		t.Error("a reader is shown buttons")
	}
}

func TestOtherHosts(t *testing.T) {
	w := newWorld(t)
	r := httptest.NewRequest("GET", "/", nil)
	r.Host = "rebound.example"
	rec := httptest.NewRecorder()
	w.console.ServeHTTP(rec, r)
	if rec.Code != http.StatusMisdirectedRequest {
		t.Errorf("another host name: %d", rec.Code)
	}
}

func TestSignIn(t *testing.T) {
	w := newWorld(t)
	kari := w.actor
	w.actor, w.lang = process.Actor{}, ""
	rec := w.get("/leads?q=ola")
	if rec.Code != 303 || rec.Header().Get("Location") != "/signin?to=%2Fleads%3Fq%3Dola" {
		t.Fatalf("%d %v", rec.Code, rec.Header())
	}
	rec = w.post("/signin", "email", "kari@fjord.example", "password", "feil", "to", "/leads")
	if rec.Code != 401 || !strings.Contains(rec.Body.String(), "E-postadressen eller passordet er feil.") || !strings.Contains(rec.Body.String(), "kari@fjord.example") {
		t.Errorf("%d %s", rec.Code, rec.Body)
	}
	rec = w.post("/signin", "email", "kari@fjord.example", "password", "en lang setning", "to", "/leads?q=ola")
	if rec.Code != 303 || rec.Header().Get("Location") != "/leads?q=ola" || len(rec.Result().Cookies()) != 1 {
		t.Fatalf("%d %v", rec.Code, rec.Header())
	}
	cookie := rec.Result().Cookies()[0]
	signed := func(method, path string) *httptest.ResponseRecorder {
		r := httptest.NewRequest(method, path, nil)
		r.AddCookie(cookie)
		return w.do(r)
	}
	if rec := signed("GET", "/leads"); rec.Code != 200 || !strings.Contains(rec.Body.String(), kari.Name) || !strings.Contains(rec.Body.String(), "/signout") {
		t.Errorf("%d", rec.Code)
	}
	if rec := signed("POST", "/signout"); rec.Code != 303 || rec.Header().Get("Location") != "/signin" {
		t.Errorf("%d %v", rec.Code, rec.Header())
	}
	if rec := signed("GET", "/leads"); rec.Code != 303 {
		t.Errorf("after signing out: %d", rec.Code)
	}
}

func TestLanguage(t *testing.T) {
	w := newWorld(t)
	w.lang = ""
	if body := w.get("/").Body.String(); !strings.Contains(body, "Kvalifiser") {
		t.Error("the page is not in the user's language")
	}
	rec := w.post("/language", "language", "en", "to", "/leads?state=new")
	if rec.Code != 303 || rec.Header().Get("Location") != "/leads?state=new" {
		t.Fatalf("%d %v", rec.Code, rec.Header())
	}
	w.lang = rec.Result().Cookies()[0].Value
	if body := w.get("/").Body.String(); w.lang != "en" || !strings.Contains(body, "Qualify") {
		t.Error("the page is not in the chosen language")
	}
	for to, want := range map[string]string{"": "/", "/leads": "/leads", "//evil.example/": "/", "https://evil.example": "/", `/\evil.example`: "/", "leads": "/", "javascript:x": "/"} {
		if got := local(to); got != want {
			t.Errorf("local(%q) = %q, want %q", to, got, want)
		}
	}
}

func TestDecimalOf(t *testing.T) {
	for _, c := range []struct{ lang, in, want string }{
		{"nb", "1 234,50", "1234.5"}, {"nb", "1234.50", "1234.5"}, {"nb", "1.234,50", "1234.5"}, {"nb", "1\u00a0234", "1234"}, {"nb", "0,5", "0.5"}, {"nb", "1,234", "1.234"},
		{"en", "1,234.50", "1234.5"}, {"en", "1,234", "1234"}, {"en", "1,5", "1.5"}, {"en", "-2", "-2"}, {"nb", "\u22122", "-2"}, {"en", "12,345,678", "12345678"},
		{"nb", "", ""}, {"nb", "ti", ""}, {"nb", "1,2,3", ""}, {"en", "1e9", ""}, {"en", strings.Repeat("9", 50), ""},
	} {
		got, ok := decimalOf(c.lang, c.in)
		if ok != (c.want != "") || ok && got.String() != c.want {
			t.Errorf("%q in %s is %v %v, want %q", c.in, c.lang, got, ok, c.want)
		}
	}
}
