package exchange

import (
	"fmt"
	"strings"
	"testing"

	"github.com/emne/emne/process"
)

const (
	ecb = `<?xml version="1.0" encoding="UTF-8"?>
<gesmes:Envelope xmlns:gesmes="http://www.gesmes.org/xml/2002-08-01" xmlns="http://www.ecb.int/vocabulary/2002-08-01/eurofxref">
<gesmes:subject>Reference rates</gesmes:subject><Cube>
<Cube time='2026-02-27'><Cube currency='USD' rate='1.2500'/><Cube currency='NOK' rate='11.5000'/><Cube currency='JPY' rate='160.00'/></Cube>
<Cube time="2026-02-26"><Cube currency="USD" rate="1.2"/><Cube currency="NOK" rate="11.4"/></Cube>
</Cube></gesmes:Envelope>`
	norgesBank = "FREQ;Frequency;BASE_CUR;Base Currency;QUOTE_CUR;Quote Currency;TENOR;Tenor;DECIMALS;CALCULATED;UNIT_MULT;Unit Multiplier;COLLECTION;Collection Indicator;TIME_PERIOD;OBS_VALUE\n" +
		"B;Business;USD;US dollar;NOK;Norwegian krone;SP;Spot;4;false;0;Units;C;ECB concertation time;2026-02-27;9,2000\n" +
		"B;Business;SEK;Swedish krona;NOK;Norwegian krone;SP;Spot;2;false;2;Hundreds;C;ECB concertation time;2026-02-27;99.13\n" +
		"B;Business;I44;Import-weighted;NOK;Norwegian krone;SP;Spot;2;true;0;Units;C;ECB concertation time;2026-02-27;115.2\n" +
		"B;Business;EUR;Euro;NOK;Norwegian krone;SP;Spot;4;false;0;Units;C;ECB concertation time;2026-02-27;\n"
)

func TestReadRates(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ file, source, want string }{
		"the European Central Bank": {ecb, process.RatesECB, "2026-02-27 EUR USD 1.25|2026-02-27 EUR NOK 11.5|2026-02-27 EUR JPY 160|2026-02-26 EUR USD 1.2|2026-02-26 EUR NOK 11.4"},
		"Norges Bank":               {norgesBank, process.RatesNorgesBank, "2026-02-27 USD NOK 9.2|2026-02-27 SEK NOK 0.9913|2026-02-27 I44 NOK 115.2"},
		"CSV":                       {"date,currency,rate,units\n2026-02-27,eur,11.4325,\n2026-02-27,SEK,99.13,100\n\n", process.RatesCSV, "2026-02-27 EUR  11.4325|2026-02-27 SEK  0.9913"},
		"a spreadsheet's CSV":       {"\ufeffDato;Valuta;Kurs\r\n27.02.2026;EUR;11,4325\r\n;;\r\n", process.RatesCSV, "2026-02-27 EUR  11.4325"},
		"with a base":               {"date,currency,base,rate\n2026-02-27,EUR,USD,1.25\n", process.RatesCSV, "2026-02-27 EUR USD 1.25"},
		"a comma between quotes":    {"date,currency,rate\n2026-02-27,EUR,\"11,43\"\n", process.RatesCSV, "2026-02-27 EUR  11.43"},
	} {
		f, ps := Rates{}.ReadRates([]byte(c.file))
		var got []string
		for _, q := range f.Quotes {
			got = append(got, fmt.Sprintf("%s %s %s %s", q.Date, q.Currency, q.Base, q.Rate))
		}
		if len(ps) > 0 || f.Source != c.source || strings.Join(got, "|") != c.want {
			t.Errorf("%s: %s %q, %v", name, f.Source, got, ps)
		}
	}
	for file, want := range map[string]string{
		"":                    "line 1 import.broken",
		"date,currency,rate":  "file rates.empty",
		"a,b\n1,2\n":          "line 1 rates.columns",
		"<html><body></html>": "line 1 rates.xml",
		"<Envelope/>":         "file rates.empty",
		`<Cube><Cube currency="USD" rate="1"/></Cube>`:                                           "line 1: time date",
		`<Cube time="26.02.2026"><Cube currency="USD" rate="1"/></Cube>`:                         "line 1: time date",
		"<Cube time=\"2026-02-26\">\n<Cube currency=\"USD\" rate=\"-1\"/></Cube>":                "line 2: rate number",
		"date,currency,rate\n2026-02-30,EUR,1\n2026-02-27,XXX,1\n2026-02-27,EUR,0":               "line 2: date date, line 3: currency currency.unknown, line 4: rate number",
		"date,currency,rate\n2026-02-27,EUR,1e9\n2026-02-27,EUR,12345678901\n":                   "line 2: rate number, line 3: rate number",
		"date,currency,rate,units\n2026-02-27,EUR,1,x\n2026-02-27,EUR,0.0000000001,1000000000\n": "line 2: units number, line 3: units number",
		"date,currency,rate\n2026-02-27,EUR,1\n2026-02-27,EUR,2\n":                               "line 3 import.twice",
		"date,currency,rate\n2026-02-27,\"EUR,2\n":                                               "line 2 import.broken",
		"base_cur;unit_mult;time_period;obs_value\nSEK;9;2026-02-27;1\nSEK;2;2026-02;1\n":        "line 2: unit_mult number, line 3: date date",
		"date,currency,rate\n" + strings.Repeat("2026-02-27,EUR,x\n", 200):                       strings.Repeat("#", 100),
	} {
		f, ps := Rates{}.ReadRates([]byte(file))
		var got []string
		for _, p := range ps {
			got = append(got, p.Field+" "+p.Reason)
		}
		if is := strings.Join(got, ", "); len(f.Quotes) > 0 || is != want && (want[0] != '#' || len(ps) != len(want)) {
			t.Errorf("%.60q: %s, want %s", file, is, want)
		}
	}
	var long strings.Builder
	long.WriteString("date,currency,base,rate\n")
	for i := range maxQuotes + 1 {
		fmt.Fprintf(&long, "2026-02-27,EUR,A%d,1\n", i)
	}
	if _, ps := (Rates{}).ReadRates([]byte(long.String())); len(ps) != 1 || ps[0].Reason != "rates.many" {
		t.Errorf("too many rates: %v", ps)
	}
}

func FuzzRates(f *testing.F) {
	for _, seed := range []string{ecb, norgesBank, "date,currency,rate,units\n2026-02-27,SEK,99.13,100\n", "Dato;Valuta;Kurs\n27.02.2026;EUR;11,4325\n", "<Cube time='2026-02-26'>", "\xff\xfe<"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		file, ps := Rates{}.ReadRates(data)
		if len(ps) > 0 && len(file.Quotes) > 0 || len(ps) == 0 && len(file.Quotes) == 0 || len(ps) > maxFaults {
			t.Fatalf("%d quotes, %d problems", len(file.Quotes), len(ps))
		}
		for _, p := range ps {
			if p.Field == "" || p.Reason == "" || p.Message == "" {
				t.Fatalf("%+v", p)
			}
		}
		for _, q := range file.Quotes {
			if !q.Date.Valid() || !q.Rate.IsPositive() || q.Rate.Exponent() < -12 {
				t.Fatalf("%+v", q)
			}
		}
	})
}
