package main

import (
	"fmt"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/emne/emne/process"
)

// origin makes a record in a state that no verb of the command line leads to.
type origin struct {
	state string
	make  func(*world) string
}

// origins are where the ways to the states of a record begin.
var origins = map[string][]origin{
	process.TypeLead:        {{"new", func(w *world) string { return w.madeBy("leads", `{"name":"Kari","email":"kari@lead.example"}`) }}},
	process.TypeOpportunity: {{"open", func(w *world) string { return w.madeBy("opportunities", `{"customer":%q}`, w.buyer()) }}},
	process.TypeQuote:       {{"draft", func(w *world) string { return w.madeBy("quotes", `{"customer":%q,"lines":[%s]}`, w.buyer(), labour) }}},
	process.TypeOrder:       {{"open", func(w *world) string { return w.madeBy("orders", `{"customer":%q,"lines":[%s]}`, w.buyer(), labour) }}},
	process.TypeInvoice:     {{"draft", func(w *world) string { return w.madeBy("invoices", `{"customer":%q,"lines":[%s]}`, w.buyer(), labour) }}},
	process.TypePayment: {{"booked", func(w *world) string {
		return w.madeBy("payments", `{"invoice":%q,"amount":{"amount":"1"}}`, w.issued())
	}}},
	process.TypeCreditNote: {{"issued", func(w *world) string {
		return created(w.t, w.api("POST", "invoices/"+w.issued()+"/credit", map[string]any{"reason": "wrong"}), "credit-note")
	}}},
	process.TypeCustomer:  {{"active", (*world).buyer}},
	process.TypeProduct:   {{"active", func(w *world) string { return w.madeBy("products", `{"sku":%q,"name":"A"}`, w.fresh()) }}},
	process.TypePriceList: {{"active", func(w *world) string { return w.madeBy("price-lists", `{"name":"A"}`) }}},
	process.TypeHours: {{"open", func(w *world) string {
		return w.madeBy("hours", `{"order":%q,"quantity":"1","person":"Kari"}`, w.madeBy("orders", `{"customer":%q,"lines":[{"description":"Work","quantity":"9","unit":"HUR","unit_price":"100"}]}`, w.buyer()))
	}}},
	process.TypeTask: {{"open", func(w *world) string { return w.madeBy("tasks", `{"title":"Call"}`) }}},
	process.TypeSubscription: {{"active", func(w *world) string {
		return w.madeBy("subscriptions", `{"customer":%q,"start":"2090-01-01","lines":[%s]}`, w.buyer(), labour)
	}}},
	process.TypeBankEntry:  {{"unmatched", (*world).bankEntry}},
	process.TypeMessage:    {{"other", (*world).newsletter}, {"quarantined", (*world).nested}},
	process.TypeQuarantine: {{"quarantined", (*world).unreadable}},
	process.TypeSenderRule: {{"active", func(w *world) string { return w.madeBy("sender-rules", `{"address":%q}`, w.fresh()+"@rule.example") }}},
	process.TypeDelivery: {{"queued", (*world).queued}, {"sending", (*world).sending}, {"accepted", sent("accepted")}, {"retrying", sent("retrying")},
		{"failed", sent("failed")}, {"unknown", sent("unknown")}, {"bounced", (*world).bounced}},
}

// elsewhere are verbs that the command line does not have, by design.
var elsewhere = map[string]string{"quote question": "a customer asks it, by the link in his mail"}

// bankEntry is a movement that nobody can match.
func (w *world) bankEntry() string {
	w.t.Helper()
	who := w.fresh()
	status, b := w.request("POST", "/api/v1/bank-files", http.Header{"Content-Type": {"text/csv"}},
		[]byte("Bokført dato;Beløp;Motpart;Melding\n02.03.2026;1,00;"+who+";hei\n"))
	if status != http.StatusOK {
		w.t.Fatalf("the bank file answers %d: %s", status, b)
	}
	return w.unmet("bank-entries?q=" + who)
}

// newsletter is a mail that is no inquiry.
func (w *world) newsletter() string {
	w.t.Helper()
	from := w.fresh() + "@news.example"
	w.send(from, "sales@demo.example", fmt.Sprintf("From: %s\nTo: sales@demo.example\nSubject: News\nList-Id: <news.example>\nMessage-ID: <%s>\n\nNews.\n", from, w.fresh()+"@news.example"))
	return w.unmet("messages?from=" + from)
}

