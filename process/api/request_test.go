package api

import (
	"strings"
	"testing"

	"github.com/emne/emne/process"
)

func TestIfMatch(t *testing.T) {
	s := newSite(t)
	id := s.customer()
	version := 1
	for _, c := range []struct {
		ifMatch string
		status  int
	}{
		{"1", 200}, {`"2"`, 200}, {`W/"3"`, 200}, {"", 200}, {"*", 200}, {" 6 ", 200},
		{"1", 409}, {`"6"`, 409}, {`W/"8"`, 409}, {"-1", 409}, {"x", 422}, {`"7", "8"`, 422}, {"7", 200},
	} {
		a := s.do("PATCH", "customers/"+id, `{"phone":"5555`+strings.Repeat("1", version)+`"}`, "If-Match", c.ifMatch)
		if a.status != c.status {
			t.Errorf("If-Match %q at version %d: %d %s", c.ifMatch, version, a.status, a.body)
		}
		if a.status == 200 {
			version++
			o := s.want(200, a)
			if o["version"] != float64(version) || a.header.Get("ETag") != etag(int64(version)) || text(o, "record", "phone") != text(o, "phone") || o["name"] != "Fjord AS" {
				t.Errorf("after If-Match %q: %v %v", c.ifMatch, o, a.header)
			}
		}
	}
	read := s.do("GET", "customers/"+id, "")
	if read.header.Get("ETag") != etag(int64(version)) {
		t.Errorf("ETag %q", read.header.Get("ETag"))
	}
	if a := s.do("PATCH", "customers/"+id, `{"phone":""}`, "If-Match", read.header.Get("ETag")); a.status != 200 {
		t.Errorf("the ETag that was read: %d", a.status)
	}
}

func TestEditReplacesListsAndKeepsTheRest(t *testing.T) {
	s := newSite(t)
	id := text(s.create("quotes", `{"customer":"`+s.customer()+`","title":"Båt","lines":[{"description":"A","unit_price":"10"},{"description":"B","unit_price":"20"}]}`), "id")
	o := s.want(200, s.do("PATCH", "quotes/"+id, `{"lines":[{"description":"C","quantity":"3","unit_price":"7.50"}]}`))
	if o["title"] != "Båt" || len(o["lines"].([]any)) != 1 || text(o, "net", "amount") != "22.50" || text(o, "lines", 0, "quantity") != "3" {
		t.Errorf("%v", o)
	}
}

func TestSettings(t *testing.T) {
	s := newSite(t)
	read := s.do("GET", "settings", "")
	before := s.want(200, read)
	if before["version"] != 0.0 || before["currency"] != "NOK" || read.header.Get("ETag") != `"0"` {
		t.Fatalf("%v", before)
	}
	body := strings.Replace(string(read.body), `"name":""`, `"name":"Fjord AS"`, 1)
	if body == string(read.body) {
		t.Fatalf("no name in %s", body)
	}
	written := s.do("PUT", "settings", body)
	if o := s.want(200, written); o["version"] != 1.0 || text(o, "company", "name") != "Fjord AS" {
		t.Errorf("%v", o)
	}
	if a := s.do("PUT", "settings", body); a.status != 409 {
		t.Errorf("the version in the body is old: %d", a.status)
	}
	if a := s.do("PUT", "settings", body, "If-Match", "1"); a.status != 200 {
		t.Errorf("If-Match goes before the body: %d %s", a.status, a.body)
	}
	if a := s.do("PUT", "settings", strings.Replace(body, `"version":0,`, "", 1)); a.status != 200 {
		t.Errorf("without any version: %d %s", a.status, a.body)
	}
	if a := s.do("PUT", "settings", `{"currency":"kroner"}`); a.status != 422 || !strings.Contains(string(a.body), `"field":"currency"`) {
		t.Errorf("%d %s", a.status, a.body)
	}
	now := s.do("GET", "settings", "")
	if o := s.want(200, now); o["version"] != 3.0 || text(o, "company", "name") != "Fjord AS" {
		t.Errorf("%v", o)
	}
}

func TestSources(t *testing.T) {
	s := newSite(t)
	all := s.want(200, s.do("GET", "sources", ""))
	if text(all, "items", 0, "id") != "form:website" || text(all, "items", 1, "id") != "mail:sales" || at(all, "items", 0, "version") != 1.0 {
		t.Errorf("%v", all)
	}
	one := s.want(200, s.do("GET", "sources?limit=1", ""))
	two := s.want(200, s.do("GET", "sources?limit=1&cursor="+text(one, "next"), ""))
	if text(two, "items", 0, "id") != "mail:sales" || two["next"] != nil {
		t.Errorf("%v %v", one, two)
	}
	for query, want := range map[string]int{"state=ok": 1, "kind=form": 1, "q=TOKEN": 1, "q=nothing": 0, "kind=mail&state=failing": 0} {
		if p := s.want(200, s.do("GET", "sources?"+query, "")); len(p["items"].([]any)) != want {
			t.Errorf("%s: %v", query, p)
		}
	}
	if o := s.want(200, s.do("GET", "sources/form:website", "")); o["detail"] != "no token" {
		t.Errorf("%v", o)
	}
}

func TestTransitionsDescribeTheVerbs(t *testing.T) {
	s := newSite(t)
	items := s.want(200, s.do("GET", "transitions", ""))["items"].([]any)
	known := map[string]bool{}
	for _, i := range items {
		known[text(i, "record")+" "+text(i, "verb")] = true
		if _, ok := at(i, "to").([]any); !ok {
			t.Errorf("to is no list: %v", i)
		}
	}
	for _, v := range process.Verbs() {
		if !known[v.Record+" "+v.Name] {
			t.Errorf("%s of %s is no transition", v.Name, v.Record)
		}
	}
}

func TestAddress(t *testing.T) {
	for remote, want := range map[string]string{"192.0.2.1:5000": "192.0.2.1", "[2001:db8::1]:80": "2001:db8::1", "@": "", "": "", "192.0.2.9": "192.0.2.9"} {
		if got := address(remote); got != want {
			t.Errorf("%q: %q, want %q", remote, got, want)
		}
	}
	if got := cut("åå", 3); got != "å" {
		t.Errorf("cut: %q", got)
	}
}
