package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/emne/emne/process"
	"github.com/emne/emne/process/store/storetest"
)

// Payments come in from bank files, on each database.
func TestBankOnSQLite(t *testing.T) { bankWalk(startDemo(t)) }

func TestBankOnPostgres(t *testing.T) { bankWalk(startDemo(t, "--postgres", storetest.Postgres(t))) }

func bankWalk(w *world) {
	t := w.t
	settings := w.api("GET", "settings", nil)
	settings["payment_link"] = "https://pay.example/{reference}?amount={amount}&n={number}"
	settings["write_off_limit"] = map[string]any{"amount": "1.00", "currency": "NOK"}
	w.api("PUT", "settings", settings)
	customer := func(name string) string {
		return w.api("POST", "customers", map[string]any{"name": name, "email": "post@bank.example", "organisation_number": "974760673",
			"address": map[string]any{"street": "Storgata 1", "postcode": "0150", "city": "Oslo", "country": "NO"}})["id"].(string)
	}
	invoice := func(customer, price string) map[string]any {
		draft := w.api("POST", "invoices", map[string]any{"customer": customer, "lines": []any{map[string]any{"description": "Arbeid", "unit_price": price}}})["id"].(string)
		return w.api("POST", "invoices/"+draft+"/issue", nil)["record"].(map[string]any)
	}
	hansen := customer("Hansen Bygg AS")
	var is []map[string]any // of 1250.00, 1250.00, 500.00, 250.00 and 100.00
	for _, price := range []string{"1000", "1000", "400", "200", "80"} {
		is = append(is, invoice(hansen, price))
	}
	kid := func(n int) string { return is[n]["payment_reference"].(string) }
	number := func(n int) string { return is[n]["number"].(string) }
	mail := w.mail("post@bank.example", number(0))
	if link := "https://pay.example/" + kid(0) + "?amount=1250.00&n=" + number(0); !strings.Contains(mail.FullText, link) || !strings.Contains(mail.HTML, "https://pay.example/"+kid(0)) {
		t.Errorf("the invoice's mail lacks the link to pay:\n%s", mail.FullText)
	}
	if status, b := w.request("GET", "/p/"+linkIn(t, mail), nil, nil); status != http.StatusOK || !strings.Contains(string(b), `href="https://pay.example/`+kid(0)+`?amount=1250.00&amp;n=`+number(0)) {
		t.Errorf("the customer's page answers %d without the link to pay: %s", status, b)
	}
	dir := t.TempDir()
	write := func(name, data string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(data), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	camt := write("camt.xml", `<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.02"><BkToCstmrStmt><Stmt><Id>S</Id><Acct><Id><IBAN>NO9386011117947</IBAN></Id><Ccy>NOK</Ccy></Acct>`+
		camtEntry("A", "1249.50", "", kid(0), "")+camtEntry("B", "750.00", "HANSEN BYGG AS", "", "Faktura "+number(2)+" og "+number(3))+
		camtEntry("C", "77.00", "Ukjent", "", "takk for sist")+`</Stmt></BkToCstmrStmt></Document>`)
	out := w.cli(exitDone, "payment", "import", camt)
	if !strings.Contains(out, "camt.053, 3 entries: 2 booked, 1 unmatched, 0 ignored, 0 repeated") {
		t.Errorf("emne payment import says %s", out)
	}
	if out := w.cli(exitDone, "payment", "import", camt, camt, "--format", "camt.053", "--json"); strings.Count(out, `"repeated": 3`) != 2 {
		t.Errorf("the same file again: %s", out)
	}
	w.together([]byte("Dato;Beløp;Navn;Arkivref\n" + strings.Repeat("20.11.2026;3,00;Noen;#\n", 150)))
	if out := w.cli(exitDone, "settings", "export"); !strings.Contains(out, "https://pay.example/{reference}") || !strings.Contains(out, "write_off_limit") {
		t.Errorf("the exported settings lack the new ones: %s", out)
	}
	for n, want := range []string{"settled 0.00", "unpaid 1250.00", "paid 0.00", "paid 0.00", "unpaid 100.00"} {
		i := w.api("GET", "invoices/"+is[n]["id"].(string), nil)
		if got := fmt.Sprint(i["payment"], " ", i["open"].(map[string]any)["amount"]); got != want {
			t.Errorf("invoice %s is %s, want %s", number(n), got, want)
		}
	}
	// What is left is a person's.
	left := w.items("bank-entries?state=unmatched")
	if len(left) != 1 || left[0]["counterparty"] != "Ukjent" {
		t.Fatalf("unmatched are %v", left)
	}
	entry := left[0]["id"].(string)
	w.cli(exitDone, "bank-entry", "match", entry, "--invoice", number(1))
	w.cli(exitConflict, "bank-entry", "match", entry, "--invoice", number(1))
	payment := w.items("payments?bank_entry=" + entry)[0]["id"].(string)
	w.cli(exitDone, "payment", "refund", payment, "--amount", "7.00 NOK", "--reason", "for mye")
	w.cli(exitConflict, "bank-entry", "unmatch", entry)
	w.cli(exitDone, "payment", "reverse", w.items("payments?refund_of=" + payment)[0]["id"].(string))
	w.cli(exitDone, "bank-entry", "unmatch", entry)
	w.cli(exitDone, "bank-entry", "match", entry, "--invoices", number(4))
	if i := w.api("GET", "invoices/"+is[4]["id"].(string), nil); i["payment"] != "partly_paid" || i["open"].(map[string]any)["amount"] != "23.00" {
		t.Errorf("the last invoice is %v with %v open", i["payment"], i["open"])
	}
	w.cli(exitFailed, "payment", "import", write("broken.xml", "<Document><BkToCstmrStmt><Stmt><Ntry/></Stmt></BkToCstmrStmt></Document>"))
	if out := w.cli(exitDone, "bank-entry", "list", "-q", "ukjent"); !strings.Contains(out, "Ukjent") {
		t.Errorf("emne bank-entry list gives %s", out)
	}
	if out := w.verify(); !strings.Contains(out, "everything holds") {
		t.Errorf("verify says %s", out)
	}
}

// together hands one file in from four clients at once; each entry is taken once.
func (w *world) together(file []byte) {
	w.t.Helper()
	for n := 0; bytes.Contains(file, []byte("#")); n++ {
		file = bytes.Replace(file, []byte("#"), fmt.Appendf(nil, "N%d", n), 1)
	}
	var clients sync.WaitGroup
	var mu sync.Mutex
	taken, repeated := 0, 0
	for range 4 {
		clients.Go(func() {
			status, b := w.request("POST", "/api/v1/bank-files", http.Header{"Content-Type": {"text/csv"}}, file)
			var s process.StatementSummary
			if err := json.Unmarshal(b, &s); err != nil || status != http.StatusOK {
				w.t.Errorf("one of four answers %d: %s", status, b)
			}
			mu.Lock()
			defer mu.Unlock()
			taken, repeated = taken+s.Unmatched, repeated+s.Repeated
		})
	}
	clients.Wait()
	if taken != 150 || repeated != 450 {
		w.t.Errorf("four clients took %d entries and saw %d again", taken, repeated)
	}
	for _, e := range w.items("bank-entries?state=unmatched&limit=1000&q=Noen") {
		w.api("POST", "bank-entries/"+e["id"].(string)+"/ignore", map[string]any{"reason": "test"})
	}
}

func camtEntry(id, amount, from, kid, text string) string {
	remittance := "<Ustrd>" + text + "</Ustrd>"
	if kid != "" {
		remittance = "<Strd><CdtrRefInf><Ref>" + kid + "</Ref></CdtrRefInf></Strd>"
	}
	return `<Ntry><Amt Ccy="NOK">` + amount + `</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>BOOK</Sts><BookgDt><Dt>2026-11-20</Dt></BookgDt><AcctSvcrRef>` + id + `</AcctSvcrRef>
		<NtryDtls><TxDtls><RltdPties><Dbtr><Nm>` + from + `</Nm></Dbtr></RltdPties><RmtInf>` + remittance + `</RmtInf></TxDtls></NtryDtls></Ntry>`
}
