package bank

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/emne/emne/process"
)

func fixture(t testing.TB, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// say writes an entry on one line.
func say(e process.StatementEntry) string {
	unsure := ""
	if e.Unsure {
		unsure = " unsure"
	}
	return fmt.Sprintf("%s %s %s%s ref=%s text=%q from=%q/%s on=%s id=%s%s", e.BookingDate, e.ValueDate, e.Amount, e.Amount.Currency,
		e.Reference, e.Text, e.Counterparty, e.CounterpartyAccount, e.Account, e.EntryID, unsure)
}

func TestFixtures(t *testing.T) {
	for _, c := range []struct {
		file, format string
		want         []string
	}{
		{"statement-053.xml", FormatCAMT053, []string{
			`2026-11-20 2026-11-21 1250.00NOK ref=100018 text="" from="Hansen Bygg AS"/97101234560 on=NO9315034512345 id=REF-A`,
			`2026-11-20  1000.00NOK ref= text="Faktura 10002 takk" from="Nordlys AS"/ on=NO9315034512345 id=REF-B/1`,
			`2026-11-20  500.50NOK ref= text="100034 100042" from=""/ on=NO9315034512345 id=REF-B-2`,
			`2026-11-20  -310.00NOK ref= text="Avtalegiro" from="Strøm AS"/ on=NO9315034512345 id=REF-C`,
			`2026-11-20  900.00NOK ref= text="" from=""/ on=NO9315034512345 id=REF-D unsure`,
		}},
		{"hard-cases-053.xml", FormatCAMT053, []string{
			`2026-11-24  100.00NOK ref=100018 text="" from=""/ on=NO9315034512345 id=B1/1`,
			`2026-11-24  100.00NOK ref=100018 text="" from=""/ on=NO9315034512345 id=B1/2`,
			`2026-11-24  50.00NOK ref= text="takk" from=""/ on=NO9315034512345 id=B1/3`,
			`2026-11-24  600.00NOK ref= text="" from=""/ on=NO9315034512345 id=B2-1`,
			`2026-11-24  400.00NOK ref= text="" from=""/ on=NO9315034512345 id=B2-2`,
			`2026-11-24  -5.00NOK ref= text="" from=""/ on=NO9315034512345 id=B2/charges`,
			`2026-11-24  1000.00NOK ref= text="10004" from="Abroad Ltd"/ on=NO9315034512345 id=B3/1`,
			`2026-11-24  -10.00NOK ref= text="" from=""/ on=NO9315034512345 id=B3/charges`,
			`2026-11-24  200.00NOK ref=100026 text="" from="Hansen Bygg AS"/ on=NO9315034512345 id=B4/1`,
			`2026-11-24  500.00NOK ref= text="10003" from="Hansen Bygg AS"/ on=NO9315034512345 id=B4/2`,
			`2026-11-24  300.00NOK ref=100034 text="K-1001" from=""/ on=NO9315034512345 id=B5`,
			`2026-11-25  -100.00NOK ref=100018 text="" from=""/ on=NO9315034512345 id=B6 unsure`,
			`2026-11-25  80.00NOK ref= text="10005" from=""/ on=NO9315034512345 id=B7 unsure`,
		}},
		{"notification-054.xml", FormatCAMT054, []string{
			`2026-11-20  150.25NOK ref=100059 text="" from="Åse Ødegård"/NO9386011117947 on=15034512345 id=N1/7/1`,
			`2026-11-20  249.75NOK ref= text="leie" from=""/ on=15034512345 id=N1/7/2`,
		}},
		{"payments.ocr", FormatOCR, []string{
			`2026-11-20 2026-11-20 1250.00NOK ref=100018 text="" from=""/97101234560 on=15034512345 id=0000123/001008560/0000042/201126/0000001`,
			`2026-11-20 2026-11-20 999.50NOK ref=100026 text="" from=""/12345678903 on=15034512345 id=0000123/001008560/0000042/201126/0000002`,
			`2026-11-20 2026-11-20 500.00NOK ref= text="Faktura 10003 Nordlys AS" from=""/97101234560 on=15034512345 id=0000123/001008560/0000042/201126/0000003`,
		}},
		{"one-amount.csv", FormatCSV, []string{
			`2026-11-20  1250.00NOK ref=100018 text="" from="Hansen Bygg AS"/97101234560 on= id=`,
			`2026-11-20  -310.00NOK ref= text="Avtalegiro" from="Strøm AS"/15034512345 on= id=`,
			`2026-11-21  1000.50NOK ref= text="Faktura \"10002\"" from="Nordlys; AS"/ on= id=`,
		}},
		{"in-and-out.csv", FormatCSV, []string{
			`2026-11-20 2026-11-20 150.25NOK ref= text="Fra Åse Ødegård KID 100059" from=""/86011117947 on=15034512345 id=`,
			`2026-11-20 2026-11-21 -99.00NOK ref= text="Varekjøp" from=""/ on= id=`,
			`2026-11-20 2026-11-20 -12.50NOK ref= text="Renter" from=""/ on= id=`,
		}},
	} {
		t.Run(c.file, func(t *testing.T) {
			data := fixture(t, c.file)
			for _, format := range []string{"", c.format} {
				s, err := Reader{}.ReadStatement(data, format, process.CSVMapping{}, "NOK")
				if err != nil {
					t.Fatal(err)
				}
				if s.Format != c.format || len(s.Entries) != len(c.want) {
					t.Fatalf("%s with %d entries, want %s with %d", s.Format, len(s.Entries), c.format, len(c.want))
				}
				for i, e := range s.Entries {
					if got := say(e); got != c.want[i] {
						t.Errorf("entry %d:\n got %s\nwant %s", i, got, c.want[i])
					}
					if !strings.HasPrefix(e.Position, "line ") {
						t.Errorf("entry %d stands at %q", i, e.Position)
					}
				}
			}
		})
	}
}

// TestVersionsAndNamespaces reads the statement under every namespace and none.
func TestVersionsAndNamespaces(t *testing.T) {
	data := string(fixture(t, "statement-053.xml"))
	const namespace = ` xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.02"`
	for _, other := range []string{"", strings.Replace(namespace, ".02", ".04", 1), strings.Replace(namespace, ".02", ".06", 1), strings.Replace(namespace, ".02", ".08", 1), ` xmlns="urn:of:a:bank"`} {
		s, err := Reader{}.ReadStatement([]byte(strings.Replace(data, namespace, other, 1)), "", process.CSVMapping{}, "NOK")
		if err != nil || len(s.Entries) != 5 {
			t.Errorf("under %q: %d entries, %v", other, len(s.Entries), err)
		}
	}
}

// TestRefusals wants each error to name the place.
func TestRefusals(t *testing.T) {
	camt, ocr, list := string(fixture(t, "statement-053.xml")), string(fixture(t, "payments.ocr")), string(fixture(t, "one-amount.csv"))
	replace := func(s, a, b string) string {
		if !strings.Contains(s, a) {
			t.Fatalf("the fixture has no %q", a)
		}
		return strings.Replace(s, a, b, 1)
	}
	lines := strings.SplitAfter(ocr, "\r\n")
	for name, c := range map[string]struct {
		data    string
		mapping process.CSVMapping
		want    []string
	}{
		"camt amount":      {data: replace(camt, "1250.00", "1,250.00"), want: []string{"line 8", "Ntry[1]/Amt", `"1,250.00"`}},
		"camt øre":         {data: replace(camt, "1250.00", "1250.001"), want: []string{"Ntry[1]/Amt", "decimals"}},
		"camt exponent":    {data: replace(camt, "1250.00", "1e3"), want: []string{"no amount"}},
		"camt direction":   {data: replace(camt, "CRDT", "BOTH"), want: []string{"Ntry[1]", "BOTH"}},
		"camt date":        {data: replace(camt, "2026-11-20</Dt>", "2026-02-30</Dt>"), want: []string{"Ntry[1]/BookgDt", "2026-02-30"}},
		"camt cut off":     {data: camt[:len(camt)/2], want: []string{"line "}},
		"camt other":       {data: "<Document><CstmrCdtTrfInitn/></Document>", want: []string{"line 1", "Document"}},
		"camt currency":    {data: replace(camt, `Ccy="NOK">1250`, `Ccy="kroner">1250`), want: []string{"Ntry[1]/Amt", "kroner"}},
		"camt deep":        {data: strings.Repeat("<a>", 100), want: []string{"too deep"}},
		"ocr amount":       {data: replace(ocr, "00000000000125000", "0000000000012500x"), want: []string{"line 3", "columns 33-49"}},
		"ocr date":         {data: replace(ocr, "0000001201126", "0000001311126"), want: []string{"line 3", "columns 16-21"}},
		"ocr cut off":      {data: strings.Join(lines[:5], ""), want: []string{"line 5", "end record"}},
		"ocr a line less":  {data: strings.Join(append(append([]string{}, lines[:4]...), lines[6:]...), ""), want: []string{"3 transactions", "sum"}},
		"ocr other line":   {data: replace(ocr, "NY091530", "XX091530"), want: []string{"line 5", "no record"}},
		"ocr other record": {data: replace(ocr, "NY091530", "NY091577"), want: []string{"line 5", "77"}},
		"ocr no order":     {data: lines[0] + lines[2], want: []string{"line 2", "outside"}},
		"csv amount":       {data: replace(list, "1 250,00", "tolv"), want: []string{"line 4", "amount", "tolv"}},
		"csv øre":          {data: replace(list, "1 250,00", "1250,005"), want: []string{"line 4", "1250,005"}},
		"csv ambiguous":    {data: replace(list, "1 250,00", "1.250"), want: []string{"line 4", "bank_csv.decimal"}},
		"csv groups":       {data: replace(list, "1 250,00", "12.50.00"), want: []string{"line 4"}},
		"csv date":         {data: replace(list, "20.11.2026", "20.13.2026"), want: []string{"line 4", "20.13.2026"}},
		"csv date format":  {data: list, mapping: process.CSVMapping{DateFormat: "YYYY-MM-DD"}, want: []string{"line 4", "YYYY-MM-DD"}},
		"csv no names":     {data: "a;b\n1;2\n", want: []string{"line 1", "bank_csv.columns"}},
		"csv both ways":    {data: "Dato;Inn;Ut\n20.11.2026;1,00;2,00\n", want: []string{"line 2", "both"}},
		"nothing":          {data: "", want: []string{"line 1"}},
	} {
		t.Run(name, func(t *testing.T) {
			s, err := Reader{}.ReadStatement([]byte(c.data), "", c.mapping, "NOK")
			if err == nil {
				t.Fatalf("read %d entries", len(s.Entries))
			}
			for _, want := range c.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("%q does not say %q", err, want)
				}
			}
		})
	}
	if _, err := (Reader{}).ReadStatement([]byte("x"), "mt940", process.CSVMapping{}, "NOK"); err == nil || !strings.Contains(err.Error(), "mt940") {
		t.Errorf("an unknown format: %v", err)
	}
	many := "Dato;Beløp\n" + strings.Repeat("1x;y\n", 50)
	if _, err := (Reader{}).ReadStatement([]byte(many), "", process.CSVMapping{}, "NOK"); err == nil || strings.Count(err.Error(), "\n") != maxFaults || !strings.Contains(err.Error(), "40 more") {
		t.Errorf("many faults: %v", err)
	}
}

