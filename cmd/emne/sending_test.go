package main

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// TestCampaignSending kills the process at random moments while invoices are
// issued and mailed. In the end the series is gapless, and each invoice's mail
// came at least once and at most once more for each kill, always with the same
// Message-ID (I4, I5).
func TestCampaignSending(t *testing.T) {
	invoices, kills, seeds := 40, 5, []uint64{1}
	if os.Getenv("EMNE_CAMPAIGN") == "full" {
		invoices, kills, seeds = 400, 40, []uint64{1, 2, 3}
	}
	binary := build(t)
	for _, seed := range seeds {
		t.Run("seed "+strconv.FormatUint(seed, 10), func(t *testing.T) {
			c := newCampaign(t, binary, seed)
			c.start()
			c.sending(invoices, kills)
		})
	}
}

func (c *campaign) sending(n, kills int) {
	customer := c.make("customers", `{"name":"Kunde AS","email":"post@kunde.example","address":{"street":"Gata 1","postcode":"0150","city":"Oslo","country":"NO"}}`)
	drafts := make([]string, n)
	for i := range drafts {
		order := c.make("orders", fmt.Sprintf(`{"customer":%q,"recipient":"kunde%d@campaign.example",%s}`, customer, i, work))
		drafts[i] = created(c.t, c.api("POST", "orders/"+order+"/fulfil", nil), "invoice")
	}
	var issuing sync.WaitGroup
	todo := make(chan string)
	for range 4 {
		issuing.Go(func() {
			for id := range todo {
				for !c.issue(id) {
					time.Sleep(20 * time.Millisecond) // between attempts of a client that lost its server
				}
			}
		})
	}
	for i, id := range drafts {
		todo <- id
		if i%(n/kills) == n/kills/2 {
			time.Sleep(time.Duration(c.random.IntN(80)) * time.Millisecond)
			c.kill()
			c.start()
		}
	}
	close(todo)
	issuing.Wait()
	c.eventually(time.Minute, "end of the sending", func() bool {
		for _, d := range c.all("deliveries") {
			if s := d["state"]; s == "queued" || s == "sending" || s == "retrying" {
				return false
			}
		}
		return true
	})
	again := 0
	for i := range n {
		ids := map[string]bool{}
		mails := c.inbox(fmt.Sprintf("kunde%d@campaign.example", i))
		for _, m := range mails {
			ids[m.MessageID] = true
		}
		if len(mails) < 1 || len(mails) > 1+kills || len(ids) != 1 {
			c.t.Errorf("invoice %d came %d times with %d Message-IDs", i, len(mails), len(ids))
		}
		again += len(mails) - 1
	}
	if again > 4*kills { // so many were under way at a kill, at most
		c.t.Errorf("%d mails came again after %d kills", again, kills)
	}
	c.verify()
	c.t.Logf("%d invoices, %d kills: %d mails came again", n, kills, again)
}

// issue issues an invoice as a careful client does: with a key, until there is an answer.
func (c *campaign) issue(id string) bool {
	r, err := http.NewRequest("POST", c.base+"/api/v1/invoices/"+id+"/issue", strings.NewReader("{}"))
	if err != nil {
		c.t.Error(err)
		return true
	}
	r.Header.Set("Authorization", "Bearer "+c.token)
	r.Header.Set("Idempotency-Key", id)
	client := http.Client{Timeout: 20 * time.Second}
	answer, err := client.Do(r)
	if err != nil {
		return false
	}
	answer.Body.Close()
	if answer.StatusCode != http.StatusOK && answer.StatusCode < 500 {
		c.t.Errorf("issuing %s answers %d", id, answer.StatusCode)
	}
	return answer.StatusCode < 500
}

// The program is ready at once and small when idle. The best of some starts
// counts, because other tests use the machine too.
func TestStartIsQuickAndSmall(t *testing.T) {
	const first, usual, memory = 2 * time.Second, 300 * time.Millisecond, 60 << 20
	c := newCampaign(t, build(t), 1)
	best := func(tries int, enough time.Duration, before func()) time.Duration {
		least := time.Hour
		for range tries {
			before()
			begun := time.Now()
			c.start()
			if least = min(least, time.Since(begun)); least < enough {
				break
			}
		}
		return least
	}
	if d := best(5, first, func() { c.kill(); c.data = filepath.Join(t.TempDir(), "new") }); d >= first {
		t.Errorf("on a new folder it was ready after %v, want %v", d, first)
	}
	if d := best(60, usual, c.kill); d >= usual {
		t.Errorf("on an existing database it was ready after %v, want %v", d, usual)
	}
	if runtime.GOOS != "linux" {
		return
	}
	var used int
	for range 50 { // what starting took is given back soon
		if used = c.resident(); used < memory {
			return
		}
		time.Sleep(100 * time.Millisecond)
	}
	t.Errorf("idle it uses %d MiB, want %d", used>>20, memory>>20)
}

// resident is the memory of the running program in bytes (proc(5), VmRSS).
func (c *campaign) resident() int {
	c.t.Helper()
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", c.cmd.Process.Pid))
	if err != nil {
		c.t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(status), "VmRSS:")
	var kilobytes int
	if _, err := fmt.Sscan(rest, &kilobytes); err != nil {
		c.t.Fatal(err)
	}
	return kilobytes << 10
}
