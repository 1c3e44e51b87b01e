package process

import (
	"strings"
	"testing"
)

// FuzzBccAddress: no address but the one that was made names a user.
func FuzzBccAddress(f *testing.F) {
	s := New(Options{Key: []byte("0123456789abcdef0123456789abcdef")})
	mine := s.BccAddress("sales@seller.example", "0abc")
	for _, seed := range []string{mine, strings.ToUpper(mine), "sales+bcc-@seller.example", "+bcc-.@x", "bcc-0abc." + s.sign("bcc 0abc") + "@x", "sales+" + s.replyTag("0abc") + "@seller.example", "@", "+", "a+b+c@d@e", "\x00+bcc-\xff.\xfe@"} {
		f.Add(seed)
	}
	tag := s.bccTag("0abc")
	f.Fuzz(func(t *testing.T, address string) {
		if id := s.bccUserOf(address); id != "" && !strings.Contains(normalEmail(address), bccMark+id+"."+s.sign("bcc "+id)) {
			t.Errorf("%q names %q", address, id)
		}
		if s.bccUserOf(address) == "0abc" && !strings.Contains(normalEmail(address), tag) {
			t.Errorf("%q is not of that user", address)
		}
		if s.deliveryTo(mine) != "" {
			t.Error("an address for blind copies is one for answers")
		}
	})
}
