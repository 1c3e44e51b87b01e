package exchange

import (
	"encoding/csv"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/shopspring/decimal"

	"github.com/emne/emne/process"
)

const (
	// maxQuotes bounds a file, maxFaults what is said about it.
	maxQuotes = 20_000
	maxFaults = 100
)

// Rates implements process.RateReader. Its zero value is ready.
type Rates struct{}

var _ process.RateReader = Rates{}

// ReadRates implements process.RateReader.
func (Rates) ReadRates(data []byte) (process.RateFile, []process.Problem) {
	text := strings.TrimSpace(strings.TrimPrefix(process.SheetText(data), "\ufeff"))
	r := rateReader{seen: map[string]bool{}}
	if strings.HasPrefix(text, "<") {
		r.file.Source = process.RatesECB
		r.xml(text)
	} else {
		r.file.Source = process.RatesCSV
		r.csv(text)
	}
	if len(r.problems) == 0 && len(r.file.Quotes) == 0 {
		r.bad("file", "rates.empty", "there is no rate in the file")
	}
	if len(r.problems) > 0 {
		return process.RateFile{}, r.problems
	}
	return r.file, nil
}

type rateReader struct {
	file     process.RateFile
	seen     map[string]bool
	problems []process.Problem
}

func (r *rateReader) bad(field, reason, format string, args ...any) {
	if len(r.problems) < maxFaults {
		r.problems = append(r.problems, process.Problem{Field: field, Reason: reason, Message: fmt.Sprintf(format, args...)})
	}
}

// full reports whether no more can be taken.
func (r *rateReader) full() bool {
	if len(r.file.Quotes) < maxQuotes {
		return false
	}
	r.bad("file", "rates.many", "a file has at most %d rates: divide it", maxQuotes)
	return true
}

// add takes a quote; at is where it stands.
func (r *rateReader) add(at string, q process.RateQuote) {
	key := string(q.Date) + q.Currency + q.Base
	if r.seen[key] {
		r.bad(at, "import.twice", "the rate of %s on %s stands in the file twice", q.Currency, q.Date)
		return
	}
	r.seen[key] = true
	r.file.Quotes = append(r.file.Quotes, q)
}

// rate reads a positive number of at most ten places before and after its sign.
func (r *rateReader) rate(field, text string) (decimal.Decimal, bool) {
	text = strings.NewReplacer(" ", "", "\u00a0", "", "\u202f", "").Replace(text)
	if strings.Count(text, ",") == 1 && !strings.Contains(text, ".") {
		text = strings.Replace(text, ",", ".", 1)
	}
	whole, places, _ := strings.Cut(text, ".")
	d, err := decimal.NewFromString(text)
	if err != nil || strings.Trim(text, "0123456789.") != "" || len(whole) > 10 || len(places) > 10 || !d.IsPositive() {
		r.bad(field, "number", "%.40q is no rate", text)
		return d, false
	}
	return d, true
}

// xml reads the reference rates of the European Central Bank: Cube elements
// with a time, and in them Cube elements with a currency and a rate, units of
// it for one euro.
func (r *rateReader) xml(text string) {
	d := xml.NewDecoder(strings.NewReader(text))
	var day process.Date
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return
		}
		line, _ := d.InputPos()
		at := fmt.Sprintf("line %d", line)
		if err != nil {
			r.bad(at, "rates.xml", "the file is no XML: %v", err)
			return
		}
		e, ok := token.(xml.StartElement)
		if !ok || e.Name.Local != "Cube" {
			continue
		}
		attr := map[string]string{}
		for _, a := range e.Attr {
			attr[a.Name.Local] = strings.TrimSpace(a.Value)
		}
		if t, ok := attr["time"]; ok {
			if day = process.Date(t); !day.Valid() {
				r.bad(at+": time", "date", "%.40q is no day", t)
			}
		}
		currency, ok := attr["currency"]
		if !ok || r.full() {
			continue
		}
		if day == "" {
			r.bad(at+": time", "date", "a rate stands before its day")
			continue
		}
		if rate, ok := r.rate(at+": rate", attr["rate"]); ok && day.Valid() {
			r.add(at, process.RateQuote{Date: day, Currency: "EUR", Base: currency, Rate: rate})
		}
	}
}

