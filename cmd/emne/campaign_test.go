package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/smtp"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"sync"
	"testing"
	"time"
)

// TestCampaignKill kills the process (SIGKILL) at random moments while mails
// and forms come in, and wants each of them to be exactly one lead in the end.
// Senders behave as real ones: what was not answered with 250 or 2xx is sent
// again, the same mail or the same Idempotency-Key.
func TestCampaignKill(t *testing.T) {
	mails, kills, seeds := 200, 10, []uint64{1}
	if os.Getenv("EMNE_CAMPAIGN") == "full" {
		mails, kills, seeds = 1000, 50, []uint64{1, 2, 3, 4, 5}
	}
	binary := build(t)
	for _, seed := range seeds {
		t.Run("seed "+strconv.FormatUint(seed, 10), func(t *testing.T) {
			c := newCampaign(t, binary, seed)
			c.run(mails, kills)
			t.Logf("seed %d: %d mails and %d forms, %d kills: each is one lead", seed, mails, mails, kills)
		})
	}
}

// build makes the program as its users run it: copied to its place, as by an
// installation. What the linker itself has just written lies in large folios of
// the page cache, and the kernel maps all of it, used or not.
func build(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	built, binary := filepath.Join(dir, "built"), filepath.Join(dir, "emne")
	if out, err := exec.Command("go", "build", "-buildvcs=false", "-o", built, ".").CombinedOutput(); err != nil {
		t.Fatalf("building emne: %v\n%s", err, out)
	}
	from, err := os.Open(built)
	if err != nil {
		t.Fatal(err)
	}
	defer from.Close()
	to, err := os.OpenFile(binary, os.O_CREATE|os.O_WRONLY, 0o755)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.CopyBuffer(struct{ io.Writer }{to}, struct{ io.Reader }{from}, make([]byte, 4<<10)); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(to.Close(), os.Remove(built)); err != nil {
		t.Fatal(err)
	}
	return binary
}

type campaign struct {
	*world
	binary string
	random *rand.Rand
	cmd    *exec.Cmd
}

func newCampaign(t *testing.T, binary string, seed uint64) *campaign {
	c := &campaign{world: &world{t: t, token: testToken, data: t.TempDir()}, binary: binary, random: rand.New(rand.NewPCG(seed, 0))}
	for _, at := range []*string{&c.base, &c.smtp, &c.imap} {
		*at = freeAddress(t)
	}
	c.base = "http://" + c.base
	t.Cleanup(c.kill)
	return c
}

func (c *campaign) start() {
	c.t.Helper()
	c.cmd = exec.Command(c.binary, "demo", "--quiet", "--data", c.data, "--token", c.token, "--listen", c.base[len("http://"):], "--smtp", c.smtp, "--imap", c.imap)
	var errs lockedBuffer
	c.cmd.Stderr = &errs
	if err := c.cmd.Start(); err != nil {
		c.t.Fatal(err)
	}
	for deadline := time.Now().Add(slowest); ; time.Sleep(5 * time.Millisecond) {
		answer, err := http.Get(c.base + "/readyz")
		if err == nil {
			answer.Body.Close()
			if answer.StatusCode == http.StatusOK {
				return
			}
		}
		if time.Now().After(deadline) {
			c.t.Fatalf("emne was not ready in time after a kill: %v\n%s", err, errs.String())
		}
	}
}

func (c *campaign) kill() {
	if c.cmd == nil || c.cmd.Process == nil {
		return
	}
	_ = c.cmd.Process.Kill()
	_ = c.cmd.Wait()
	c.cmd = nil
}

