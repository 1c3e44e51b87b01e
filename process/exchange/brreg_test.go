package exchange

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/emne/emne/process"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// register serves answers in the shape of the API's.
func register(t *testing.T) (*Brreg, *httptest.Server) {
	t.Helper()
	file, err := os.ReadFile("testdata/enheter.json")
	if err != nil {
		t.Fatal(err)
	}
	var page struct {
		Embedded struct{ Enheter []json.RawMessage } `json:"_embedded"`
	}
	if err := json.Unmarshal(file, &page); err != nil {
		t.Fatal(err)
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /enheter", func(w http.ResponseWriter, r *http.Request) {
		switch name := r.URL.Query().Get("navn"); name {
		case "fjellheim & co":
			if r.URL.Query().Get("size") == "" || r.Header.Get("Accept") != "application/json" {
				t.Errorf("asked %s %v", r.URL, r.Header)
			}
			w.Write(file)
		case "nobody":
			w.Write([]byte(`{"page":{"size":10,"totalElements":0}}`))
		case "large":
			w.Write([]byte(strings.Repeat(" ", maxAnswer+2)))
		case "broken":
			w.Write([]byte(`<html>`))
		case "busy":
			w.WriteHeader(http.StatusServiceUnavailable)
		case "slow":
			select {
			case <-r.Context().Done():
			case <-time.After(10 * time.Second):
			}
		}
	})
	mux.HandleFunc("GET /enheter/{number}", func(w http.ResponseWriter, r *http.Request) {
		switch r.PathValue("number") {
		case "974760673":
			w.Write(page.Embedded.Enheter[0])
		case "912345670":
			w.WriteHeader(http.StatusGone)
			w.Write([]byte(`{"organisasjonsnummer":"912345670","navn":"BORTE AS","slettedato":"2020-01-01"}`))
		case "912345671":
			w.WriteHeader(http.StatusGone)
		default:
			w.WriteHeader(http.StatusNotFound)
		}
	})
	s := httptest.NewServer(mux)
	b := NewBrreg(s.URL + "/")
	t.Cleanup(func() { b.client.CloseIdleConnections(); s.Close() })
	return b, s
}

func TestBrregSearch(t *testing.T) {
	b, _ := register(t)
	found, err := b.Search(t.Context(), "fjellheim & co", 10)
	if err != nil || len(found) != 2 {
		t.Fatalf("%v, %v", found, err)
	}
	want := process.RegisterEntry{Name: "FJELLHEIM BYGG AS", OrganisationNumber: "974760673", VATNumber: "NO974760673MVA", Email: "post@fjellheim.example", Phone: "900 11 222",
		Address: process.Address{Street: "c/o Kari Nordmann", Street2: "Storgata 1", Postcode: "0150", City: "OSLO", Country: "NO"}}
	if found[0] != want {
		t.Errorf("got %+v", found[0])
	}
	if f := found[1]; f.Trouble != "bankrupt" || f.VATNumber != "" || f.Address.Street != "Postboks 2" {
		t.Errorf("got %+v", f)
	}
	if found, err := b.Search(t.Context(), "fjellheim & co", 1); err == nil && len(found) > 1 {
		t.Errorf("more than asked for: %v", found)
	}
	if found, err := b.Search(t.Context(), "nobody", 10); err != nil || len(found) != 0 {
		t.Errorf("%v, %v", found, err)
	}
	for _, name := range []string{"large", "broken", "busy"} {
		if _, err := b.Search(t.Context(), name, 10); err == nil {
			t.Errorf("%s is no error", name)
		}
	}
}

func TestBrregByNumber(t *testing.T) {
	b, s := register(t)
	for number, want := range map[string]string{"974760673": "FJELLHEIM BYGG AS", "912345670": "BORTE AS", "912345671": "", "1": "", "../x": ""} {
		e, err := b.ByNumber(t.Context(), number)
		if err != nil || (e == nil) != (want == "") || e != nil && e.Name != want {
			t.Errorf("%s: %v, %v", number, e, err)
		}
		if want == "BORTE AS" && e.Trouble != "deleted" {
			t.Errorf("%+v", e)
		}
	}
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if _, err := b.Search(ctx, "slow", 10); err == nil {
		t.Error("a register that does not answer is no error")
	}
	s.Close()
	if _, err := b.ByNumber(t.Context(), "974760673"); err == nil {
		t.Error("a register out of reach is no error")
	}
}

func TestEntries(t *testing.T) {
	es := Entries{{Name: "Fjord Bygg AS", OrganisationNumber: "1"}, {Name: "Fjord Fisk AS", OrganisationNumber: "2"}}
	for q, want := range map[string]int{"fjord": 2, "AS fisk": 1, "skog": 0} {
		if found, err := es.Search(t.Context(), q, 10); err != nil || len(found) != want {
			t.Errorf("%s: %v, %v", q, found, err)
		}
	}
	if found, _ := es.Search(t.Context(), "fjord", 1); len(found) != 1 {
		t.Errorf("more than asked for: %v", found)
	}
	if e, err := es.ByNumber(t.Context(), "2"); err != nil || e == nil || e.Name != "Fjord Fisk AS" {
		t.Errorf("%v, %v", e, err)
	}
}
