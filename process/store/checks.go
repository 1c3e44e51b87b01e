package store

import (
	"fmt"
	"strings"
)

// rowCheck finds rows that break an invariant; its query gives their ids.
type rowCheck struct{ invariant, record, message, query string }

// missingBlob is true of a row whose bytes are not kept.
const missingBlob = "NOT EXISTS (SELECT 1 FROM blob b WHERE b.sha256 = r.sha256 AND b.complete = 1 AND b.live = 1)"

// waiting selects what unfinished jobs of a kind are about.
func waiting(kind, field string) string {
	return fmt.Sprintf("SELECT COALESCE(args ->> '%s', '') FROM river_job WHERE kind = '%s' AND finalized_at IS NULL", field, kind)
}

func rowChecks() []rowCheck {
	checks := []rowCheck{
		{"I1", "submission", "it waits and no job will file it",
			"SELECT r.id FROM submission r WHERE r.state = 'pending' AND r.id NOT IN (" + waiting("file_submission", "submission") + ")"},
		{"I1", "submission", "it became a lead that does not exist",
			"SELECT r.id FROM submission r WHERE r.state IN ('mapped', 'merged') AND NOT EXISTS (SELECT 1 FROM lead l WHERE l.id = r.result_id)"},
		{"I1", "submission", "it was put into quarantine and is not there",
			"SELECT r.id FROM submission r WHERE r.state = 'quarantined' AND NOT EXISTS (SELECT 1 FROM quarantine q WHERE q.id = r.result_id)"},
		{"I1", "submission", "its body is missing", "SELECT r.id FROM submission r WHERE " + missingBlob},
		{"I2", "message", "its raw bytes are missing", "SELECT r.id FROM message r WHERE " + missingBlob},
		{"I2", "mailbox_uid", "a UID was handled and its message does not exist",
			"SELECT r.mailbox || '/' || r.uid_validity || '/' || r.uid FROM mailbox_uid r WHERE NOT EXISTS (SELECT 1 FROM message m WHERE m.id = r.message_id)"},
		// Mails are recorded beside each other, so that some above the cursor are
		// handled at any moment; without a cursor the folder would be begun anew.
		{"I2", "mailbox_uid", "a UID was handled and its mailbox has no cursor",
			`SELECT DISTINCT r.mailbox || '/' || r.uid_validity FROM mailbox_uid r WHERE NOT EXISTS
			(SELECT 1 FROM mailbox_cursor c WHERE c.mailbox = r.mailbox AND c.uid_validity = r.uid_validity)`},
		{"I2", "mail_to_mark", "a mail is to be marked on its server and was never recorded",
			`SELECT r.mailbox || '/' || r.uid_validity || '/' || r.uid FROM mail_to_mark r WHERE NOT EXISTS
			(SELECT 1 FROM mailbox_uid u WHERE u.mailbox = r.mailbox AND u.uid_validity = r.uid_validity AND u.uid = r.uid)`},
		{"I3", "quarantine", "its raw bytes are missing", "SELECT r.id FROM quarantine r WHERE " + missingBlob},
		{"I3", "message", "it could not be read and has no quarantine entry",
			"SELECT r.id FROM message r WHERE r.state = 'quarantined' AND NOT EXISTS (SELECT 1 FROM quarantine q WHERE q.origin_id = r.id)"},
		{"I4", "invoice", "it is issued and nothing says what it said",
			"SELECT r.id FROM invoice r WHERE r.state = 'issued' AND NOT EXISTS (SELECT 1 FROM snapshot s WHERE s.document_id = r.id AND s.number = r.number)"},
		{"I4", "credit-note", "it is issued and nothing says what it said",
			"SELECT r.id FROM credit_note r WHERE NOT EXISTS (SELECT 1 FROM snapshot s WHERE s.document_id = r.id AND s.number = r.number)"},
		{"I4", "invoice", "it is issued and its bytes are missing", "SELECT r.id FROM invoice r WHERE r.state = 'issued' AND " + missingBlob},
		{"I4", "credit-note", "it is issued and its bytes are missing", "SELECT r.id FROM credit_note r WHERE " + missingBlob},
		{"I5", "delivery", "it waits and no job will send it",
			"SELECT r.id FROM delivery r WHERE r.state IN ('queued', 'sending', 'retrying') AND r.id NOT IN (" + waiting("send_delivery", "delivery") + ")"},
		{"I5", "delivery", "it was accepted without a Message-ID, bytes, time or attempt",
			"SELECT r.id FROM delivery r WHERE r.state = 'accepted' AND (r.message_id IS NULL OR r.sha256 = '' OR r.accepted_at IS NULL OR r.attempts < 1)"},
		{"I5", "delivery", "its bytes are missing", "SELECT r.id FROM delivery r WHERE r.sha256 <> '' AND " + missingBlob},
		{"I5", "delivery", "another one has the same Message-ID",
			"SELECT r.id FROM delivery r WHERE EXISTS (SELECT 1 FROM delivery d WHERE d.message_id = r.message_id AND d.id <> r.id)"},
		{"I5", "delivery", "it was accepted more often than it was queued",
			`SELECT r.about_id FROM activity r WHERE r.type IN ('delivery.accepted', 'delivery.queued') GROUP BY r.about_id
			HAVING SUM(CASE r.type WHEN 'delivery.accepted' THEN 1 ELSE -1 END) > 0`},
		{"I6", "quote", "it is won and its order does not exist or is another quote's",
			"SELECT r.id FROM quote r WHERE r.state = 'won' AND NOT EXISTS (SELECT 1 FROM sales_order o WHERE o.id = r.order_id AND o.quote_id = r.id)"},
		{"I6", "quote", "two orders came of it",
			"SELECT r.quote_id FROM sales_order r WHERE r.quote_id IS NOT NULL GROUP BY r.quote_id HAVING COUNT(*) > 1"},
		{"I6", "quote", "it was sent and its bytes are missing", "SELECT r.id FROM quote r WHERE r.sha256 <> '' AND " + missingBlob},
		{"I6", "lead", "its opportunity does not exist",
			"SELECT r.id FROM lead r WHERE r.opportunity_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM opportunity o WHERE o.id = r.opportunity_id)"},
		{"I6", "lead", "its text is that of a mail that does not exist",
			"SELECT r.id FROM lead r WHERE r.mail_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM message m WHERE m.id = r.mail_id)"},
		{"I7", "idempotency", "the key is claimed and has no answer",
			"SELECT r.scope || ' ' || r.key FROM idempotency r WHERE r.status IS NULL"},
		{"money", "invoice", "what is paid is not the sum of its booked payments",
			"SELECT r.id FROM invoice r WHERE r.paid_minor <> (SELECT COALESCE(SUM(p.amount_minor), 0) FROM payment p WHERE p.invoice_id = r.id AND p.state = 'booked')"},
		{"money", "payment", "what is refunded is not the sum of its refunds",
			"SELECT r.id FROM payment r WHERE r.refunded_minor <> (SELECT COALESCE(-SUM(p.amount_minor), 0) FROM payment p WHERE p.refund_of = r.id AND p.state = 'booked')"},
		{"money", "payment", "it is booked from a bank entry that is not matched",
			"SELECT r.id FROM payment r WHERE r.state = 'booked' AND r.bank_entry_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM bank_entry e WHERE e.id = r.bank_entry_id AND e.state = 'matched')"},
		{"money", "bank-entry", "it is matched and its booked payments do not sum to its amount",
			"SELECT r.id FROM bank_entry r WHERE r.state = 'matched' AND r.amount_minor <> (SELECT COALESCE(SUM(p.amount_minor), 0) FROM payment p WHERE p.bank_entry_id = r.id AND p.state = 'booked')"},
		{"money", "bank-entry", "the file that brought it is missing",
			"SELECT r.id FROM bank_entry r WHERE NOT EXISTS (SELECT 1 FROM blob b WHERE b.sha256 = r.file AND b.complete = 1 AND b.live = 1)"},
		{"money", "order", "what is prepaid is not the sum of its booked prepayments",
			"SELECT r.id FROM sales_order r WHERE r.prepaid_minor <> (SELECT COALESCE(SUM(p.amount_minor), 0) FROM payment p WHERE p.order_id = r.id AND p.state = 'booked')"},
		{"money", "order", "what is deducted is not the sum of what its invoices deduct",
			"SELECT r.id FROM sales_order r WHERE r.deducted_minor <> (SELECT COALESCE(SUM(i.prepaid_minor - i.released_minor), 0) FROM invoice i WHERE i.order_id = r.id)"},
		{"money", "invoice", "more went back to its order than it deducts of what was paid ahead",
			"SELECT r.id FROM invoice r WHERE r.released_minor < 0 OR r.released_minor > r.prepaid_minor"},
		{"money", "invoice", "what is credited is not the sum of its credit notes",
			"SELECT r.id FROM invoice r WHERE r.credited_minor <> (SELECT COALESCE(SUM(c.gross_minor + c.rounding_minor), 0) FROM credit_note c WHERE c.invoice_id = r.id)"},
		{"I8", "line", "its document does not exist", `SELECT DISTINCT r.document_id FROM line r WHERE
			NOT EXISTS (SELECT 1 FROM opportunity d WHERE d.id = r.document_id) AND NOT EXISTS (SELECT 1 FROM quote d WHERE d.id = r.document_id) AND
			NOT EXISTS (SELECT 1 FROM sales_order d WHERE d.id = r.document_id) AND NOT EXISTS (SELECT 1 FROM invoice d WHERE d.id = r.document_id) AND
			NOT EXISTS (SELECT 1 FROM credit_note d WHERE d.id = r.document_id) AND NOT EXISTS (SELECT 1 FROM subscription d WHERE d.id = r.document_id)`},
	}
	checks = append(checks, depositChecks()...)
	for _, d := range []struct{ table, record string }{{"opportunity", "opportunity"}, {"quote", "quote"}, {"sales_order", "order"},
		{"invoice", "invoice"}, {"credit_note", "credit-note"}, {"subscription", "subscription"}} {
		checks = append(checks, rowCheck{"money", d.record, "its sums are not those of its lines and VAT groups", `SELECT r.id FROM ` + d.table + ` r WHERE
			r.net_minor <> r.adjusted_minor + (SELECT COALESCE(SUM(l.net_minor), 0) FROM line l WHERE l.document_id = r.id AND (l.optional = 0 OR l.ticked = 1)) OR
			r.net_minor <> (SELECT COALESCE(SUM(g.base_minor), 0) FROM vat_group g WHERE g.document_id = r.id) OR
			r.vat_minor <> (SELECT COALESCE(SUM(g.vat_minor), 0) FROM vat_group g WHERE g.document_id = r.id) OR
			r.gross_minor <> r.net_minor + r.vat_minor`})
	}
	// The timeline of a record is one path that ends in its state. An invoice's
	// also tells of its payment, under types of their own.
	for _, d := range []struct{ table, record string }{{"lead", "lead"}, {"opportunity", "opportunity"},
		{"quote", "quote"}, {"sales_order", "order"}, {"invoice", "invoice"}, {"delivery", "delivery"}, {"subscription", "subscription"},
		{"submission", "submission"}, {"bank_entry", "bank-entry"}} {
		steps := fmt.Sprintf("FROM activity a WHERE a.about_type = '%s' AND a.type LIKE '%s.%%' AND a.to_state <> ''", d.record, strings.ReplaceAll(d.record, "-", "_"))
		checks = append(checks,
			rowCheck{"I6", d.record, "its timeline has a gap: a step does not begin where the one before it ended",
				`SELECT DISTINCT s.about_id FROM (SELECT a.about_id, a.from_state, LAG(a.to_state) OVER (PARTITION BY a.about_id ORDER BY a.seq) AS before
				` + steps + `) s WHERE s.from_state <> COALESCE(s.before, '')`},
			rowCheck{"I6", d.record, "its state is not the one that its timeline ends in",
				`SELECT r.id FROM ` + d.table + ` r WHERE r.state <>
				COALESCE((SELECT a.to_state ` + steps + ` AND a.about_id = r.id ORDER BY a.seq DESC LIMIT 1), '')`})
	}
	return checks
}
