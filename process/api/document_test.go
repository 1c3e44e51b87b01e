package api

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/emne/emne/process"
)

// document reads the OpenAPI document without a token.
func (s *site) document() object {
	s.t.Helper()
	a := s.do("GET", documentPath, "", "Authorization", "")
	if a.header.Get("Content-Type") != jsonType {
		s.t.Errorf("content type %q", a.header.Get("Content-Type"))
	}
	return s.want(200, a)
}

func TestDocumentIsSound(t *testing.T) {
	d := newSite(t).document()
	if d["openapi"] != "3.1.0" || text(d, "info", "version") != "1.2.3" || text(d, "components", "securitySchemes", "bearer", "scheme") != "bearer" {
		t.Errorf("%v %v", d["openapi"], d["info"])
	}
	schemas := at(d, "components", "schemas").(map[string]any)
	var walk func(where string, v any)
	walk = func(where string, v any) {
		switch v := v.(type) {
		case map[string]any:
			if ref, ok := v["$ref"].(string); ok {
				if name, ok := strings.CutPrefix(ref, schemaPrefix); !ok || schemas[name] == nil {
					t.Errorf("%s refers to %q", where, ref)
				}
			}
			if types, ok := v["type"].([]any); ok && slices.Contains(types, any("array")) {
				t.Errorf("%s is a list that may be null", where)
			}
			for k, e := range v {
				walk(where+"/"+k, e)
			}
		case []any:
			for i, e := range v {
				walk(fmt.Sprintf("%s/%d", where, i), e)
			}
		}
	}
	walk("", map[string]any(d))
	ids := map[string]bool{}
	for path, item := range d["paths"].(map[string]any) {
		for method, op := range item.(map[string]any) {
			id := text(op, "operationId")
			if ids[id] || id == "" || strings.ContainsAny(id, "- ") {
				t.Errorf("%s %s: id %q", method, path, id)
			}
			ids[id] = true
			if at(op, "security", 0, "bearer") == nil || text(op, "summary") == "" || at(op, "responses", "default", "content", problemType, "schema") == nil {
				t.Errorf("%s lacks something: %v", id, op)
			}
			for _, part := range []string{"{id}", "{sha256}"} {
				if has := strings.Contains(fmt.Sprint(at(op, "parameters")), "name:"+strings.Trim(part, "{}")+" "); strings.Contains(path, part) != has {
					t.Errorf("%s: parameter %s", id, part)
				}
			}
			good := goodAnswer(op)
			switch {
			case good == nil:
				t.Errorf("%s has no good answer", id)
			case method != "delete" && at(good, "content") == nil:
				t.Errorf("%s answers nothing", id)
			}
			taken := jsonType
			if id == "bank_files_import" || id == "products_picture_set" {
				taken = octets
			}
			if body := at(op, "requestBody", "content", taken, "schema"); (method == "post" || method == "patch" || method == "put") != (body != nil) {
				t.Errorf("%s: body %v", id, body)
			}
			if key := strings.Contains(fmt.Sprint(at(op, "parameters")), "Idempotency-Key"); key != (method == "post") {
				t.Errorf("%s: idempotency key %v", id, key)
			}
		}
	}
	for _, id := range []string{"quotes_accept", "credit_notes_pdf", "leads_not_a_lead", "invoices_create", "settings_replace", "quotes_delete"} {
		if !ids[id] {
			t.Errorf("no operation %s in %v", id, slices.Sorted(maps.Keys(ids)))
		}
	}
}

func goodAnswer(op any) any {
	for _, status := range []string{"200", "201", "204"} {
		if a := at(op, "responses", status); a != nil {
			return a
		}
	}
	return nil
}

