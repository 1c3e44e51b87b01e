package api

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
)

func TestRefusals(t *testing.T) {
	s := newSite(t)
	customer := s.customer()
	quote := text(s.create("quotes", `{"customer":"`+customer+`","lines":`+oneLine+`}`), "id")
	nowhere := text(s.create("customers", `{"name":"Ukjent AS","email":"post@ukjent.example"}`), "id")
	poor := text(s.create("invoices", `{"customer":"`+nowhere+`","lines":`+oneLine+`}`), "id")
	big := `{"name":"` + strings.Repeat("x", maxBody) + `"}`
	cases := []struct {
		name         string
		method, path string
		body         string
		headers      []string
		status       int
		code         string
		field        string
	}{
		{"no token", "GET", "leads", "", []string{"Authorization", ""}, 401, "unauthorized", ""},
		{"unknown token", "GET", "leads", "", []string{"Authorization", "Bearer nobody"}, 401, "unauthorized", ""},
		{"nobody", "GET", "transitions", "", []string{"Authorization", "Bearer ghost"}, 401, "unauthorized", ""},
		{"another scheme", "GET", "leads", "", []string{"Authorization", "Basic owner"}, 401, "unauthorized", ""},
		{"no token, posting", "POST", "leads", `{"name":"x"}`, []string{"Authorization", ""}, 401, "unauthorized", ""},
		{"a reader writes", "POST", "leads", `{"name":"x"}`, []string{"Authorization", "Bearer reader"}, 403, "forbidden", ""},
		{"a reader edits", "PATCH", "customers/" + customer, `{"name":"x"}`, []string{"Authorization", "bearer reader"}, 403, "forbidden", ""},
		{"accounting sells", "POST", "quotes/" + quote + "/send", "", []string{"Authorization", "Bearer accounting"}, 403, "forbidden", ""},
		{"sales manages", "PUT", "settings", `{}`, []string{"Authorization", "Bearer sales"}, 403, "forbidden", ""},
		{"broken inside", "GET", "leads", "", []string{"Authorization", "Bearer broken"}, 500, "internal", ""},
		{"no such record", "GET", "leads/nothing", "", nil, 404, "not_found", ""},
		{"no such record, verb", "POST", "leads/nothing/qualify", "", nil, 404, "not_found", ""},
		{"no such record, edit", "PATCH", "leads/nothing", "{}", nil, 404, "not_found", ""},
		{"no such record, pdf", "GET", "quotes/nothing/pdf", "", nil, 404, "not_found", ""},
		{"no such record, xml", "GET", "quotes/nothing/xml", "", nil, 404, "not_found", ""},
		{"no such collection", "GET", "price-tags", "", nil, 404, "not_found", ""},
		{"no such verb", "POST", "leads/" + quote + "/launch", "", nil, 404, "not_found", ""},
		{"no such path, no token", "GET", "/api/v2/leads", "", []string{"Authorization", ""}, 404, "not_found", ""},
		{"a slash too many", "GET", "leads/", "", nil, 404, "not_found", ""},
		{"unclean path", "GET", "/api//v1/leads", "", nil, 404, "not_found", ""},
		{"not with DELETE", "DELETE", "orders/x", "", nil, 405, "invalid", ""},
		{"not with POST", "POST", "deliveries", "{}", nil, 405, "invalid", ""},
		{"not with GET", "GET", "leads/x/qualify", "", nil, 405, "invalid", ""},
		{"broken JSON", "POST", "leads", `{"name":`, nil, 422, "invalid", ""},
		{"two values", "POST", "leads", `{"name":"x"}{}`, nil, 422, "invalid", ""},
		{"a list", "POST", "leads", `[]`, nil, 422, "invalid", ""},
		{"unknown field", "POST", "leads", `{"nmae":"x"}`, nil, 422, "invalid", "nmae"},
		{"wrong type", "POST", "leads", `{"name":7}`, nil, 422, "invalid", "name"},
		{"nothing", "POST", "leads", ``, nil, 422, "invalid", "name"},
		{"no e-mail address", "POST", "leads", `{"email":"kari"}`, nil, 422, "invalid", "email"},
		{"a bad line", "POST", "quotes", `{"customer":"` + customer + `","lines":[{"description":"x","unit_price":"-1"}]}`, nil, 422, "invalid", "lines[0].unit_price"},
		{"no decimal", "POST", "quotes", `{"customer":"` + customer + `","lines":[{"quantity":"two"}]}`, nil, 422, "invalid", ""},
		{"too many decimals", "POST", "payments", `{"invoice":"x","amount":{"amount":"1.005","currency":"NOK"}}`, nil, 422, "invalid", ""},
		{"too large", "POST", "leads", big, nil, 413, "too_large", ""},
		{"too large an edit", "PATCH", "leads/x", big, nil, 413, "too_large", ""},
		{"too large, asked first", "POST", "leads", big, []string{"Expect", "100-continue"}, 413, "too_large", ""},
		{"limit 0", "GET", "leads?limit=0", "", nil, 422, "invalid", "limit"},
		{"limit 1001", "GET", "leads?limit=1001", "", nil, 422, "invalid", "limit"},
		{"limit ten", "GET", "leads?limit=ten", "", nil, 422, "invalid", "limit"},
		{"another's cursor", "GET", "leads?cursor=zzz", "", nil, 422, "invalid", ""},
		{"unknown parameter", "GET", "leads?colour=red", "", nil, 422, "invalid", "colour"},
		{"twice", "GET", "leads?limit=1&limit=2", "", nil, 422, "invalid", "limit"},
		{"broken query", "GET", "leads?q=%zz", "", nil, 422, "invalid", ""},
		{"not in this state", "POST", "quotes/" + quote + "/accept", `{"name":"Kari"}`, nil, 409, "conflict", ""},
		{"stale verb", "POST", "quotes/" + quote + "/send", "", []string{"If-Match", "9"}, 409, "conflict", ""},
		{"no version", "PATCH", "quotes/" + quote, "{}", []string{"If-Match", `"abc"`}, 422, "invalid", "If-Match"},
		{"incomplete invoice", "POST", "invoices/" + poor + "/issue", "", nil, 422, "invalid", "customer.address.city"},
		{"no XML yet", "GET", "quotes/" + quote + "/xml?format=cii", "", nil, 409, "conflict", ""},
		{"no such XML", "GET", "quotes/" + quote + "/xml?format=edi", "", nil, 422, "invalid", "format"},
		{"no such source", "GET", "sources/mail:nothing", "", nil, 404, "not_found", ""},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			a := s.do(c.method, c.path, c.body, c.headers...)
			var p problemDetails
			if err := json.Unmarshal(a.body, &p); err != nil {
				t.Fatalf("%v: %s", err, a.body)
			}
			if a.status != c.status || p.Status != c.status || string(p.Code) != c.code || p.Title != http.StatusText(c.status) || p.Type != "about:blank" || p.Detail == "" {
				t.Errorf("%d %s", a.status, a.body)
			}
			if got := a.header.Get("Content-Type"); got != problemType {
				t.Errorf("content type %q", got)
			}
			if c.field != "" && (len(p.Problems) != 1 || p.Problems[0].Field != c.field || p.Problems[0].Message == "" || p.Problems[0].Reason == "") {
				t.Errorf("problems: %s", a.body)
			}
			if (c.status == 401) != (a.header.Get("WWW-Authenticate") != "") {
				t.Errorf("WWW-Authenticate: %v", a.header)
			}
			if (c.status == 405) != (a.header.Get("Allow") != "") {
				t.Errorf("Allow: %v", a.header)
			}
			if strings.Contains(string(a.body), "secret") || strings.Contains(string(a.body), a.header.Get(requestIDHeader)) {
				t.Errorf("the answer tells too much: %s", a.body)
			}
			if c.status == 500 && (!strings.Contains(s.log.String(), "secret path") || !strings.Contains(s.log.String(), a.header.Get(requestIDHeader))) {
				t.Errorf("the log tells too little: %s", s.log)
			}
		})
	}
}

