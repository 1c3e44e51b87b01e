package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"reflect"
	"strings"

	"github.com/shopspring/decimal"
	"github.com/spf13/cobra"

	"github.com/emne/emne/process"
)

// inputFlags turn the fields of an input into flags: --name, --address.city,
// --amount "100 NOK", --line "quantity=2,unit_price=1200,description=Work".
type inputFlags struct {
	fields []inputField
	raw    string
}

type inputField struct {
	flag, path string
	typ        reflect.Type
}

func newInputFlags(cmd *cobra.Command, typ reflect.Type) *inputFlags {
	in := &inputFlags{}
	in.add(cmd, typ, "")
	cmd.Flags().StringVar(&in.raw, "body", "", "the whole input as JSON, @file or - for standard input")
	return in
}

func (in *inputFlags) add(cmd *cobra.Command, typ reflect.Type, prefix string) {
	if typ.Kind() != reflect.Struct {
		return
	}
	for i := range typ.NumField() {
		f := typ.Field(i)
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		if name == "" || name == "-" {
			continue
		}
		t := f.Type
		if t.Kind() == reflect.Pointer {
			t = t.Elem()
		}
		path := prefix + name
		if nested(t) {
			in.add(cmd, t, path+".")
			continue
		}
		flag := strings.ReplaceAll(path, "_", "-")
		help := f.Tag.Get("doc")
		switch {
		case t.Kind() == reflect.Map && t.Elem().Kind() == reflect.String:
			cmd.Flags().StringArray(flag, nil, help+", as nb=…; again for more languages")
		case t.Kind() == reflect.Slice:
			if flag = strings.TrimSuffix(flag, "s"); cmd.Flags().Lookup(flag) != nil {
				flag += "s"
			}
			cmd.Flags().StringArray(flag, nil, lineHelp(t.Elem()))
		case t.Kind() == reflect.Map:
			flag = strings.TrimSuffix(flag, "s")
			cmd.Flags().StringArray(flag, nil, "KEY for yes, KEY=no for no; again for more")
		case t.Kind() == reflect.Bool:
			cmd.Flags().Bool(flag, false, help)
		default:
			cmd.Flags().String(flag, "", help)
		}
		in.fields = append(in.fields, inputField{flag, path, t})
	}
}

// nested are objects whose fields become flags of their own.
func nested(t reflect.Type) bool {
	return t.Kind() == reflect.Struct && t != reflect.TypeFor[process.Money]() && t != reflect.TypeFor[decimal.Decimal]()
}

func lineHelp(t reflect.Type) string {
	switch {
	case t.Kind() == reflect.String:
		return "again for more"
	case t == reflect.TypeFor[process.LineQuantity]():
		return "a line's id and quantity, as ID=2.5; again for more lines"
	case t == reflect.TypeFor[process.AdjustmentInput]():
		return "a discount or charge on the whole, as percent=10,reason=Discount or charge=true,reason=Freight,amount=80 NOK,vat=S:25; again for more"
	case t == reflect.TypeFor[process.ListPrice]():
		return "a price, as product=SKU,from=10,unit_price=900; again for more prices"
	case t == reflect.TypeFor[process.CountryVAT]():
		return "the VAT of a country, as country=SE,category=S,rate=25; again for more"
	case t == reflect.TypeFor[process.BundlePart]():
		return "a part, as product=SKU,quantity=2; again for more"
	}
	return "a line, as product=SKU,quantity=2 or description=Work,quantity=2,unit=HUR,unit_price=1200,vat=S:25, or kind=section,description=Heading; on a quote option=true,ticked=true; again for more lines"
}

// body is the JSON of the flags that were given, nil when there were none.
func (in *inputFlags) body(c *cobra.Command) ([]byte, error) {
	obj := map[string]any{}
	if in.raw != "" {
		b, err := readArgument(c, in.raw)
		if err != nil {
			return nil, err
		}
		d := json.NewDecoder(strings.NewReader(string(b)))
		d.UseNumber()
		if err := d.Decode(&obj); err != nil {
			return nil, usageError{fmt.Errorf("--body is no JSON object: %w", err)}
		}
	}
	for _, f := range in.fields {
		if !c.Flags().Changed(f.flag) {
			continue
		}
		v, err := f.value(c)
		if err != nil {
			return nil, usageError{fmt.Errorf("--%s: %w", f.flag, err)}
		}
		put(obj, f.path, v)
	}
	if len(obj) == 0 {
		return nil, nil
	}
	return json.Marshal(obj)
}

