package process

import (
	"fmt"
	"strings"

	"github.com/shopspring/decimal"
)

// cellList is a list that stands in one cell of a sheet.
type cellList interface {
	cell() string
	fromCell(cell string, decimalComma bool) (any, error)
}

// listSeparator stands between the entries of a list; a line's end does too.
const listSeparator = " | "

func entries(cell string) (out []string) {
	for _, e := range strings.FieldsFunc(cell, func(r rune) bool { return r == '\n' || r == '|' }) {
		if e = strings.TrimSpace(e); e != "" {
			out = append(out, e)
		}
	}
	return out
}

func cellNumber(s string, decimalComma bool) (decimal.Decimal, error) {
	if decimalComma {
		s = strings.Replace(s, ",", ".", 1)
	}
	d, err := decimal.NewFromString(s)
	if err != nil || len(s) > 40 || strings.ContainsAny(s, "eE") {
		return d, fmt.Errorf("%q is no number", s)
	}
	return d, nil
}

// cell writes SE S 25 | DE S 19.
func (vs CountryVATs) cell() string {
	var out []string
	for _, v := range vs {
		out = append(out, v.Country+" "+v.Category+" "+v.Rate.String())
	}
	return strings.Join(out, listSeparator)
}

func (CountryVATs) fromCell(cell string, decimalComma bool) (any, error) {
	list := CountryVATs{}
	for _, e := range entries(cell) {
		words := strings.Fields(e)
		if len(words) != 2 && len(words) != 3 {
			return nil, fmt.Errorf("%q: write it as SE S 25 | DE S 19", e)
		}
		v := CountryVAT{Country: strings.ToUpper(words[0]), VAT: VAT{Category: strings.ToUpper(words[1])}}
		if len(words) == 3 {
			var err error
			if v.Rate, err = cellNumber(words[2], decimalComma); err != nil {
				return nil, err
			}
		}
		list = append(list, v)
	}
	return list, nil
}

// cell writes 2 CHAIR | 1 TABLE.
func (ps BundleParts) cell() string {
	var out []string
	for _, p := range ps {
		out = append(out, p.Quantity.String()+" "+p.Product)
	}
	return strings.Join(out, listSeparator)
}

func (BundleParts) fromCell(cell string, decimalComma bool) (any, error) {
	list := BundleParts{}
	for _, e := range entries(cell) {
		number, sku, ok := strings.Cut(e, " ")
		if !ok {
			return nil, fmt.Errorf("%q: write it as 2 CHAIR | 1 TABLE", e)
		}
		n, err := cellNumber(number, decimalComma)
		if err != nil {
			return nil, err
		}
		list = append(list, BundlePart{Product: strings.TrimSpace(sku), Quantity: n})
	}
	return list, nil
}
