package console

import (
	"fmt"
	"html"
	"strings"
	"testing"

	"github.com/emne/emne/process"
)

// A manager sees what each rule would have done, tries others without saving
// them, and is told where a mistake is and what was meant.
func TestRulesPage(t *testing.T) {
	b := &browser{world: newWorld(t)}
	for i := range 3 {
		_, err := b.s.CreateLead(t.Context(), b.actor, process.LeadInput{Name: "Kari", Company: fmt.Sprintf("Firma %d", i), Email: fmt.Sprintf("kari@firma%d.example", i)})
		if err != nil {
			t.Fatal(err)
		}
	}
	try := func(rules string) string {
		t.Helper()
		b.open("/settings/rules")
		at, v := b.form("/settings/rules")
		v.Set("automations", rules)
		return html.UnescapeString(b.submit(at, v).Body.String())
	}
	says := func(page string, want ...string) {
		t.Helper()
		for _, s := range want {
			if !strings.Contains(page, s) {
				t.Errorf("the page lacks %q", s)
			}
		}
	}
	says(b.get("/settings").Body.String(), `href="/settings/rules"`)
	says(try("- name: Ring\n  when: [lead.created]\n  if: lead.company == \"Firma 1\"\n  do: [{task: {title: 'Ring {lead.name}', days: 2}}, {verb: contact}]\n- name: Stille\n  off: true\n  when: [lead.created]\n  do: [{mail: {to: owner, subject: {nb: Hei}, text: {nb: Hei}}}]"),
		"Ville ha handlet 1 av ", "Oppgave med frist om 2 dager: Ring Kari", "Ring {lead.name}", "E-post til eieren: Hei", ">Av<", "hendelser er sett på")
	says(try("- name: a\n  when: [lead.created]\n  if: lead.nme == 1\n  do: [{verb: contact}]\n- name: b\n  when: [lead.created]\n  if: lead.companny == 1\n  do: [{verb: contact}]"),
		"1:6: unknown field nme; did you mean name?", "unknown field companny", "if: lead.nme == 1")
	says(try("- name: ["), "automations")
	st, _, err := b.s.Settings(t.Context(), b.actor)
	if err != nil || len(st.Automations) != 0 {
		t.Errorf("trying saved %+v, %v", st.Automations, err)
	}
	leads, _, err := b.s.Leads().List(t.Context(), b.actor, process.Filter{State: "contacted"})
	if err != nil || len(leads) != 0 {
		t.Errorf("trying moved %d leads, %v", len(leads), err)
	}
}
