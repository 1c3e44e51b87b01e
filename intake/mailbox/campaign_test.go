package mailbox

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"testing"
	"time"

	"github.com/emne/emne/process"
	"github.com/emne/emne/process/store"
)

// TestCampaignNetwork lets mails come in while the network between a real
// server and the mailbox faults at random moments, and the mailbox is started
// anew now and then. In the end each mail is there once.
func TestCampaignNetwork(t *testing.T) {
	mails, seeds := 200, []uint64{1}
	if os.Getenv("EMNE_CAMPAIGN") == "full" {
		mails, seeds = 2000, []uint64{1, 2, 3}
	}
	for _, seed := range seeds {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) { networkCampaign(t, mails, seed) })
	}
}

func networkCampaign(t *testing.T, mails int, seed uint64) {
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Minute)
	defer cancel()
	service, db := house(ctx, t)
	random := rand.New(rand.NewPCG(seed, 0))
	s := server(t)
	net := newNetwork(t, s.Addr())
	both := &tee{recorder: newRecorder(t), service: service}
	r := both.recorder
	a := account(s, func(a *Account) { a.Backfill.All, a.Port, a.After = true, net.port(), AfterKeyword })
	start := func() (*Mailbox, func()) {
		return run(t, r, a, func(o *Options) {
			o.Recorder, o.Stall, o.Idle, o.RetryMax = both, 400*time.Millisecond, 250*time.Millisecond, 50*time.Millisecond
		})
	}
	m, stop := start()
	pause := func(most time.Duration) { time.Sleep(time.Duration(random.Int64N(int64(most)))) }
	restarts := 0
	for sent := 0; sent < mails; {
		for range min(1+random.IntN(14), mails-sent) {
			s.Deliver("sales", campaignMail(random, sent))
			sent++
		}
		pause(100 * time.Millisecond)
		_, later := net.fault(random)
		for range min(random.IntN(8), mails-sent) {
			s.Deliver("sales", campaignMail(random, sent))
			sent++
		}
		pause(600 * time.Millisecond)
		if later != nil {
			later()
		}
		if random.IntN(4) == 0 {
			stop()
			m, stop = start()
			restarts++
		}
		if random.IntN(3) > 0 { // else the next fault joins this one
			net.mend()
		}
	}
	net.mend()
	waitStatus(t, m, "idle", isIdle)
	r.wait("every mail", func() bool { return len(r.mails) >= mails })
	waitStatus(t, m, "all well", func(st Status) bool { return st.Idle && st.LastError == "" })
	waitMarked(t, s, "emne", mails)
	stop()
	r.once(mails)
	exactlyOnce(t, db, service, mails)
	if t.Failed() {
		return
	}
	t.Logf("seed %d: %d mails, each recorded once, in %d calls; faults %v, %d restarts", seed, mails, r.calls, net, restarts)
}

// campaignMail is of a size that cuts fall into its middle.
func campaignMail(r *rand.Rand, i int) []byte {
	raw := fmt.Appendf(nil, "From: Kunde %d <kunde%d@campaign.example>\r\nTo: sales@demo.example\r\nSubject: mail %04d\r\nMessage-ID: <%d@campaign.example>\r\nDate: Fri, 2 Jan 2026 10:00:00 +0100\r\n\r\nHei, nummer %d.\r\n", i, i, i, i, i)
	return append(raw, bytes.Repeat([]byte("Vi trenger et tilbud.\r\n"), r.IntN(1000))...)
}

// exactlyOnce counts by hand what is in the store, and verifies it.
func exactlyOnce(t *testing.T, db *store.DB, service *process.Service, n int) {
	t.Helper()
	ctx := t.Context()
	messages, leads := map[string]int{}, map[string]int{}
	for f := (process.Filter{Limit: process.MaxLimit}); ; {
		page, next, err := service.Messages().List(ctx, process.System(), f)
		if err != nil {
			t.Fatal(err)
		}
		for _, one := range page {
			messages[one.From]++
			if one.State != "filed" {
				t.Errorf("%s is %s: %s", one.Subject, one.State, one.Detail)
			}
		}
		if f.Cursor = next; next == "" {
			break
		}
	}
	for f := (process.Filter{Limit: process.MaxLimit}); ; {
		page, next, err := service.Leads().List(ctx, process.System(), f)
		if err != nil {
			t.Fatal(err)
		}
		for _, one := range page {
			leads[one.Email]++
		}
		if f.Cursor = next; next == "" {
			break
		}
	}
	for i := range n {
		who := fmt.Sprintf("kunde%d@campaign.example", i)
		if messages[who] != 1 || leads[who] != 1 {
			t.Errorf("%s has %d messages and %d leads", who, messages[who], leads[who])
		}
	}
	if len(messages) != n || len(leads) != n {
		t.Errorf("there are mails of %d senders and leads of %d, want %d", len(messages), len(leads), n)
	}
	report, err := db.Verify(ctx)
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range report.Violations {
		t.Errorf("verify: %s %s %s: %s", v.Invariant, v.Record, v.ID, v.Message)
	}
}
