package process

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
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

func cutTag(tag string) (name, options string, found bool) { return strings.Cut(tag, ",") }
