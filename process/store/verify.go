package store

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"

	"github.com/emne/emne/process"
)

// maxViolations bounds what one check reports.
const maxViolations = 100

// Violation is a row that breaks one of the invariants I1 to I8, or the sums
// of money.
type Violation struct {
	Invariant string `json:"invariant"`
	Record    string `json:"record"`
	ID        string `json:"id"`
	Message   string `json:"message"`
}

// Checked says how much a check looked at.
type Checked struct {
	Invariant string `json:"invariant"`
	What      string `json:"what"`
	Rows      int64  `json:"rows"`
}

// Report is what Verify found. The head of the audit chain can be kept
// elsewhere, to be compared later.
type Report struct {
	Violations []Violation `json:"violations"`
	Checked    []Checked   `json:"checked"`
	AuditLinks int64       `json:"audit_links"`
	AuditHead  string      `json:"audit_head"`
}

// Verify checks everything that can be seen from inside, on one consistent
// state and beside running work: the audit chain, every stored blob's hash and
// the rows.
func (db *DB) Verify(ctx context.Context) (Report, error) {
	var r Report
	err := db.view(ctx, func(t *txn) error {
		var err error
		r, err = t.verify()
		return err
	})
	if err != nil {
		return Report{}, fmt.Errorf("verifying: %w", err)
	}
	return r, nil
}

func (t *txn) verify() (Report, error) {
	head, broken, err := t.verifyAudit()
	if err != nil {
		return Report{}, err
	}
	r := Report{Violations: append([]Violation{}, broken...), AuditLinks: head.Seq, AuditHead: head.Hash}
	for _, check := range []func() ([]Violation, error){t.verifyRows, t.verifyNumbers, t.verifyPaths,
		t.verifyAcceptances, t.verifyAttachments, t.verifyBlobs, t.verifyEngine} {
		found, err := check()
		if err != nil {
			return Report{}, err
		}
		r.Violations = append(r.Violations, found...)
	}
	return r, t.countChecked(&r)
}

func (t *txn) countChecked(r *Report) error {
	for _, c := range []struct{ invariant, what, table string }{{"I1", "submissions", "submission"}, {"I2", "mail UIDs", "mailbox_uid"},
		{"I2", "messages", "message"}, {"I3", "quarantine entries", "quarantine"}, {"I4", "invoices", "invoice"},
		{"I4", "credit notes", "credit_note"}, {"I5", "deliveries", "delivery"}, {"I6", "activities", "activity"},
		{"I7", "idempotency keys", "idempotency"}, {"I8", "blobs", "blob"}} {
		checked := Checked{Invariant: c.invariant, What: c.what}
		if _, err := t.row("SELECT count(*) FROM "+c.table, nil, &checked.Rows); err != nil {
			return fmt.Errorf("counting %s: %w", c.what, err)
		}
		r.Checked = append(r.Checked, checked)
	}
	return nil
}

// CheckAudit checks the whole audit chain and gives the number of its links.
func (db *DB) CheckAudit(ctx context.Context) (int64, error) {
	h, problems, err := db.VerifyAudit(ctx)
	if err == nil && len(problems) > 0 {
		err = fmt.Errorf("the audit chain is broken: %s", problems[0].Message)
	}
	return h.Seq, err
}

func (t *txn) verifyRows() ([]Violation, error) {
	var found []Violation
	for _, c := range rowChecks() {
		err := t.each(c.query+" LIMIT "+strconv.Itoa(maxViolations), nil, func(scan func(...any) error) error {
			v := Violation{Invariant: c.invariant, Record: c.record, Message: c.message}
			if err := scan(&v.ID); err != nil {
				return err
			}
			found = append(found, v)
			return nil
		})
		if err != nil {
			return nil, fmt.Errorf("checking that there is none: %s: %w", c.message, err)
		}
	}
	return found, nil
}

