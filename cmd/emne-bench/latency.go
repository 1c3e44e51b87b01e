package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/emne/emne/intake/mailbox/mailboxtest"
)

// maxMedian is how long a mail may take to become a lead: Dovecot by itself
// waits half a second before it tells of new mail.
const maxMedian = 700 * time.Millisecond

// measureLatency delivers mails one by one into a Dovecot on which `emne serve`
// idles, and looks when each is a lead on the API.
func measureLatency(ctx context.Context, args []string) error {
	flags := flag.NewFlagSet("latency", flag.ContinueOnError)
	mails := flags.Int("mails", 40, "how many mails are delivered, one after the other")
	if err := flags.Parse(args); err != nil {
		return err
	}
	return withDovecot(func(s *mailboxtest.Server) error {
		folder, err := os.MkdirTemp("", "emne-bench-latency-")
		if err != nil {
			return err
		}
		defer os.RemoveAll(folder)
		d, err := startDaemon(ctx, s, folder)
		if err != nil {
			return err
		}
		defer d.stop()
		var took []time.Duration
		for i := range *mails {
			// Mail does not come in step with the server's clock.
			if err := pause(ctx, time.Duration(100+i*73%400)*time.Millisecond); err != nil {
				return err
			}
			email := fmt.Sprintf("kunde%d@kunde%d.example", i, i)
			begun := time.Now()
			s.Deliver(user, fmt.Appendf(nil, "From: Kunde <%s>\r\nTo: sales@example.com\r\nSubject: Hastverk\r\nMessage-ID: <%d@kunde.example>\r\n\r\nHei, nummer %d.\r\n", email, i, i))
			if err := d.waitLead(ctx, email); err != nil {
				return err
			}
			took = append(took, time.Since(begun))
		}
		slices.Sort(took)
		middle := took[len(took)/2]
		fmt.Printf("latency: from a mail's arrival in Dovecot to the lead on the API, %d mails, IDLE\n  median %d ms, nine of ten below %d ms, longest %d ms\n",
			*mails, middle.Milliseconds(), took[len(took)*9/10].Milliseconds(), took[len(took)-1].Milliseconds())
		if middle > maxMedian {
			return fmt.Errorf("the median is above %s", maxMedian)
		}
		return nil
	})
}

func pause(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(d):
		return nil
	}
}

// daemon is a running `emne serve`.
type daemon struct {
	base, token string
	cmd         *exec.Cmd
	log         bytes.Buffer
}

// startDaemon builds emne and runs it on the server's mailbox until it is ready.
func startDaemon(ctx context.Context, s *mailboxtest.Server, folder string) (*daemon, error) {
	program := filepath.Join(folder, "emne")
	if out, err := exec.CommandContext(ctx, "go", "build", "-mod=mod", "-tags", "sqlite_fts5", "-o", program, "github.com/emne/emne/cmd/emne").CombinedOutput(); err != nil {
		return nil, fmt.Errorf("building emne: %w: %s", err, out)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	listen := l.Addr().String()
	l.Close()
	config := filepath.Join(folder, "config.yaml")
	text := fmt.Sprintf("data: data\nlisten: {http: %s, public_url: \"http://%s\"}\nmailboxes:\n  sales: {address: sales@example.com, host: %s, port: %d, tls: none, username: %s, password: %s}\nsubmission: {host: 127.0.0.1, port: 9, tls: none, from: sales@example.com}\n",
		listen, listen, s.Host, s.Port, user, password)
	if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
		return nil, err
	}
	run := func(in string, args ...string) (string, error) {
		cmd := exec.CommandContext(ctx, program, append(args, "--config", config)...)
		cmd.Stdin = strings.NewReader(in)
		out, err := cmd.Output()
		if err != nil {
			var exit *exec.ExitError
			if errors.As(err, &exit) {
				err = fmt.Errorf("%w: %s", err, exit.Stderr)
			}
			return "", fmt.Errorf("emne %s: %w", strings.Join(args, " "), err)
		}
		return strings.TrimSpace(string(out)), nil
	}
	if _, err := run("correct horse battery\n", "user", "add", "kari@example.com", "--role", "owner", "--name", "Kari"); err != nil {
		return nil, err
	}
	d := &daemon{base: "http://" + listen}
	if d.token, err = run("", "token", "create", "bench", "--role", "owner"); err != nil {
		return nil, err
	}
	d.cmd = exec.CommandContext(ctx, program, "serve", "--config", config)
	d.cmd.Cancel = func() error { return d.cmd.Process.Signal(os.Interrupt) }
	d.cmd.WaitDelay = 30 * time.Second
	d.cmd.Stderr = &d.log
	if err := d.cmd.Start(); err != nil {
		return nil, err
	}
	deadline := time.Now().Add(time.Minute)
	for {
		var page struct {
			Items []struct{ State string }
		}
		err := d.get(ctx, "sources?kind=mail", &page)
		if err == nil && len(page.Items) == 1 && page.Items[0].State == "ok" {
			return d, pause(ctx, time.Second) // until it idles
		}
		if time.Now().After(deadline) {
			d.stop()
			return nil, fmt.Errorf("emne serve is not ready: %v, %+v: %s", err, page, d.log.String())
		}
		if err := pause(ctx, 50*time.Millisecond); err != nil {
			d.stop()
			return nil, err
		}
	}
}

func (d *daemon) stop() {
	_ = d.cmd.Process.Signal(os.Interrupt) // it may have ended
	_ = d.cmd.Wait()
}

func (d *daemon) get(ctx context.Context, path string, to any) error {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, d.base+"/api/v1/"+path, nil)
	if err != nil {
		return err
	}
	r.Header.Set("Authorization", "Bearer "+d.token)
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return fmt.Errorf("%s answers %s", path, answer.Status)
	}
	return json.NewDecoder(answer.Body).Decode(to)
}

// waitLead looks every 5 ms for the lead of a sender.
func (d *daemon) waitLead(ctx context.Context, email string) error {
	deadline := time.Now().Add(30 * time.Second)
	for {
		var page struct{ Items []struct{ Email string } }
		if err := d.get(ctx, "leads?limit=1&q="+url.QueryEscape(email), &page); err != nil {
			return err
		}
		if len(page.Items) == 1 {
			return nil
		}
		if time.Now().After(deadline) {
			return fmt.Errorf("the mail of %s did not become a lead: %s", email, d.log.String())
		}
		if err := pause(ctx, 5*time.Millisecond); err != nil {
			return err
		}
	}
}
