package main_test

// module is emne's own import path.
const module = "github.com/emne/emne"

// everything lets a package import any other of ours.
const everything = "*"

// rooms is the table of the house: which of our packages a package may import.
// A package that is not named here is a mistake, except below cmd. Tests may
// import any of ours.
var rooms = map[string][]string{
	"cmd/emne":                       {everything},
	"cmd/emne-bench":                 {everything},
	"intake":                         {"process"},
	"intake/message":                 {"intake", "intake/card"},
	"intake/mailbox":                 {"intake"},
	"intake/mailbox/mailboxtest":     {},
	"intake/mailbox/oauth":           {},
	"intake/mailbox/oauth/oauthtest": {"intake/mailbox/oauth"},
	"intake/webform":                 {"intake"},
	"intake/card":                    {"intake"},
	"process":                        {},
	"process/store":                  {"process"},
	"process/store/storetest":        {"process"},
	"process/jobs":                   {"process", "process/store"},
	"process/access":                 {"process"},
	"process/rules":                  {"process"},
	"process/bank":                   {"process"},
	"process/exchange":               {"process"},
	"process/console":                {"process", "process/access", "templates"},
	"process/portal":                 {"process", "process/access", "templates"},
	"process/api":                    {"process", "process/access", "templates"},
	"documents":                      {"process", "templates", "documents/pdf", "documents/einvoice", "documents/mail"},
	"documents/pdf":                  {"process", "templates"},
	"documents/einvoice":             {"process"},
	"documents/mail":                 {"process", "templates"},
	"documents/accesspoint":          {"process"},
	"templates":                      {},
}

// confined names the modules, by the beginning of an import path, that only
// some rooms (and what is below them) may use. Tests may use them anywhere.
var confined = map[string][]string{
	"github.com/jung-kurt/gofpdf":   {"documents/pdf"},
	"github.com/emersion/go-imap":   {"intake/mailbox", "cmd/emne/demo"},
	"github.com/mattn/go-sqlite3":   {"process/store", "process/jobs"},
	"github.com/jackc/pgx":          {"process/store", "process/jobs"},
	"github.com/pressly/goose":      {"process/store"},
	"github.com/riverqueue/river":   {"process/store", "process/jobs"},
	"github.com/robfig/cron":        {"process/jobs", "intake/mailbox", "cmd/emne/config"},
	"github.com/danielgtaylor/huma": {"process/api"},
	"github.com/spf13/cobra":        {"cmd/emne"},
}

// pure holds the packages that know the standard library and the named modules
// alone, and not all of the standard library either.
var pure = map[string][]string{
	"process": {"github.com/shopspring/decimal"},
}

// impure is what the domain does not do: SQL, HTTP, mail, pages, processes.
var impure = []string{"database/sql", "net/http", "net/smtp", "html/template", "os", "os/exec", "syscall", "unsafe"}

// pureTests are the modules that the tests of a pure package may use besides.
var pureTests = []string{"pgregory.net/rapid", "go.uber.org/goleak"}