// verifyPaths checks I6: every step on the timeline is one that the state
// machines have.
func (t *txn) verifyPaths() ([]Violation, error) {
	type step struct{ record, from, to string }
	known := map[step]bool{}
	for _, tr := range process.Transitions() {
		for _, from := range tr.From {
			for _, to := range tr.To {
				known[step{tr.Record, from, to}] = true
			}
		}
	}
	var found []Violation
	err := t.each(`SELECT about_type, from_state, to_state, MIN(about_id) FROM activity
		WHERE about_type IN ('lead', 'opportunity', 'quote', 'order', 'invoice') AND type LIKE about_type || '.%'
		AND from_state <> '' AND to_state <> '' AND from_state <> to_state GROUP BY about_type, from_state, to_state`, nil,
		func(scan func(...any) error) error {
			var s step
			var id string
			if err := scan(&s.record, &s.from, &s.to, &id); err != nil {
				return err
			}
			if !known[s] {
				found = append(found, Violation{"I6", s.record, id, fmt.Sprintf("went from %s to %s, which no transition does", s.from, s.to)})
			}
			return nil
		})
	if err != nil {
		return nil, fmt.Errorf("reading the timeline: %w", err)
	}
	return found, nil
}

// verifyAcceptances checks I6: a yes is bound to the bytes that were sent.
func (t *txn) verifyAcceptances() ([]Violation, error) {
	var found []Violation
	err := t.each("SELECT id, sha256, acceptance FROM quote WHERE state = 'won'", nil, func(scan func(...any) error) error {
		var id, sum string
		var a process.Acceptance
		if err := scan(&id, &sum, object{&a}); err != nil {
			return err
		}
		if (a.SHA256 != sum || a.Name == "") && len(found) < maxViolations {
			found = append(found, Violation{"I6", process.TypeQuote, id, "it is won without an acceptance of the bytes that were sent"})
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("reading acceptances: %w", err)
	}
	return found, nil
}

// verifyAttachments checks that what came with messages and leads is there.
func (t *txn) verifyAttachments() ([]Violation, error) {
	var found []Violation
	for _, c := range []struct{ invariant, record string }{{"I2", process.TypeMessage}, {"I1", process.TypeLead}} {
		type place struct{ id, sum string }
		var places []place
		err := t.each("SELECT id, attachments FROM "+c.record+" WHERE attachments <> ''", nil, func(scan func(...any) error) error {
			var id, text string
			if err := scan(&id, &text); err != nil {
				return err
			}
			var as []process.Attachment
			if err := json.Unmarshal([]byte(text), &as); err != nil {
				return fmt.Errorf("the attachments of %s: %w", id, err)
			}
			for _, a := range as {
				places = append(places, place{id, a.SHA256})
			}
			return nil
		})
		if err != nil {
			return nil, fmt.Errorf("reading attachments: %w", err)
		}
		for _, p := range places {
			var one int
			ok, err := t.row("SELECT 1 FROM blob WHERE sha256 = $1 AND complete = 1 AND live = 1", []any{p.sum}, &one)
			if err != nil {
				return nil, fmt.Errorf("looking for an attachment: %w", err)
			}
			if !ok && len(found) < maxViolations {
				found = append(found, Violation{c.invariant, c.record, p.id, "an attachment's bytes are missing: " + p.sum})
			}
		}
	}
	return found, nil
}

// verifyBlobs reads every kept blob and compares its hash.
func (t *txn) verifyBlobs() ([]Violation, error) {
	var sums []string
	if err := t.each("SELECT sha256 FROM blob WHERE complete = 1 AND live = 1", nil, func(scan func(...any) error) error {
		var s string
		err := scan(&s)
		sums = append(sums, s)
		return err
	}); err != nil {
		return nil, fmt.Errorf("reading blobs: %w", err)
	}
	var found []Violation
	for _, sum := range sums {
		if _, err := t.blob(sum); err != nil {
			if t.ctx.Err() != nil {
				return nil, err
			}
			if len(found) < maxViolations {
				found = append(found, Violation{"I8", "blob", sum, err.Error()})
			}
		}
	}
	return found, nil
}

// verifyEngine asks SQLite for its own check; PostgreSQL has none from inside.
func (t *txn) verifyEngine() ([]Violation, error) {
	if t.db.engine != SQLite {
		return nil, nil
	}
	var found []Violation
	err := t.each("PRAGMA integrity_check", nil, func(scan func(...any) error) error {
		var text string
		if err := scan(&text); err != nil {
			return err
		}
		if text != "ok" {
			found = append(found, Violation{"I8", "database", "", text})
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("checking the file: %w", err)
	}
	return found, nil
}
