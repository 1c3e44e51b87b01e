package main_test

import (
	"bytes"
	"go/ast"
	"go/parser"
	"go/token"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// maxLines is the length of a file that should have become two.
const maxLines = 500

// speaksForeign are the files outside templates whose patterns must know
// people's words: how mail programs introduce a quoted reply, what banks call
// the columns of their CSV files.
var speaksForeign = []string{"intake/message", "process/bank"}

// wordsForPeople lists the string literals with letters of Norwegian, which
// belong in templates.
func wordsForPeople(files []goFile) []string {
	var found []string
	for _, file := range files {
		if file.isTest() || helpsTests(file.room()) || below(file.room(), "templates") || slices.Contains(speaksForeign, file.room()) {
			continue
		}
		ast.Inspect(file.tree, func(n ast.Node) bool {
			literal, is := n.(*ast.BasicLit)
			if !is || literal.Kind != token.STRING && literal.Kind != token.CHAR {
				return true
			}
			text, err := strconv.Unquote(literal.Value)
			if err != nil {
				text = literal.Value
			}
			if strings.ContainsAny(text, "æøåÆØÅ") {
				found = append(found, file.name+":"+strconv.Itoa(file.place.Position(literal.Pos()).Line)+": "+literal.Value)
			}
			return true
		})
	}
	return found
}

func tooLong(files []goFile) []string {
	var found []string
	for _, file := range files {
		if n := bytes.Count(file.src, []byte("\n")); n > maxLines {
			found = append(found, file.name+": "+strconv.Itoa(n)+" lines")
		}
	}
	return found
}

func TestPeoplesTextIsInTemplates(t *testing.T) {
	for _, place := range wordsForPeople(goFiles(t, repository, parser.SkipObjectResolution)) {
		t.Errorf("%s: a text for people belongs in templates", place)
	}
}

func TestFilesAreShort(t *testing.T) {
	for _, file := range tooLong(goFiles(t, repository, parser.SkipObjectResolution)) {
		t.Errorf("%s; over %d, a file wants to be two", file, maxLines)
	}
}

func TestHouseRulesFindWhatTheyLookFor(t *testing.T) {
	root := t.TempDir()
	source := []byte("package planted\n\nconst offer = \"L\\u00f8nnsomt\"\n// Ærlig talt.\n")
	write(t, root+"/process/console/planted.go", source)
	write(t, root+"/process/console/planted_test.go", source)
	write(t, root+"/templates/planted.go", source)
	write(t, root+"/intake/message/planted.go", source)
	write(t, root+"/process/long.go", append([]byte("package process\n"), bytes.Repeat([]byte("\n"), maxLines)...))
	files := goFiles(t, root, parser.SkipObjectResolution)

	if got := wordsForPeople(files); len(got) != 1 || !strings.HasPrefix(got[0], "process/console/planted.go:3:") {
		t.Errorf("texts found: %q, want the one of process/console/planted.go", got)
	}
	if got := tooLong(files); len(got) != 1 || got[0] != "process/long.go: 501 lines" {
		t.Errorf("long files found: %q, want process/long.go", got)
	}
}