func TestWordsForPeople(t *testing.T) {
	s := newSite(t)
	for body, want := range map[string]string{
		`{"name":7}`:                    "a text is expected here, not number",
		`{"name":{}}`:                   "a text is expected here, not object",
		`{"address":"Kaia 1"}`:          "an object is expected here, not string",
		`{"address":{"postcode":5003}}`: "a text is expected here, not number",
		`[]`:                            "an object is expected here, not array",
	} {
		a := s.do("POST", "leads", body)
		if a.status != 422 || !strings.Contains(string(a.body), want) || strings.Contains(string(a.body), "Go ") {
			t.Errorf("%s: %s", body, a.body)
		}
	}
}

func TestAllow(t *testing.T) {
	s := newSite(t)
	for path, want := range map[string]string{
		"leads/x": "GET, HEAD, PATCH", "quotes/x": "GET, HEAD, PATCH, DELETE", "quotes": "GET, HEAD, POST",
		"settings": "GET, HEAD, PUT", "quotes/x/send": "POST", "orders/x": "GET, HEAD, PATCH",
	} {
		if a := s.do("OPTIONS", path, ""); a.status != 405 || a.header.Get("Allow") != want {
			t.Errorf("%s: %d %q, want %q", path, a.status, a.header.Get("Allow"), want)
		}
	}
}

func TestPanicIsAnsweredAndLogged(t *testing.T) {
	log := &safeBuffer{}
	// Without a service every use case panics.
	h := New(Options{Authenticate: roles{}, Logger: newSiteLogger(log)})
	a := serve(h, "GET", root+"/leads")
	if a.status != 500 || strings.Contains(string(a.body), "nil pointer") {
		t.Errorf("%d %s", a.status, a.body)
	}
	if !strings.Contains(log.String(), "nil pointer") || !strings.Contains(log.String(), a.header.Get(requestIDHeader)) {
		t.Errorf("log: %s", log)
	}
	if a := serve(h, "GET", root+"/sources"); a.status != 200 || string(a.body) != "{\"items\":[]}\n" {
		t.Errorf("sources: %d %s", a.status, a.body)
	}
}

func TestBodyIsJSONWhateverItSaysItIs(t *testing.T) {
	s := newSite(t)
	for _, contentType := range []string{"", "text/plain", "application/x-www-form-urlencoded", "application/json; charset=utf-8"} {
		s.want(201, s.do("POST", "leads", `{"name":"Kari"}`, "Content-Type", contentType))
	}
}

func TestChannelIsTheAuthenticators(t *testing.T) {
	s := newSite(t)
	lead := s.want(201, s.do("POST", "leads", `{"name":"Kari"}`, "Authorization", "Bearer cli"))
	if lead["source"] != "cli" {
		t.Errorf("source %v", lead["source"])
	}
	timeline := s.want(200, s.do("GET", "activities?state=recorded&about_id="+text(lead, "id"), ""))
	one := s.want(200, s.do("GET", "activities/"+text(timeline, "items", 0, "id"), ""))
	if one["type"] != "lead.created" || one["state"] != "recorded" || one["version"] != 1.0 {
		t.Errorf("the activity: %v", one)
	}
	s.want(404, s.do("GET", "activities/none", ""))
	if text(timeline, "items", 0, "actor", "channel") != "cli" {
		t.Errorf("timeline: %v", timeline)
	}
}
