package api

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/emne/emne/process"
)

// describe begins the OpenAPI document.
func (s *server) describe(version string) huma.Config {
	if version == "" {
		version = "unknown"
	}
	return huma.Config{OpenAPI: &huma.OpenAPI{
		OpenAPI: "3.1.0",
		Info: &huma.Info{Title: "emne", Version: version,
			Description: "From the inquiry to the paid invoice. Amounts, quantities and dates are strings; ids and numbers too. " +
				"A POST with an Idempotency-Key happens once: sent again, it gets the same answer."},
		Components: &huma.Components{
			Schemas: s.schemas.Registry,
			SecuritySchemes: map[string]*huma.SecurityScheme{
				"bearer": {Type: "http", Scheme: "bearer", Description: "a token from `emne token`"},
			},
		},
		Security: []map[string][]string{{"bearer": {}}},
	}}
}

// operation is one that may be refused.
func operation(method, path, tag, id, summary string) *huma.Operation {
	op := &huma.Operation{Method: method, Path: path, Tags: []string{tag}, OperationID: strings.ReplaceAll(id, "-", "_"), Summary: summary,
		Security: []map[string][]string{{"bearer": {}}},
		Responses: map[string]*huma.Response{"default": {Description: "Refused, by the word in code: invalid 422, not_found 404, conflict 409, " +
			"unauthorized 401, forbidden 403, too_large 413, rate_limited 429, internal 500",
			Content: map[string]*huma.MediaType{problemType: {Schema: &huma.Schema{Ref: schemaPrefix + "ProblemDetails"}}}}}}
	if strings.Contains(path, "{id}") {
		op.Parameters = append(op.Parameters, pathParameter("id"))
	}
	return op
}

// answers adds the good answer to an operation; schema is nil for none.
func answers(op *huma.Operation, status int, description string, schema *huma.Schema, headers ...map[string]*huma.Header) {
	r := &huma.Response{Description: description, Headers: map[string]*huma.Header{}}
	if schema != nil {
		r.Content = map[string]*huma.MediaType{jsonType: {Schema: schema}}
	}
	for _, h := range headers {
		for name, header := range h {
			r.Headers[name] = header
		}
	}
	op.Responses[strconv.Itoa(status)] = r
}

// takes adds the body to an operation.
func takes(op *huma.Operation, schema *huma.Schema, required bool) {
	op.RequestBody = &huma.RequestBody{Required: required, Content: map[string]*huma.MediaType{jsonType: {Schema: schema}}}
}

func pathParameter(name string) *huma.Param {
	return &huma.Param{Name: name, In: "path", Required: true, Schema: &huma.Schema{Type: huma.TypeString}}
}

func queryParameter(name, description string) *huma.Param {
	return &huma.Param{Name: name, In: "query", Description: description, Schema: &huma.Schema{Type: huma.TypeString}}
}

func ifMatchParameter() *huma.Param {
	return &huma.Param{Name: "If-Match", In: "header", Schema: &huma.Schema{Type: huma.TypeString},
		Description: `the version that was read, as 3 or "3"; when it is not the present one, the answer is 409`}
}

func idempotencyParameter() *huma.Param {
	limit := maxKey
	return &huma.Param{Name: "Idempotency-Key", In: "header", Schema: &huma.Schema{Type: huma.TypeString, MaxLength: &limit},
		Description: "the same key and request get the same answer; the same key with another request is 422"}
}

func etagHeader() map[string]*huma.Header {
	return map[string]*huma.Header{"ETag": {Description: "the version, for If-Match", Schema: &huma.Schema{Type: huma.TypeString}}}
}

