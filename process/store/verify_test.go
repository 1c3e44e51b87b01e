package store

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/emne/emne/process"
)

// sound stores a small business in which everything holds.
func sound(t *testing.T, db *DB) {
	t.Helper()
	body := process.NewBlob([]byte("raw bytes"))
	sum := body.SHA256
	about := func(typ, id string) process.Ref { return process.Ref{Type: typ, ID: id} }
	rec := func(id string) process.Record { return process.Record{ID: id} }
	err := db.InTx(context.Background(), func(tx process.Tx) error {
		note := func(typ string, ref process.Ref, steps ...string) error {
			from := ""
			for _, to := range steps {
				if err := tx.AddActivity(process.Activity{Type: typ, About: ref, From: from, To: to}); err != nil {
					return err
				}
				if err := tx.Audit(process.AuditEntry{Kind: typ, About: ref, Payload: []byte(to)}); err != nil {
					return err
				}
				from = to
			}
			return nil
		}
		key := process.IdempotencyKey{Scope: "api", Key: "k", Request: "r"}
		nok := process.Money{Currency: "NOK"}
		now := time.Now()
		number := func(series string) func() error {
			return func() error { _, err := tx.NextNumber(series, 1); return err }
		}
		for _, step := range []func() error{
			func() error { return tx.KeepBlob(body) },
			func() error {
				return tx.Customers().Insert(&process.Customer{Record: rec("c1"), State: "active", Kind: "business"})
			},
			func() error {
				return tx.Leads().Insert(&process.Lead{Record: rec("l1"), State: "contacted", Attachments: []process.Attachment{{SHA256: sum}}})
			},
			func() error { return note("lead.created", about("lead", "l1"), "new", "contacted") },
			func() error {
				return tx.Submissions().Insert(&process.Submission{Record: rec("s1"), State: "mapped", EventID: "e1", SHA256: sum, Result: about("lead", "l1")})
			},
			func() error { return note("submission.received", about("submission", "s1"), "pending", "mapped") },
			func() error {
				return tx.Submissions().Insert(&process.Submission{Record: rec("s2"), State: "pending", EventID: "e2", SHA256: sum})
			},
			func() error { return note("submission.received", about("submission", "s2"), "pending") },
			func() error { return tx.Enqueue(process.FileSubmission{Submission: "s2"}, time.Time{}) },
			func() error {
				return tx.Messages().Insert(&process.Message{Record: rec("m1"), State: "quarantined", SHA256: sum, Attachments: []process.Attachment{{SHA256: sum}}})
			},
			func() error {
				return tx.Quarantine().Insert(&process.Quarantine{Record: rec("q1"), State: "quarantined", SHA256: sum, Origin: about("message", "m1")})
			},
			func() error {
				_, err := tx.SeeUID(process.MailboxUID{Mailbox: "sales", UIDValidity: 1, UID: 5}, "m1")
				return err
			},
			func() error { return tx.SetCursor(process.MailboxUID{Mailbox: "sales", UIDValidity: 1, UID: 5}) },
			func() error { // the mails before it are still being recorded
				_, err := tx.SeeUID(process.MailboxUID{Mailbox: "sales", UIDValidity: 1, UID: 9}, "m1")
				return err
			},
			func() error {
				return tx.Quotes().Insert(&process.Quote{Record: rec("t1"), State: "won", Customer: "c1", SHA256: sum, Order: "o1",
					Acceptance: &process.Acceptance{Name: "Kari", SHA256: sum}})
			},
			func() error { return note("quote.drafted", about("quote", "t1"), "draft", "active", "won") },
			func() error {
				return tx.Orders().Insert(&process.Order{Record: rec("o1"), State: "open", Number: "O-1", Quote: "t1", Customer: "c1"})
			},
			func() error { return note("order.created", about("order", "o1"), "open") },
			number("invoice"), number("invoice"), number("credit-note"),
			func() error {
				return tx.Invoices().Insert(&process.Invoice{Record: rec("i1"), State: "issued", Number: "1", Customer: "c1", Currency: "NOK", SHA256: sum,
					Lines: []process.Line{{ID: "a", Net: process.Money{Minor: 100, Currency: "NOK"}}},
					Totals: process.Totals{Net: process.Money{Minor: 100, Currency: "NOK"}, VAT: process.Money{Minor: 25, Currency: "NOK"}, Gross: process.Money{Minor: 125, Currency: "NOK"},
						VATGroups: []process.VATGroup{{Base: process.Money{Minor: 100, Currency: "NOK"}, VAT: process.Money{Minor: 25, Currency: "NOK"}}}},
					Paid: process.Money{Minor: 125, Currency: "NOK"}, IssueDate: "2026-03-01"})
			},
			func() error {
				return tx.Invoices().Insert(&process.Invoice{Record: rec("i2"), State: "issued", Number: "2", Customer: "c1", SHA256: sum, IssueDate: "2026-03-01"})
			},
			func() error { return note("invoice.drafted", about("invoice", "i1"), "draft", "issued") },
			func() error { return note("invoice.drafted", about("invoice", "i2"), "draft", "issued") },
			func() error {
				return tx.CreditNotes().Insert(&process.CreditNote{Record: rec("k1"), State: "issued", Number: "K-1", Invoice: "i1", Customer: "c1", SHA256: sum})
			},
			func() error { return tx.PutSnapshot("i1", process.Snapshot{Number: "1"}) },
			func() error { return tx.PutSnapshot("i2", process.Snapshot{Number: "2"}) },
			func() error { return tx.PutSnapshot("k1", process.Snapshot{Number: "K-1"}) },
			func() error {
				return tx.Payments().Insert(&process.Payment{Record: rec("p1"), State: "booked", Invoice: "i1", Amount: process.Money{Minor: 125, Currency: nok.Currency}})
			},
			func() error {
				return tx.Deliveries().Insert(&process.Delivery{Record: rec("d1"), State: "accepted", MessageID: "x@y", SHA256: sum, Attempts: 1, AcceptedAt: &now})
			},
			func() error { return note("delivery.queued", about("delivery", "d1"), "queued") },
			func() error {
				return tx.AddActivity(process.Activity{Type: "delivery.accepted", About: about("delivery", "d1"), From: "queued", To: "accepted"})
			},
			func() error { return tx.Deliveries().Insert(&process.Delivery{Record: rec("d2"), State: "queued"}) },
			func() error { return note("delivery.queued", about("delivery", "d2"), "queued") },
			func() error { return tx.Enqueue(process.SendDelivery{Delivery: "d2"}, time.Time{}) },
			func() error { _, err := tx.Claim(key, now); return err },
			func() error { return tx.Answered(key, process.Answer{Status: 200}) },
		} {
			if err := step(); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// plants are single changes, made past the store, of a database that is sound;
// each breaks something that Verify has to see.
func plants() []struct{ invariant, message, sql string } {
	return []struct{ invariant, message, sql string }{
		{"I1", "no job will file it", "DELETE FROM river_job WHERE kind = 'file_submission'"},
		{"I1", "no job will file it", "UPDATE submission SET state = 'pending' WHERE id = 's1'"},
		{"I1", "a lead that does not exist", "DELETE FROM lead"},
		{"I1", "is not there", "UPDATE submission SET state = 'quarantined' WHERE id = 's1'"},
		{"I1", "body is missing", "UPDATE submission SET sha256 = 'x' WHERE id = 's1'"},
		{"I1", "attachment's bytes", "UPDATE lead SET attachments = '[{\"sha256\": \"x\"}]'"},
		{"I2", "raw bytes are missing", "UPDATE message SET sha256 = 'x'"},
		{"I2", "raw bytes are missing", "UPDATE blob SET live = 0"},
		{"I2", "attachment's bytes", "UPDATE message SET attachments = '[{\"sha256\": \"x\"}]'"},
		{"I2", "message does not exist", "UPDATE mailbox_uid SET message_id = 'x'"},
		{"I2", "has no cursor", "DELETE FROM mailbox_cursor"},
		{"I2", "never recorded", "INSERT INTO mail_to_mark (mailbox, uid_validity, uid) VALUES ('sales', 1, 77)"},
		{"I3", "raw bytes are missing", "UPDATE quarantine SET sha256 = 'x'"},
		{"I3", "no quarantine entry", "DELETE FROM quarantine"},
		{"I4", "nothing says what it said", "DELETE FROM snapshot WHERE document_id = 'i1'"},
		{"I4", "nothing says what it said", "UPDATE snapshot SET number = '7' WHERE document_id = 'k1'"},
		{"I4", "bytes are missing", "UPDATE invoice SET sha256 = 'x' WHERE id = 'i1'"},
		{"I4", "bytes are missing", "UPDATE credit_note SET sha256 = 'x'"},
		{"I4", "no document has it", "DELETE FROM invoice WHERE id = 'i2'"},
		{"I4", "no document has it", "UPDATE number_series SET next = next + 1 WHERE series = 'credit-note'"},
		{"I4", "not taken from its series", "UPDATE invoice SET number = '9' WHERE id = 'i2'"},
		{"I4", "same counter", "UPDATE invoice SET number = 'X-1' WHERE id = 'i2'"},
		{"I4", "does not end in a counter", "UPDATE invoice SET number = 'X' WHERE id = 'i2'"},
		{"I4", "before its predecessor", "UPDATE invoice SET issue_date = '2026-02-28' WHERE id = 'i2'"},
		{"I5", "no job will send it", "DELETE FROM river_job WHERE kind = 'send_delivery'"},
		{"I5", "without a Message-ID", "UPDATE delivery SET message_id = NULL WHERE id = 'd1'"},
		{"I5", "without a Message-ID", "UPDATE delivery SET attempts = 0 WHERE id = 'd1'"},
		{"I5", "bytes are missing", "UPDATE delivery SET sha256 = 'x' WHERE id = 'd1'"},
		{"I5", "same Message-ID", "UPDATE delivery SET message_id = 'x@y' WHERE id = 'd2'"},
		{"I5", "more often than it was queued", `INSERT INTO activity (id, at, type, about_type, about_id, actor_kind, actor_id, actor_name, actor_role, actor_channel, from_state, to_state, why, data, related_type, search)
			VALUES ('a9', 1, 'delivery.accepted', 'delivery', 'd1', '', '', '', '', '', 'accepted', 'accepted', '', '', '', '')`},
		{"I6", "order does not exist", "UPDATE quote SET order_id = NULL"},
		{"I6", "without an acceptance", "UPDATE quote SET acceptance = ''"},
		{"I6", "without an acceptance", "UPDATE quote SET acceptance = REPLACE(acceptance, sha256, 'x')"},
		{"I6", "its bytes are missing", "UPDATE quote SET sha256 = 'x'"},
		{"I6", "opportunity does not exist", "UPDATE lead SET opportunity_id = 'x'"},
		{"I6", "a mail that does not exist", "UPDATE lead SET mail_id = 'x'"},
		{"I6", "timeline ends in", "UPDATE lead SET state = 'qualified'"},
		{"I6", "timeline ends in", "UPDATE sales_order SET state = 'on_hold'"},
		{"I6", "has a gap", "UPDATE activity SET from_state = 'disqualified' WHERE about_id = 'l1' AND to_state = 'contacted'"},
		{"I6", "which no transition does", "UPDATE activity SET from_state = 'closed' WHERE about_id = 't1' AND to_state = 'won'"},
		{"I6", "was changed", "UPDATE audit_link SET kind = 'x' WHERE seq = 2"},
		{"I6", "follows link", "DELETE FROM audit_link WHERE seq = 2"},
		{"I6", "its head says", "DELETE FROM audit_link WHERE seq = (SELECT MAX(seq) FROM audit_link)"},
		{"I6", "payload of link 1 was changed", "UPDATE audit_payload SET payload = salt WHERE seq = 1"},
		{"I6", "no link says that it was erased", "DELETE FROM audit_payload WHERE seq = 1"},
		{"I7", "has no answer", "UPDATE idempotency SET status = NULL"},
		{"I8", "its document does not exist", "UPDATE line SET document_id = 'x'"},
		{"I8", "decompressing", "UPDATE blob SET encoding = 'zstd'"},
		{"I8", "is damaged", "UPDATE blob_chunk SET data = (SELECT salt FROM audit_payload LIMIT 1)"},
		{"money", "not those of its lines", "UPDATE line SET net_minor = 99"},
		{"money", "not those of its lines", "UPDATE invoice SET gross_minor = 1 WHERE id = 'i2'"},
		{"money", "what is deposited", "UPDATE sales_order SET deposited_minor = 1"},
		{"money", "deposit and has no order", "UPDATE invoice SET deposit = 1 WHERE id = 'i2'"},
		{"money", "no issued deposit", "UPDATE line SET deposit = 'i2', net_minor = -100"},
		{"money", "more of this deposit", "UPDATE invoice SET deposit = 1 WHERE id = 'i1'; UPDATE line SET deposit = 'i1', net_minor = -101"},
		{"money", "booked payments", "UPDATE payment SET state = 'reversed'"},
		{"money", "sum of its refunds", "UPDATE payment SET refunded_minor = 1"},
		{"money", "bank entry that is not matched", "UPDATE payment SET bank_entry_id = 'x'"},
		{"money", "do not sum to its amount", plantedEntry},
		{"money", "the file that brought it", plantedEntry},
		{"I6", "timeline ends in", plantedEntry},
		{"money", "credit notes", "UPDATE invoice SET credited_minor = 1 WHERE id = 'i2'"},
	}
}

const plantedEntry = `INSERT INTO bank_entry (id, version, created_at, updated_at, state, key, format, file, file_name, position, booking_date, value_date,
	currency, amount_minor, text, counterparty, counterparty_account, account, unsure, how, matches, suggestions, reason, search)
	VALUES ('e9', 1, 1, 1, 'matched', 'k', '', 'x', '', '', '', '', 'NOK', 1, '', '', '', '', 0, '', '', '', '', '')`

// allow switches off what would refuse the plants.
func allow(t *testing.T, db *DB) {
	t.Helper()
	if db.engine == Postgres {
		if _, err := db.writer.Exec("DO $x$ DECLARE n TEXT; BEGIN FOR n IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' LOOP EXECUTE 'ALTER TABLE ' || n || ' DISABLE TRIGGER ALL'; END LOOP; END $x$"); err != nil {
			t.Fatal(err)
		}
		return
	}
	if _, err := db.writer.Exec("PRAGMA foreign_keys = OFF"); err != nil {
		t.Fatal(err)
	}
	rows, err := db.writer.Query("SELECT name FROM sqlite_master WHERE type = 'trigger'")
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for rows.Next() {
		var n string
		if err := rows.Scan(&n); err != nil {
			t.Fatal(err)
		}
		names = append(names, n)
	}
	rows.Close()
	for _, n := range names {
		if _, err := db.writer.Exec("DROP TRIGGER " + n); err != nil {
			t.Fatal(err)
		}
	}
}

func TestVerify(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, db *DB) {
		sound(t, db)
		r, err := db.Verify(t.Context())
		if err != nil || len(r.Violations) != 0 || r.AuditLinks == 0 || len(r.AuditHead) != 64 || len(r.Checked) == 0 {
			t.Fatalf("a sound database: %+v, %v", r, err)
		}
		allow(t, db)
		for _, p := range plants() {
			undo := planted(t, db, p.sql)
			if !sees(undo, p.invariant, p.message) {
				t.Errorf("%s\nbreaks %s (%s), and the report is %+v", p.sql, p.invariant, p.message, undo)
			}
		}
		if r, err := db.Verify(t.Context()); err != nil || len(r.Violations) != 0 {
			t.Fatalf("after all the plants were taken back: %+v, %v", r, err)
		}
	})
}

func sees(found []Violation, invariant, message string) bool {
	for _, v := range found {
		if v.Invariant == invariant && strings.Contains(v.Message, message) {
			return true
		}
	}
	return false
}

// planted verifies inside a transaction that holds the plant, and takes it back.
func planted(t *testing.T, db *DB, sql string) []Violation {
	t.Helper()
	tx, err := db.writer.BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer tx.Rollback()
	if _, err := tx.Exec(sql); err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
	in := &txn{ctx: t.Context(), db: db, sql: tx}
	r, err := in.verify()
	if err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
	return r.Violations
}

func TestErasedPayload(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, db *DB) {
		sound(t, db)
		if err := db.EraseAuditPayload(t.Context(), 1, process.System(), time.Now()); err != nil {
			t.Fatal(err)
		}
		if _, found, err := db.VerifyAudit(t.Context()); err != nil || len(found) != 0 {
			t.Errorf("an erasure that is recorded: %+v, %v", found, err)
		}
		if err := db.EraseAuditPayload(t.Context(), 1, process.System(), time.Now()); process.CodeOf(err) != process.CodeNotFound {
			t.Errorf("erasing it again: %v", err)
		}
	})
}

