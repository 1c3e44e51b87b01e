package process

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"strings"
	"time"
)

// StatementReader reads bank files. It is pure, as Documents is; process/bank
// implements it.
type StatementReader interface {
	// ReadStatement reads the entries of a file, in the file's order. An empty
	// format is found out; currency is that of amounts that name none. The
	// error names the line or element that cannot be read.
	ReadStatement(data []byte, format string, csv CSVMapping, currency string) (Statement, error)
}

// Statement is what a bank file says.
type Statement struct {
	// Format is camt.053, camt.054, ocr or csv.
	Format  string
	Entries []StatementEntry
}

// StatementEntry is one movement on an account.
type StatementEntry struct {
	// Position is where it stands in the file, such as "line 12".
	Position    string
	BookingDate Date
	ValueDate   Date
	// Amount is above zero for money that came in.
	Amount Money
	// Reference is the KID or structured creditor reference.
	Reference string
	// Text is what the payer wrote, and other words of the bank.
	Text                string
	Counterparty        string
	CounterpartyAccount string
	// Account is our own.
	Account string
	// EntryID is the bank's own id of the entry, unique on the account.
	EntryID string
	// Unsure is set of a batch's total without its parts, or of a returned
	// payment: never matched without a person.
	Unsure bool
}

// CSVMapping says how a bank's CSV file is read. What is empty is found out,
// from the column names that Norwegian banks use.
type CSVMapping struct {
	Delimiter string `json:"delimiter,omitempty"`
	// Decimal is the sign before the decimals: , or .
	Decimal string `json:"decimal,omitempty"`
	// DateFormat is written with DD, MM and YY or YYYY, such as DD.MM.YYYY.
	DateFormat string     `json:"date_format,omitempty"`
	Columns    CSVColumns `json:"columns,omitzero"`
}

// CSVColumns are the names that a file's first row gives to columns.
type CSVColumns struct {
	BookingDate string `json:"booking_date,omitempty"`
	ValueDate   string `json:"value_date,omitempty"`
	// Amount has a sign; In and Out are columns of their own instead.
	Amount              string `json:"amount,omitempty"`
	In                  string `json:"in,omitempty"`
	Out                 string `json:"out,omitempty"`
	Currency            string `json:"currency,omitempty"`
	Reference           string `json:"reference,omitempty"`
	Text                string `json:"text,omitempty"`
	Counterparty        string `json:"counterparty,omitempty"`
	CounterpartyAccount string `json:"counterparty_account,omitempty"`
	Account             string `json:"account,omitempty"`
	EntryID             string `json:"entry_id,omitempty"`
}

func (m CSVMapping) problems() []Problem {
	var ps []Problem
	bad := func(field, message string) {
		ps = append(ps, Problem{Field: "bank_csv." + field, Reason: "settings.bank_csv", Message: message})
	}
	if len([]rune(m.Delimiter)) > 1 || strings.ContainsAny(m.Delimiter, "\"\r\n\x00") {
		bad("delimiter", "one sign, such as ;")
	}
	if m.Decimal != "" && m.Decimal != "," && m.Decimal != "." {
		bad("decimal", "a comma or a point")
	}
	if f := m.DateFormat; f != "" && (strings.Count(f, "DD") != 1 || strings.Count(f, "MM") != 1 || strings.Count(f, "YY") != 1 && strings.Count(f, "YYYY") != 1 || len(f) > 20) {
		bad("date_format", "DD, MM and YYYY, such as DD.MM.YYYY")
	}
	return ps
}

// StatementInput is a bank file as it was handed in.
type StatementInput struct {
	Name string
	// Format is found out when it is empty.
	Format string
	Data   []byte
}

// StatementSummary says what became of a file's entries.
type StatementSummary struct {
	Format  string `json:"format"`
	Entries int    `json:"entries"`
	// Booked ones are matched with certainty and booked as payments; Unmatched
	// ones are left to a person.
	Booked    int `json:"booked"`
	Unmatched int `json:"unmatched"`
	// Ignored ones are money that went out.
	Ignored int `json:"ignored"`
	// Repeated ones were there already; nothing was done with them.
	Repeated int `json:"repeated"`
}

// MaxStatement bounds a bank file, in bytes.
const MaxStatement = 16 << 20

// statementChunk is how many entries one transaction takes: others write in between.
const statementChunk = 100

