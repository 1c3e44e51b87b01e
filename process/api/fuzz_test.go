package api

import (
	"mime"
	"net/http"
	"strings"
	"testing"
	"unicode"

	"github.com/emne/emne/process"
)

func FuzzFilter(f *testing.F) {
	for _, q := range []string{"", "q=a+b&limit=7&state=new&cursor=x&email=A@B", "limit=-1", "limit=1000", "%zz", "a=b&a=c", "limit=1;q=2"} {
		f.Add(q)
	}
	l := listing{keys: []string{"email", "customer"}}
	f.Fuzz(func(t *testing.T, query string) {
		got, err := l.filter(query)
		if err != nil {
			if process.CodeOf(err) != process.CodeInvalid {
				t.Errorf("%q: %v", query, err)
			}
			return
		}
		if got.Limit < 0 || got.Limit > process.MaxLimit {
			t.Errorf("%q: limit %d", query, got.Limit)
		}
		for name, value := range got.Match {
			if value == "" || name != "email" && name != "customer" {
				t.Errorf("%q: %q = %q", query, name, value)
			}
		}
	})
}

func FuzzIfMatch(f *testing.F) {
	for _, v := range []string{"", "3", `"3"`, `W/"3"`, "*", `"`, `""`, "W/", "99999999999999999999"} {
		f.Add(v)
	}
	f.Fuzz(func(t *testing.T, value string) {
		n, err := ifMatch(http.Header{"If-Match": {value}})
		if err != nil && (process.CodeOf(err) != process.CodeInvalid || n != nil) {
			t.Errorf("%q: %v %v", value, n, err)
		}
		if n != nil {
			if again, err := ifMatch(http.Header{"If-Match": {etag(*n)}}); err != nil || *again != *n {
				t.Errorf("%q: %d comes back as %v %v", value, *n, again, err)
			}
		}
	})
}

func FuzzDisposition(f *testing.F) {
	for _, n := range []string{"a.pdf", "båt.pdf", "a\r\nb", `a"b\c`, "\xff", "..", "a;b=c"} {
		f.Add(n)
	}
	f.Fuzz(func(t *testing.T, name string) {
		got := dispositionOf("attachment", name)
		kind, params, err := mime.ParseMediaType(got)
		if err != nil || kind != "attachment" || strings.ContainsFunc(got, unicode.IsControl) {
			t.Errorf("%q: %q %v", name, got, err)
		}
		if strings.ContainsAny(params["filename"], `/\"`) {
			t.Errorf("%q: file name %q", name, params["filename"])
		}
	})
}

func FuzzWithout(f *testing.F) {
	f.Add("skriv til Kari@fjord.example!", "kari@fjord.example")
	f.Add("a@a@a@a", "a@a")
	f.Add("@@@", "@")
	f.Fuzz(func(t *testing.T, text, address string) {
		if !strings.Contains(address, "@") || strings.Contains(address, "…") || strings.ContainsFunc(text+address, func(r rune) bool { return r > unicode.MaxASCII }) {
			return
		}
		got := strings.ToLower(without(text, address))
		if strings.Contains(got, strings.ToLower(address)) {
			t.Errorf("%q without %q is %q", text, address, got)
		}
	})
}
