package postoffice

import (
	"strings"
	"testing"
)

func TestMailboxAddress(t *testing.T) {
	for given, want := range map[string]string{
		"Sales@Demo.Example":     "sales@demo.example",
		"sales+a+b@demo.example": "sales@demo.example",
		"+x@demo.example":        "+x@demo.example",
		"postmaster":             "postmaster",
		"a@b@c.example":          "a@b@c.example",
		"Ærlig+1@blåbær.example": "ærlig@blåbær.example",
		"":                       "",
		"nobody":                 "",
		"@demo.example":          "",
		"a@":                     "",
		"a\r\n@demo.example":     "",
		strings.Repeat("a", 320) + "@demo.example": "",
	} {
		got, err := mailboxAddress(given)
		if got != want || (err == nil) != (want != "") {
			t.Errorf("%q goes to %q, %v; want %q", given, got, err, want)
		}
	}
}

func TestDirectoryNames(t *testing.T) {
	if got := directoryName("sales@demo.example"); got != "sales@demo.example" {
		t.Errorf("a plain address is kept in %s", got)
	}
	seen := make(map[string]string)
	for _, name := range []string{"a/b@x", "a_b@x", "../../etc@x", "..", ".spool", "ærlig@x", "ørlig@x", "a:b@x", strings.Repeat("a", 300), strings.Repeat("a", 301)} {
		got := directoryName(name)
		if other, taken := seen[got]; taken || strings.ContainsAny(got, `/\:`) || strings.HasPrefix(got, ".") || len(got) > 120 {
			t.Errorf("%q is kept in %q, like %q", name, got, other)
		}
		seen[got] = name
	}
}
