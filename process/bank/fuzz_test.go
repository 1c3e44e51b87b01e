package bank

import (
	"testing"

	"github.com/emne/emne/process"
)

// fuzz holds any input to what every reader promises.
func fuzz(f *testing.F, format string, files ...string) {
	for _, name := range files {
		f.Add(fixture(f, name))
	}
	f.Add([]byte(""))
	f.Add([]byte("\xff\xfe\x00"))
	f.Fuzz(func(t *testing.T, data []byte) {
		s, err := Reader{}.ReadStatement(data, format, process.CSVMapping{}, "NOK")
		if err != nil {
			if err.Error() == "" || len(s.Entries) > 0 {
				t.Fatalf("refused with %d entries: %v", len(s.Entries), err)
			}
			return
		}
		for _, e := range s.Entries {
			if !e.BookingDate.Valid() || e.ValueDate != "" && !e.ValueDate.Valid() || e.Amount.Currency == "" || e.Position == "" {
				t.Fatalf("%+v", e)
			}
			for _, word := range []string{e.Text, e.Reference, e.Counterparty, e.CounterpartyAccount, e.Account, e.EntryID} {
				if word != clean(word) {
					t.Fatalf("%q is not clean", word)
				}
			}
		}
	})
}

func FuzzCAMT(f *testing.F) { fuzz(f, "camt", "statement-053.xml", "notification-054.xml") }
func FuzzOCR(f *testing.F)  { fuzz(f, FormatOCR, "payments.ocr") }
func FuzzCSV(f *testing.F)  { fuzz(f, FormatCSV, "one-amount.csv", "in-and-out.csv") }
func FuzzAny(f *testing.F) {
	fuzz(f, "", "statement-053.xml", "notification-054.xml", "payments.ocr", "one-amount.csv", "in-and-out.csv")
}
