package console

import (
	"context"
	"errors"
	"html"
	"net/http"
	"strings"
	"testing"

	"github.com/emne/emne/process"
)

// registry is a register that knows one company, and may be out of reach.
type registry struct{ fail error }

func (r registry) Search(context.Context, string, int) ([]process.RegisterEntry, error) {
	if r.fail != nil {
		return nil, r.fail
	}
	return []process.RegisterEntry{{Name: "FJORD <BYGG> AS", OrganisationNumber: "974760673", VATNumber: "NO974760673MVA", Trouble: process.TroubleBankrupt,
		Address: process.Address{Street: "Storgata 1", Postcode: "0150", City: "OSLO", Country: "NO"}}}, nil
}

func (r registry) ByNumber(ctx context.Context, _ string) (*process.RegisterEntry, error) {
	found, err := r.Search(ctx, "", 1)
	if err != nil {
		return nil, err
	}
	return &found[0], nil
}

func TestRegisterOnTheForm(t *testing.T) {
	w := newWorldWith(t, registry{})
	page := w.get("/customers/new?register=fjord")
	sound(t, "/customers/new", "nb", page)
	body := page.Body.String()
	for _, want := range []string{"FJORD &lt;BYGG&gt; AS", "Konkurs", "974760673 Storgata 1", "organisation_number=974760673", "Fyll ut fra registeret"} {
		if !strings.Contains(body, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	_, rest, _ := strings.Cut(body, `<a href="/customers/new?`)
	link, _, _ := strings.Cut(rest, `"`)
	filled := w.get("/customers/new?" + html.UnescapeString(link)).Body.String()
	for _, want := range []string{`value="Storgata 1"`, `value="974760673"`, `value="NO974760673MVA"`, `name="name" value="FJORD &lt;BYGG&gt; AS"`} {
		if !strings.Contains(filled, want) {
			t.Errorf("the form lacks %q", want)
		}
	}
	// A customer that is there is filled in too, and only saved by its form.
	id := idOf(must(t)(w.s.CreateCustomer(t.Context(), w.actor, process.CustomerInput{Name: "Gammel", Phone: "22 33 44 55"})).Record)
	edit := w.get("/customers/" + id + "/edit?name=FJORD&address.city=OSLO").Body.String()
	if !strings.Contains(edit, `value="FJORD"`) || !strings.Contains(edit, `value="22 33 44 55"`) || !strings.Contains(edit, `value="OSLO"`) {
		t.Error("the form of a customer is not filled in")
	}
	if c, err := w.s.Customers().Get(t.Context(), w.actor, id); err != nil || c.Name != "Gammel" {
		t.Errorf("looking changed the customer: %v, %v", c, err)
	}
	if page := w.get("/customers/" + id + "/edit?register=x"); page.Code != http.StatusOK || !strings.Contains(page.Body.String(), "minst to bokstaver") {
		t.Errorf("a query of one letter answers %d", page.Code)
	}
}

func TestRegisterOutOfReach(t *testing.T) {
	w := newWorldWith(t, registry{fail: errors.New("no route to host")})
	page := w.get("/customers/new?register=974760674")
	if page.Code != http.StatusOK || !strings.Contains(page.Body.String(), "Registeret kan ikke nås nå") || !strings.Contains(page.Body.String(), "kontrollsiffer") {
		t.Errorf("the form answers %d without the warnings", page.Code)
	}
	if rec := w.post("/customers", "name", "Ny AS", "organisation_number", "974760674"); rec.Code != http.StatusSeeOther {
		t.Fatalf("saving answers %d", rec.Code)
	}
	id := first(t, w.s.Customers(), w.actor, "active")
	if body := w.get("/customers/" + id).Body.String(); !strings.Contains(body, "kontrollsiffer") {
		t.Error("the customer's page does not warn of the check digit")
	}
}