// ImportStatement takes the entries of a bank file: what is certain is booked,
// the rest waits for a person. A file that cannot be read is refused as a
// whole. Entries that were there before change nothing, so a file may be
// handed in again, also after only a part of it was taken.
func (s *Service) ImportStatement(ctx context.Context, a Actor, in StatementInput) (*Outcome, error) {
	if err := a.must(MayInvoice); err != nil {
		return nil, err
	}
	if s.statements == nil {
		return nil, Conflict("statement.unavailable", "this installation reads no bank files")
	}
	if len(in.Data) > MaxStatement {
		return nil, &Error{Code: CodeTooLarge, Reason: "statement.large", Message: fmt.Sprintf("a bank file has at most %d bytes", MaxStatement)}
	}
	var st Settings
	var m *matcher
	err := s.store.View(ctx, func(tx Tx) error {
		u, err := s.unit(tx, a)
		if err != nil {
			return err
		}
		st = u.settings
		m, err = u.newMatcher()
		return err
	})
	if err != nil {
		return nil, err
	}
	file, err := s.statements.ReadStatement(in.Data, in.Format, st.BankCSV, st.Currency)
	if err != nil {
		return nil, Invalid("statement.unreadable", "the bank file cannot be read", Problem{Field: "file", Reason: "statement.unreadable", Message: err.Error()})
	}
	blob := NewBlob(in.Data)
	if err := s.store.StageBlob(ctx, blob); err != nil {
		return nil, err
	}
	entries := file.records(blob.SHA256, in.Name)
	sum := StatementSummary{Format: file.Format, Entries: len(entries)}
	// The answer of an idempotency key commits with the last part alone.
	parts := withoutOnce(ctx)
	for len(entries) > statementChunk {
		if _, err := s.tryEntries(parts, a, m, blob, entries[:statementChunk], &sum); err != nil {
			return nil, err
		}
		entries = entries[statementChunk:]
	}
	return s.tryEntries(ctx, a, m, blob, entries, &sum)
}

// tryEntries takes entries again when somebody else took the same ones, or paid
// the same invoices, in the same moment.
func (s *Service) tryEntries(ctx context.Context, a Actor, m *matcher, blob *Blob, entries []BankEntry, sum *StatementSummary) (out *Outcome, err error) {
	for range 5 {
		if out, err = s.takeEntries(ctx, a, m, blob, entries, sum); CodeOf(err) != CodeConflict {
			break
		}
	}
	return out, err
}

// records makes the file's entries records, with the keys by which a
// repetition is known.
func (f Statement) records(hash, name string) []BankEntry {
	list := make([]BankEntry, len(f.Entries))
	seen := map[string]int{}
	for i, e := range f.Entries {
		e.Reference = strings.ReplaceAll(strings.TrimSpace(e.Reference), " ", "")
		key := e.key()
		if e.EntryID == "" {
			// Two equal ones in one file are two payments.
			seen[key]++
			key = fmt.Sprintf("%s-%d", key, seen[key])
		}
		list[i] = BankEntry{Key: key, Format: f.Format, File: hash, FileName: strings.TrimSpace(name), Position: e.Position, BookingDate: e.BookingDate, ValueDate: e.ValueDate,
			Amount: e.Amount, Reference: e.Reference, Text: e.Text, Counterparty: e.Counterparty, CounterpartyAccount: e.CounterpartyAccount,
			Account: e.Account, EntryID: e.EntryID, Unsure: e.Unsure}
	}
	return list
}

// key tells entries apart: by the bank's own id, else by all that is said.
func (e StatementEntry) key() string {
	parts := []string{e.Account, e.Amount.String(), e.Amount.Currency}
	if e.EntryID != "" {
		parts = append(parts, "id", e.EntryID)
	} else {
		parts = append(parts, "", string(e.BookingDate), string(e.ValueDate), e.Reference, e.Text, e.Counterparty, e.CounterpartyAccount)
	}
	h := sha256.New()
	for _, p := range parts {
		fmt.Fprintf(h, "%d:%s", len(p), p)
	}
	return hex.EncodeToString(h.Sum(nil))
}

// takeEntries is one transaction of an import. It adds to the summary and to
// what the matcher knows only when it commits.
func (s *Service) takeEntries(ctx context.Context, a Actor, m *matcher, blob *Blob, entries []BankEntry, total *StatementSummary) (*Outcome, error) {
	var sum StatementSummary
	var spent map[string]Money
	out, err := s.change(ctx, a, MayInvoice, func(u *unit) (*Outcome, error) {
		sum, spent = *total, maps.Clone(m.spent)
		if err := u.KeepBlob(blob); err != nil {
			return nil, err
		}
		for i := range entries {
			e := entries[i]
			// Lists are newest first: so that they keep the file's order, each is a
			// little older than the one before it.
			e.Record = u.record()
			e.ID = NewID(u.now.Add(-time.Duration(i) * time.Millisecond))
			known, err := first(u.BankEntries(), map[string]string{"key": e.Key}, "")
			if err != nil {
				return nil, err
			}
			if known != nil {
				sum.Repeated++
				continue
			}
			if err := u.takeEntry(m.with(spent), &e); err != nil {
				return nil, fmt.Errorf("taking the entry at %s: %w", e.Position, err)
			}
			switch e.State {
			case "matched":
				sum.Booked++
			case "ignored":
				sum.Ignored++
			default:
				sum.Unmatched++
			}
		}
		return &Outcome{Record: sum, Created: []Ref{}}, nil
	})
	if err != nil {
		return nil, err
	}
	*total, m.spent = sum, spent
	return out, nil
}