// TestCardsTakenBack reads a reversal (kind 18) as money that went out; the
// file's sums count it as it stands.
func TestCardsTakenBack(t *testing.T) {
	data := strings.Replace(string(fixture(t, "payments.ocr")), "NY0915300000002", "NY0918300000002", 1)
	s, err := Reader{}.ReadStatement([]byte(strings.Replace(data, "NY0915310000002", "NY0918310000002", 1)), "", process.CSVMapping{}, "NOK")
	if err != nil {
		t.Fatal(err)
	}
	if e := s.Entries[1]; e.Amount.String() != "-999.50" || !e.Unsure || e.Reference != "100026" {
		t.Errorf("the reversal is %s", say(e))
	}
}

// TestMapping reads a file that nothing is known of.
// TestLargeBatch: a batch takes time by its length, not by its square.
func TestLargeBatch(t *testing.T) {
	const parts = 50_000
	var b strings.Builder
	fmt.Fprintf(&b, `<Document><BkToCstmrStmt><Stmt><Id>S</Id><Ntry><Amt Ccy="NOK">%d.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>BOOK</Sts><BookgDt><Dt>2026-03-02</Dt></BookgDt><AcctSvcrRef>B</AcctSvcrRef><NtryDtls>`, parts)
	for i := range parts {
		fmt.Fprintf(&b, `<TxDtls><Refs><AcctSvcrRef>T%d</AcctSvcrRef></Refs><Amt Ccy="NOK">1.00</Amt></TxDtls>`, i)
	}
	b.WriteString("</NtryDtls></Ntry></Stmt></BkToCstmrStmt></Document>")
	s, err := Reader{}.ReadStatement([]byte(b.String()), FormatCAMT053, process.CSVMapping{}, "NOK")
	if err != nil || len(s.Entries) != parts || s.Entries[parts-1].EntryID != fmt.Sprint("T", parts-1) {
		t.Fatalf("%d entries, want %d: %v", len(s.Entries), parts, err)
	}
}