func TestDocumentHasTheRightTypes(t *testing.T) {
	schemas := at(newSite(t).document(), "components", "schemas")
	for path, want := range map[string]string{
		"Money/properties/amount/type":                  "string",
		"Money/properties/amount/format":                "decimal",
		"LineInput/properties/quantity/type":            "string",
		"LineInput/additionalProperties":                "false",
		"Quote/properties/net/$ref":                     schemaPrefix + "Money",
		"Quote/properties/valid_until/format":           "date",
		"Quote/properties/revision/type":                "integer",
		"Quote/properties/id/type":                      "string",
		"Quote/properties/lines/type":                   "array",
		"Quote/additionalProperties":                    "<nil>",
		"QuoteOutcome/properties/record/$ref":           schemaPrefix + "Quote",
		"QuoteSaved/allOf/0/$ref":                       schemaPrefix + "Quote",
		"LeadsPage/properties/items/items/$ref":         schemaPrefix + "Lead",
		"CustomerInput/required":                        "[name]",
		"CustomerInputEdit/required":                    "<nil>",
		"CustomerInputEdit/additionalProperties":        "false",
		"User/properties/PasswordHash":                  "<nil>",
		"OpportunityInput/properties/probability/type":  "integer",
		"ProblemDetails/properties/problems/items/$ref": schemaPrefix + "Problem",
	} {
		var steps []any
		for step := range strings.SplitSeq(strings.ReplaceAll(path, "allOf/0", "allOf"), "/") {
			steps = append(steps, step)
			if step == "allOf" {
				steps = append(steps, 0)
			}
		}
		if got := text(schemas, steps...); got != want {
			t.Errorf("%s is %s, want %s", path, got, want)
		}
	}
}

func TestEveryRouteIsInTheDocument(t *testing.T) {
	s := newSite(t)
	paths := at(s.document(), "paths")
	has := func(method, path string) {
		t.Helper()
		if at(paths, root+path, strings.ToLower(method)) == nil {
			t.Errorf("the document has no %s %s", method, path)
		}
	}
	known := map[string]string{}
	for _, c := range collections() {
		known[c.name] = c.record
		has("GET", "/"+c.name)
		has("GET", "/"+c.name+"/{id}")
	}
	for _, f := range process.Forms() {
		if known[f.Collection] != f.Record {
			t.Errorf("%s cannot be read", f.Collection)
		}
		has("POST", "/"+f.Collection)
		if f.Edit != nil {
			has("PATCH", "/"+f.Collection+"/{id}")
		}
		if f.Delete != nil {
			has("DELETE", "/"+f.Collection+"/{id}")
		}
	}
	for _, v := range process.Verbs() {
		if known[v.Collection] != v.Record {
			t.Errorf("%s cannot be read", v.Collection)
		}
		has("POST", "/"+v.Collection+"/{id}/"+v.Name)
	}
	for _, c := range strings.Fields("leads opportunities quotes orders invoices credit-notes payments customers contacts products tasks deliveries messages quarantine activities sources submissions users settings transitions") {
		has("GET", "/"+c)
		if a := s.do("GET", c, ""); a.status != http.StatusOK {
			t.Errorf("GET %s: %d", c, a.status)
		}
	}
	for path := range paths.(map[string]any) {
		real := strings.NewReplacer("{id}", "x", "{sha256}", "y").Replace(path)
		if a := s.do("OPTIONS", real, ""); a.status != http.StatusMethodNotAllowed {
			t.Errorf("the document has %s, which is not there: %d", path, a.status)
		}
	}
}

// TestRecordsHaveTheirFields holds records to what programs outside read, and
// to names that the answer to a POST does not use itself.
func TestRecordsHaveTheirFields(t *testing.T) {
	schemas := at(newSite(t).document(), "components", "schemas")
	for _, c := range collections() {
		properties := at(schemas, c.model.Name(), "properties").(map[string]any)
		for _, field := range []string{"id", "version", "state"} {
			if properties[field] == nil {
				t.Errorf("%s has no %s", c.name, field)
			}
		}
		for _, field := range []string{"record", "created", "linked"} {
			if properties[field] != nil {
				t.Errorf("%s has a field %s", c.name, field)
			}
		}
	}
}

func TestAnswersKeepToTheDocument(t *testing.T) {
	s := newSite(t)
	schemas := at(s.document(), "components", "schemas")
	quote := s.create("quotes", `{"customer":"`+s.customer()+`","lines":`+oneLine+`}`)
	for name, record := range map[string]any{"Quote": at(quote, "record"), "Line": at(quote, "lines", 0), "Money": at(quote, "net")} {
		for field := range record.(map[string]any) {
			if at(schemas, name, "properties", field) == nil {
				t.Errorf("%s has no %s", name, field)
			}
		}
		required, _ := at(schemas, name, "required").([]any)
		for _, field := range required {
			if at(record, field) == nil {
				t.Errorf("%s lacks %v: %v", name, field, record)
			}
		}
	}
	if b, err := json.Marshal(at(schemas, "Money")); err != nil || !strings.Contains(string(b), `"required":["amount"]`) {
		t.Errorf("%s %v", b, err)
	}
}
