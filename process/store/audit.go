package store

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"github.com/emne/emne/process"
)

// auditErased is the kind of a link that records the erasure of an earlier payload.
const auditErased = "audit.payload_erased"

// link is one link of the chain.
type link struct {
	seq                                       int64
	at                                        int64 // microseconds UTC
	kind, aboutType, aboutID                  string
	actorKind, actorID, payloadHash, prev, id string
}

// hash covers everything else of the link: SHA-256 over its parts, each after
// its length in eight bytes, so that no two links have the same bytes.
func (l link) hash() string {
	return digest([]byte(l.prev), number(l.seq), number(l.at), []byte(l.kind), []byte(l.aboutType), []byte(l.aboutID),
		[]byte(l.actorKind), []byte(l.actorID), []byte(l.payloadHash))
}

func number(n int64) []byte { return binary.BigEndian.AppendUint64(nil, uint64(n)) }

func digest(parts ...[]byte) string {
	h := sha256.New()
	for _, p := range parts {
		h.Write(number(int64(len(p))))
		h.Write(p)
	}
	return hex.EncodeToString(h.Sum(nil))
}

// Audit implements process.Tx. The link is written at the end of the
// transaction, because its head is everybody's.
func (t *txn) Audit(e process.AuditEntry) error {
	if err := t.usable(true); err != nil {
		return err
	}
	e.Payload = bytes.Clone(e.Payload)
	t.audits = append(t.audits, e)
	return nil
}

// Head is the end of the audit chain: the number of links and the last hash.
type Head struct {
	Seq  int64  `json:"seq"`
	Hash string `json:"hash"`
}

func (t *txn) head(lock string) (Head, error) {
	var h Head
	found, err := t.row("SELECT seq, hash FROM audit_head WHERE one = 1"+lock, nil, &h.Seq, &h.Hash)
	if err == nil && !found {
		err = fmt.Errorf("it has no head")
	}
	if err != nil {
		return Head{}, fmt.Errorf("reading the audit chain: %w", err)
	}
	return h, nil
}

// writeAudits adds the links of a transaction, or of a group. What can be
// made before is: from the reading of the head on, everybody else waits.
func (t *txn) writeAudits() error {
	if len(t.audits) == 0 {
		return nil
	}
	links, payloads := make([]link, len(t.audits)), make([][]any, len(t.audits))
	for i, e := range t.audits {
		if e.At.IsZero() {
			e.At = t.db.now()
		}
		if e.Payload == nil {
			e.Payload = []byte{}
		}
		salt := make([]byte, 16)
		rand.Read(salt)
		links[i] = link{at: e.At.UnixMicro(), kind: clean(e.Kind), aboutType: clean(e.About.Type), aboutID: clean(e.About.ID),
			actorKind: string(e.Actor.Kind), actorID: clean(e.Actor.ID), payloadHash: digest(salt, e.Payload)}
		payloads[i] = []any{nil, salt, e.Payload}
	}
	h, err := t.head(t.lock())
	if err != nil {
		return err
	}
	rows := make([][]any, len(links))
	for i := range links {
		l := &links[i]
		l.seq, l.prev = h.Seq+1, h.Hash
		l.id = l.hash()
		h = Head{l.seq, l.id}
		payloads[i][0] = l.seq
		rows[i] = []any{l.seq, l.at, l.kind, l.aboutType, l.aboutID, l.actorKind, l.actorID, l.payloadHash, l.prev, l.id}
	}
	if err := t.insertRows("audit_link", "seq, at, kind, about_type, about_id, actor_kind, actor_id, payload_hash, prev, hash", rows); err != nil {
		return fmt.Errorf("adding to the audit chain: %w", err)
	}
	if err := t.insertRows("audit_payload", "seq, salt, payload", payloads); err != nil {
		return fmt.Errorf("adding to the audit chain: %w", err)
	}
	t.audits = nil
	if _, err := t.exec("UPDATE audit_head SET seq = $1, hash = $2 WHERE one = 1", h.Seq, h.Hash); err != nil {
		return fmt.Errorf("moving the head of the audit chain: %w", err)
	}
	return nil
}

