package api

import (
	"context"
	"mime"
	"reflect"

	"github.com/danielgtaylor/huma/v2"

	"github.com/emne/emne/process"
)

// sheets are the collections that come and go as CSV.
var sheets = []struct {
	collection string
	take       func(*process.Service, context.Context, process.Actor, []byte) (*process.Outcome, error)
	give       func(*process.Service, context.Context, process.Actor) ([]byte, error)
}{
	{"products", (*process.Service).ImportProducts, (*process.Service).ExportProducts},
	{"hours", (*process.Service).ImportHours, (*process.Service).ExportHours},
	{"customers", (*process.Service).ImportCustomers, (*process.Service).ExportCustomers},
	{"price-lists", (*process.Service).ImportPriceLists, (*process.Service).ExportPriceLists},
	{"rates", (*process.Service).ImportRates, (*process.Service).ExportRates},
}

// sheetBody is a CSV file inside JSON.
type sheetBody struct {
	CSV string `json:"csv"`
}

// addSheets adds the import and export of CSV.
func (s *server) addSheets() {
	for _, sh := range sheets {
		in := operation("POST", root+"/"+sh.collection+"/import", sh.collection, sh.collection+"_import", "Add and change "+sh.collection+" by the rows of a CSV file")
		in.Description = "The file is the body (text/csv), or the text csv in a JSON object. All rows are taken, or none: then each problem names its line."
		in.Parameters = append(in.Parameters, idempotencyParameter())
		takes(in, s.schemas.input(reflect.TypeFor[sheetBody]()), true)
		in.RequestBody.Content["text/csv"] = &huma.MediaType{Schema: &huma.Schema{Type: huma.TypeString}}
		answers(in, 200, "What was done", s.schemas.named("ImportOutcome", &huma.Schema{Type: huma.TypeObject, Required: []string{"record"}, Properties: map[string]*huma.Schema{
			"record": s.schemas.output(reflect.TypeFor[process.Imported]())}}))
		s.add(in, func(c *call) error {
			return c.post(transition, func(ctx context.Context, body []byte) (*process.Outcome, error) {
				if kind, _, err := mime.ParseMediaType(c.r.Header.Get("Content-Type")); err == nil && kind == jsonType {
					var in sheetBody
					if err := process.Decode(body, &in); err != nil {
						return nil, err
					}
					body = []byte(in.CSV)
				}
				return sh.take(c.service, ctx, c.actor, body)
			})
		})
		out := operation("GET", root+"/"+sh.collection+"/export", sh.collection, sh.collection+"_export", "Read all "+sh.collection+" as CSV that can be imported again")
		answers(out, 200, "The file", nil)
		out.Responses["200"].Content = map[string]*huma.MediaType{"text/csv": {}}
		s.add(out, func(c *call) error {
			b, err := sh.give(c.service, c.ctx, c.actor)
			if err != nil {
				return err
			}
			c.sendFile("attachment", "text/csv; charset=utf-8", process.File{Name: "emne-" + sh.collection + ".csv", Data: b, SHA256: process.NewBlob(b).SHA256})
			return nil
		})
	}
}
