package message

import (
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/nyaruka/phonenumbers"
)

// A number that needs no parsing is the one that parsing would give.
func TestPlainNumbers(t *testing.T) {
	r := rand.New(rand.NewPCG(47, 45))
	plain := 0
	for i := range 10_000 {
		region := []string{"NO", "DK", "SE", ""}[i%4]
		digits := make([]byte, []int{8, 8, 8, 7, 9, 10}[r.IntN(6)])
		for i := range digits {
			digits[i] = byte('0' + r.IntN(10))
		}
		candidate := string(digits)
		switch r.IntN(4) {
		case 0:
			candidate = candidate[:2] + " " + candidate[2:4] + " " + candidate[4:]
		case 1:
			candidate = candidate[:3] + "  " + candidate[3:]
		case 2:
			candidate = strings.Replace(candidate, candidate[:2], []string{"47", "45", "00", "+4"}[r.IntN(4)], 1)
		}
		want := ""
		if n, err := phonenumbers.Parse(candidate, region); err == nil && phonenumbers.IsValidNumber(n) {
			want = phonenumbers.Format(n, phonenumbers.E164)
		}
		if got := internationalNumber(candidate, region); got != want {
			t.Errorf("%q in %q is %q, want %q", candidate, region, got, want)
		}
		if plainNumber(candidate, region) != nil {
			plain++
		}
	}
	if plain < 1000 {
		t.Errorf("only %d numbers were plain", plain)
	}
}
