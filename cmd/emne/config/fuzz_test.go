package config_test

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/emne/emne/cmd/emne/config"
)

// laughs is the file of nested aliases that multiply ("billion laughs").
func laughs() string {
	var b strings.Builder
	b.WriteString("a0: &a0 {data: x}\n")
	for i := 1; i < 30; i++ {
		fmt.Fprintf(&b, "a%d: &a%d\n  <<: [%s]\n", i, i, strings.TrimSuffix(strings.Repeat(fmt.Sprintf("*a%d, ", i-1), 9), ", "))
	}
	b.WriteString("<<: *a29\n")
	return b.String()
}

func TestHostileFilesEndSoon(t *testing.T) {
	folder := t.TempDir()
	var keys strings.Builder
	for i := range 60_000 {
		fmt.Fprintf(&keys, "k%d: 1\n", i)
	}
	for name, text := range map[string]string{
		"brackets":       strings.Repeat("[", 1<<20),
		"braces":         strings.Repeat("{a: ", 1<<18),
		"dashes":         strings.Repeat("- ", 1<<19),
		"questions":      strings.Repeat("? ", 1<<19),
		"anchors":        strings.Repeat("&", 1<<20),
		"tags":           strings.Repeat("!a ", 1<<18),
		"keys":           keys.String(),
		"quote":          `"` + strings.Repeat("x\n", 1<<19-1),
		"laughs":         laughs(),
		"cycle":          "log: &l\n  <<: *l\n",
		"cycle of lists": "listen: {hosts: &h [*h]}\n",
		"alias circle":   "data: &a *b\ntemplates: &b *a\n",
	} {
		t.Run(name, func(t *testing.T) {
			start := time.Now()
			got := lines(t, folder, text)
			if took := time.Since(start); took > 5*time.Second {
				t.Errorf("took %s", took)
			}
			if len(got) == 0 {
				t.Error("taken")
			}
		})
	}
}

func FuzzParse(f *testing.F) {
	example, err := os.ReadFile(exampleFile)
	if err != nil {
		f.Fatal(err)
	}
	for _, seed := range []string{string(example), commentedKey.ReplaceAllString(string(example), "$1$2"), "", "\ufeff", mailbox, sub,
		"a: &a [*a]\n", "<<: [{data: x}, *b]\n", "? [a]\n: b\n", "data: |\n  x\n", "- &a\n- *a\n", "backup: {schedule: TZ=0}\n",
		"log:\r\n\tlevel: x\r\n", "a: !!binary x\n", "%YAML 1.2\n---\ndata: x\n...\n", "listen: {trusted_proxies: [fe80::1%1/64]}\n"} {
		f.Add([]byte(seed))
	}
	folder := f.TempDir()
	f.Fuzz(func(t *testing.T, data []byte) {
		start := time.Now()
		c, err := config.Parse(folder+"/config.yaml", data, variables)
		if took := time.Since(start); took > 5*time.Second {
			t.Fatalf("took %s", took)
		}
		if err == nil {
			if c == nil || c.Data == "" || c.Listen.PublicURL == "" {
				t.Fatalf("incomplete: %+v", c)
			}
			return
		}
		var problems config.Errors
		if c != nil || !errors.As(err, &problems) || len(problems) == 0 {
			t.Fatalf("config %v, error %v", c, err)
		}
		count := strings.Count(string(data), "\n") + strings.Count(string(data), "\r") + 1
		last := 0
		for _, p := range problems {
			if p.Line < max(1, last) || p.Column < 1 || p.Line > count || p.Message == "" || strings.ContainsAny(p.Error(), "\n\r\x00") {
				t.Fatalf("problem %+v", p)
			}
			last = p.Line
		}
	})
}
