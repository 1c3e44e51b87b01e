package api

import (
	"maps"
	"reflect"
	"slices"

	"github.com/danielgtaylor/huma/v2"
	"github.com/shopspring/decimal"

	"github.com/emne/emne/process"
)

const schemaPrefix = "#/components/schemas/"

// schemas makes the document's schemas out of the types that the use cases
// take and give.
type schemas struct {
	huma.Registry
	// closed are the names of inputs' schemas, which refuse unknown fields; all
	// others may grow.
	closed map[string]bool
}

// money and the types below stand in the document for types of the process
// that write their own JSON.
type money struct {
	Amount   decimal.Decimal `json:"amount"`
	Currency string          `json:"currency,omitempty" minLength:"3" maxLength:"3" doc:"ISO 4217; the document's when left out"`
}

type exact string

// Schema implements huma.SchemaProvider.
func (exact) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{Type: huma.TypeString, Format: "decimal", Examples: []any{"1234.50"}}
}

type day string

// Schema implements huma.SchemaProvider.
func (day) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{Type: huma.TypeString, Format: "date"}
}

func newSchemas() schemas {
	s := schemas{huma.NewMapRegistry(schemaPrefix, huma.DefaultSchemaNamer), map[string]bool{}}
	s.RegisterTypeAlias(reflect.TypeFor[process.Money](), reflect.TypeFor[money]())
	s.RegisterTypeAlias(reflect.TypeFor[decimal.Decimal](), reflect.TypeFor[exact]())
	s.RegisterTypeAlias(reflect.TypeFor[process.Date](), reflect.TypeFor[day]())
	// Inputs come first, so that what they share with records stays closed.
	for _, f := range process.Forms() {
		s.input(f.Input)
	}
	for _, v := range process.Verbs() {
		s.input(v.Input)
	}
	s.input(reflect.TypeFor[settings]())
	s.input(reflect.TypeFor[sheetBody]())
	for name := range s.Map() {
		s.closed[name] = true
	}
	s.output(reflect.TypeFor[problemDetails]())
	return s
}

// input is the schema of a body.
func (s schemas) input(t reflect.Type) *huma.Schema { return s.Schema(t, true, "Nothing") }

// output is the schema of a record.
func (s schemas) output(t reflect.Type) *huma.Schema { return s.Schema(t, true, "") }

// partial is the schema of an edit: any of the input's fields.
func (s schemas) partial(t reflect.Type) *huma.Schema {
	name := t.Name() + "Edit"
	whole := *s.SchemaFromRef(s.input(t).Ref)
	whole.Required = nil
	s.closed[name] = true
	return s.named(name, &whole)
}

// named puts a schema under a name of its own.
func (s schemas) named(name string, schema *huma.Schema) *huma.Schema {
	if s.Map()[name] == nil {
		s.Map()[name] = schema
	}
	return &huma.Schema{Ref: schemaPrefix + name}
}

// list is the schema of a page.
func (s schemas) list(collection string, item *huma.Schema) *huma.Schema {
	return s.named(pascal(collection)+"Page", &huma.Schema{Type: huma.TypeObject, Required: []string{"items"}, Properties: map[string]*huma.Schema{
		"items": {Type: huma.TypeArray, Items: item},
		"next":  {Type: huma.TypeString, Description: "the cursor of the next page; absent on the last one"},
	}})
}

// outcome is the schema of a transition's answer.
func (s schemas) outcome(record string) *huma.Schema {
	refs := &huma.Schema{Type: huma.TypeArray, Items: s.output(reflect.TypeFor[process.Ref]())}
	created, linked := *refs, *refs
	created.Description, linked.Description = "what came into being with it", "what was there already and is now linked to it"
	return s.named(pascal(record)+"Outcome", &huma.Schema{Type: huma.TypeObject, Required: []string{"record", "created"}, Properties: map[string]*huma.Schema{
		"record": {Ref: schemaPrefix + pascal(record)}, "created": &created, "linked": &linked,
	}})
}

// merged is the schema of the answer to making and editing: the record and the
// outcome in one object.
func (s schemas) merged(record string) *huma.Schema {
	return s.named(pascal(record)+"Saved", &huma.Schema{
		Description: "The record's own fields, and beside them those of a transition's answer.",
		AllOf:       []*huma.Schema{{Ref: schemaPrefix + pascal(record)}, s.outcome(record)},
	})
}

// finish settles what huma decides otherwise: lists are never null, and what
// emne answers may get further fields.
func (s schemas) finish() {
	for _, name := range slices.Sorted(maps.Keys(s.Map())) {
		schema := s.Map()[name]
		if !s.closed[name] {
			schema.AdditionalProperties = nil
		}
		for _, p := range schema.Properties {
			if p.Type == huma.TypeArray {
				p.Nullable = false
			}
			if of, ok := p.AdditionalProperties.(*huma.Schema); ok && of.Type == huma.TypeArray {
				of.Nullable = false
			}
		}
	}
}
