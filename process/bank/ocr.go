package bank

import (
	"strconv"
	"strings"

	"github.com/emne/emne/process"
)

// OCR giro is lines of 80 characters, NY + service (2) + kind (2) + record
// type (2), after "Systemspesifikasjon OCR giro":
//
//	10 start of the transmission    20 start of an assignment: agreement, account
//	30 amount item 1: number, settlement date, sign, amount, KID
//	31 amount item 2: form number, archive reference, order date, debited account
//	32 amount item 3: text, of transactions without a KID (kinds 20 and 21)
//	88 end of the assignment, 89 end of the transmission: counts and sums
const (
	ocrWidth    = 80
	ocrTransfer = "10"
	ocrOrder    = "20"
	ocrAmount1  = "30"
	ocrAmount2  = "31"
	ocrAmount3  = "32"
	ocrOrderEnd = "88"
	ocrEnd      = "89"
)

// ocrTotals are counted and compared with an end record.
type ocrTotals struct{ transactions, records, signed, unsigned int64 }

type ocrReader struct {
	faults
	entries []process.StatementEntry
	account string
	// transmission and agreement make the transactions' numbers unique.
	transmission, agreement string
	order, all              ocrTotals
	open                    bool // inside an assignment
	ended                   bool
	begun                   bool
}

func readOCR(data []byte) (process.Statement, error) {
	r := &ocrReader{}
	n := 0
	for line := range strings.Lines(text(data)) {
		n++
		line = strings.TrimRight(line, "\r\n\x1a")
		if strings.TrimSpace(line) == "" {
			continue
		}
		where := "line " + strconv.Itoa(n)
		if len(line) < ocrWidth {
			line += strings.Repeat(" ", ocrWidth-len(line))
		}
		runes := []rune(line)
		if len(runes) < ocrWidth || !strings.HasPrefix(line, "NY") || !digits(line[2:8]) {
			r.add(where, "this is no record of OCR giro: it begins with NY and six digits and has %d characters", ocrWidth)
			continue
		}
		if len(runes) != len(line) {
			// Columns are characters; only names and texts have others than ASCII.
			line = strings.Map(func(c rune) rune {
				if c > 0x7e {
					return '?'
				}
				return c
			}, line)
		}
		if len(r.entries) > maxEntries {
			r.add(where, "there are more than %d transactions", maxEntries)
			break
		}
		r.record(where, line, string(runes))
	}
	if len(r.list) == 0 && (!r.begun || !r.ended) {
		r.add("line "+strconv.Itoa(n), "the file ends before its end record (89): it was cut off")
	}
	if err := r.err(); err != nil {
		return process.Statement{}, err
	}
	return process.Statement{Format: FormatOCR, Entries: r.entries}, nil
}

func (r *ocrReader) record(where, line, original string) {
	typ := line[6:8]
	r.order.records++
	r.all.records++
	switch typ {
	case ocrTransfer:
		// A file may hold several transmissions, one after another.
		r.begun, r.ended, r.all = true, false, ocrTotals{records: 1}
		r.transmission = line[16:23]
	case ocrOrder:
		r.open, r.order = true, ocrTotals{records: 1}
		r.agreement, r.account = strings.TrimSpace(line[8:17])+"/"+strings.TrimSpace(line[17:24]), clean(line[24:35])
	case ocrAmount1:
		r.amount(where, line)
	case ocrAmount2, ocrAmount3:
		if n := len(r.entries); n == 0 || !strings.HasSuffix(r.entries[n-1].EntryID, clean("/"+line[8:15])) {
			r.add(where, "a record %s without the record 30 of its transaction before it", typ)
			return
		}
		e := &r.entries[len(r.entries)-1]
		if typ == ocrAmount3 {
			e.Text = clean(e.Text + " " + string([]rune(original)[15:55]))
			return
		}
		if account := clean(line[47:58]); strings.Trim(account, "0") != "" {
			e.CounterpartyAccount = account
		}
	case ocrOrderEnd:
		r.compare(where, line, r.order)
		r.open = false
	case ocrEnd:
		r.compare(where, line, r.all)
		r.ended = true
	default:
		r.add(where, "the record type %s is unknown", typ)
	}
}

func (r *ocrReader) amount(where, line string) {
	if !r.open {
		r.add(where, "a transaction outside of an assignment (record 20)")
		return
	}
	day, ok := sixDigits(line[15:21])
	if !ok {
		r.add(where+", columns 16-21", "%q is no date DDMMYY", line[15:21])
	}
	minor, err := strconv.ParseInt(line[32:49], 10, 64)
	if err != nil || !digits(line[32:49]) || minor > 1<<53 {
		r.add(where+", columns 33-49", "%q is no amount", line[32:49])
		return
	}
	r.order.transactions++
	r.all.transactions++
	r.order.unsigned += minor
	r.all.unsigned += minor
	if line[31] == '-' {
		minor = -minor
	}
	r.order.signed += minor
	r.all.signed += minor
	// Card purchases that were taken back (kinds 18 and 20) are money that went
	// out, whatever their sign: the sums count them as they stand.
	back := line[4:6] == "18" || line[4:6] == "20"
	if back && minor > 0 {
		minor = -minor
	}
	r.entries = append(r.entries, process.StatementEntry{Position: where, BookingDate: day, ValueDate: day,
		Amount: process.Money{Minor: minor, Currency: "NOK"}, Reference: clean(line[49:74]), Account: r.account,
		// The number counts within an assignment on a settlement date.
		EntryID: clean(strings.Join([]string{r.transmission, r.agreement, line[15:21], line[8:15]}, "/")),
		Unsure:  back})
}

// compare holds what was read to an end record.
func (r *ocrReader) compare(where, line string, t ocrTotals) {
	number := func(from, to int) int64 {
		n, err := strconv.ParseInt(strings.TrimSpace(line[from-1:to]), 10, 64)
		if err != nil || n < 0 {
			r.add(where+", columns "+strconv.Itoa(from)+"-"+strconv.Itoa(to), "%q is no number", line[from-1:to])
		}
		return n
	}
	transactions, records, sum := number(9, 16), number(17, 24), number(25, 41)
	if transactions != t.transactions {
		r.add(where, "the record counts %d transactions, the file has %d: it is not whole", transactions, t.transactions)
	}
	if records != t.records {
		r.add(where, "the record counts %d records, the file has %d: it is not whole", records, t.records)
	}
	if sum != t.unsigned && sum != t.signed && sum != -t.signed {
		r.add(where, "the record's sum is %d minor units, that of the file %d", sum, t.signed)
	}
}

// sixDigits reads DDMMYY, of this century.
func sixDigits(s string) (process.Date, bool) {
	if !digits(s) || len(s) != 6 {
		return "", false
	}
	d := process.Date("20" + s[4:6] + "-" + s[2:4] + "-" + s[:2])
	return d, d.Valid()
}
