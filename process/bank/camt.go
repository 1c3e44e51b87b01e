package bank

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/emne/emne/process"
)

// camtReader reads BkToCstmrStmt (053), BkToCstmrDbtCdtNtfctn (054) and, of the
// same form, BkToCstmrAcctRpt (052).
type camtReader struct {
	faults
	entries  []process.StatementEntry
	currency string
}

func readCAMT(data []byte, currency string) (process.Statement, error) {
	root, err := parseXML(data)
	if err != nil {
		return process.Statement{}, err
	}
	top := root.children[0]
	r := &camtReader{currency: currency}
	format := ""
	for _, kind := range []struct{ message, report, format string }{
		{"BkToCstmrStmt", "Stmt", FormatCAMT053}, {"BkToCstmrDbtCdtNtfctn", "Ntfctn", FormatCAMT054}, {"BkToCstmrAcctRpt", "Rpt", "camt.052"},
	} {
		message := top.get(kind.message)
		if top.name == kind.message {
			message = top
		}
		if message == nil {
			continue
		}
		format = kind.format
		for _, report := range message.all(kind.report) {
			r.report(report)
		}
	}
	if format == "" {
		return process.Statement{}, fmt.Errorf("line %d: <%s> is no statement or notification of a bank (camt.053, camt.054)", top.line, short(top.name))
	}
	if len(r.entries) > maxEntries {
		return process.Statement{}, fmt.Errorf("there are more than %d entries", maxEntries)
	}
	if err := r.err(); err != nil {
		return process.Statement{}, err
	}
	return process.Statement{Format: format, Entries: r.entries}, nil
}

func account(n *node) string {
	if iban := n.value("Id", "IBAN"); iban != "" {
		return strings.ReplaceAll(iban, " ", "")
	}
	if other := n.value("Id", "Othr", "Id"); other != "" {
		return other
	}
	return n.value("Id", "PrtryAcct", "Id")
}

func (r *camtReader) report(report *node) {
	own, currency := account(report.get("Acct")), report.value("Acct", "Ccy")
	if currency == "" {
		currency = r.currency
	}
	for _, entry := range report.all("Ntry") {
		if len(r.entries) > maxEntries {
			return
		}
		r.entry(report, entry, own, currency)
	}
}

func (r *camtReader) entry(report, entry *node, own, currency string) {
	status := entry.value("Sts", "Cd")
	if status == "" {
		status = entry.value("Sts")
	}
	if status != "" && status != "BOOK" {
		return // pending or for information: it comes again when it is booked
	}
	amount, err := signed(entry, entry.get("Amt"), entry.value("CdtDbtInd"), currency)
	if err != nil {
		r.add(entry.where()+"/Amt", "%v", err)
		return
	}
	booked, value := r.day(entry, "BookgDt"), r.day(entry, "ValDt")
	if booked == "" {
		booked = value
	}
	if booked == "" {
		r.add(entry.where()+"/BookgDt", "the entry has no date")
		return
	}
	base := process.StatementEntry{Position: entry.where(), BookingDate: booked, ValueDate: value, Amount: amount, Account: own,
		EntryID: entry.value("AcctSvcrRef"), Text: entry.value("AddtlNtryInf"), Unsure: entry.value("RvslInd") == "true" || entry.value("RvslInd") == "1"}
	if base.EntryID == "" && entry.value("NtryRef") != "" && report.value("Id") != "" {
		base.EntryID = report.value("Id") + "/" + entry.value("NtryRef")
	}
	details := entry.all("NtryDtls", "TxDtls")
	switch len(details) {
	case 0:
		if n, err := strconv.Atoi(entry.value("NtryDtls", "Btch", "NbOfTxs")); err == nil && n > 1 {
			base.Unsure = true
		}
		r.entries = append(r.entries, base)
	case 1:
		r.entries = append(r.entries, detailed(base, details[0]))
	default:
		r.batch(base, details)
	}
}

