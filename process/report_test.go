package process_test

import (
	"encoding/csv"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/emne/emne/process"
)

func (h *house) report(name string, days ...process.Date) *process.Report {
	h.t.Helper()
	q := process.ReportQuery{Name: name}
	if len(days) == 2 {
		q.From, q.To = days[0], days[1]
	}
	r, err := h.s.Report(h.ctx(), h.reader, q)
	h.check(err)
	return r
}

// The reports' sums are those of the records that the use cases made.
func TestReportsFollowTheProcess(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	for range 3 {
		h.draftQuote()
		h.wonQuote()
		h.lostOpportunity()
		h.builtLead()
		h.disqualifiedLead()
		h.contactedLead()
		h.partlyPaidInvoice()
		h.creditedInvoice()
		h.clock.advance(20 * day)
	}
	var gross, open, credited, vat, net int64
	for _, i := range list(h, h.s.Invoices(), nil) {
		if i.State == "issued" {
			gross, open, credited = gross+i.Gross.Minor, open+i.Open.Minor, credited+i.Credited.Minor
			vat, net = vat+i.VAT.Minor, net+i.Net.Minor
		}
	}
	for _, n := range list(h, h.s.CreditNotes(), nil) {
		vat, net = vat-n.VAT.Minor, net-n.Net.Minor
	}
	nok := func(minor int64) process.Money { return process.Money{Minor: minor, Currency: "NOK"} }
	last := func(name string) reflect.Value {
		items := reflect.ValueOf(h.report(name).Items)
		row := items.Index(items.Len() - 1)
		if !row.FieldByName("Total").Bool() {
			t.Fatalf("the last row of %s is no sum: %v", name, row)
		}
		return row
	}
	for _, c := range []struct {
		report, field string
		want          any
	}{
		{"receivables", "Open", nok(open)}, {"vat", "VAT", nok(vat)}, {"vat", "Base", nok(net)}, {"products", "Net", nok(net)}, {"customers", "Net", nok(net)},
		{"funnel", "Leads", int64(9)}, {"funnel", "Answered", int64(3)}, {"funnel", "Qualified", int64(3)}, {"funnel", "Quoted", int64(0)}, {"funnel", "Lost", int64(3)},
		{"response", "Leads", int64(9)}, {"response", "Answered", int64(3)}, {"wins", "Won", int64(3)}, {"wins", "Lost", int64(3)},
		{"forecast", "Opportunities", int64(6)}, {"stages", "Opportunities", int64(6)}, {"losses", "Lost", int64(3)}, {"win_months", "Won", int64(3)}, {"win_months", "Closed", int64(6)},
	} {
		if got := last(c.report).FieldByName(c.field).Interface(); got != c.want {
			t.Errorf("%s of %s is %v, want %v", c.field, c.report, got, c.want)
		}
	}
	if got := last("vat").FieldByName("CompanyVAT").Interface().(*process.Money); *got != nok(vat) {
		t.Errorf("VAT in the company's currency is %v", got)
	}
	if got := last("wins").FieldByName("WinRate").Interface(); fmt.Sprint(got) != "50" {
		t.Errorf("the win rate is %v", got)
	}
	if credited == 0 || gross == 0 {
		t.Fatal("nothing was sold")
	}
}

// The days of a period are the company's, not those of UTC.
func TestReportDaysAreTheCompanys(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.clock.set(monday.Add(14*time.Hour + 30*time.Minute)) // 23:30 UTC is 00:30 in Oslo
	h.newLead()
	if rows := h.report("funnel", "2026-03-02", "2026-03-02").Items.([]process.FunnelRow); len(rows) != 0 {
		t.Errorf("on the day of UTC: %v", rows)
	}
	if rows := h.report("funnel", "2026-03-03", "2026-03-03").Items.([]process.FunnelRow); len(rows) != 2 {
		t.Errorf("on the day in Oslo: %v", rows)
	}
}

func TestReportRefusals(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	for name, c := range map[string]struct {
		actor process.Actor
		q     process.ReportQuery
		code  process.Code
	}{
		"unknown":       {h.reader, process.ReportQuery{Name: "x"}, process.CodeNotFound},
		"no date":       {h.reader, process.ReportQuery{Name: "vat", From: "2026-02-30"}, process.CodeInvalid},
		"backwards":     {h.reader, process.ReportQuery{Name: "vat", From: "2026-02-02", To: "2026-02-01"}, process.CodeInvalid},
		"past balances": {h.reader, process.ReportQuery{Name: "receivables", To: "2026-02-01"}, process.CodeInvalid},
		"nobody":        {process.Actor{}, process.ReportQuery{Name: "vat"}, process.CodeUnauthorized},
		"a customer":    {process.Actor{Kind: process.ActorCustomer}, process.ReportQuery{Name: "vat"}, process.CodeForbidden},
	} {
		_, err := h.s.Report(h.ctx(), c.actor, c.q)
		if process.CodeOf(err) != c.code {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// The CSV has a cell for every column, and strangers' text is no formula in it.
func TestReportCSV(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.create(process.TypeLead, `{"name":"X","source":"=1+1, \"x\""}`)
	h.create(process.TypeCustomer, `{"name":"@X"}`)
	h.issuedInvoice()
	names, _ := process.ReportRows()
	for _, name := range names {
		r := h.report(name)
		var b strings.Builder
		h.check(r.WriteCSV(&b))
		rows, err := csv.NewReader(strings.NewReader(b.String())).ReadAll()
		h.check(err)
		if len(rows) != 1+reflect.ValueOf(r.Items).Len() || len(rows[0]) != len(r.Columns()) {
			t.Errorf("%s: %q", name, b.String())
		}
		if name == "funnel" && rows[1][1] != `'=1+1, "x"` {
			t.Errorf("the source became %q", rows[1][1])
		}
		if name == "customers" && (rows[1][1] != "Kunde AS" || rows[1][5] != "12350.50") {
			t.Errorf("%s: %q", name, rows[1])
		}
	}
}