// columns are where a file's columns stand, -1 for those that it lacks.
type columns struct{ date, currency, base, rate, units, mult int }

// csv reads a head and rows: date, currency, rate, units (100 for a rate of a
// hundred) and base; or the columns of Norges Bank's SDMX-CSV, where the rate
// is of ten to the power of UNIT_MULT.
func (r *rateReader) csv(text string) {
	head, _, _ := strings.Cut(text, "\n")
	in := csv.NewReader(strings.NewReader(text))
	in.FieldsPerRecord = -1
	for _, comma := range ";\t" {
		if strings.ContainsRune(head, comma) {
			in.Comma = comma
		}
	}
	names, err := in.Read()
	if err != nil {
		r.bad("line 1", "import.broken", "the file has no first line with the names of its columns")
		return
	}
	for i, n := range names {
		names[i] = strings.ToLower(strings.TrimSpace(n))
	}
	place := func(named ...string) int {
		return slices.IndexFunc(names, func(n string) bool { return slices.Contains(named, n) })
	}
	c := columns{place("date", "dato", "time_period"), place("currency", "valuta", "base_cur"), place("base", "quote_cur"), place("rate", "kurs", "obs_value"), place("units", "enheter", "enhet"), place("unit_mult")}
	if place("obs_value") >= 0 {
		r.file.Source = process.RatesNorgesBank
	}
	if c.date < 0 || c.currency < 0 || c.rate < 0 {
		r.bad("line 1", "rates.columns", "the first line names the columns: date, currency, rate, and units when a rate is of more than one")
		return
	}
	for !r.full() {
		cells, err := in.Read()
		if errors.Is(err, io.EOF) {
			return
		}
		var broken *csv.ParseError
		if errors.As(err, &broken) {
			r.bad(fmt.Sprintf("line %d", broken.Line), "import.broken", "%v", broken.Err)
			return
		}
		if err != nil {
			r.bad("file", "import.broken", "%v", err)
			return
		}
		line, _ := in.FieldPos(0)
		r.row(fmt.Sprintf("line %d", line), cells, c)
	}
}

func (r *rateReader) row(at string, cells []string, c columns) {
	cell := func(i int) string {
		if i < 0 || i >= len(cells) {
			return ""
		}
		return strings.TrimSpace(cells[i])
	}
	if strings.Join(cells, "") == "" || cell(c.rate) == "" && r.file.Source == process.RatesNorgesBank {
		return // nothing was observed
	}
	q := process.RateQuote{Date: dayOf(cell(c.date)), Currency: strings.ToUpper(cell(c.currency)), Base: strings.ToUpper(cell(c.base))}
	if !q.Date.Valid() {
		r.bad(at+": date", "date", "%.40q is no day: write it as 2026-12-31", cell(c.date))
		return
	}
	if r.file.Source == process.RatesCSV && !process.KnownCurrency(q.Currency) {
		r.bad(at+": currency", "currency.unknown", "%.40q is no ISO 4217 currency code", q.Currency)
		return
	}
	var ok bool
	if q.Rate, ok = r.rate(at+": rate", cell(c.rate)); !ok {
		return
	}
	units := decimal.NewFromInt(1)
	switch mult := cell(c.mult); {
	case mult != "" && (len(mult) != 1 || mult < "0" || mult > "6"):
		r.bad(at+": unit_mult", "number", "%.40q is no power of ten from 0 to 6", mult)
		return
	case mult != "":
		units = decimal.New(1, int32(mult[0]-'0'))
	case cell(c.units) != "":
		if units, ok = r.rate(at+": units", cell(c.units)); !ok {
			return
		}
	}
	if q.Rate = q.Rate.DivRound(units, 12); !q.Rate.IsPositive() {
		r.bad(at+": units", "number", "the rate of one is too small")
		return
	}
	r.add(at, q)
}

// dayOf takes 2026-12-31 and 31.12.2026.
func dayOf(s string) process.Date {
	if len(s) == 10 && s[2] == '.' && s[5] == '.' {
		s = s[6:] + "-" + s[3:5] + "-" + s[:2]
	}
	return process.Date(s)
}
