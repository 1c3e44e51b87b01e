package bank

import (
	"strconv"
	"strings"

	"github.com/emne/emne/process"
)

// batch makes an entry of each part, and one of the charges that the bank kept
// back. Parts that do not sum to the whole are left to a person, as the whole.
func (r *camtReader) batch(base process.StatementEntry, entry *node, details []*node) {
	var parts []process.StatementEntry
	sum := process.Money{Currency: base.Amount.Currency}
	ids := partIDs(base.EntryID, details)
	for k, tx := range details {
		part := base
		part.Position, part.EntryID = tx.where(), ids[k]
		var ok bool
		if part.Amount, ok = amountOf(tx, base.Amount); !ok {
			parts = nil
			break
		}
		sum = sum.Add(part.Amount)
		parts = append(parts, described(part, tx)...)
		if len(r.entries)+len(parts) > maxEntries {
			break
		}
	}
	if kept := charges(entry, details, base.Amount.Currency); parts != nil && sum != base.Amount && sum.Add(kept) == base.Amount {
		fee := base
		if fee.Amount = kept; fee.EntryID != "" {
			fee.EntryID += "/charges"
		}
		parts, sum = append(parts, fee), base.Amount
	}
	if parts == nil || sum != base.Amount {
		base.Unsure = true
		for _, tx := range details[:min(len(details), 20)] {
			base.Text = clean(base.Text + " " + described(process.StatementEntry{}, tx)[0].Text)
		}
		parts = []process.StatementEntry{base}
	}
	r.entries = append(r.entries, parts...)
}

// amountOf is what one transaction of an entry moved, in the entry's currency
// and direction unless it names its own.
func amountOf(tx *node, whole process.Money) (process.Money, bool) {
	direction := tx.value("CdtDbtInd")
	if direction == "" {
		direction = directionOf(whole)
	}
	for _, path := range [][]string{{"Amt"}, {"AmtDtls", "TxAmt", "Amt"}} {
		if m, err := signed(tx, tx.get(path...), direction, whole.Currency); err == nil && m.Currency == whole.Currency {
			return m, true
		}
	}
	return process.Money{}, false
}

// bankID reads one of the bank's own ids; banks write NOTPROVIDED where they have none.
func bankID(n *node, path ...string) string {
	if s := n.value(path...); s != "NOTPROVIDED" {
		return s
	}
	return ""
}

// ownID is what the bank calls one transaction of an entry.
func ownID(tx *node, entry string) string {
	own := bankID(tx, "Refs", "AcctSvcrRef")
	if own == "" && entry == "" {
		own = bankID(tx, "Refs", "TxId")
	}
	return own
}

// partIDs tell the parts of a batch apart. Some banks repeat the batch's own id
// on each of them, or give two the same.
func partIDs(batch string, details []*node) []string {
	ids, times := make([]string, len(details)), map[string]int{}
	for k, tx := range details {
		ids[k] = ownID(tx, batch)
		times[ids[k]]++
	}
	for k, own := range ids {
		switch {
		case own != "" && own != batch && times[own] == 1:
		case own != "":
			ids[k] = own + "/" + strconv.Itoa(k+1)
		case batch != "":
			ids[k] = batch + "/" + strconv.Itoa(k+1)
		}
	}
	return ids
}

// charges are what the bank kept back of a batch (Chrgs), told of the whole or
// else of its parts: an amount below zero, and zero when nothing is told of.
func charges(entry *node, details []*node, currency string) process.Money {
	none := process.Money{Currency: currency}
	for _, of := range [][]*node{{entry}, details} {
		sum := none
		for _, n := range of {
			for _, c := range n.all("Chrgs") {
				records := c.all("Rcrd") // from version 04 on; one block each before
				if records == nil {
					records = []*node{c}
				}
				for _, record := range records {
					direction := record.value("CdtDbtInd")
					if direction == "" {
						direction = "DBIT"
					}
					m, err := signed(record, record.get("Amt"), direction, currency)
					if err != nil || m.Currency != currency {
						return none
					}
					sum = sum.Add(m)
				}
			}
		}
		if !sum.IsZero() {
			return sum
		}
	}
	return none
}

// described adds what a transaction says to an entry. One that pays several
// references with an amount for each (Strd with RmtdAmt) becomes as many
// entries: so the payer's own division holds. Amounts that do not sum to the
// whole, or a credit note among them, leave it as one.
func described(e process.StatementEntry, tx *node) []process.StatementEntry {
	e = counterparty(e, tx)
	if tx.get("RtrInf") != nil {
		e.Unsure = true
	}
	blocks := tx.all("RmtInf", "Strd")
	if parts := divided(e, tx, blocks); parts != nil {
		return parts
	}
	var references, words []string
	for _, s := range blocks {
		if ref := s.value("CdtrRefInf", "Ref"); ref != "" {
			references = append(references, ref)
		}
		words = append(words, documents(s)...)
	}
	if len(references) == 1 {
		e.Reference = references[0]
	} else {
		words = append(references, words...)
	}
	e.Text = said(e.Text, tx, words)
	return []process.StatementEntry{e}
}

func divided(e process.StatementEntry, tx *node, blocks []*node) []process.StatementEntry {
	if len(blocks) < 2 || e.Amount.Minor <= 0 {
		return nil
	}
	parts := make([]process.StatementEntry, len(blocks))
	sum := process.Money{Currency: e.Amount.Currency}
	for k, s := range blocks {
		p, words := e, documents(s)
		amount, err := signed(s, s.get("RfrdDocAmt", "RmtdAmt"), "CRDT", sum.Currency)
		if p.Reference = s.value("CdtrRefInf", "Ref"); err != nil || amount.Minor <= 0 || amount.Currency != sum.Currency || p.Reference == "" && len(words) == 0 {
			return nil
		}
		if p.EntryID != "" {
			p.EntryID += "/" + strconv.Itoa(k+1)
		}
		p.Position, p.Amount, p.Text = s.where(), amount, said(e.Text, tx, words)
		parts[k], sum = p, sum.Add(amount)
	}
	if sum != e.Amount {
		return nil
	}
	return parts
}

// documents are the numbers and words of a structured remittance.
func documents(s *node) []string {
	var words []string
	for _, path := range [][]string{{"RfrdDocInf", "Nb"}, {"AddtlRmtInf"}} {
		for _, n := range s.all(path...) {
			words = append(words, n.value())
		}
	}
	return words
}

// said joins what an entry and a transaction say in words.
func said(text string, tx *node, words []string) string {
	for _, u := range tx.all("RmtInf", "Ustrd") {
		words = append(words, u.value())
	}
	return clean(strings.Join(append(append([]string{text}, words...), tx.value("AddtlTxInf")), " "))
}

// counterparty adds who is on the other side of a transaction.
func counterparty(e process.StatementEntry, tx *node) process.StatementEntry {
	side := "Dbtr"
	if e.Amount.Minor < 0 {
		side = "Cdtr"
	}
	parties := tx.get("RltdPties")
	for _, path := range [][]string{{side, "Nm"}, {side, "Pty", "Nm"}, {"Ultmt" + side, "Nm"}, {"Ultmt" + side, "Pty", "Nm"}} { // Pty from version 08 on
		if e.Counterparty == "" {
			e.Counterparty = parties.value(path...)
		}
	}
	e.CounterpartyAccount = account(parties.get(side + "Acct"))
	return e
}
