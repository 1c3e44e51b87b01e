package process

import (
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// The check digits by known numbers: 1234 is 12344 by MOD10 and 12343 by MOD11;
// account and organisation numbers have MOD11's digit too.
func TestKID(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		customer, document string
		kid                KID
		elevens            bool
		want               string // empty: there is no room
	}{
		{document: "1234", want: "12344"},
		{document: "7992739871", want: "79927398713"}, // the example of Luhn's rule
		{document: "10001", want: "100016"},
		{document: "1234", kid: KID{AllowDash: true}, elevens: true, want: "12343"},
		{document: "97476067", kid: KID{AllowDash: true}, elevens: true, want: "974760673"},     // an organisation number
		{document: "8601111794", kid: KID{AllowDash: true}, elevens: true, want: "86011117947"}, // an account
		{document: "9710123456", kid: KID{AllowDash: true}, elevens: true, want: "97101234561"},
		{document: "1236", kid: KID{AllowDash: true}, elevens: true, want: "1236-"}, // 6·2+3·3+2·4+1·5 = 34
		{document: "1244", kid: KID{AllowDash: true}, elevens: true, want: "12440"}, // 0 stands for 11
		{document: "1234", elevens: true, want: "123404"},
		{document: "1002", elevens: true, want: "100218"}, // with 0 it would come to 10
		{document: "10001", kid: KID{Length: 12}, want: "000000100016"},
		{document: "10001", customer: "77", kid: KID{CustomerDigits: 4, Length: 12}, want: "007700100014"},
		{document: "10001", customer: "77", kid: KID{CustomerDigits: 4}, want: "0077100014"},
		{document: "10001", customer: "77", kid: KID{CustomerDigits: 4, Length: 12}, elevens: true, want: "007701000107"},
		{document: "10001", customer: "12345", kid: KID{CustomerDigits: 4}},
		{document: "10001", kid: KID{Length: 5}},
		{document: "10001", kid: KID{Length: 6}, elevens: true},
		{document: strings.Repeat("1", 25)},
		{document: strings.Repeat("1", 24), want: strings.Repeat("1", 24) + "4"},
	} {
		got, ok := c.kid.of(c.customer, c.document, c.elevens)
		if got != c.want || ok != (c.want != "") {
			t.Errorf("%+v of %s and %s, MOD11 %t: %q, want %q", c.kid, c.customer, c.document, c.elevens, got, c.want)
		}
	}
}

// Any two documents have two KIDs, of the length that was asked for, with a
// check digit that is right and, unless it was allowed, no dash.
func TestKIDsDiffer(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		k := KID{CustomerDigits: rapid.IntRange(0, 6).Draw(t, "customer"), AllowDash: rapid.Bool().Draw(t, "dash")}
		elevens := rapid.Bool().Draw(t, "elevens")
		if rapid.Bool().Draw(t, "fixed") {
			k.Length = 25
		}
		document := func(name string) string { return fmt.Sprint(rapid.IntRange(1, 1_000_000).Draw(t, name)) }
		customer := fmt.Sprint(rapid.IntRange(1, 9).Draw(t, "number"))[:min(1, k.CustomerDigits)]
		a, b := document("a"), document("b")
		one, ok := k.of(customer, a, elevens)
		two, ok2 := k.of(customer, b, elevens)
		if !ok || !ok2 || (one == two) != (a == b) || k.Length > 0 && len(one) != k.Length {
			t.Fatalf("%s is %s, %s is %s", a, one, b, two)
		}
		if dash := strings.HasSuffix(one, "-"); dash && (!elevens || !k.AllowDash) {
			t.Fatalf("%s ends in a dash", one)
		} else if elevens {
			sum := 0
			for i, d := range one[:len(one)-1] {
				sum += int(d-'0') * (2 + (len(one)-2-i)%6)
			}
			last := 10
			if !dash {
				last = int(one[len(one)-1] - '0')
			}
			if (sum+last)%11 != 0 {
				t.Fatalf("%s does not come to a multiple of 11", one)
			}
		}
	})
}