func put(obj map[string]any, path string, v any) {
	head, rest, deep := strings.Cut(path, ".")
	if !deep {
		obj[head] = v
		return
	}
	inner, ok := obj[head].(map[string]any)
	if !ok {
		inner = map[string]any{}
		obj[head] = inner
	}
	put(inner, rest, v)
}

func (f inputField) value(c *cobra.Command) (any, error) {
	switch {
	case f.typ.Kind() == reflect.Bool:
		return c.Flags().GetBool(f.flag)
	case f.typ.Kind() == reflect.Map && f.typ.Elem().Kind() == reflect.Bool:
		given, err := c.Flags().GetStringArray(f.flag)
		answers := map[string]bool{}
		for _, g := range given {
			key, answer, _ := strings.Cut(g, "=")
			answers[key] = answer == "" || answer == "yes" || answer == "true"
		}
		return answers, err
	case f.typ.Kind() == reflect.Map:
		given, err := c.Flags().GetStringArray(f.flag)
		texts := map[string]string{}
		for _, g := range given {
			k, v, ok := strings.Cut(g, "=")
			if !ok {
				return nil, fmt.Errorf("%q is no language=text", g)
			}
			texts[k] = v
		}
		return texts, err
	case f.typ.Kind() == reflect.Slice:
		given, err := c.Flags().GetStringArray(f.flag)
		if err != nil {
			return nil, err
		}
		if f.typ.Elem().Kind() == reflect.String {
			return given, nil
		}
		lines := make([]any, len(given))
		for i, g := range given {
			if lines[i], err = parseLine(g, f.typ.Elem()); err != nil {
				return nil, err
			}
		}
		return lines, nil
	}
	text, err := c.Flags().GetString(f.flag)
	if err != nil {
		return nil, err
	}
	switch {
	case f.typ == reflect.TypeFor[process.Money]():
		amount, currency, _ := strings.Cut(strings.TrimSpace(text), " ")
		return map[string]string{"amount": amount, "currency": strings.TrimSpace(currency)}, nil
	case f.typ.Kind() == reflect.Int:
		return json.Number(text), nil
	}
	return text, nil
}

// parseLine reads key=value pairs; a comma inside a value is written twice.
func parseLine(text string, typ reflect.Type) (any, error) {
	if typ.Kind() == reflect.String {
		return text, nil
	}
	line := map[string]any{}
	if typ == reflect.TypeFor[process.LineQuantity]() {
		id, quantity, ok := strings.Cut(text, "=")
		if !ok {
			return nil, errors.New("write it as ID=quantity")
		}
		return map[string]any{"id": id, "quantity": quantity}, nil
	}
	const comma = "\x00"
	for _, pair := range strings.Split(strings.ReplaceAll(text, ",,", comma), ",") {
		k, v, ok := strings.Cut(strings.ReplaceAll(pair, comma, ","), "=")
		if !ok {
			return nil, fmt.Errorf("%q is no key=value", pair)
		}
		k = strings.TrimSpace(k)
		if k == "vat" {
			category, rate, _ := strings.Cut(v, ":")
			if rate == "" {
				rate = "0"
			}
			line[k] = map[string]string{"category": category, "rate": rate}
			continue
		}
		line[k] = typedValue(typ, k, v)
	}
	return line, nil
}

// typedValue is a value as the field of that name wants it in JSON.
func typedValue(typ reflect.Type, name, v string) any {
	for i := range typ.NumField() {
		f := typ.Field(i)
		if tag, _, _ := strings.Cut(f.Tag.Get("json"), ","); tag != name {
			continue
		}
		switch {
		case f.Type.Kind() == reflect.Bool && (v == "true" || v == "false"):
			return v == "true"
		case f.Type == reflect.TypeFor[*process.Money]():
			amount, currency, _ := strings.Cut(strings.TrimSpace(v), " ")
			return map[string]string{"amount": amount, "currency": strings.TrimSpace(currency)}
		}
	}
	return v
}

// readArgument is the text itself, a @file, or - for standard input.
func readArgument(c *cobra.Command, s string) ([]byte, error) {
	switch {
	case s == "-":
		return io.ReadAll(io.LimitReader(c.InOrStdin(), 4<<20))
	case strings.HasPrefix(s, "@"):
		return os.ReadFile(s[1:])
	}
	return []byte(s), nil
}