// EraseAuditPayload takes the payload of a link away, with its salt, and adds
// a link that says so: the chain still holds, the person's data is gone.
func (db *DB) EraseAuditPayload(ctx context.Context, seq int64, by process.Actor, at time.Time) error {
	return db.InTx(ctx, func(tx process.Tx) error {
		n, err := tx.(*txn).exec("DELETE FROM audit_payload WHERE seq = $1", seq)
		if err != nil {
			return fmt.Errorf("erasing an audit payload: %w", err)
		}
		if n == 0 {
			return process.NotFound("audit payload", strconv.FormatInt(seq, 10))
		}
		why, err := json.Marshal(map[string]int64{"seq": seq})
		if err != nil {
			return fmt.Errorf("writing an audit entry: %w", err)
		}
		return tx.Audit(process.AuditEntry{At: at, Actor: by, Kind: auditErased,
			About: process.Ref{Type: "audit", ID: strconv.FormatInt(seq, 10)}, Payload: why})
	})
}

// VerifyAudit recomputes the chain from its first link and says what is wrong
// with it. A payload may be missing when a later link records its erasure.
func (db *DB) VerifyAudit(ctx context.Context) (Head, []Violation, error) {
	var h Head
	var found []Violation
	err := db.view(ctx, func(t *txn) error {
		var err error
		h, found, err = t.verifyAudit()
		return err
	})
	return h, found, err
}

func (t *txn) verifyAudit() (Head, []Violation, error) {
	h, err := t.head("")
	if err != nil {
		return Head{}, nil, err
	}
	var found []Violation
	wrong := func(seq int64, format string, args ...any) {
		if len(found) < maxViolations {
			found = append(found, Violation{"I6", "audit", strconv.FormatInt(seq, 10), fmt.Sprintf(format, args...)})
		}
	}
	erased, missing := map[string]bool{}, []int64{}
	prev, last := "", int64(0)
	err = t.each(`SELECT l.seq, l.at, l.kind, l.about_type, l.about_id, l.actor_kind, l.actor_id, l.payload_hash, l.prev, l.hash,
		p.salt, p.payload FROM audit_link l LEFT JOIN audit_payload p ON p.seq = l.seq ORDER BY l.seq`, nil,
		func(scan func(...any) error) error {
			var l link
			var salt, payload []byte
			if err := scan(&l.seq, &l.at, &l.kind, &l.aboutType, &l.aboutID, &l.actorKind, &l.actorID, &l.payloadHash, &l.prev, &l.id, &salt, &payload); err != nil {
				return err
			}
			if l.seq != last+1 {
				wrong(l.seq, "link %d follows link %d", l.seq, last)
			}
			if l.prev != prev {
				wrong(l.seq, "link %d does not continue the one before it", l.seq)
			}
			if l.hash() != l.id {
				wrong(l.seq, "link %d was changed", l.seq)
			}
			switch {
			case salt == nil:
				missing = append(missing, l.seq)
			case digest(salt, payload) != l.payloadHash:
				wrong(l.seq, "the payload of link %d was changed", l.seq)
			}
			if l.kind == auditErased {
				erased[l.aboutID] = true
			}
			prev, last = l.id, l.seq
			return nil
		})
	if err != nil {
		return Head{}, nil, fmt.Errorf("reading the audit chain: %w", err)
	}
	for _, seq := range missing {
		if !erased[strconv.FormatInt(seq, 10)] {
			wrong(seq, "the payload of link %d is gone and no link says that it was erased", seq)
		}
	}
	if h.Seq != last || h.Hash != prev {
		wrong(last, "the chain ends at link %d, its head says %d", last, h.Seq)
	}
	return h, found, nil
}
