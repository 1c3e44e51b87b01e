package rules

import (
	"strings"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"github.com/emne/emne/process"
)

func scene() process.Scene {
	return process.Scene{
		Activity: process.Activity{Type: "quote.sent", Data: map[string]string{"number": "T-1001"}, Actor: process.Actor{Kind: process.ActorUser, Name: "Kari"}},
		Today:    "2026-03-02", Now: time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC),
		Records: map[string]any{
			process.TypeQuote: &process.Quote{State: "active", Number: "T-1001", ValidUntil: "2026-04-01", Currency: "NOK",
				Lines:  []process.Line{{Description: "Work", Quantity: decimal.RequireFromString("2.5")}},
				Totals: process.Totals{Gross: process.Money{Minor: 1234550, Currency: "NOK"}}},
			process.TypeCustomer: &process.Customer{Name: "Hansen Bygg", Address: process.Address{City: "Oslo"}},
			process.TypeLead:     &process.Lead{Checks: map[string]bool{"budget": true}, Source: "form:website"},
		},
	}
}

func TestHolds(t *testing.T) {
	e := New()
	for text, want := range map[string]bool{
		`quote.gross > 12345`:                                      true,
		`quote.gross == 12345.5 and quote.state == "active"`:       true,
		`customer.address.city == "Oslo"`:                          true,
		`lead.source startsWith "form:" && lead.checks["budget"]`:  true,
		`lead.checks["need"]`:                                      false,
		`any(quote.lines, .quantity > 2)`:                          true,
		`invoice.gross > 0`:                                        false,
		`order.number == ""`:                                       true,
		`activity.data["number"] == quote.number`:                  true,
		`activity.actor.kind == "user"`:                            true,
		`quote.valid_until > today`:                                true,
		`now.Year() == 2026`:                                       true,
		`credit_note.state == "" and opportunity.probability == 0`: true,
		`quote.acceptance.name == "" and quote.expired == false`:   true,
	} {
		if got, err := e.Holds(text, scene()); err != nil || got != want {
			t.Errorf("%s: %v, %v", text, got, err)
		}
	}
}

func TestFill(t *testing.T) {
	e := New()
	for text, want := range map[string]string{
		`Call {customer.name} about {quote.number} ({quote.gross})`: `Call Hansen Bygg about T-1001 (12345.5)`,
		`no braces`:             `no braces`,
		`an open { brace`:       `an open { brace`,
		`{lead.email}nobody`:    `nobody`,
		`{len(quote.lines)} on`: `1 on`,
	} {
		if got, err := e.Fill(text, scene()); err != nil || got != want {
			t.Errorf("%s: %q, %v", text, got, err)
		}
	}
}

// What is wrong is found when settings are saved, with its place and a hint.
func TestCheck(t *testing.T) {
	e := New()
	for text, want := range map[string]string{
		`led.name == ""`:           "1:1: unknown name led; did you mean lead?",
		`lead.nam == ""`:           "did you mean name?",
		`lead.name ==`:             "1:12:",
		`lead.name`:                "bool",
		`quote.gross > "a"`:        "1:13: invalid operation",
		`lead.score > 1 and (true`: "1:",
		"lead.name == \"a\"\nor x": "2:4: unknown name x",
	} {
		ps := e.Check(process.Settings{Automations: []process.Automation{{Name: "a", If: text}}})
		if len(ps) != 1 || ps[0].Field != "automations[0].if" || !strings.Contains(ps[0].Message, want) {
			t.Errorf("%q: %+v, want %q", text, ps, want)
		}
	}
	st := process.Settings{Automations: []process.Automation{{Name: "a", Do: []process.RuleAction{
		{Task: &process.RuleTask{Title: "Call {lead.nme}"}},
		{Verb: "lose", Input: map[string]any{"reason": "{opportunity.titel}"}},
		{Mail: &process.RuleMail{To: "owner", Subject: map[string]string{"nb": "{x}"}, Text: map[string]string{"en": "{lead.name}"}}}}}},
		Process: process.Process{Score: []process.ScoreRule{{If: "lead.x", Points: 1}}}}
	var places []string
	for _, p := range e.Check(st) {
		places = append(places, p.Field)
	}
	if got := strings.Join(places, " "); got != "process.score[0].if automations[0].do[0].task.title automations[0].do[1].input.reason automations[0].do[2].mail.subject.nb" {
		t.Errorf("problems at %s", got)
	}
}

// A run that goes wrong is an error, and one that would not end is cut off.
func TestRunsEnd(t *testing.T) {
	e := New()
	for _, text := range []string{`quote.lines[7].quantity > 1`, `len(map(1..10000000, #)) > 0`, `int(lead.name) > 1`} {
		if _, err := e.Holds(text, scene()); err == nil {
			t.Errorf("%s gives no error", text)
		}
	}
	if _, err := e.Fill("{quote.lines[7].quantity}", scene()); err == nil {
		t.Error("an index out of range is filled in")
	}
}

func FuzzHolds(f *testing.F) {
	for _, text := range []string{`lead.name == ""`, `any(quote.lines, .quantity > 2)`, `now - now`, `{`} {
		f.Add(text)
	}
	e := New()
	f.Fuzz(func(t *testing.T, text string) {
		_, _ = e.Holds(text, scene())
		_, _ = e.Fill(text, scene())
	})
}
