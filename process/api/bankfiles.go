package api

import (
	"bytes"
	"context"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"reflect"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/emne/emne/process"
)

// maxBankFile bounds the request that a bank file comes in: the file and what
// a form puts around it.
const maxBankFile = process.MaxStatement + 64<<10

// addBankFiles adds the taking of bank files.
func (s *server) addBankFiles() {
	op := operation(http.MethodPost, root+"/bank-files", "bank-files", "bank_files_import", "Book a bank file: CAMT.053, CAMT.054, OCR giro or CSV")
	op.Description = "The body is the file itself, or a form with it. What is certain is booked as payments; the rest waits among bank-entries. " +
		"Entries that were there before change nothing."
	format := queryParameter("format", "found out when it is left out")
	format.Schema.Enum = []any{"camt.053", "camt.054", "ocr", "csv"}
	op.Parameters = append(op.Parameters, format, queryParameter("name", "the file's name"), idempotencyParameter())
	binary := &huma.Schema{Type: huma.TypeString, Format: "binary"}
	op.RequestBody = &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{octets: {Schema: binary},
		"multipart/form-data": {Schema: &huma.Schema{Type: huma.TypeObject, Properties: map[string]*huma.Schema{"file": binary}}}}}
	answers(op, http.StatusOK, "What became of the entries", s.schemas.output(reflect.TypeFor[process.StatementSummary]()))
	s.add(op, func(c *call) error {
		q := c.r.URL.Query()
		return c.postUpTo(maxBankFile, summary, func(ctx context.Context, body []byte) (*process.Outcome, error) {
			in := process.StatementInput{Name: cut(q.Get("name"), 200), Format: q.Get("format"), Data: body}
			if err := unwrapFile(c.r.Header.Get("Content-Type"), &in); err != nil {
				return nil, err
			}
			return c.service.ImportStatement(ctx, c.actor, in)
		})
	})
}

// summary answers with what an outcome's record says.
func summary(o *process.Outcome) (process.Answer, error) {
	b, err := marshal(o.Record)
	return process.Answer{Status: http.StatusOK, Body: b}, err
}

// unwrapFile takes the first file out of a form (RFC 7578), and its field
// "format"; other bodies are the file itself.
func unwrapFile(contentType string, in *process.StatementInput) error {
	media, parameters, err := mime.ParseMediaType(contentType)
	if err != nil || !strings.HasPrefix(media, "multipart/") {
		return nil
	}
	parts := multipart.NewReader(bytes.NewReader(in.Data), parameters["boundary"])
	var file []byte
	found := false
	for range 20 {
		part, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			break
		}
		var b []byte
		if err == nil {
			b, err = io.ReadAll(part)
		}
		if err != nil {
			return process.Invalid("body.invalid", "the form cannot be read: "+err.Error())
		}
		switch {
		case part.FormName() == "format" && part.FileName() == "":
			in.Format = strings.TrimSpace(string(b))
		case !found && (part.FileName() != "" || part.FormName() == "file"):
			file, found = b, true
			in.Name = cut(part.FileName(), 200)
		}
	}
	if !found {
		return process.Invalid("statement.missing", "the form has no file", process.Problem{Field: "file", Reason: "statement.missing", Message: "choose a file"})
	}
	in.Data = file
	return nil
}