// unreadable is what a web page sent and nobody can read.
func (w *world) unreadable() string {
	w.t.Helper()
	status, b := w.request("POST", "/hooks/website", http.Header{"Content-Type": {"application/json"}, "Webhook-Id": {w.fresh()}}, []byte("["+w.fresh()))
	if status/100 != 2 {
		w.t.Fatalf("the hook answers %d: %s", status, b)
	}
	return w.unmet("quarantine?kind=form")
}

// nested is a mail past a limit.
func (w *world) nested() string {
	w.t.Helper()
	from := w.fresh() + "@deep.example"
	raw := fmt.Sprintf("From: %s\nTo: sales@demo.example\nSubject: Deep\nMessage-ID: <%s>\n", from, w.fresh()+"@deep.example")
	for i := range 40 {
		raw += fmt.Sprintf("Content-Type: multipart/mixed; boundary=\"b%d\"\n\n--b%d\n", i, i)
	}
	w.send(from, "sales@demo.example", raw+"\nHi\n")
	return w.unmet("messages?from=" + from)
}

// unmet waits for the first record of a list, which nobody has seen before.
func (w *world) unmet(path string) (id string) {
	w.t.Helper()
	w.eventually(20*time.Second, "new record in "+path, func() bool {
		if list := w.items(path); len(list) > 0 && !w.met[list[0]["id"].(string)] {
			id = list[0]["id"].(string)
			w.met[id] = true
		}
		return id != ""
	})
	return id
}

var idIn = regexp.MustCompile(`"id":"([0-9a-z]+)"`)

// fresh is a word that no record has yet.
func (w *world) fresh() string { return process.NewID(time.Now()) }

const labour = `{"description":"Work","unit_price":"100"}`

func (w *world) madeBy(collection, body string, args ...any) string {
	w.t.Helper()
	if len(args) > 0 {
		body = fmt.Sprintf(body, args...)
	}
	status, b := w.request("POST", "/api/v1/"+collection, nil, []byte(body))
	if status != 201 {
		w.t.Fatalf("POST %s answers %d: %s", collection, status, b)
	}
	return string(idIn.FindSubmatch(b)[1])
}

func (w *world) buyer() string {
	return w.madeBy("customers", `{"name":"Kunde AS","email":"post@kunde.example","address":{"street":"Gata 1","postcode":"0150","city":"Oslo","country":"NO"}}`)
}

func (w *world) issued() string {
	id := w.madeBy("invoices", `{"customer":%q,"lines":[%s]}`, w.buyer(), labour)
	w.api("POST", "invoices/"+id+"/issue", map[string]any{"send": false})
	return id
}

// inputs are flags without which a verb is refused whatever the state is.
var inputs = map[string][]string{
	"lead disqualify": {"--reason", "lost"}, "lead edit": {"--phone", "22 33 44 55"}, "quote accept": {"--name", "Kari"}, "quote edit": {"--title", "A"},
	"quote decline": {"--reason", "price"}, "invoice edit": {"--title", "A"}, "invoice credit": {"--reason", "agreed"}, "opportunity edit": {"--title", "A"},
	"order edit": {"--title", "A"}, "order request_payment": {"--percent", "30"}, "order prepay": {"--percent", "30"}, "invoice dispute": {"--reason", "not agreed"}, "invoice write_off": {"--reason", "bad debt"},
	"opportunity move": {"--stage", "proposal"}, "invoice reinstate": {"--reason", "paid after all"}, "bank-entry ignore": {"--reason", "a gift"}, "delivery settle": {"--state", "accepted"},
	"subscription edit": {"--title", "B"}, "subscription change_price": {"--percent", "3"},
	"lead log": {"--kind", "call", "--outcome", "reached"}, "opportunity log": {"--kind", "call", "--outcome", "reached"}, "quote log": {"--kind", "call", "--outcome", "reached"}, "customer log": {"--kind", "call", "--outcome", "reached"}, "invoice log": {"--kind", "call", "--outcome", "reached"}, "order log": {"--kind", "call", "--outcome", "reached"},
	"product edit": {"--name", "B"}, "customer edit": {"--phone", "22 33 44 55"}, "price-list edit": {"--name", "B"}, "task edit": {"--note", "B"}, "hours edit": {"--quantity", "2"},
}

// hindered are verbs that a state allows and the way to it forbids.
var hindered = []string{"order open invoice", "quote closed decline", "quote closed revise", "order open return", "order on_hold return",
	"invoice issued end_dispute", "invoice issued reinstate", "invoice issued release", "invoice issued waive", "message filed make_lead", "message quarantined retry"}