func (c *campaign) run(n, kills int) {
	c.start()
	ctx, cancel := context.WithTimeout(c.t.Context(), 5*time.Minute)
	defer cancel()
	var sending sync.WaitGroup
	work := make(chan func(context.Context) bool)
	for range 8 {
		sending.Go(func() {
			for send := range work {
				for !send(ctx) {
					select {
					case <-ctx.Done():
						return
					case <-time.After(20 * time.Millisecond):
					}
				}
			}
		})
	}
	// One kill for every n/kills pairs handed out, a random moment later.
	for i := range n {
		work <- c.mailer(i)
		work <- c.former(i)
		if i%(n/kills) == n/kills/2 {
			time.Sleep(time.Duration(c.random.IntN(60)) * time.Millisecond)
			c.kill()
			c.start()
		}
	}
	close(work)
	sending.Wait()
	if ctx.Err() != nil {
		c.t.Fatal("not everything was accepted within 5 minutes")
	}
	c.eventually(2*time.Minute, "lead of everything that was accepted", func() bool { return c.count("leads") >= 2*n })
	c.exactlyOnce(n)
	if out := c.verify(); !bytes.Contains([]byte(out), []byte("everything holds")) {
		c.t.Errorf("verify says %s", out)
	}
}

// mailer sends mail number i once; it reports whether the server took it.
func (c *campaign) mailer(i int) func(context.Context) bool {
	raw := fmt.Sprintf("From: Mail %d <mail%d@campaign.example>\r\nTo: sales@demo.example\r\nSubject: Inquiry %d\r\nMessage-ID: <%d@campaign.example>\r\nDate: Mon, 23 Nov 2026 09:00:00 +0100\r\n\r\nHello, number %d.\r\n", i, i, i, i, i)
	from := fmt.Sprintf("mail%d@campaign.example", i)
	return func(context.Context) bool {
		return smtp.SendMail(c.smtp, nil, from, []string{"sales@demo.example"}, []byte(raw)) == nil
	}
}

func (c *campaign) former(i int) func(context.Context) bool {
	body := fmt.Sprintf(`{"name":"Form %d","email":"form%d@campaign.example","message":"Hello, number %d."}`, i, i, i)
	return func(ctx context.Context) bool {
		r, err := http.NewRequestWithContext(ctx, "POST", c.base+"/hooks/website", bytes.NewReader([]byte(body)))
		if err != nil {
			return false
		}
		r.Header.Set("Authorization", "Bearer "+c.token)
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set("Idempotency-Key", fmt.Sprint("form", i))
		client := http.Client{Timeout: 20 * time.Second}
		answer, err := client.Do(r)
		if err != nil {
			return false
		}
		defer answer.Body.Close()
		_, _ = io.Copy(io.Discard, answer.Body)
		return answer.StatusCode/100 == 2
	}
}

// all reads a whole collection.
func (c *campaign) all(collection string) []map[string]any {
	c.t.Helper()
	var out []map[string]any
	for cursor := ""; ; {
		status, b := c.request("GET", "/api/v1/"+collection+"?limit=1000&cursor="+cursor, nil, nil)
		if status != http.StatusOK {
			c.t.Fatalf("listing %s answers %d: %s", collection, status, b)
		}
		var page struct {
			Items []map[string]any
			Next  string
		}
		if err := json.Unmarshal(b, &page); err != nil {
			c.t.Fatal(err)
		}
		out = append(out, page.Items...)
		if cursor = page.Next; cursor == "" {
			return out
		}
	}
}

func (c *campaign) count(collection string) int { return len(c.all(collection)) }

// exactlyOnce counts each sender's leads by hand.
func (c *campaign) exactlyOnce(n int) {
	c.t.Helper()
	leads := map[string]int{}
	for _, l := range c.all("leads") {
		leads[l["email"].(string)]++
	}
	for i := range n {
		for _, who := range []string{fmt.Sprintf("mail%d@campaign.example", i), fmt.Sprintf("form%d@campaign.example", i)} {
			if leads[who] != 1 {
				c.t.Errorf("%s has %d leads", who, leads[who])
			}
			delete(leads, who)
		}
	}
	if len(leads) > 0 {
		c.t.Errorf("there are leads of nobody: %v", leads)
	}
}
