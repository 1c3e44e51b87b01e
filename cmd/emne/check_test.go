package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// runs runs a command as a shell does, and gives its exit code and what it says.
func runs(t *testing.T, args ...string) (code int, said string) {
	t.Helper()
	var out bytes.Buffer
	cmd := rootCommand()
	cmd.SetArgs(args)
	cmd.SetOut(&out)
	cmd.SetErr(&out)
	err := cmd.ExecuteContext(t.Context())
	if err != nil {
		out.WriteString(err.Error())
	}
	return exitCode(err), out.String()
}

func file(t *testing.T, dir, name, text string, mode os.FileMode) string {
	t.Helper()
	path := filepath.Join(dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), mode); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(path, mode); err != nil {
		t.Fatal(err)
	}
	return path
}

// A bad configuration is refused by check and by serve with everything that is
// wrong with it, each with its place, its key and a hint, and the exit code of usage.
func TestCheckSaysEverything(t *testing.T) {
	dir := t.TempDir()
	file(t, dir, "open", "hunter2\n", 0o644)
	path := file(t, dir, "config.yaml", `dta: data
listen: {http: "127.0.0.1:0"}
jobs: {workers: many}
sources:
  website: {token_file: open}
  signup: {token_file: missing}
`, 0o600)
	for _, command := range []string{"check", "serve", "verify"} {
		code, said := runs(t, command, "--config", path)
		if code != exitUsage {
			t.Errorf("%s ends with %d", command, code)
		}
		for _, want := range []string{"config.yaml:1:1: dta", "config.yaml:3:", "jobs.workers", "config.yaml:5:", "sources.website.token_file", "mode 0644", "config.yaml:6:", "sources.signup.token_file", "(hint: "} {
			if !strings.Contains(said, want) {
				t.Errorf("%s does not say %q:\n%s", command, want, said)
			}
		}
		if strings.Contains(said, "hunter2") {
			t.Errorf("%s tells the secret:\n%s", command, said)
		}
	}
}

// The texts and the settings that a configuration names are checked with it.
func TestCheckReadsWhatIsNamed(t *testing.T) {
	dir := t.TempDir()
	file(t, dir, "texts/mails/nb.yaml", "nothing: [\n", 0o600)
	file(t, dir, "settings.yaml", "currency: NOKK\n", 0o600)
	path := file(t, dir, "config.yaml", "templates: texts\nsettings_file: settings.yaml\n", 0o600)
	code, said := runs(t, "check", "--config", path)
	if code != exitUsage || !strings.Contains(said, "mails/nb.yaml") || !strings.Contains(said, "settings.yaml") {
		t.Errorf("check ends with %d:\n%s", code, said)
	}
}

// What init writes is complete: it can be checked as it is, and is not written twice.
func TestInit(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "config.yaml")
	if code, said := runs(t, "init", "--output", path); code != exitDone {
		t.Fatalf("init ends with %d: %s", code, said)
	}
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if info.Mode().Perm() != 0o600 {
		t.Errorf("the file has the mode %v", info.Mode())
	}
	for _, name := range []string{"EMNE_SALES_PASSWORD", "EMNE_WEBSITE_TOKEN"} {
		t.Setenv(name, "a-secret-of-the-environment")
	}
	if code, said := runs(t, "check", "--config", path); code != exitDone {
		t.Errorf("check of it ends with %d: %s", code, said)
	}
	if code, _ := runs(t, "init", "--output", path); code != exitFailed {
		t.Errorf("init again ends with %d", code)
	}
}

func TestUsageMistakes(t *testing.T) {
	for _, args := range [][]string{{"nothing"}, {"lead", "nothing"}, {"check"}, {"check", "--config", "a", "--data", "b"}, {"verify", "--nothing"},
		{"demo", "--language", "fr"}, {"demo", "--config", "x"}, {"check", "--config", "there-is-no-such-file.yaml"}, {"quote", "send"}} {
		if code, said := runs(t, args...); code != exitUsage {
			t.Errorf("emne %s ends with %d: %s", strings.Join(args, " "), code, said)
		}
	}
}