// Every verb of the machine is tried on the command line in every state that
// the machine speaks of: it ends with 0, or with 5 and changes nothing. (package
// process tries every situation, by the use cases and by the API.)
func TestTransitionsThroughCommandLine(t *testing.T) {
	w, still := startDemo(t), openStill(t)
	w.met = map[string]bool{}
	settings := w.api("GET", "settings", nil)
	settings["process"] = map[string]any{"stages": []any{map[string]any{"key": "talk", "probability": 10}, map[string]any{"key": "proposal", "probability": 60}}}
	w.api("PUT", "settings", settings)
	for _, tr := range process.Transitions() {
		for _, state := range slices.Concat(tr.From, tr.To) {
			if _, reached := ways(tr.Record)[state]; !reached {
				t.Errorf("no way leads to a %s that is %s", tr.Record, state)
			}
		}
	}
	unmet := maps.Clone(elsewhere)
	tried := 0
	for _, record := range slices.Sorted(maps.Keys(origins)) {
		for state, on := range ways(record) {
			for _, tr := range process.Transitions() {
				if tr.Record != record {
					continue
				}
				if verb := record + " " + tr.Verb; elsewhere[verb] != "" {
					delete(unmet, verb)
					continue
				}
				t.Run(strings.Join([]string{record, state, tr.Verb}, " "), func(t *testing.T) {
					at := w
					if record == process.TypeDelivery {
						at = still
					}
					at.t = t
					at.tryVerb(tr, state, on)
					tried++
				})
			}
		}
	}
	w.t, still.t = t, t
	for verb := range unmet {
		t.Errorf("the machine has no %s any more", verb)
	}
	if tried < 245 {
		t.Errorf("only %d verbs were tried", tried)
	}
}

// way is how a record comes to a state: from its origin by verbs.
type way struct {
	origin
	verbs []string
}

// ways are the shortest ones to each state of a record.
func ways(record string) map[string]way {
	to := map[string]way{}
	var queue []string
	for _, o := range origins[record] {
		to[o.state] = way{origin: o}
		queue = append(queue, o.state)
	}
	for ; len(queue) > 0; queue = queue[1:] {
		from := queue[0]
		for _, tr := range process.Transitions() {
			if tr.Record != record || len(tr.To) == 0 || !slices.Contains(tr.From, from) {
				continue
			}
			if _, has := to[tr.To[0]]; !has {
				to[tr.To[0]] = way{to[from].origin, append(slices.Clone(to[from].verbs), tr.Verb)}
				queue = append(queue, tr.To[0])
			}
		}
	}
	return to
}

func (w *world) tryVerb(tr process.Transition, state string, on way) {
	w.t.Helper()
	run := func(code int, id, verb string) {
		flags := inputs[tr.Record+" "+verb]
		if verb == "pay" {
			w.cli(code, "payment", "create", "--invoice", id, "--amount", "1 NOK")
			return
		}
		switch tr.Record + " " + verb {
		case "bank-entry match":
			flags = []string{"--invoice", w.api("GET", "invoices/"+w.issued(), nil)["number"].(string)}
		case "message move", "quarantine move":
			flags = []string{"--about.type", "customer", "--about.id", w.buyer()}
		}
		if verb == "assign" {
			flags = []string{"--user", w.items("users?role=owner")[0]["id"].(string)}
		}
		if verb == "merge" {
			flags = []string{"--other", w.madeBy("leads", `{"name":"Kari"}`)}
		}
		w.cli(code, append([]string{tr.Record, strings.ReplaceAll(verb, "_", "-"), id}, flags...)...)
	}
	id := on.make(w)
	for _, verb := range on.verbs {
		run(exitDone, id, verb)
	}
	before := w.shown(tr.Record, id)
	if before["state"] != state {
		w.t.Fatalf("the way %v leads to %s", on.verbs, before["state"])
	}
	if !slices.Contains(tr.From, state) || slices.Contains(hindered, strings.Join([]string{tr.Record, state, tr.Verb}, " ")) {
		run(exitConflict, id, tr.Verb)
		if now := w.shown(tr.Record, id); now["state"] != state || now["version"] != before["version"] {
			w.t.Errorf("the refusal changed it: %v", now)
		}
		return
	}
	run(exitDone, id, tr.Verb)
	if tr.Verb == "delete" {
		w.cli(exitNotFound, tr.Record, "show", id)
		return
	}
	to := tr.To
	if len(to) == 0 {
		to = []string{state}
	}
	if now := w.shown(tr.Record, id)["state"].(string); !slices.Contains(to, now) {
		w.t.Errorf("it led to %s, the machine says %v", now, to)
	}
}
