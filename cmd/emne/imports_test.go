package main_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// repository is the top of the tree, seen from this package.
const repository = "../.."

// goFile is a parsed Go file; name is its slash-separated path in the tree.
type goFile struct {
	name  string
	src   []byte
	tree  *ast.File
	place *token.FileSet
}

func (f goFile) room() string { return path.Dir(f.name) }
func (f goFile) isTest() bool { return strings.HasSuffix(f.name, "_test.go") }

// goFiles parses all Go files below root, whatever their build constraints.
func goFiles(t *testing.T, root string, mode parser.Mode) []goFile {
	t.Helper()
	var files []goFile
	err := filepath.WalkDir(root, func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() {
			base := entry.Name()
			if name != root && (strings.HasPrefix(base, ".") || strings.HasPrefix(base, "_") || base == "testdata" || base == "bin" || base == "data") {
				return filepath.SkipDir
			}
			return nil
		}
		if !strings.HasSuffix(name, ".go") || strings.HasPrefix(entry.Name(), ".") {
			return nil
		}
		src, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		file := goFile{src: src, place: token.NewFileSet()}
		if file.tree, err = parser.ParseFile(file.place, name, src, mode); err != nil {
			return err
		}
		relative, err := filepath.Rel(root, name)
		file.name = filepath.ToSlash(relative)
		files = append(files, file)
		return err
	})
	if err != nil {
		t.Fatalf("read the Go files: %v", err)
	}
	return files
}

// broken lists the imports that the tables of rooms_test.go do not allow.
func broken(t *testing.T, files []goFile) []string {
	t.Helper()
	var found []string
	unknown := map[string]bool{}
	for _, file := range files {
		allowed, known := roomOf(file.room())
		if !known && !unknown[file.room()] {
			unknown[file.room()] = true
			found = append(found, fmt.Sprintf("%s: the package is not in the table of rooms", file.room()))
		}
		for _, spec := range file.tree.Imports {
			imported, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				t.Fatalf("%s: import %s: %v", file.name, spec.Path.Value, err)
			}
			if why := refused(file, imported, allowed); why != "" {
				found = append(found, fmt.Sprintf("%s imports %s: %s", file.name, imported, why))
			}
		}
	}
	return found
}

// roomOf gives what a package may import of ours; packages below cmd are part
// of the program that they stand under.
func roomOf(room string) ([]string, bool) {
	if allowed, known := rooms[room]; known {
		return allowed, true
	}
	if part := strings.SplitN(room, "/", 3); len(part) == 3 && part[0] == "cmd" {
		return roomOf(part[0] + "/" + part[1])
	}
	return nil, false
}

func refused(file goFile, imported string, allowed []string) string {
	ours, isOurs := strings.CutPrefix(imported, module+"/")
	switch {
	case isOurs && strings.HasPrefix(ours, "cmd/"):
		if !below(file.room(), "cmd") {
			return "nobody imports a program"
		}
	case isOurs && file.isTest():
	case isOurs:
		if helpsTests(ours) && !helpsTests(file.room()) && !below(file.room(), "cmd/emne-bench") {
			return "only tests import a test's helper"
		}
		if !slices.Contains(allowed, ours) && !slices.Contains(allowed, everything) {
			return "the table of rooms does not allow it"
		}
	case isModule(imported):
		return refusedModule(file, imported)
	default:
		if _, is := pure[file.room()]; is && !file.isTest() && slices.Contains(impure, imported) {
			return "the domain is pure"
		}
	}
	return ""
}

func refusedModule(file goFile, imported string) string {
	if modules, is := pure[file.room()]; is {
		if file.isTest() {
			modules = slices.Concat(modules, pureTests)
		}
		if !slices.ContainsFunc(modules, func(m string) bool { return below(imported, m) }) {
			return "the package knows the standard library and few modules"
		}
	}
	if file.isTest() || below(file.room(), "cmd/emne-bench") {
		return ""
	}
	for name, homes := range confined {
		if below(imported, name) && !slices.ContainsFunc(homes, func(home string) bool { return below(file.room(), home) }) {
			return fmt.Sprintf("the module is confined to %v", homes)
		}
	}
	return ""
}

// helpsTests tells the packages that are there for tests alone, such as
// process/store/storetest.
func helpsTests(room string) bool { return path.Base(room) == path.Base(path.Dir(room))+"test" }

// isModule tells modules from the standard library, whose first element has no dot.
func isModule(imported string) bool {
	first, _, _ := strings.Cut(imported, "/")
	return strings.Contains(first, ".")
}

// below reports whether name is top or stands under it.
func below(name, top string) bool { return name == top || strings.HasPrefix(name, top+"/") }

func TestImportsKeepToTheRooms(t *testing.T) {
	files := goFiles(t, repository, parser.ImportsOnly)
	if len(files) < 10 {
		t.Fatalf("only %d Go files were found below %s", len(files), repository)
	}
	for _, violation := range broken(t, files) {
		t.Error(violation)
	}
}

