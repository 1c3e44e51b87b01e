package process_test

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/emne/emne/process"
	"github.com/emne/emne/process/api"
)

var update = flag.Bool("update", false, "rewrite the state diagrams in the manual")

// everybody lets every request in as one actor.
type everybody struct{ process.Actor }

func (e everybody) TokenActor(context.Context, string) (process.Actor, error) { return e.Actor, nil }

// The table of transitions holds through the API as it does in the service.
// (cmd/emne runs it through the command line.)
func TestTransitionsThroughAPI(t *testing.T) {
	t.Parallel()
	everyTransition(t, func(h *house) {
		site := api.New(api.Options{Service: h.s, Authenticate: everybody{h.owner}})
		h.through = func(method, path, body string) error {
			h.tick()
			r := httptest.NewRequest(method, "/api/v1/"+path, strings.NewReader(body))
			r.Header.Set("Authorization", "Bearer x")
			w := httptest.NewRecorder()
			site.ServeHTTP(w, r)
			if w.Code < 300 {
				return nil
			}
			var p struct {
				Code   process.Code
				Reason string
				Detail string
			}
			if err := json.Unmarshal(w.Body.Bytes(), &p); err != nil || p.Code == "" || p.Code == process.CodeConflict && w.Code != http.StatusConflict {
				return fmt.Errorf("%s %s answers %d: %s", method, path, w.Code, w.Body)
			}
			return &process.Error{Code: p.Code, Reason: p.Reason, Message: p.Detail}
		}
	})
}

// actThrough runs a verb by the requests of the API.
func (h *house) actThrough(record, verb, id, body string) error {
	h.t.Helper()
	collection := ""
	for _, f := range process.Forms() {
		if f.Record == record {
			collection = f.Collection
		}
	}
	for _, v := range process.Verbs() {
		if v.Record == record {
			collection = v.Collection
		}
	}
	switch {
	case verb == "edit":
		return h.through(http.MethodPatch, collection+"/"+id, body)
	case verb == "delete":
		return h.through(http.MethodDelete, collection+"/"+id, "")
	case record == process.TypeInvoice && verb == "pay":
		return h.through(http.MethodPost, "payments", fmt.Sprintf(`{"invoice":%q,"amount":{"amount":"1.00"}}`, id))
	case record == process.TypeLead && verb == "assign":
		body = fmt.Sprintf(`{"user":%q}`, h.sales.ID)
	}
	return h.through(http.MethodPost, collection+"/"+id+"/"+verb, body)
}

// The marks between which the manual's diagrams stand.
const (
	diagramsBegin = "<!-- The diagrams are made by: go test ./process -run TestManualDiagrams -update -->\n"
	diagramsEnd   = "<!-- End of the diagrams. -->\n"
)

// The state diagrams in the manual are those of the machine.
func TestManualDiagrams(t *testing.T) {
	t.Parallel()
	const file = "../manual/process.md"
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, ok := strings.Cut(string(b), diagramsBegin)
	_, after, end := strings.Cut(rest, diagramsEnd)
	if !ok || !end {
		t.Fatalf("%s lacks the marks of its diagrams", file)
	}
	want := before + diagramsBegin + diagrams() + diagramsEnd + after
	if *update {
		if err := os.WriteFile(file, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if want != string(b) {
		t.Errorf("the diagrams in %s are not those of the machine: go test ./process -run TestManualDiagrams -update", file)
	}
}

// diagrams draws the machine (Mermaid's state diagrams), and lists the verbs
// that leave the state as it is.
func diagrams() string {
	var b strings.Builder
	var records []string
	for _, tr := range process.Transitions() {
		if !slices.Contains(records, tr.Record) {
			records = append(records, tr.Record)
		}
	}
	for _, record := range records {
		fmt.Fprintf(&b, "\n### %s\n\n```mermaid\nstateDiagram-v2\n", record)
		var stay []string
		for _, tr := range process.Transitions() {
			if tr.Record != record {
				continue
			}
			if len(tr.To) == 0 {
				stay = append(stay, fmt.Sprintf("*%s* (%s)", tr.Verb, strings.Join(tr.From, ", ")))
			}
			for _, from := range tr.From {
				for _, to := range tr.To {
					fmt.Fprintf(&b, "  %s --> %s: %s\n", from, to, tr.Verb)
				}
			}
		}
		b.WriteString("```\n")
		if len(stay) > 0 {
			fmt.Fprintf(&b, "\nWithout another state: %s.\n", strings.Join(stay, ", "))
		}
	}
	b.WriteString("\n")
	return b.String()
}
