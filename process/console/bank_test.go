package console

import (
	"bytes"
	"mime/multipart"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/emne/emne/process"
)

const bankHead = "Dato;Beløp;Navn;Melding;KID\n"

// bankFile hands movements in as a CSV file.
func (w *world) bankFile(rows ...string) {
	w.t.Helper()
	must(w.t)(w.s.ImportStatement(w.t.Context(), w.actor, process.StatementInput{Name: "bank.csv", Data: []byte(bankHead + strings.Join(rows, "\n"))}))
}

// entry is the id of the newest entry of an amount.
func (w *world) entry(kroner string) string {
	w.t.Helper()
	es, _, err := w.s.BankEntries().List(w.t.Context(), w.actor, process.Filter{Query: kroner + ".00", Limit: 1})
	if err != nil || len(es) == 0 {
		w.t.Fatalf("no entry of %s: %v", kroner, err)
	}
	return es[0].ID
}

// upload sends the form of the list of bank entries.
func (w *world) upload(name string, data []byte) *httptest.ResponseRecorder {
	w.t.Helper()
	var body bytes.Buffer
	m := multipart.NewWriter(&body)
	part, err := m.CreateFormFile("file", name)
	if err == nil {
		_, err = part.Write(data)
	}
	if err == nil {
		err = m.Close()
	}
	if err != nil {
		w.t.Fatal(err)
	}
	r := httptest.NewRequest("POST", "/bank-files", &body)
	r.Header.Set("Content-Type", m.FormDataContentType())
	return w.do(r)
}

// A person hands a file in, and says yes to what is suggested by one click.
func TestBankPages(t *testing.T) {
	b := &browser{world: newWorld(t)}
	one, other := b.invoice(b.invoiced("fjell")), b.invoice(b.invoiced("havblikk"))
	if rec := b.get("/bank-entries"); !strings.Contains(rec.Body.String(), `enctype="multipart/form-data"`) {
		t.Error("the list has no form to hand a file in")
	}
	file := bankHead + "01.11.2026;" + strings.Replace(one.Open.String(), ".", ",", 1) + ";;;" + one.PaymentReference + "\n01.11.2026;20,00;Noen;faktura " + other.Number + ";\n"
	rec := b.upload("bank.csv", []byte(file))
	if rec.Code != 303 {
		t.Fatalf("%d: %s", rec.Code, b.text(rec))
	}
	b.open(rec.Header().Get("Location"))
	page := b.get(rec.Header().Get("Location"))
	for _, want := range []string{"1 bokført, 1 må avklares", "Faktura " + other.Number, "nummeret i teksten"} {
		if !strings.Contains(page.Body.String(), want) {
			t.Errorf("the list lacks %q", want)
		}
	}
	if b.invoice(one.ID).Payment != "paid" {
		t.Error("the certain one is not booked")
	}
	b.send("/do/match")
	if got := b.invoice(other.ID); got.Payment != "partly_paid" || got.Paid.String() != "20.00" {
		t.Errorf("after the click the invoice is %s with %s paid", got.Payment, got.Paid)
	}
	if again := b.upload("bank.csv", []byte(file)); !strings.Contains(again.Header().Get("Location"), "repeated=2") {
		t.Errorf("the same file again: %d %s", again.Code, again.Header().Get("Location"))
	}
	// The bank takes the first payment back: one click gives it back here too.
	back := b.upload("bank.xml", []byte(`<Document><BkToCstmrStmt><Stmt><Ntry><Amt Ccy="NOK">`+one.Open.String()+`</Amt><CdtDbtInd>DBIT</CdtDbtInd><RvslInd>true</RvslInd>
		<BookgDt><Dt>2026-11-02</Dt></BookgDt><NtryDtls><TxDtls><RmtInf><Strd><CdtrRefInf><Ref>`+one.PaymentReference+`</Ref></CdtrRefInf></Strd></RmtInf></TxDtls></NtryDtls></Ntry></Stmt></BkToCstmrStmt></Document>`)).Header().Get("Location")
	b.open(back)
	if page := b.get(back).Body.String(); !strings.Contains(page, "pengene gikk tilbake?") {
		t.Error("the reversal is not suggested")
	}
	b.send("/do/match")
	if got := b.invoice(one.ID); got.Payment != "unpaid" {
		t.Errorf("after the reversal it is %s", got.Payment)
	}
	for name, c := range map[string]struct {
		data   []byte
		status int
		says   string
	}{
		"unreadable": {[]byte(bankHead + "01.11.2026;tolv;;;\n"), 422, "line 2, amount"},
		"too large":  {make([]byte, maxBankForm), 413, "for stor"},
		"empty":      {[]byte{}, 422, "line 1"},
	} {
		if rec := b.upload("bank.csv", c.data); rec.Code != c.status || !strings.Contains(rec.Body.String(), c.says) {
			t.Errorf("%s: %d %s", name, rec.Code, b.text(rec))
		}
	}
	if rec := b.post("/bank-files", "file", "x"); rec.Code != 422 {
		t.Errorf("a form without a file: %d", rec.Code)
	}
}
