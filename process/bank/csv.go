package bank

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/emne/emne/process"
)

// column is a field of an entry in a CSV file, with the names that Norwegian
// banks, and English pages of theirs, give it. The first name that a file has
// wins.
type column struct {
	name  string
	given func(process.CSVColumns) string
	known []string
}

var columns = []column{
	{"booking_date", func(c process.CSVColumns) string { return c.BookingDate }, []string{"bokføringsdato", "bokført dato", "bokført", "bokføringsdag", "dato", "utført dato", "transaksjonsdato", "booking date", "date"}},
	{"value_date", func(c process.CSVColumns) string { return c.ValueDate }, []string{"rentedato", "valuteringsdato", "valuteringsdag", "valutadato", "rentedag", "value date", "interest date"}},
	{"amount", func(c process.CSVColumns) string { return c.Amount }, []string{"beløp", "beløp nok", "beløp i nok", "amount"}},
	{"in", func(c process.CSVColumns) string { return c.In }, []string{"inn på konto", "inn", "beløp inn", "kreditert", "kredit", "credit"}},
	{"out", func(c process.CSVColumns) string { return c.Out }, []string{"ut fra konto", "ut av konto", "ut", "beløp ut", "debitert", "debet", "debit"}},
	{"currency", func(c process.CSVColumns) string { return c.Currency }, []string{"valuta", "currency"}},
	{"reference", func(c process.CSVColumns) string { return c.Reference }, []string{"kid", "kid-nummer", "kidnummer", "kid / referanse", "structured reference"}},
	{"text", func(c process.CSVColumns) string { return c.Text }, []string{"melding", "tekst", "forklaring", "beskrivelse", "tittel", "message", "text", "description"}},
	{"counterparty", func(c process.CSVColumns) string { return c.Counterparty }, []string{"betaler", "navn", "avsendernavn", "motpart", "name", "counterparty", "payer"}},
	{"counterparty_account", func(c process.CSVColumns) string { return c.CounterpartyAccount }, []string{"fra konto", "avsender", "avsenderkonto", "motkonto", "from account"}},
	{"account", func(c process.CSVColumns) string { return c.Account }, []string{"til konto", "konto", "kontonummer", "to account", "account"}},
	{"entry_id", func(c process.CSVColumns) string { return c.EntryID }, []string{"arkivreferanse", "arkivref", "transaksjonsid", "transaksjons-id", "transaction id", "archive reference"}},
}

const (
	// maxPreamble is how many lines may stand before the one with the names.
	maxPreamble = 20
	maxFields   = 200
)

type csvReader struct {
	faults
	mapping  process.CSVMapping
	currency string
	layout   string // of dates; found out when empty
	at       map[string]int
	entries  []process.StatementEntry
}

func readCSV(data []byte, m process.CSVMapping, currency string) (process.Statement, error) {
	s := text(data)
	r := &csvReader{mapping: m, currency: currency}
	if m.DateFormat != "" {
		r.layout = strings.NewReplacer("DD", "02", "MM", "01", "YYYY", "2006", "YY", "06").Replace(m.DateFormat)
	}
	delimiter, err := r.begin(s)
	if err != nil {
		return process.Statement{}, err
	}
	lines := csv.NewReader(strings.NewReader(s))
	lines.Comma, lines.FieldsPerRecord, lines.LazyQuotes, lines.ReuseRecord = delimiter, -1, true, true
	for {
		fields, err := lines.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return process.Statement{}, err // names the line
		}
		if r.at == nil {
			r.head(fields)
			continue
		}
		line, _ := lines.FieldPos(0)
		if len(r.entries) > maxEntries || len(fields) > maxFields {
			return process.Statement{}, fmt.Errorf("line %d: there are more than %d entries, or %d fields", line, maxEntries, maxFields)
		}
		r.row("line "+strconv.Itoa(line), fields)
	}
	if err := r.err(); err != nil {
		return process.Statement{}, err
	}
	return process.Statement{Format: FormatCSV, Entries: r.entries}, nil
}

// begin finds the delimiter by which one of the first lines has the names.
func (r *csvReader) begin(s string) (rune, error) {
	delimiters := []rune{';', '\t', ',', '|'}
	if d := []rune(r.mapping.Delimiter); len(d) == 1 {
		delimiters = d
	}
	n := 0
	for line := range strings.Lines(s) {
		if n++; n > maxPreamble {
			break
		}
		for _, d := range delimiters {
			fields := strings.Split(strings.TrimRight(line[:min(len(line), 8192)], "\r\n"), string(d))
			if r.head(fields); r.at != nil {
				r.at = nil
				return d, nil
			}
		}
	}
	return 0, fmt.Errorf("line 1: none of the first %d lines names the columns of a date and an amount; name them in the settings (bank_csv.columns)", maxPreamble)
}

// head takes a line as the names of columns when it has a date and an amount.
func (r *csvReader) head(fields []string) {
	names := map[string]int{}
	for i, f := range fields[:min(len(fields), maxFields)] {
		name := strings.ToLower(strings.Trim(clean(f), `" `))
		if _, twice := names[name]; !twice && name != "" {
			names[name] = i
		}
	}
	at := map[string]int{}
	for _, c := range columns {
		known := c.known
		if given := c.given(r.mapping.Columns); given != "" {
			known = []string{strings.ToLower(clean(given))}
		}
		for _, name := range known {
			if i, ok := names[name]; ok {
				at[c.name] = i
				break
			}
		}
	}
	_, amount := at["amount"]
	_, in := at["in"]
	if _, date := at["booking_date"]; date && (amount || in) {
		r.at = at
	}
}