// batch makes an entry of each part. Parts that do not sum to the whole are
// left to a person, as the whole.
func (r *camtReader) batch(base process.StatementEntry, details []*node) {
	var parts []process.StatementEntry
	sum := process.Money{Currency: base.Amount.Currency}
	for k, tx := range details {
		part := base
		part.Position = tx.where()
		direction := tx.value("CdtDbtInd")
		if direction == "" {
			direction = directionOf(base.Amount)
		}
		var err error
		for _, path := range [][]string{{"Amt"}, {"AmtDtls", "TxAmt", "Amt"}} {
			if part.Amount, err = signed(tx, tx.get(path...), direction, base.Amount.Currency); err == nil && part.Amount.Currency == base.Amount.Currency {
				break
			}
		}
		if err != nil || part.Amount.Currency != base.Amount.Currency {
			parts = nil
			break
		}
		if base.EntryID != "" {
			part.EntryID = base.EntryID + "/" + strconv.Itoa(k+1)
		}
		parts = append(parts, detailed(part, tx))
		sum = sum.Add(parts[k].Amount)
		if len(r.entries)+len(parts) > maxEntries {
			break
		}
	}
	if parts == nil || sum != base.Amount {
		base.Unsure = true
		for _, tx := range details[:min(len(details), 20)] {
			base.Text = clean(base.Text + " " + detailed(process.StatementEntry{}, tx).Text)
		}
		parts = []process.StatementEntry{base}
	}
	r.entries = append(r.entries, parts...)
}

func directionOf(m process.Money) string {
	if m.Minor < 0 {
		return "DBIT"
	}
	return "CRDT"
}

// signed reads an amount of an entry or of one of its parts.
func signed(at, amt *node, direction, currency string) (process.Money, error) {
	if amt == nil {
		return process.Money{}, errors.New("the amount is missing")
	}
	if amt.currency != "" {
		currency = amt.currency
	}
	m, err := exact(amt.value(), currency)
	if err != nil {
		return m, err
	}
	switch direction {
	case "CRDT":
		return m, nil
	case "DBIT":
		return m.Neg(), nil
	}
	return m, fmt.Errorf("CdtDbtInd of line %d is %q, not CRDT or DBIT", at.line, short(direction))
}

// day reads <Dt> or the day of <DtTm>.
func (r *camtReader) day(entry *node, name string) process.Date {
	s := entry.value(name, "Dt")
	if s == "" {
		s = entry.value(name, "DtTm")
	}
	if s == "" {
		return ""
	}
	d := process.Date(s[:min(len(s), 10)])
	if !d.Valid() {
		r.add(entry.where()+"/"+name, "%q is no date", short(s))
		return ""
	}
	return d
}

// detailed adds what a part says to an entry.
func detailed(e process.StatementEntry, tx *node) process.StatementEntry {
	refs := tx.get("Refs")
	if own := refs.value("AcctSvcrRef"); own != "" && own != e.EntryID {
		e.EntryID = own
	} else if id := refs.value("TxId"); id != "" && e.EntryID == "" {
		e.EntryID = id
	}
	side, agent := "Dbtr", "DbtrAcct"
	if e.Amount.Minor < 0 {
		side, agent = "Cdtr", "CdtrAcct"
	}
	parties := tx.get("RltdPties")
	if e.Counterparty = parties.value(side, "Nm"); e.Counterparty == "" {
		e.Counterparty = parties.value(side, "Pty", "Nm") // from version 08 on
	}
	if e.Counterparty == "" {
		if e.Counterparty = parties.value("Ultmt"+side, "Nm"); e.Counterparty == "" {
			e.Counterparty = parties.value("Ultmt"+side, "Pty", "Nm")
		}
	}
	e.CounterpartyAccount = account(parties.get(agent))
	var references, words []string
	for _, s := range tx.all("RmtInf", "Strd") {
		if ref := s.value("CdtrRefInf", "Ref"); ref != "" {
			references = append(references, ref)
		}
		for _, doc := range s.all("RfrdDocInf", "Nb") {
			words = append(words, doc.value())
		}
		for _, info := range s.all("AddtlRmtInf") {
			words = append(words, info.value())
		}
	}
	if len(references) == 1 {
		e.Reference = references[0]
	} else {
		words = append(references, words...)
	}
	for _, u := range tx.all("RmtInf", "Ustrd") {
		words = append(words, u.value())
	}
	words = append(words, tx.value("AddtlTxInf"))
	e.Text = clean(strings.Join(append([]string{e.Text}, words...), " "))
	if tx.get("RtrInf") != nil {
		e.Unsure = true
	}
	return e
}
