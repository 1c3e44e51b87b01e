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

// origins make a record in the state in which it comes into being.
var origins = map[string]struct {
	collection, state string
	make              func(*world) string
}{
	process.TypeLead:        {"leads", "new", func(w *world) string { return w.madeBy("leads", `{"name":"Kari","email":"kari@lead.example"}`) }},
	process.TypeOpportunity: {"opportunities", "open", func(w *world) string { return w.madeBy("opportunities", `{"customer":%q}`, w.buyer()) }},
	process.TypeQuote:       {"quotes", "draft", func(w *world) string { return w.madeBy("quotes", `{"customer":%q,"lines":[%s]}`, w.buyer(), labour) }},
	process.TypeOrder:       {"orders", "open", func(w *world) string { return w.madeBy("orders", `{"customer":%q,"lines":[%s]}`, w.buyer(), labour) }},
	process.TypeInvoice:     {"invoices", "draft", func(w *world) string { return w.madeBy("invoices", `{"customer":%q,"lines":[%s]}`, w.buyer(), labour) }},
	process.TypePayment: {"payments", "booked", func(w *world) string {
		return w.madeBy("payments", `{"invoice":%q,"amount":{"amount":"1"}}`, w.issued())
	}},
	process.TypeCreditNote: {"credit-notes", "issued", func(w *world) string {
		return created(w.t, w.api("POST", "invoices/"+w.issued()+"/credit", map[string]any{"reason": "wrong"}), "credit-note")
	}},
	process.TypeCustomer:  {"customers", "active", (*world).buyer},
	process.TypeProduct:   {"products", "active", func(w *world) string { return w.madeBy("products", `{"sku":%q,"name":"A"}`, w.fresh()) }},
	process.TypePriceList: {"price-lists", "active", func(w *world) string { return w.madeBy("price-lists", `{"name":"A"}`) }},
	process.TypeHours: {"hours", "open", func(w *world) string {
		return w.madeBy("hours", `{"order":%q,"quantity":"1","person":"Kari"}`, w.madeBy("orders", `{"customer":%q,"lines":[{"description":"Work","quantity":"9","unit":"HUR","unit_price":"100"}]}`, w.buyer()))
	}},
	process.TypeTask: {"tasks", "open", func(w *world) string { return w.madeBy("tasks", `{"title":"Call"}`) }},
	process.TypeSubscription: {"subscriptions", "active", func(w *world) string {
		return w.madeBy("subscriptions", `{"customer":%q,"start":"2090-01-01","lines":[%s]}`, w.buyer(), labour)
	}},
	process.TypeBankEntry:  {"bank-entries", "unmatched", (*world).bankEntry},
	process.TypeMessage:    {"messages", "other", (*world).newsletter},
	process.TypeQuarantine: {"quarantine", "quarantined", (*world).unreadable},
	process.TypeSenderRule: {"sender-rules", "active", func(w *world) string { return w.madeBy("sender-rules", `{"address":%q}`, w.fresh()+"@rule.example") }},
	process.TypeDelivery:   {"deliveries", "accepted", (*world).delivered},
}

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

// delivered is a mail that a server took.
func (w *world) delivered() string {
	w.t.Helper()
	quote := w.madeBy("quotes", `{"customer":%q,"lines":[%s]}`, w.buyer(), labour)
	return w.settled(created(w.t, w.api("POST", "quotes/"+quote+"/send", nil), "delivery"))
}

func (w *world) settled(id string) string {
	w.eventually(20*time.Second, "accepted mail", func() bool { return w.api("GET", "deliveries/"+id, nil)["state"] == "accepted" })
	return id
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
	"invoice issued end_dispute", "invoice issued reinstate", "invoice issued release", "invoice issued waive", "message filed make_lead"}

// Every verb of the machine is tried on the command line in every state that
// verbs lead to from a record's beginning: it ends with 0, or with 5 and
// changes nothing. (package process tries every situation.)
func TestTransitionsThroughCommandLine(t *testing.T) {
	w := startDemo(t)
	w.met = map[string]bool{}
	settings := w.api("GET", "settings", nil)
	settings["process"] = map[string]any{"stages": []any{map[string]any{"key": "talk", "probability": 10}, map[string]any{"key": "proposal", "probability": 60}}}
	w.api("PUT", "settings", settings)
	for _, tr := range process.Transitions() {
		if _, has := origins[tr.Record]; !has {
			t.Errorf("no %s is tried", tr.Record)
		}
	}
	tried := 0
	for _, record := range slices.Sorted(maps.Keys(origins)) {
		for state, way := range w.ways(record) {
			for _, tr := range process.Transitions() {
				// A question is a customer's; the command line has none.
				if tr.Record != record || tr.Verb == "question" {
					continue
				}
				t.Run(strings.Join([]string{record, state, tr.Verb}, " "), func(t *testing.T) {
					w.t = t
					w.tryVerb(tr, state, way)
					tried++
				})
			}
		}
	}
	w.t = t
	if tried < 170 {
		t.Errorf("only %d verbs were tried", tried)
	}
}

// ways are the shortest ways of verbs to each state of a record.
func (w *world) ways(record string) map[string][]string {
	ways := map[string][]string{origins[record].state: {}}
	for queue := []string{origins[record].state}; len(queue) > 0; queue = queue[1:] {
		from := queue[0]
		for _, tr := range process.Transitions() {
			if tr.Record != record || len(tr.To) == 0 || !slices.Contains(tr.From, from) {
				continue
			}
			if to := tr.To[0]; ways[to] == nil {
				ways[to] = append(slices.Clone(ways[from]), tr.Verb)
				queue = append(queue, to)
			}
		}
	}
	return ways
}

func (w *world) tryVerb(tr process.Transition, state string, way []string) {
	w.t.Helper()
	o := origins[tr.Record]
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
	id := o.make(w)
	for _, verb := range way {
		run(exitDone, id, verb)
	}
	before := w.api("GET", o.collection+"/"+id, nil)
	if before["state"] != state {
		w.t.Fatalf("the way %v leads to %s", way, before["state"])
	}
	if !slices.Contains(tr.From, state) || slices.Contains(hindered, strings.Join([]string{tr.Record, state, tr.Verb}, " ")) {
		run(exitConflict, id, tr.Verb)
		if now := w.api("GET", o.collection+"/"+id, nil); now["state"] != state || now["version"] != before["version"] {
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
	if now := w.api("GET", o.collection+"/"+id, nil)["state"].(string); !slices.Contains(to, now) {
		w.t.Errorf("it led to %s, the machine says %v", now, to)
	}
}
