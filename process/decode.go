package process

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"
	"strings"
)

// Decode reads a JSON body into an input. An empty body is an empty input;
// unknown fields, wrong types and anything after the value are refused in
// words that name the field.
func Decode(body []byte, in any) error {
	if len(bytes.TrimSpace(body)) == 0 {
		return nil
	}
	d := json.NewDecoder(bytes.NewReader(body))
	d.DisallowUnknownFields()
	err := d.Decode(in)
	if err == nil {
		if _, end := d.Token(); !errors.Is(end, io.EOF) {
			err = errors.New("there is something after the end of the JSON value")
		}
	}
	if err == nil {
		return nil
	}
	field := ""
	var typ *json.UnmarshalTypeError
	if errors.As(err, &typ) {
		field = typ.Field
		err = fmt.Errorf("%s is expected here, not %s", expected(typ.Type), typ.Value)
	}
	if name, ok := strings.CutPrefix(err.Error(), "json: unknown field "); ok {
		field = strings.Trim(name, `"`)
	}
	message := fmt.Sprintf("the body cannot be read: %v", err)
	if field == "" {
		return Invalid("body.invalid", message)
	}
	return Invalid("body.invalid", message, Problem{Field: field, Reason: "body.field", Message: strings.TrimPrefix(err.Error(), "json: ")})
}

// expected names a type as people who write JSON do.
func expected(t reflect.Type) string {
	switch t.Kind() {
	case reflect.String:
		return "a text"
	case reflect.Bool:
		return "true or false"
	case reflect.Slice, reflect.Array:
		return "a list"
	case reflect.Struct, reflect.Map:
		return "an object"
	}
	return "a whole number"
}

func cutTag(tag string) (name, options string, found bool) { return strings.Cut(tag, ",") }
