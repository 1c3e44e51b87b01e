package config_test

import (
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/emne/emne/cmd/emne/config"
	"github.com/goccy/go-yaml"
)

const exampleFile = "../../../config.example.yaml"

func readExample(t *testing.T) string {
	t.Helper()
	data, err := os.ReadFile(exampleFile)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// commentedKey is a key that stands in a comment; a comment of words has a
// space after its #.
var commentedKey = regexp.MustCompile(`(?m)^( *)#([a-z_]+:.*)$`)

func writeSecrets(t *testing.T, folder string) {
	t.Helper()
	for _, name := range []string{"sales", "smtp", "website-token"} {
		write(t, folder, "secrets/"+name, "hunter2\n", 0o600)
	}
}

func TestExampleLoads(t *testing.T) {
	folder := t.TempDir()
	writeSecrets(t, folder)
	write(t, folder, "config.yaml", readExample(t), 0o644)
	c, err := config.Load(filepath.Join(folder, "config.yaml"), variables)
	if err != nil {
		t.Fatal(err)
	}
	if got := c.Mailboxes["sales"].Password.Reveal(); got != "hunter2" {
		t.Errorf("password %q", got)
	}
	if c.Listen.PublicURL != "https://sales.example.com" || !c.Submission.Configured() || c.Sources["website"].Open() {
		t.Errorf("read as %+v", c)
	}
}

// TestExampleSwitchedOn reads the example with all its comments of keys taken
// away: nothing may be wrong with them but that secrets are given twice, that
// SQLite has no URL, and what belongs to files, variables and after: move.
func TestExampleSwitchedOn(t *testing.T) {
	folder := t.TempDir()
	writeSecrets(t, folder)
	expected := regexp.MustCompile(`a secret given twice|SQLite has no URL|no such file or folder|environment variable \w+ is not set|nothing is moved|only a user.s own mailbox|by a password or by oauth|not to both|not both`)
	for _, line := range lines(t, folder, commentedKey.ReplaceAllString(readExample(t), "$1$2")) {
		if !expected.MatchString(line) {
			t.Error(line)
		}
	}
}

func TestExampleAndTypesHaveTheSameKeys(t *testing.T) {
	var document map[string]any
	if err := yaml.Unmarshal([]byte(commentedKey.ReplaceAllString(readExample(t), "$1$2")), &document); err != nil {
		t.Fatal(err)
	}
	inFile, inTypes := keysOfDocument(document, ""), keysOfType(reflect.TypeFor[config.Config](), "")
	slices.Sort(inFile)
	slices.Sort(inTypes)
	if len(inTypes) < 60 {
		t.Errorf("only %d keys found", len(inTypes))
	}
	for _, key := range inFile {
		if !slices.Contains(inTypes, key) {
			t.Errorf("%s is in the example but in no type", key)
		}
	}
	for _, key := range inTypes {
		if !slices.Contains(inFile, key) {
			t.Errorf("%s is not in the example", key)
		}
	}
}

// named are the sections whose keys are names.
var named = []string{"mailboxes", "sources"}

func keysOfDocument(node map[string]any, path string) []string {
	var keys []string
	for key, value := range node {
		at := path + key
		if slices.Contains(named, strings.TrimSuffix(path, ".")) {
			at = path + "NAME"
		}
		keys = append(keys, at)
		if below, ok := value.(map[string]any); ok {
			keys = append(keys, keysOfDocument(below, at+".")...)
		}
	}
	return keys
}

func keysOfType(t reflect.Type, path string) []string {
	var keys []string
	for i := range t.NumField() {
		key := t.Field(i).Tag.Get("yaml")
		if key == "" || key == "-" {
			continue
		}
		keys = append(keys, path+key)
		switch below := t.Field(i).Type; {
		case below.Kind() == reflect.Map:
			keys = append(keys, path+key+".NAME")
			keys = append(keys, keysOfType(below.Elem(), path+key+".NAME.")...)
		case below.Kind() == reflect.Struct:
			keys = append(keys, keysOfType(below, path+key+".")...)
		}
	}
	return keys
}

// TestExampleSaysEverything asks each key for a comment above it that gives its
// default or says that it must be given; a secret's second form shares it.
func TestExampleSaysEverything(t *testing.T) {
	key := regexp.MustCompile(`^ *#?([a-z_]+):`)
	var comment []string
	for number, line := range strings.Split(readExample(t), "\n") {
		trimmed := strings.TrimSpace(line)
		match := key.FindStringSubmatch(line)
		switch {
		case trimmed == "":
			comment = nil
		case strings.HasPrefix(trimmed, "# "), trimmed == "#":
			comment = append(comment, trimmed)
		case match == nil:
			t.Errorf("line %d is neither comment nor key: %s", number+1, line)
		case slices.Contains([]string{"store", "listen", "jobs", "log", "backup", "submission", "mailboxes", "sources", "sales", "website"}, match[1]):
			comment = nil
		default:
			text := strings.Join(comment, " ")
			if !strings.Contains(text, "Default:") && !strings.Contains(text, "ust be") {
				t.Errorf("line %d: %s has no comment with its default", number+1, match[1])
			}
		}
	}
}
