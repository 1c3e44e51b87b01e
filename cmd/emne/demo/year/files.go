package year

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"strings"
	"time"

	"github.com/emne/emne/process"
)

// giro writes OCR giro records of 80 characters ("Systemspesifikasjon OCR giro").
func (b *bank) giro(file int, ts []transfer) []byte {
	var out bytes.Buffer
	records := 0
	line := func(s string) {
		records++
		fmt.Fprintf(&out, "%s%s\r\n", s, strings.Repeat("0", 80-len(s)))
	}
	var sum int64
	line(fmt.Sprintf("NY00001000008080%07d00010200", file))
	line(fmt.Sprintf("NY090020%09d%07d%s", 1008560, file, b.account))
	for _, t := range ts {
		sum += t.amount.Minor
		line(fmt.Sprintf("NY091030%s%s01%s100001 %017d%25s", t.id, short(t.day), string(t.day)[8:], t.amount.Minor, t.reference))
		line(fmt.Sprintf("NY091031%s%s%s%s%s", t.id, "0000400100", strings.Repeat("0", 16), short(t.day), "97101234560"))
	}
	line(fmt.Sprintf("NY090088%08d%08d%017d%s", len(ts), records, sum, strings.Repeat(short(ts[0].day), 3)))
	line(fmt.Sprintf("NY000089%08d%08d%017d%s", len(ts), records+1, sum, short(ts[0].day)))
	return out.Bytes()
}

// short is a day as DDMMYY.
func short(d process.Date) string { return d.Time(time.UTC).Format("020106") }

// statement writes CAMT.053 (ISO 20022).
func (b *bank) statement(file int, ts []transfer) []byte {
	var out bytes.Buffer
	safe := func(s string) string {
		var e strings.Builder
		_ = xml.EscapeText(&e, []byte(s)) // a builder takes everything
		return e.String()
	}
	fmt.Fprintf(&out, `<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.02"><BkToCstmrStmt><GrpHdr><MsgId>M%d</MsgId><CreDtTm>%sT18:00:00</CreDtTm></GrpHdr>
<Stmt><Id>S%d</Id><Acct><Id><Othr><Id>%s</Id></Othr></Id><Ccy>NOK</Ccy></Acct>
`, file, ts[0].day, file, b.account)
	for _, t := range ts {
		direction, party, amount := "CRDT", "Dbtr", t.amount
		if amount.Minor < 0 {
			direction, party, amount = "DBIT", "Cdtr", amount.Neg()
		}
		remittance, reversal := "", ""
		if t.back {
			reversal = "<RvslInd>true</RvslInd>"
		}
		switch {
		case t.reference != "":
			remittance = "<Strd><CdtrRefInf><Ref>" + t.reference + "</Ref></CdtrRefInf></Strd>"
		case t.text != "":
			remittance = "<Ustrd>" + safe(t.text) + "</Ustrd>"
		}
		fmt.Fprintf(&out, `<Ntry><Amt Ccy="%s">%s</Amt><CdtDbtInd>%s</CdtDbtInd>%s<Sts>BOOK</Sts><BookgDt><Dt>%s</Dt></BookgDt><AcctSvcrRef>%s</AcctSvcrRef>
<NtryDtls><TxDtls><RltdPties><%s><Nm>%s</Nm></%s></RltdPties><RmtInf>%s</RmtInf></TxDtls></NtryDtls></Ntry>
`, amount.Currency, amount, direction, reversal, t.day, t.id, party, safe(t.payer), party, remittance)
	}
	out.WriteString("</Stmt></BkToCstmrStmt></Document>\n")
	return out.Bytes()
}

// table writes a CSV file as a bank's web page gives it.
func (b *bank) table(_ int, ts []transfer) []byte {
	var out bytes.Buffer
	out.WriteString("Date;Amount;Currency;KID;Message;Name;To account;Transaction ID\r\n")
	for _, t := range ts {
		fmt.Fprintf(&out, "%s;%s;%s;%s;%s;%s;%s;%s\r\n", t.day.Time(time.UTC).Format("02.01.2006"), strings.Replace(t.amount.String(), ".", ",", 1),
			t.amount.Currency, t.reference, t.text, t.payer, b.account, t.id)
	}
	return out.Bytes()
}