func listOperation(collection string, l listing, schema *huma.Schema) *huma.Operation {
	op := operation(http.MethodGet, root+"/"+collection, collection, collection+"_list", "List "+words(collection)+", newest first")
	for _, name := range l.parameters() {
		p := queryParameter(name, "")
		switch name {
		case "q":
			p.Description = "words, or parts of words, to search for"
		case "state":
			p.Description = "only those in this state"
		case "cursor":
			p.Description = "next of the page before"
		case "limit":
			low, high := 1.0, float64(process.MaxLimit)
			p.Schema = &huma.Schema{Type: huma.TypeInteger, Minimum: &low, Maximum: &high, Default: 50}
		default:
			p.Description = "only those with exactly this value"
		}
		op.Parameters = append(op.Parameters, p)
	}
	answers(op, http.StatusOK, "A page", schema)
	return op
}

func getOperation(collection string, model *huma.Schema) *huma.Operation {
	op := operation(http.MethodGet, root+"/"+collection+"/{id}", collection, collection+"_get", "Read one of the "+words(collection))
	answers(op, http.StatusOK, "The record", model, etagHeader())
	return op
}

func createOperation(collection string, input, answer *huma.Schema) *huma.Operation {
	op := operation(http.MethodPost, root+"/"+collection, collection, collection+"_create", "Add one to the "+words(collection))
	op.Parameters = append(op.Parameters, idempotencyParameter())
	takes(op, input, true)
	answers(op, http.StatusCreated, "The record", answer, etagHeader(),
		map[string]*huma.Header{"Location": {Description: "the record's path", Schema: &huma.Schema{Type: huma.TypeString}}})
	return op
}

func editOperation(collection string, input, answer *huma.Schema) *huma.Operation {
	op := operation(http.MethodPatch, root+"/"+collection+"/{id}", collection, collection+"_edit", "Change one of the "+words(collection))
	op.Description = "Fields that are left out stay as they are; a list is replaced as a whole."
	op.Parameters = append(op.Parameters, ifMatchParameter())
	takes(op, input, true)
	answers(op, http.StatusOK, "The record as it is now", answer, etagHeader())
	return op
}

func deleteOperation(collection string) *huma.Operation {
	op := operation(http.MethodDelete, root+"/"+collection+"/{id}", collection, collection+"_delete", "Delete a draft of the "+words(collection))
	op.Parameters = append(op.Parameters, ifMatchParameter())
	answers(op, http.StatusNoContent, "Deleted", nil)
	return op
}

func verbOperation(v process.Verb, input, answer *huma.Schema) *huma.Operation {
	op := operation(http.MethodPost, root+"/"+v.Collection+"/{id}/"+v.Name, v.Collection, v.Collection+"_"+v.Name, words(v.Name)+": a transition of "+words(v.Collection))
	for _, t := range process.Transitions() {
		if t.Record == v.Record && t.Verb == v.Name {
			op.Description = "Possible when it is " + strings.Join(t.From, " or ") + "."
			if len(t.To) > 0 {
				op.Description += " Afterwards it is " + strings.Join(t.To, " or ") + "."
			}
		}
	}
	op.Parameters = append(op.Parameters, ifMatchParameter(), idempotencyParameter())
	takes(op, input, false)
	answers(op, http.StatusOK, "The record as it is now, and what came into being", answer, etagHeader())
	return op
}

func fileOperation(path, collection, name, summary, contentType string) *huma.Operation {
	op := operation(http.MethodGet, path, collection, collection+"_"+name, summary)
	if strings.Contains(path, "{sha256}") {
		op.Parameters = append(op.Parameters, pathParameter("sha256"))
	}
	answers(op, http.StatusOK, "The bytes", nil, map[string]*huma.Header{"ETag": {Description: "their SHA-256", Schema: &huma.Schema{Type: huma.TypeString}}})
	op.Responses["200"].Content = map[string]*huma.MediaType{contentType: {}}
	return op
}

// pascal is a schema's name: CreditNote for credit-notes and credit-note alike
// in their number.
func pascal(name string) string {
	var b strings.Builder
	for part := range strings.SplitSeq(name, "-") {
		b.WriteString(strings.ToUpper(part[:1]) + part[1:])
	}
	return b.String()
}

// words is a name as it is read.
func words(name string) string { return strings.NewReplacer("-", " ", "_", " ").Replace(name) }
