package store

import (
	"fmt"
	"strings"

	"github.com/emne/emne/process"
)

// maxSeen bounds the mails of one content.
const maxSeen = 10

// Most mails are of nobody known: several tables are asked with one statement.

// Numbered implements process.Tx.
func (t *txn) Numbered(number string) (process.Ref, error) {
	of := func(table string) string {
		return "(SELECT id FROM " + table + " WHERE number = $1 ORDER BY id DESC LIMIT 1)"
	}
	types := []string{process.TypeQuote, process.TypeInvoice, process.TypeOrder, process.TypeCreditNote}
	ids := make([]string, len(types))
	_, err := t.row("SELECT "+of("quote")+", "+of("invoice")+", "+of("sales_order")+", "+of("credit_note"),
		[]any{clean(number)}, ref{&ids[0]}, ref{&ids[1]}, ref{&ids[2]}, ref{&ids[3]})
	if err != nil {
		return process.Ref{}, fmt.Errorf("looking for the document %s: %w", number, err)
	}
	for i, id := range ids {
		if id != "" {
			return process.Ref{Type: types[i], ID: id}, nil
		}
	}
	return process.Ref{}, nil
}

// Traces implements process.Tx.
func (t *txn) Traces(addresses, names []string) (process.Traces, error) {
	var w where
	list := func(texts []string) string {
		var in []string
		for _, text := range texts {
			if text != "" {
				in = append(in, w.arg(clean(text)))
			}
		}
		if len(in) == 0 {
			return "(NULL)"
		}
		return "(" + strings.Join(in, ", ") + ")"
	}
	has := func(table, condition string) string {
		return "EXISTS (SELECT 1 FROM " + table + " WHERE " + condition + ")"
	}
	address, name := list(addresses), list(names)
	var r process.Traces
	_, err := t.row("SELECT "+has("lead", "email IN "+address)+", "+has("contact", "email IN "+address)+", "+
		has("customer", "email IN "+address)+" OR "+has("customer", "domain IN "+name)+", "+has("sender_rule", "address IN "+name),
		w.args, &r.Lead, &r.Contact, &r.Customer, &r.Rule)
	if err != nil {
		return process.Traces{}, fmt.Errorf("looking for a sender: %w", err)
	}
	return r, nil
}

// SeenMails implements process.Tx.
func (t *txn) SeenMails(messageID, contentHash string) ([]process.Message, error) {
	var w where
	w.and("content_hash = " + w.arg(clean(contentHash)))
	if messageID != "" {
		w.and("message_id = " + w.arg(clean(messageID)))
	} else {
		w.and("message_id IS NULL")
	}
	return records[process.Message]{t, &t.db.tables.messages}.read(&w, maxSeen)
}
