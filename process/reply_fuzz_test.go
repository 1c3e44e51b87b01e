package process

import (
	"strings"
	"testing"
)

// FuzzReplyAddress: no id and no address but those that were made name a delivery.
func FuzzReplyAddress(f *testing.F) {
	s := New(Options{Key: []byte("0123456789abcdef0123456789abcdef")})
	id, address := s.messageID("0abc", "seller.example"), "sales+"+s.replyTag("0abc")+"@seller.example"
	for _, seed := range []string{id, "<" + id + ">", address, strings.ToUpper(address), strings.Replace(id, ".", "..", 1), "0abc.@x", ".@", "sales+0abc@x", "\x00.\xff@", "sales+bcc-0abc." + s.sign("bcc 0abc") + "@x"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if named := s.deliveryOf(text); named != "" && !strings.Contains(text, named+"."+s.sign(named)+"@") {
			t.Errorf("%q names %q", text, named)
		}
		if named := s.deliveryTo(text); named != "" && !strings.Contains(normalEmail(text), "+"+named+"."+s.sign(named)+"@") {
			t.Errorf("%q is of %q", text, named)
		}
		if d, ok := score(text); ok && d.String() == "" {
			t.Errorf("%q scores nothing", text)
		}
	})
}
