package main

import (
	"bytes"
	"encoding/json"
	"net/http"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"github.com/emne/emne/intake/mailbox"
)

// What the demo shows beside the console: health, metrics, the API's
// description, and the pages of everybody's mailboxes.
func TestFacesOfTheDemo(t *testing.T) {
	w := startDemo(t)
	get := func(path, host string) (int, string) {
		r, err := http.NewRequest("GET", w.base+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		if host != "" {
			r.Host = host
		}
		answer, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		defer answer.Body.Close()
		var b bytes.Buffer
		if _, err := b.ReadFrom(answer.Body); err != nil {
			t.Fatal(err)
		}
		return answer.StatusCode, b.String()
	}
	t.Cleanup(http.DefaultClient.CloseIdleConnections)

	t.Run("health", func(t *testing.T) {
		for _, path := range []string{"/livez", "/readyz"} {
			if status, _ := get(path, ""); status != http.StatusOK {
				t.Errorf("%s answers %d", path, status)
			}
			answer, err := http.Post(w.base+path, "text/plain", nil)
			if err != nil {
				t.Fatal(err)
			}
			answer.Body.Close()
			if answer.StatusCode != http.StatusMethodNotAllowed || answer.Header.Get("Allow") == "" {
				t.Errorf("a POST to %s is answered %d", path, answer.StatusCode)
			}
		}
	})
	t.Run("metrics", func(t *testing.T) {
		_, text := get("/metrics", "")
		for line := range strings.Lines(text) {
			if !strings.HasPrefix(line, "#") && !strings.HasPrefix(line, "emne_") {
				t.Errorf("a metric is named %s", line)
			}
		}
		for _, name := range []string{"emne_build_info", "emne_ready 1", `emne_mailbox_connected{mailbox="sales"}`, `emne_jobs_waiting{kind="send_delivery"}`, "emne_process_resident_memory_bytes"} {
			if !strings.Contains(text, name) {
				t.Errorf("the metrics lack %s", name)
			}
		}
	})
	t.Run("OpenAPI", func(t *testing.T) {
		_, text := get("/api/openapi.json", "")
		var d struct {
			OpenAPI string
			Paths   map[string]any
		}
		if err := json.Unmarshal([]byte(text), &d); err != nil || !strings.HasPrefix(d.OpenAPI, "3.") || len(d.Paths) < 40 {
			t.Errorf("version %q with %d paths, %v", d.OpenAPI, len(d.Paths), err)
		}
	})
	t.Run("mailboxes", func(t *testing.T) {
		const who = "eve@mailbox.example"
		w.send(who, who, "From: <script>alert(1)</script> <eve@mailbox.example>\nTo: eve@mailbox.example\nSubject: <script>alert(2)</script>\nMIME-Version: 1.0\nContent-Type: text/html\n\n<p>Hello<script>alert(3)</script></p>\n")
		at := "/demo/mail/" + who
		if _, list := get("/demo/", ""); !strings.Contains(list, who) {
			t.Errorf("the mailbox is not in the list:\n%s", list)
		}
		_, box := get(at, "")
		link := regexp.MustCompile(`href="(` + regexp.QuoteMeta(at) + `/\d+)"`).FindStringSubmatch(box)
		if link == nil {
			t.Fatalf("the mailbox links no mail:\n%s", box)
		}
		answer, err := http.Get(w.base + link[1] + "/html")
		if err != nil {
			t.Fatal(err)
		}
		answer.Body.Close()
		if policy := answer.Header.Get("Content-Security-Policy"); !strings.Contains(policy, "default-src 'none'") || !strings.Contains(policy, "sandbox") || strings.Contains(policy, "script") {
			t.Errorf("a mail's HTML is shown with the policy %q", policy)
		}
		for _, path := range []string{at, link[1]} {
			if status, page := get(path, ""); status != http.StatusOK || strings.Contains(page, "<script>") {
				t.Errorf("%s answers %d:\n%s", path, status, page)
			}
		}
		for _, path := range []string{at + "/0", at + "/x", link[1] + "/file/0", link[1] + "/file/-1"} {
			if status, _ := get(path, ""); status != http.StatusNotFound {
				t.Errorf("%s answers %d", path, status)
			}
		}
	})
	// A page of another site could make its own name mean this machine (DNS
	// rebinding) and read the token from the form, or customers' links.
	t.Run("other hosts", func(t *testing.T) {
		for _, path := range []string{"/", "/leads", "/demo/", "/demo/form", "/demo/mail/eve@mailbox.example", "/p/x"} {
			if status, page := get(path, "evil.example"); status != http.StatusMisdirectedRequest || strings.Contains(page, testToken) {
				t.Errorf("%s answers another host with %d", path, status)
			}
		}
	})
}

// When the demo has ended, nothing of it runs on.
func TestDemoLeavesNothingRunning(t *testing.T) {
	before := goleak.IgnoreCurrent()
	t.Run("demo", func(t *testing.T) {
		w := startDemo(t)
		w.send("ola@leak.example", "sales@demo.example", "From: ola@leak.example\nTo: sales@demo.example\nSubject: A roof\n\nHello\n")
		w.mail("ola@leak.example", "A roof")
		http.DefaultClient.CloseIdleConnections()
	})
	http.DefaultClient.CloseIdleConnections()
	goleak.VerifyNone(t, before)
}

// A data folder may lie deep: neither the worker's name nor the socket's path
// may become too long by it.
func TestDeepDataFolder(t *testing.T) {
	w := &world{t: t, token: testToken, data: filepath.Join(t.TempDir(), strings.Repeat("deep", 20), strings.Repeat("er", 40))}
	w.start()
	if out := w.cli(exitDone, "product", "list"); !strings.Contains(out, "SITE") {
		t.Errorf("the command line finds %s", out)
	}
}

// What goes wrong while the rooms are wired is said, not a panic.
func TestServerThatCannotBeWired(t *testing.T) {
	cfg, err := demoConfig(t.TempDir(), demoOptions{listen: "127.0.0.1:0"})
	if err != nil {
		t.Fatal(err)
	}
	h, err := openHouse(t.Context(), cfg, quietLogger())
	if err != nil {
		t.Fatal(err)
	}
	defer h.close()
	if _, err := newServer(h, serverOptions{mailboxes: []mailbox.Account{{}}}); err == nil || !strings.Contains(err.Error(), "name") {
		t.Errorf("a mailbox without a name gives %v", err)
	}
}
