package main

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"fmt"
	"html/template"

	"github.com/shopspring/decimal"

	"github.com/emne/emne/process"
	"github.com/emne/emne/templates"
)

// invoiceJSON is the snapshot of an issued invoice that fills one page,
// invoiceTemplate the same invoice for programs that print HTML.
var (
	//go:embed invoice.json
	invoiceJSON []byte
	//go:embed invoice.html
	invoiceTemplate string
)

func invoiceSample() (s process.Snapshot, err error) {
	if err = json.Unmarshal(invoiceJSON, &s); err != nil {
		return s, fmt.Errorf("read the sample: %w", err)
	}
	return s, nil
}

// inUnicode is the invoice for a customer whom Windows-1252 cannot write.
func inUnicode(s process.Snapshot) process.Snapshot {
	s.Buyer.Name, s.Title = "Κατάστημα Αθηνών", "Мебель и монтаж"
	return s
}

func invoiceHTML(s process.Snapshot) ([]byte, error) {
	page, err := template.New("invoice").Funcs(template.FuncMap{
		"money": func(m process.Money) string {
			return templates.FormatMoney(s.Language, m.Minor, process.Decimals(s.Currency))
		},
		"price": func(d decimal.Decimal) string {
			return templates.FormatPrice(s.Language, d, process.Decimals(s.Currency))
		},
		"plain": func(d decimal.Decimal) string { return templates.FormatNumber(s.Language, d) },
		"day":   func(d process.Date) string { return templates.FormatDate(s.Language, string(d)) },
	}).Parse(invoiceTemplate)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	err = page.Execute(&b, s)
	return b.Bytes(), err
}
