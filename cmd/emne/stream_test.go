package main

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/emne/emne/intake/mailbox/mailboxtest"
)

const (
	// maxGrowth is what a mail of 50 MB may add to resident memory.
	maxGrowth = 20 << 20
	largeFile = 50 << 20
)

// TestLargeMailIsStreamed reads, stores and gives out a mail with a file of
// 50 MB in a server process of its own, whose resident memory it watches.
func TestLargeMailIsStreamed(t *testing.T) {
	dovecot := mailboxtest.Dovecot(t)
	dovecot.AddUser("sales", "secret")
	listen, folder := freeAddress(t), t.TempDir()
	config := filepath.Join(folder, "config.yaml")
	if err := os.WriteFile(config, fmt.Appendf(nil, "data: data\nlisten: {http: %s}\nmailboxes:\n  sales: {address: sales@hansen.example, host: %s, port: %d, tls: none, username: sales, password: secret}\n", listen, dovecot.Host, dovecot.Port), 0o600); err != nil {
		t.Fatal(err)
	}
	w := &world{t: t, base: "http://" + listen, data: config}
	w.token = strings.TrimSpace(w.config(exitDone, config, nil, "token", "create", "test", "--role", "owner"))
	orphan := filepath.Join(folder, "data", "spool", "mail-orphan")
	if err := os.WriteFile(orphan, []byte("left by a crash"), 0o600); err != nil {
		t.Fatal(err)
	}
	server := w.serveApart(config)
	if _, err := os.Stat(orphan); !os.IsNotExist(err) {
		t.Errorf("what a crash left in the spool is still there: %v", err)
	}
	w.eventually(20*time.Second, "connected mailbox", func() bool { return w.items("sources?kind=mail")[0]["state"] == "ok" })
	dovecot.Deliver("sales", largeMail("warm@a.example", 3<<20)) // everything is set up once
	w.eventually(60*time.Second, "first lead", func() bool { return len(w.items("leads")) == 1 })

	warm := w.message("warm@a.example", 1)
	w.sumOf("/api/v1/messages/" + warm["id"].(string) + "/raw")
	before := server.memory("VmRSS")
	server.forgetPeak()
	raw := largeMail("ola@b.example", largeFile)
	dovecot.Deliver("sales", raw)
	w.eventually(120*time.Second, "lead of the large mail", func() bool { return len(w.items("leads?q=ola@b.example")) == 1 })
	received := server.memory("VmHWM") - before
	message := w.message("ola@b.example", 1)
	file := message["attachments"].([]any)[0].(map[string]any)
	if want := sum(noise(largeFile)); file["sha256"] != want || file["size"] != float64(largeFile) {
		t.Errorf("the file is recorded as %v, want %s", file, want)
	}
	at := "/api/v1/messages/" + message["id"].(string)
	if got := w.sumOf(at + "/attachments/" + file["sha256"].(string)); got != file["sha256"] {
		t.Errorf("the file comes back as %s", got)
	}
	if got := w.sumOf(at + "/raw"); got != sum(raw) {
		t.Errorf("the mail comes back as %s", got)
	}
	all := server.memory("VmHWM") - before
	t.Logf("a mail of %d MB: resident memory was %d MB, and %.1f MB more while it was received, %.1f MB with both downloads", len(raw)>>20, before>>20, float64(received)/(1<<20), float64(all)/(1<<20))
	if received > maxGrowth {
		t.Errorf("resident memory grew by %d bytes while the mail came, more than %d", received, maxGrowth)
	}
	if all > largeFile { // the rows of the database pass through memory that is collected
		t.Errorf("resident memory grew by %d bytes with the downloads: the file was held whole", all)
	}
	if left, _ := os.ReadDir(filepath.Join(folder, "data", "spool")); len(left) != 0 {
		t.Errorf("the spool still holds %v", left)
	}
}

// largeMail is an inquiry with a file that does not compress.
func largeMail(from string, size int) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "From: Ola <%s>\r\nTo: sales@hansen.example\r\nSubject: Drawings\r\nMessage-ID: <%d.%s>\r\nDate: Fri, 2 Jan 2026 10:00:00 +0100\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nHere they are.\r\n--b\r\nContent-Type: application/zip; name=drawings.zip\r\nContent-Transfer-Encoding: base64\r\n\r\n", from, size, from)
	text := base64.StdEncoding.EncodeToString(noise(size))
	for len(text) > 0 {
		n := min(76, len(text))
		b.WriteString(text[:n] + "\r\n")
		text = text[n:]
	}
	b.WriteString("--b--\r\n")
	return b.Bytes()
}

func noise(size int) []byte {
	b := make([]byte, size)
	rand.NewChaCha8([32]byte{7}).Read(b)
	return b
}

func sum(b []byte) string {
	s := sha256.Sum256(b)
	return hex.EncodeToString(s[:])
}

// sumOf is the SHA-256 of what an address gives.
func (w *world) sumOf(path string) string {
	w.t.Helper()
	r, err := http.NewRequestWithContext(w.t.Context(), "GET", w.base+path, nil)
	if err != nil {
		w.t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+w.token)
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		w.t.Fatal(err)
	}
	defer answer.Body.Close()
	h := sha256.New()
	if _, err := io.Copy(h, answer.Body); err != nil || answer.StatusCode != http.StatusOK {
		w.t.Errorf("%s gives %d, %v", path, answer.StatusCode, err)
	}
	return hex.EncodeToString(h.Sum(nil))
}

// apart is a server in a process of its own.
type apart struct {
	t   *testing.T
	cmd *exec.Cmd
}

func (w *world) serveApart(config string) *apart {
	w.t.Helper()
	cmd := exec.Command(build(w.t), "serve", "--config", config) // without the race detector, which needs memory itself
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Start(); err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(func() {
		_ = cmd.Process.Signal(syscall.SIGKILL) // it keeps nothing that a crash would lose
		_ = cmd.Wait()
		if w.t.Failed() {
			w.t.Logf("the server said:\n%s", out.String())
		}
	})
	w.eventually(30*time.Second, "readiness", func() bool {
		answer, err := http.Get(w.base + "/readyz")
		if err != nil {
			return false
		}
		answer.Body.Close()
		return answer.StatusCode == http.StatusOK
	})
	return &apart{w.t, cmd}
}

// memory reads a line of the process's status, in bytes.
func (a *apart) memory(name string) int64 {
	a.t.Helper()
	f, err := os.Open(fmt.Sprintf("/proc/%d/status", a.cmd.Process.Pid))
	if err != nil {
		a.t.Fatal(err)
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		if value, is := strings.CutPrefix(lines.Text(), name+":"); is {
			kb, err := strconv.ParseInt(strings.TrimSuffix(strings.TrimSpace(value), " kB"), 10, 64)
			if err != nil {
				a.t.Fatal(err)
			}
			return kb << 10
		}
	}
	a.t.Fatalf("the system does not say %s", name)
	return 0
}

// forgetPeak makes VmHWM begin again (proc(5), clear_refs).
func (a *apart) forgetPeak() {
	a.t.Helper()
	if err := os.WriteFile(fmt.Sprintf("/proc/%d/clear_refs", a.cmd.Process.Pid), []byte("5"), 0); err != nil {
		a.t.Fatal(err)
	}
}
