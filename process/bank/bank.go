package bank

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/shopspring/decimal"

	"github.com/emne/emne/process"
)

// The formats.
const (
	FormatCAMT053 = "camt.053"
	FormatCAMT054 = "camt.054"
	FormatOCR     = "ocr"
	FormatCSV     = "csv"
)

const (
	// maxEntries bounds what one file may hold.
	maxEntries = 100_000
	// maxFaults bounds how many faults one error tells of.
	maxFaults = 10
	// maxText bounds texts, in runes.
	maxText = 1000
)

// Reader implements process.StatementReader. Its zero value is ready, for many
// goroutines.
type Reader struct{}

var _ process.StatementReader = Reader{}

// ReadStatement implements process.StatementReader.
func (Reader) ReadStatement(data []byte, format string, csv process.CSVMapping, currency string) (process.Statement, error) {
	if len(data) > process.MaxStatement {
		return process.Statement{}, fmt.Errorf("the file has more than %d bytes", process.MaxStatement)
	}
	if currency == "" {
		currency = "NOK"
	}
	data = decoded(data)
	if format == "" {
		format = guess(data)
	}
	switch strings.ToLower(strings.TrimSpace(format)) {
	case FormatCAMT053, FormatCAMT054, "camt":
		return readCAMT(data, currency)
	case FormatOCR:
		return readOCR(data)
	case FormatCSV:
		return readCSV(data, csv, currency)
	}
	return process.Statement{}, fmt.Errorf("the format %q is unknown: there are %s, %s, %s and %s", format, FormatCAMT053, FormatCAMT054, FormatOCR, FormatCSV)
}

// guess tells the format from the beginning of a file.
func guess(data []byte) string {
	start := bytes.TrimLeft(data[:min(len(data), 512)], " \t\r\n")
	switch {
	case bytes.HasPrefix(start, []byte("<")):
		return "camt"
	case bytes.HasPrefix(start, []byte("NY")) && len(start) >= 8 && digits(string(start[2:8])):
		return FormatOCR
	}
	return FormatCSV
}

// decoded takes byte order marks away and turns UTF-16 into UTF-8. XML keeps
// its declared character set.
func decoded(data []byte) []byte {
	switch {
	case bytes.HasPrefix(data, []byte("\xef\xbb\xbf")):
		return data[3:]
	case bytes.HasPrefix(data, []byte("\xff\xfe")), bytes.HasPrefix(data, []byte("\xfe\xff")):
		big := data[0] == 0xfe
		units := make([]uint16, 0, len(data)/2)
		for i := 2; i+1 < len(data); i += 2 {
			a, b := uint16(data[i]), uint16(data[i+1])
			if big {
				a, b = b, a
			}
			units = append(units, a|b<<8)
		}
		return []byte(string(utf16.Decode(units)))
	}
	return data
}

// text is data as UTF-8: what is none is taken for Windows-1252, as banks write it.
func text(data []byte) string {
	if utf8.Valid(data) {
		return string(data)
	}
	return latin(data)
}

// upper are the characters 0x80 to 0x9f of Windows-1252; where it has none,
// ISO 8859-1 has a control character.
var upper = []rune("€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008dŽ\u008f\u0090‘’“”•–—˜™š›œ\u009džŸ")

func latin(data []byte) string {
	var b strings.Builder
	b.Grow(len(data) + len(data)/8)
	for _, c := range data {
		if c >= 0x80 && c < 0xa0 {
			b.WriteRune(upper[c-0x80])
		} else {
			b.WriteRune(rune(c))
		}
	}
	return b.String()
}

// faults gathers what is wrong with a file.
type faults struct {
	list []error
	more int
}

func (f *faults) add(where, format string, args ...any) {
	if len(f.list) == maxFaults {
		f.more++
		return
	}
	f.list = append(f.list, fmt.Errorf("%s: %s", where, fmt.Sprintf(format, args...)))
}

func (f *faults) err() error {
	if f.more > 0 {
		return errors.Join(append(f.list, fmt.Errorf("and %d more faults", f.more))...)
	}
	return errors.Join(f.list...)
}

func digits(s string) bool {
	return s != "" && strings.Trim(s, "0123456789") == ""
}

// clean makes one line of foreign text, without control characters.
func clean(s string) string {
	s = strings.Join(strings.FieldsFunc(strings.ToValidUTF8(s, "\ufffd"), func(r rune) bool {
		return r <= ' ' || r >= 0x7f && r <= 0xa0
	}), " ")
	if r := []rune(s); len(r) > maxText {
		s = string(r[:maxText])
	}
	return s
}

// exact reads a plain decimal number: digits, at most one point, perhaps a sign.
func exact(s, currency string) (process.Money, error) {
	sign := strings.TrimLeft(s, "+-")
	if len(s)-len(sign) > 1 || len(s) > 30 || !digits(strings.Replace(sign, ".", "", 1)) {
		return process.Money{}, fmt.Errorf("%q is no amount", short(s))
	}
	d, err := decimal.NewFromString(s)
	if err != nil {
		return process.Money{}, fmt.Errorf("%q is no amount", short(s))
	}
	return process.ParseMoney(d, currency)
}

// short is a foreign text for an error.
func short(s string) string {
	s = clean(s)
	if r := []rune(s); len(r) > 40 {
		s = string(r[:40]) + "…"
	}
	return s
}
