package mail

import (
	"bytes"
	"fmt"
	"strings"

	"golang.org/x/net/idna"
)

// envelope is who a mail is from and for, as SMTP says it.
type envelope struct {
	from, to string
	// utf8 says that the mail needs SMTPUTF8 (RFC 6531): a local part or a
	// header field is not ASCII.
	utf8 bool
}

func newEnvelope(from, to string, raw []byte) (envelope, error) {
	for _, a := range []string{from, to} {
		if !sound(a) || strings.LastIndexByte(a, '@') < 1 || strings.ContainsAny(a, "<>") {
			return envelope{}, fmt.Errorf("%q is no address that mail can be sent from or to", a)
		}
	}
	header, _, _ := bytes.Cut(raw, []byte("\r\n\r\n"))
	e := envelope{from: asciiDomain(from), to: asciiDomain(to)}
	e.utf8 = !ascii(e.from) || !ascii(e.to) || !ascii(string(header))
	return e, nil
}

// asciiDomain writes the domain of an address as DNS has it (RFC 5891), which
// every server understands.
func asciiDomain(address string) string {
	at := strings.LastIndexByte(address, '@')
	if at < 0 || ascii(address[at:]) {
		return address
	}
	domain, err := idna.Lookup.ToASCII(address[at+1:])
	if err != nil {
		return address
	}
	return address[:at+1] + domain
}

func ascii(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return r > '~' }) < 0
}

// sound is a text that can stand in a line of SMTP or a header: not empty, not
// overlong, without blanks and control characters.
func sound(s string) bool {
	return s != "" && len(s) <= 900 && strings.IndexFunc(s, func(r rune) bool { return r <= ' ' || r == 0x7f }) < 0
}
