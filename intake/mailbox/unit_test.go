package mailbox

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/emne/emne/intake"
)

func TestPrefixNeverPassesAGap(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 30).Draw(t, "n")
		var found []entry
		for i := range n {
			found = append(found, entry{uid: uint32(10 + 3*i)})
		}
		p, done := newPrefix(found), map[uint32]bool{}
		for order := rapid.Permutation(index(n)).Draw(t, "order"); len(order) > 0; {
			together := rapid.IntRange(1, len(order)).Draw(t, "together")
			var mails []intake.Mail
			for _, i := range order[:together] {
				mails = append(mails, intake.Mail{At: intake.MailboxUID{UID: found[i].uid}})
				done[found[i].uid] = true
			}
			order = order[together:]
			would := p.with(mails)
			want := uint32(0)
			for _, e := range found {
				if !done[e.uid] {
					break
				}
				want = e.uid
			}
			for _, m := range mails {
				p.finish(m.At.UID)
			}
			if would != want || p.upTo() != want {
				t.Fatalf("with %d of them: %d, then %d, want %d", len(mails), would, p.upTo(), want)
			}
		}
	})
}

func index(n int) []int {
	all := make([]int, n)
	for i := range all {
		all[i] = i
	}
	return all
}

func TestRetryGrowsAndStops(t *testing.T) {
	r := retry{min: time.Second, max: 5 * time.Minute}
	last := time.Duration(0)
	for i := range 20 {
		if last = r.next(""); last < r.now/2 || last > r.now || r.now > 5*time.Minute {
			t.Fatalf("pause %d is %s of %s", i, last, r.now)
		}
	}
	if r.now != 5*time.Minute {
		t.Errorf("the pause grew to %s", r.now)
	}
	if r.reset(); r.next("") > time.Second {
		t.Error("a success does not shorten the pause")
	}
	if r.next(ReasonPassword); r.now != slowest {
		t.Errorf("after a refused password the pause is %s", r.now)
	}
}

func TestAccountIsCompleted(t *testing.T) {
	good := Account{Name: "sales", Address: "sales@demo.example", Host: "imap.demo.example"}
	a, err := good.complete()
	if err != nil || a.Port != 993 || a.TLS != TLSImplicit || a.Username != a.Address || a.Folder != "INBOX" || a.After != AfterNone || a.Keyword != "emne" {
		t.Errorf("completed to %+v: %v", a, err)
	}
	good.TLS = TLSStartTLS
	if a, _ = good.complete(); a.Port != 143 {
		t.Errorf("the port with STARTTLS is %d", a.Port)
	}
	for _, change := range []func(*Account){
		func(a *Account) { a.Name = "" }, func(a *Account) { a.Host = "" }, func(a *Account) { a.Address = "" },
		func(a *Account) { a.TLS = "some" }, func(a *Account) { a.After = "delete" }, func(a *Account) { a.After = AfterMove },
	} {
		bad := good
		change(&bad)
		if _, err := bad.complete(); err == nil {
			t.Errorf("%+v passes", bad)
		}
	}
}
