package main

import (
	"database/sql"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/emne/emne/cmd/emne/config"
	"github.com/emne/emne/cmd/emne/demo/postoffice"
	"github.com/emne/emne/cmd/emne/demo/year"
	"github.com/emne/emne/process"
	"github.com/emne/emne/process/store/storetest"
)

// TestCampaignYear lets a year of a business happen and holds its books to
// sums that are made by SQL of our own, to the minor unit.
func TestCampaignYear(t *testing.T) {
	if os.Getenv("EMNE_CAMPAIGN") == "full" {
		for seed := range uint64(3) {
			t.Run(fmt.Sprintf("seed %d", seed+1), func(t *testing.T) { aYear(t, "", year.Leads, seed+1) })
		}
		return
	}
	aYear(t, "", 150, 1)
}

func TestCampaignYearOnPostgres(t *testing.T) {
	leads := 40
	if os.Getenv("EMNE_CAMPAIGN") == "full" {
		leads = year.Leads
	}
	aYear(t, storetest.Postgres(t), leads, 4)
}

func aYear(t *testing.T, postgres string, leads int, seed uint64) {
	cfg, err := config.Parse("(test)", nil, func(string) (string, bool) { return "", false })
	if err != nil {
		t.Fatal(err)
	}
	cfg.Data = t.TempDir()
	driver, dsn := "sqlite3", filepath.Join(cfg.Data, databaseFile)
	if postgres != "" {
		cfg.Store.Engine, cfg.Store.URL = config.EnginePostgres, config.NewSecret(postgres)
		driver, dsn = "pgx", postgres
	}
	until := time.Date(2026, time.November, 23, 12, 0, 0, 0, time.UTC)
	clock := year.NewClock(year.Begin(until))
	h, err := openHouseAt(t.Context(), cfg, slog.New(slog.DiscardHandler), clock.Now)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(h.close)
	o := demoOptions{year: true, leads: leads, seed: seed, language: "nb", token: testToken, listen: "127.0.0.1:8080"}
	owner, err := h.furnishDemo(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	office, err := postoffice.Open(postoffice.Options{Logger: h.log, Now: h.clock})
	if err != nil {
		t.Fatal(err)
	}
	books, err := h.liveYear(t.Context(), clock, until, o, owner, office, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := books.Err(); err != nil {
		t.Error(err)
	}
	db, err := sql.Open(driver, dsn)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	l := &ledger{t, h.service, db}
	l.books(books)
	l.reports()
	report, err := h.store.Verify(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range report.Violations {
		t.Errorf("verify: %s %s %s: %s", v.Invariant, v.Record, v.ID, v.Message)
	}
	var figures strings.Builder
	if err := books.Print(&figures); err != nil {
		t.Fatal(err)
	}
	t.Logf("seed %d:\n%s", seed, figures.String())
}

// ledger sums the rows of a database by itself.
type ledger struct {
	t       *testing.T
	service *process.Service
	db      *sql.DB
}

// sum is one number.
func (l *ledger) sum(query string) int64 {
	l.t.Helper()
	var n int64
	if err := l.db.QueryRow("SELECT CAST(COALESCE(SUM(n), 0) AS BIGINT) FROM (" + query + ") AS s").Scan(&n); err != nil {
		l.t.Fatalf("%s: %v", query, err)
	}
	return n
}

func (l *ledger) equal(what string, got int64, query string) {
	l.t.Helper()
	if want := l.sum(query); got != want {
		l.t.Errorf("%s: %d, by SQL %d", what, got, want)
	}
}

func (l *ledger) books(b *year.Books) {
	l.equal("issued", b.Issued, "SELECT gross_minor + rounding_minor AS n FROM invoice WHERE state = 'issued'")
	l.equal("credited", b.Credited, "SELECT gross_minor + rounding_minor AS n FROM credit_note")
	l.equal("paid", b.Paid, "SELECT amount_minor AS n FROM payment WHERE state = 'booked' AND invoice_id IS NOT NULL")
	l.equal("prepaid", b.Prepaid, "SELECT amount_minor AS n FROM payment WHERE state = 'booked' AND order_id IS NOT NULL")
	l.equal("deducted", b.Deducted, "SELECT deducted_minor AS n FROM sales_order")
	l.equal("open", b.Open, `SELECT gross_minor + rounding_minor - prepaid_minor + released_minor - written_off_minor
		- (SELECT COALESCE(SUM(c.gross_minor + c.rounding_minor), 0) FROM credit_note c WHERE c.invoice_id = i.id)
		- (SELECT COALESCE(SUM(p.amount_minor), 0) FROM payment p WHERE p.invoice_id = i.id AND p.state = 'booked') AS n FROM invoice i WHERE state = 'issued'`)
	l.equal("what the snapshots say was issued", b.Issued, "SELECT i.gross_minor + i.rounding_minor AS n FROM invoice i JOIN snapshot s ON s.document_id = i.id AND s.number = i.number")
	l.equal("booked from bank files", b.BankBooked, "SELECT amount_minor AS n FROM payment WHERE state = 'booked' AND bank_entry_id IS NOT NULL")
	for what, n := range map[string]int{"orders": b.Orders, "credit notes": b.CreditNotes, "refunds": int(b.Refunded), "prepayments": int(b.Prepaid),
		"write-offs": int(b.WrittenOff), "reminders": b.Reminders, "bank entries": b.BankEntries} {
		if n == 0 && l.sum("SELECT 1 AS n FROM lead") >= 150 {
			l.t.Errorf("the year has no %s", what)
		}
	}
	if n := int64(b.Leads); n != l.sum("SELECT 1 AS n FROM lead") || n == 0 {
		l.t.Errorf("%d leads", n)
	}
}

// rowsOf is the report of a name.
func rowsOf[T any](l *ledger, name string) []T {
	l.t.Helper()
	r, err := l.service.Report(l.t.Context(), process.System(), process.ReportQuery{Name: name})
	if err != nil {
		l.t.Fatal(err)
	}
	rows := r.Items.([]T)
	if len(rows) < 2 {
		l.t.Errorf("the report %s has %d rows", name, len(rows))
	}
	return rows
}

const (
	ofInvoices = "FROM %[1]s x JOIN invoice d ON d.id = x.document_id WHERE d.state = 'issued'"
	ofCredits  = "FROM %[1]s x JOIN credit_note d ON d.id = x.document_id"
)

func (l *ledger) reports() {
	for _, r := range rowsOf[process.FunnelRow](l, "funnel") {
		of := " FROM lead l LEFT JOIN opportunity o ON o.id = l.opportunity_id WHERE 1 = 1"
		if !r.Total {
			of += " AND l.source = '" + r.Source + "'"
		}
		l.equal("leads of "+r.Source, r.Leads, "SELECT 1 AS n"+of)
		l.equal("qualified of "+r.Source, r.Qualified, "SELECT 1 AS n"+of+" AND l.state = 'qualified'")
		l.equal("won of "+r.Source, r.Won, "SELECT 1 AS n"+of+" AND o.state = 'won'")
		l.equal("lost of "+r.Source, r.Lost, "SELECT 1 AS n"+of+" AND (l.state = 'disqualified' OR o.state = 'lost')")
		l.equal("quoted of "+r.Source, r.Quoted, "SELECT 1 AS n"+of+" AND l.opportunity_id IN (SELECT opportunity_id FROM quote WHERE sent_at IS NOT NULL)")
	}
	for _, r := range rowsOf[process.ResponseRow](l, "response") {
		of := "SELECT 1 AS n FROM lead l WHERE 1 = 1"
		if !r.Total {
			of += " AND l.source = '" + r.Source + "'"
		}
		l.equal("leads to answer of "+r.Source, r.Leads, of)
		l.equal("answered of "+r.Source, r.Answered, of+` AND (l.thread IN (SELECT thread FROM activity a WHERE a.type IN ('lead.contacted', 'quote.sent') AND a.at >= l.created_at)
			OR l.thread IN (SELECT thread FROM delivery d WHERE d.kind NOT IN ('acknowledgement', 'notification') AND d.created_at >= l.created_at))`)
	}
	for _, r := range rowsOf[process.WinRow](l, "wins") {
		of := " FROM opportunity WHERE 1 = 1"
		if !r.Total {
			of += " AND owner = '" + r.OwnerID + "'"
		}
		l.equal("won by "+r.Owner, r.Won, "SELECT 1 AS n"+of+" AND state = 'won'")
		l.equal("lost by "+r.Owner, r.Lost, "SELECT 1 AS n"+of+" AND state = 'lost'")
	}
	for _, r := range rowsOf[process.ForecastRow](l, "forecast") {
		of := " FROM opportunity WHERE state = 'open'"
		if !r.Total {
			of += " AND substr(estimated_close, 1, 7) = '" + r.Month + "'"
		}
		l.equal("expected in "+r.Month, r.Opportunities, "SELECT 1 AS n"+of)
		l.equal("revenue expected in "+r.Month, r.Unweighted.Minor, "SELECT estimated_revenue_minor AS n"+of)
	}
	for _, r := range rowsOf[process.ProductSalesRow](l, "products") {
		if r.Total {
			continue
		}
		of := fmt.Sprintf(" AND x.product = '%s' AND (x.product <> '' OR x.description = '%s')", r.Product, strings.ReplaceAll(r.Name, "'", "''"))
		if r.Product == "" {
			continue // free lines are grouped by what they say
		}
		l.equal("invoiced of "+r.Product, r.Invoiced.Minor, "SELECT x.net_minor AS n "+fmt.Sprintf(ofInvoices, "line")+of)
		l.equal("credited of "+r.Product, r.Credited.Minor, "SELECT x.net_minor AS n "+fmt.Sprintf(ofCredits, "line")+" WHERE 1 = 1"+of)
	}
	for _, r := range rowsOf[process.CustomerSalesRow](l, "customers") {
		of := ""
		if !r.Total {
			of = " AND customer_id = '" + r.CustomerID + "'"
		}
		l.equal("invoiced to "+r.Customer, r.Invoiced.Minor, "SELECT net_minor AS n FROM invoice WHERE state = 'issued'"+of)
		l.equal("credited to "+r.Customer, r.Credited.Minor, "SELECT net_minor AS n FROM credit_note WHERE 1 = 1"+of)
	}
	for _, r := range rowsOf[process.ReceivablesRow](l, "receivables") {
		of := ""
		if !r.Total {
			of = " AND i.customer_id = '" + r.CustomerID + "'"
		}
		const open = `gross_minor + rounding_minor - prepaid_minor + released_minor - credited_minor - written_off_minor
			- (SELECT COALESCE(SUM(p.amount_minor), 0) FROM payment p WHERE p.invoice_id = i.id AND p.state = 'booked')`
		l.equal("owed by "+r.Customer, r.Open.Minor+r.Claims.Minor, "SELECT "+open+" + claims_minor AS n FROM invoice i WHERE state = 'issued'"+of)
		l.equal("overpaid by "+r.Customer, r.Overpaid.Minor, "SELECT "+open+" + claims_minor AS n FROM invoice i WHERE state = 'issued' AND "+open+" + claims_minor < 0"+of)
		if r.NotDue.Minor+r.Days1.Minor+r.Days31.Minor+r.Days61.Minor+r.Days91.Minor+r.Overpaid.Minor != r.Open.Minor {
			l.t.Errorf("the ages of what %s owes do not sum to it: %+v", r.Customer, r)
		}
	}
	for _, r := range rowsOf[process.VATRow](l, "vat") {
		of := ""
		if !r.Total {
			of = fmt.Sprintf(" AND substr(d.issue_date, 1, 7) = '%s' AND x.vat_category = '%s' AND CAST(x.vat_rate AS REAL) = %s", r.Month, r.Category, r.Rate)
		}
		what := "VAT of " + r.Month
		l.equal(what, r.InvoicedVAT.Minor, "SELECT x.vat_minor AS n "+fmt.Sprintf(ofInvoices, "vat_group")+of)
		l.equal(what+" credited", r.CreditedVAT.Minor, "SELECT x.vat_minor AS n "+fmt.Sprintf(ofCredits, "vat_group")+" WHERE 1 = 1"+of)
		l.equal(what+", base", r.Base.Minor, "SELECT x.base_minor AS n "+fmt.Sprintf(ofInvoices, "vat_group")+of+" UNION ALL SELECT -x.base_minor AS n "+fmt.Sprintf(ofCredits, "vat_group")+" WHERE 1 = 1"+of)
	}
	for _, r := range rowsOf[process.VATCodeRow](l, "vat_codes") {
		of := ""
		if !r.Total {
			of = fmt.Sprintf(" AND x.vat_category = '%s' AND CAST(x.vat_rate AS REAL) = %s", r.Category, r.Rate)
		}
		l.equal("VAT by code", r.VAT.Minor, "SELECT x.vat_minor AS n "+fmt.Sprintf(ofInvoices, "vat_group")+of+" UNION ALL SELECT -x.vat_minor AS n "+fmt.Sprintf(ofCredits, "vat_group")+" WHERE 1 = 1"+of)
		l.equal("base by code", r.Base.Minor, "SELECT x.base_minor AS n "+fmt.Sprintf(ofInvoices, "vat_group")+of+" UNION ALL SELECT -x.base_minor AS n "+fmt.Sprintf(ofCredits, "vat_group")+" WHERE 1 = 1"+of)
	}
}

// TestDemoOfAYear starts the demo as people do, with a small year.
func TestDemoOfAYear(t *testing.T) {
	w := &world{t: t, token: testToken, data: t.TempDir()}
	w.start("--year", "--leads", "12")
	if out := w.cli(exitDone, "verify"); !strings.Contains(out, "everything holds") {
		t.Errorf("verify says %s", out)
	}
	leads := w.api("GET", "leads", nil)["items"].([]any)
	if len(leads) != 12 {
		t.Fatalf("%d leads after a year of 12", len(leads))
	}
	newest := leads[0].(map[string]any)["created_at"].(string)
	at, err := time.Parse(time.RFC3339Nano, newest)
	if age := time.Since(at); err != nil || age < 0 || age > 60*24*time.Hour {
		t.Errorf("the newest lead came at %s: %v", newest, err)
	}
	w.cli(exitUsage, "demo", "--year", "--leads", "0")
}