// TestArchitectureNamesTheRooms: the tour of the house leaves out no room but those
// of tests.
func TestArchitectureNamesTheRooms(t *testing.T) {
	tour, err := os.ReadFile(filepath.Join(repository, "ARCHITECTURE.md"))
	if err != nil {
		t.Fatal(err)
	}
	for room := range rooms {
		if !strings.HasSuffix(room, "test") && !strings.Contains(string(tour), "`"+room+"`") {
			t.Errorf("ARCHITECTURE.md does not name %s", room)
		}
	}
}

func TestPlantedImportsAreFound(t *testing.T) {
	tree := goFiles(t, repository, parser.ImportsOnly)
	for _, c := range []struct{ name, file, imported, want string }{
		{"SQL in the domain", "process/planted.go", "database/sql", "the domain is pure"},
		{"HTTP in the domain", "process/planted.go", "net/http", "the domain is pure"},
		{"a module in the domain", "process/planted.go", "golang.org/x/text/language", "few modules"},
		{"a module in the domain's tests", "process/planted_test.go", "github.com/jackc/pgx/v5", "few modules"},
		{"the domain imports a room", "process/planted.go", module + "/documents", "does not allow"},
		{"a room imports its neighbour", "intake/webform/planted.go", module + "/intake/message", "does not allow"},
		{"intake reaches for the store", "intake/mailbox/planted.go", module + "/process/store", "does not allow"},
		{"a page imports the store", "process/console/planted.go", module + "/process/store", "does not allow"},
		{"PDF outside its room", "documents/planted.go", "github.com/jung-kurt/gofpdf", "confined to [documents/pdf]"},
		{"IMAP outside its room", "cmd/emne/planted.go", "github.com/emersion/go-imap/v2/imapclient", "confined to"},
		{"a driver in the API", "process/api/planted.go", "github.com/jackc/pgx/v5/pgxpool", "confined to"},
		{"jobs in the pages", "process/console/planted.go", "github.com/riverqueue/river", "confined to"},
		{"schedules in the API", "process/api/planted.go", "github.com/robfig/cron/v3", "confined to"},
		{"huma in the console", "process/console/planted.go", "github.com/danielgtaylor/huma/v2", "confined to [process/api]"},
		{"cobra in a room", "intake/planted.go", "github.com/spf13/cobra", "confined to [cmd/emne]"},
		{"a program as a library", "process/console/planted.go", module + "/cmd/emne/config", "nobody imports a program"},
		{"a test's helper in the product", "process/jobs/planted.go", module + "/process/store/storetest", "only tests"},
		{"a drawer for everything", "process/helpers/planted.go", "fmt", "not in the table"},
	} {
		t.Run(c.name, func(t *testing.T) {
			root := t.TempDir()
			plant(t, root, c.file, c.imported)
			got := broken(t, goFiles(t, root, parser.ImportsOnly))
			if len(got) != 1 || !strings.Contains(got[0], c.want) {
				t.Errorf("the planted import gave %q, want one line with %q", got, c.want)
			}
		})
	}
	t.Run("in a copy of the tree", func(t *testing.T) {
		root := t.TempDir()
		for _, file := range tree {
			write(t, filepath.Join(root, filepath.FromSlash(file.name)), file.src)
		}
		before := len(broken(t, goFiles(t, root, parser.ImportsOnly)))
		plant(t, root, "process/planted.go", "github.com/riverqueue/river")
		if after := len(broken(t, goFiles(t, root, parser.ImportsOnly))); after != before+1 {
			t.Errorf("%d violations before the planted import, %d after", before, after)
		}
	})
}

func TestAllowedImportsPass(t *testing.T) {
	for _, c := range []struct{ file, imported string }{
		{"process/fine.go", "github.com/shopspring/decimal"},
		{"process/fine_test.go", "pgregory.net/rapid"},
		{"process/fine_test.go", module + "/process/store"},
		{"cmd/emne/demo/anything/fine.go", module + "/process/store"},
		{"cmd/emne/demo/anything/fine.go", "github.com/emersion/go-imap/v2/imapserver"},
		{"intake/mailbox/fine.go", "github.com/emersion/go-imap/v2"},
		{"intake/message/fine.go", module + "/intake/card"},
		{"documents/fine.go", module + "/documents/pdf"},
		{"process/api/fine_test.go", module + "/process/store/storetest"},
	} {
		root := t.TempDir()
		plant(t, root, c.file, c.imported)
		for _, violation := range broken(t, goFiles(t, root, parser.ImportsOnly)) {
			t.Error(violation)
		}
	}
}

func plant(t *testing.T, root, name, imported string) {
	t.Helper()
	write(t, filepath.Join(root, filepath.FromSlash(name)), fmt.Appendf(nil, "package planted\n\nimport _ %q\n", imported))
}

func write(t *testing.T, name string, data []byte) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, data, 0o644); err != nil {
		t.Fatal(err)
	}
}
