package store

import "github.com/emne/emne/process"

func bankEntryTable() table[process.BankEntry] {
	return table[process.BankEntry]{
		name: "bank_entry", record: process.TypeBankEntry,
		columns: `state key format file file_name position booking_date value_date currency amount_minor reference text
			counterparty counterparty_account account entry_id unsure how matches suggestions customer_id reason`,
		base: func(e *process.BankEntry) *process.Record { return &e.Record },
		fields: func(e *process.BankEntry) []any {
			return []any{&e.State, &e.Key, &e.Format, &e.File, &e.FileName, &e.Position, &e.BookingDate, &e.ValueDate,
				&e.Amount.Currency, money{&e.Amount, &e.Amount.Currency}, ref{&e.Reference}, &e.Text, &e.Counterparty,
				&e.CounterpartyAccount, &e.Account, ref{&e.EntryID}, &e.Unsure, &e.How, object{&e.Matches},
				object{&e.Suggestions}, ref{&e.Customer}, &e.Reason}
		},
		search: func(e *process.BankEntry) []string {
			return []string{e.Reference, e.Text, e.Counterparty, e.CounterpartyAccount, e.EntryID, e.Amount.String()}
		},
		keys: map[string]string{"key": "key", "reference": "reference", "customer": "customer_id", "file": "file", "entry_id": "entry_id", "amount": "amount_minor"},
	}
}
