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
		EntryID: bankID(entry, "AcctSvcrRef"), Text: entry.value("AddtlNtryInf"), Unsure: entry.value("RvslInd") == "true" || entry.value("RvslInd") == "1"}
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
		r.single(base, entry, details)
	default:
		r.batch(base, entry, details)
	}
}

// single is an entry of one transaction. When that moved another amount and the
// charges do not make up for it, a person decides.
func (r *camtReader) single(base process.StatementEntry, entry *node, details []*node) {
	tx := details[0]
	if m, ok := amountOf(tx, base.Amount); ok && m != base.Amount {
		if m.Add(charges(entry, details, m.Currency)) == base.Amount {
			r.batch(base, entry, details)
			return
		}
		base.Unsure = true
	}
	if own := ownID(tx, base.EntryID); own != "" {
		base.EntryID = own
	}
	r.entries = append(r.entries, described(base, tx)...)
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