func TestMapping(t *testing.T) {
	data := "When|What|How much|Who|Id\n11/20/26|Invoice 10001|1,250.50|Smith Ltd|A1\n"
	m := process.CSVMapping{Delimiter: "|", Decimal: ".", DateFormat: "MM/DD/YY",
		Columns: process.CSVColumns{BookingDate: "when", Text: "What", Amount: "How Much", Counterparty: "Who", EntryID: "Id"}}
	s, err := Reader{}.ReadStatement([]byte(data), "csv", m, "GBP")
	if err != nil || len(s.Entries) != 1 {
		t.Fatalf("%v, %v", s, err)
	}
	if got, want := say(s.Entries[0]), `2026-11-20  1250.50GBP ref= text="Invoice 10001" from="Smith Ltd"/ on= id=A1`; got != want {
		t.Errorf("got %s\nwant %s", got, want)
	}
}

func TestAmounts(t *testing.T) {
	for text, want := range map[string]string{"1 250,00": "1250.00", "1.250,00": "1250.00", "1,250.00": "1250.00", "-5": "-5.00", "5,5": "5.50", ",50": "0.50",
		"1\u00a0250,00": "1250.00", "1 234 567,89": "1234567.89", "\u2212 10,00": "-10.00", "10,00-": "-10.00", "+10.00": "10.00", "1.234.567": "",
		"1,2,3": "", "": "", "-": "", "1e5": "", "0x10": "", "1 250,000": "", "1.25,00": "", "99999999999999999999": ""} {
		r := &csvReader{}
		m, err := r.amount(text, "NOK")
		if want == "" && err == nil && text != "1.234.567" || want != "" && (err != nil || m.String() != want) {
			t.Errorf("%q is %s, %v; want %q", text, m, err, want)
		}
	}
}

func TestUTF16(t *testing.T) {
	var b bytes.Buffer
	b.WriteString("\xff\xfe")
	for _, r := range "Dato;Beløp;Navn\n20.11.2026;10,00;Åse\n" {
		b.WriteByte(byte(r))
		b.WriteByte(byte(r >> 8))
	}
	s, err := Reader{}.ReadStatement(b.Bytes(), "", process.CSVMapping{}, "NOK")
	if err != nil || len(s.Entries) != 1 || s.Entries[0].Counterparty != "Åse" {
		t.Errorf("%+v, %v", s, err)
	}
}
