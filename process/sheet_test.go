package process

import (
	"reflect"
	"testing"
	"unicode/utf8"
)

// FuzzSheet reads lists of products and customers: rows are refused with a
// reason or read, never lost beyond the bound.
func FuzzSheet(f *testing.F) {
	f.Add([]byte("id;sku;name;unit_price\n;A-1;Stol;\"1 200,50\"\n"))
	f.Add([]byte("\xef\xbb\xbfname,email,address.city\n\"A \"\"x\"\"\",a@b.no,Oslo\n,,\n"))
	f.Add([]byte("name\tnames.nb\nBl\xe5b\xe6r\t\"x\ny\"\n"))
	f.Add([]byte("sku,sku\n\"A\n"))
	f.Fuzz(func(t *testing.T, file []byte) {
		for _, input := range []reflect.Type{reflect.TypeFor[ProductInput](), reflect.TypeFor[CustomerInput]()} {
			rows, err := readSheet(file, sheetColumns(input))
			if err != nil && CodeOf(err) != CodeInvalid {
				t.Errorf("%v", err)
			}
			if len(rows) > maxImport {
				t.Errorf("%d rows", len(rows))
			}
			for _, r := range rows {
				if r.line < 1 || len(r.problems) == 0 && !utf8.Valid(r.body) {
					t.Errorf("row %+v", r)
				}
			}
		}
	})
}
