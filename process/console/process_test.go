package console

import (
	"html"
	"reflect"
	"strings"
	"testing"

	"github.com/emne/emne/process"
)

// bent are the fields of the settings by which the process is bent.
var bent = []string{
	"process.names", "nb: {step.develop: Kartlegging, kind.opportunity: Oppdrag, kinds.opportunity: Oppdragene}",
	"process.stages.0.key", "talk", "process.stages.0.probability", "20", "process.stages.0.names.nb", "Samtale",
	"process.stages.1.key", "offer", "process.stages.1.probability", "70", "process.stages.1.names.nb", "Tilbudsfase",
	"process.checks.0.key", "need", "process.checks.0.required", "1",
	"process.required", "lead.qualify: [phone]",
	"process.lost_reasons.0.key", "price", "process.lost_reasons.0.names.nb", "For dyrt",
	"process.competitors", "Andre AS", "process.stale_days", "5",
	"process.score.0.if", `lead.company != ""`, "process.score.0.points", "7",
}

// The process is bent in the settings, and the pages follow.
func TestBentProcess(t *testing.T) {
	b := &browser{world: newWorld(t)}
	says := func(page string, want ...string) {
		t.Helper()
		for _, s := range want {
			if !strings.Contains(html.UnescapeString(page), s) {
				t.Errorf("the page lacks %q", s)
			}
		}
	}
	send := func(page, action string, pairs ...string) string {
		t.Helper()
		b.open(page)
		at, v := b.form(action)
		for i := 0; i+1 < len(pairs); i += 2 {
			v.Set(pairs[i], pairs[i+1])
		}
		rec := b.submit(at, v)
		if rec.Code/100 > 3 {
			return rec.Body.String()
		}
		return b.get(strings.SplitN(either(rec.Header().Get("Location"), page), "?", 2)[0]).Body.String()
	}
	// What cannot be is said at its place, and what was written stays.
	says(send("/settings", "/settings", "process.required", "lead.fly: [phone]"), "lead.fly", "aria-invalid")
	says(send("/settings", "/settings", "process.required", "lead.qualify: ["), "lead.qualify: [", "aria-invalid")
	says(send("/settings", "/settings", "process.stages.0.key", "talk", "process.stages.0.probability", "101"), `value="101"`, "aria-invalid")
	says(send("/settings", "/settings", "process.score.0.if", "lead.nme == 1", "process.score.0.points", "1"), "aria-invalid")
	says(send("/settings", "/settings", "automations", "- name: a\n  when: [lead.created]\n  if: lead.nme == 1\n  do: [{verb: contact}]"), "1:6: unknown field nme; did you mean name?", "if: lead.nme == 1")
	says(send("/settings", "/settings", bent...), `name="process.stale_days" value="5"`, "Tilbudsfase")
	st, _, err := b.s.Settings(t.Context(), b.actor)
	if err != nil || len(st.Process.Stages) != 2 || st.Process.Stages[1].Name("nb") != "Tilbudsfase" || st.Company.Name == "" {
		t.Fatalf("the settings are %+v, %v", st.Process, err)
	}
	// Names in languages that the pages do not have stay, and what is not touched too.
	st, version, err := b.s.Settings(t.Context(), b.actor)
	if err != nil {
		t.Fatal(err)
	}
	st.Process.Stages[1].Names["de"], st.Process.LostReasons[0].Names["fr"] = "Angebot", "Trop cher"
	must(t)(b.s.PutSettings(t.Context(), b.actor, version, st))
	send("/settings", "/settings", "terms.quote_valid_days", "21")
	if now, _, _ := b.s.Settings(t.Context(), b.actor); !reflect.DeepEqual(now.Process, st.Process) || now.Terms.QuoteValidDays != 21 {
		t.Errorf("another change made the process %+v, it was %+v", now.Process, st.Process)
	}

	lead := func(phone string) string {
		return must(t)(b.s.CreateLead(t.Context(), b.actor, process.LeadInput{Name: "Ola", Company: "Nordlys", Phone: phone, Email: "ola@nordlys.example"})).Record.(*process.Lead).ID
	}
	one, two := lead(""), lead("+47 22 33 44 55")
	page := "/leads/" + two
	says(b.get(page).Body.String(), "Kartlegging", "Oppdragene", "Kan være den samme", "samme E-post")
	says(send("/leads/"+one, "/do/qualify"), "Må på plass først: Telefon.", "Må på plass først: Har behovet.")
	says(send(page, "/do/merge", "other", one), "Slått sammen med")
	says(b.get("/leads/"+one).Body.String(), "Slått sammen med")
	says(send(page, "/do/log", "kind", "call", "outcome", "no_answer", "next_date", "2026-11-30"), "Samtale med kundeemnet. Ikke svar", "Følg opp")
	says(send(page, "/do/qualify", "checks.need", "1"), "Oppdrag", "Samtale", "30.11.2026")
	o := "/opportunities/" + first(t, b.s.Opportunities(), b.actor, "open")
	says(send(o, "/do/move", "stage", "offer"), "Flyttet til Tilbudsfase", "70")
	b.now = b.now.AddDate(0, 0, 10)
	says(b.get(o).Body.String(), "Stille lenge", "Forfalt")
	says(send(o, "/do/lose"), "Må fylles ut.")
	says(send(o, "/do/lose", "reason", "price", "competitor", "Andre AS"), "For dyrt", "Andre AS")
}