func (r *csvReader) row(where string, fields []string) {
	get := func(name string) string {
		i, ok := r.at[name]
		if !ok || i >= len(fields) {
			return ""
		}
		return clean(fields[i])
	}
	day, in, out := get("booking_date"), get("in"), get("out")
	amount := get("amount")
	if !strings.ContainsAny(day, "0123456789") || amount == "" && in == "" && out == "" {
		return // a sum, a blank line, a reservation without a date
	}
	e := process.StatementEntry{Position: where, Reference: get("reference"), Text: get("text"), Counterparty: get("counterparty"),
		CounterpartyAccount: get("counterparty_account"), Account: get("account"), EntryID: get("entry_id")}
	if !digits(strings.TrimSuffix(strings.ReplaceAll(e.Reference, " ", ""), "-")) && !strings.HasPrefix(e.Reference, "RF") {
		e.Text, e.Reference = clean(e.Text+" "+e.Reference), ""
	}
	var ok bool
	if e.BookingDate, ok = r.date(day); !ok {
		r.add(where+", "+"booking_date", "%q is no date%s", short(day), r.hint())
		return
	}
	if v := get("value_date"); v != "" {
		if e.ValueDate, ok = r.date(v); !ok {
			r.add(where+", value_date", "%q is no date%s", short(v), r.hint())
			return
		}
	}
	currency := strings.ToUpper(get("currency"))
	if currency == "" {
		currency = r.currency
	}
	var err error
	switch {
	case amount != "":
		e.Amount, err = r.amount(amount, currency)
	case in != "" && out != "" && strings.Trim(in, "0.,") != "" && strings.Trim(out, "0.,") != "":
		err = errors.New("there is money both in and out")
	case in != "" && strings.Trim(in, "0.,") != "":
		e.Amount, err = r.amount(in, currency)
	default:
		if e.Amount, err = r.amount(out, currency); e.Amount.Minor > 0 {
			e.Amount = e.Amount.Neg()
		}
	}
	if err != nil {
		r.add(where+", amount", "%v", err)
		return
	}
	r.entries = append(r.entries, e)
}

func (r *csvReader) hint() string {
	if f := r.mapping.DateFormat; f != "" {
		return " as " + f
	}
	return ""
}

// layouts are tried in this order; a day stands before its month.
var layouts = []string{"02.01.2006", "2006-01-02", "02.01.06", "02/01/2006", "02-01-2006", "2006/01/02", "20060102", "2006.01.02", "2.1.2006", "2/1/2006"}

func (r *csvReader) date(s string) (process.Date, bool) {
	try := layouts
	if r.layout != "" {
		try = []string{r.layout}
	}
	s, _, _ = strings.Cut(s, " ") // a time of day
	s, _, _ = strings.Cut(s, "T")
	for _, l := range try {
		if t, err := time.Parse(l, s); err == nil {
			return process.Date(t.Format(time.DateOnly)), t.Year() >= 1990
		}
	}
	return "", false
}

// amount reads "1 234,50", "1.234,50", "-1234.50" or "1,234.50". With one sign
// alone it is the decimals' own, unless the mapping says otherwise; three digits
// after it are refused, since they may be thousands.
func (r *csvReader) amount(s, currency string) (process.Money, error) {
	original := s
	s = strings.NewReplacer(" ", "", "\u00a0", "", "\u202f", "", "'", "", "\u2212", "-", "kr", "", "NOK", "").Replace(s)
	if strings.HasSuffix(s, "-") {
		s = "-" + strings.TrimSuffix(s, "-")
	}
	comma, point := strings.LastIndexByte(s, ','), strings.LastIndexByte(s, '.')
	sign := r.mapping.Decimal
	switch {
	case sign != "":
	case comma >= 0 && point >= 0 && comma > point:
		sign = ","
	case comma >= 0 && point >= 0:
		sign = "."
	case comma >= 0:
		sign = ","
	default:
		sign = "."
	}
	thousands := ","
	if sign == "," {
		thousands = "."
	}
	if at := strings.LastIndex(s, sign); r.mapping.Decimal == "" && at >= 0 && strings.Count(s, sign) == 1 && len(s)-at-1 == 3 && !strings.Contains(s, thousands) && process.Decimals(currency) < 3 {
		return process.Money{}, fmt.Errorf("%q may mean thousands or decimals: say which in the settings (bank_csv.decimal)", short(original))
	}
	if whole, _, _ := strings.Cut(s, sign); !grouped(whole, thousands) {
		return process.Money{}, fmt.Errorf("%q is no amount", short(original))
	}
	s = strings.ReplaceAll(s, thousands, "")
	if strings.HasPrefix(s, sign) {
		s = "0" + s
	}
	m, err := exact(strings.Replace(s, sign, ".", 1), currency)
	if err != nil {
		return m, fmt.Errorf("%q: %w", short(original), err)
	}
	return m, nil
}

// grouped reports whether thousands stand apart by threes, or not at all.
func grouped(whole, by string) bool {
	parts := strings.Split(strings.TrimLeft(whole, "+-"), by)
	for k, p := range parts {
		if k > 0 && len(p) != 3 || k == 0 && len(parts) > 1 && (p == "" || len(p) > 3) {
			return false
		}
	}
	return true
}