// What is for ever refuses changes also by SQL.
func TestAppendOnly(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, db *DB) {
		sound(t, db)
		if _, err := db.writer.Exec("INSERT INTO settings_version (version, at, actor_kind, actor_id, actor_name, settings) VALUES (1, 1, '', '', '', '{}')"); err != nil {
			t.Fatal(err)
		}
		for _, sql := range []string{"UPDATE audit_link SET kind = 'x'", "DELETE FROM audit_link", "UPDATE audit_payload SET payload = salt",
			"UPDATE snapshot SET data = '{}'", "DELETE FROM snapshot", "DELETE FROM settings_version", "UPDATE settings_version SET settings = ''",
			"DELETE FROM invoice", "UPDATE invoice SET number = '7'", "UPDATE invoice SET net_minor = 7", "UPDATE invoice SET sha256 = 'x'", "UPDATE invoice SET state = 'draft'",
			"DELETE FROM credit_note", "UPDATE credit_note SET reason = 'x'", "DELETE FROM line", "UPDATE line SET net_minor = 7", "UPDATE vat_group SET vat_minor = 7",
			"DELETE FROM vat_group", "INSERT INTO vat_group VALUES ('i2', 0, 'S', '25', 1, 1)"} {
			if _, err := db.writer.Exec(sql); err == nil {
				t.Errorf("%s was not refused", sql)
			}
		}
	})
}
