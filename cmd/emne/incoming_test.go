package main

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// TestIncoming plays, through a demo, what comes into a company's inbox beside
// plain inquiries: a colleague's forward, an automatic answerer, answers to a
// signed address, reports about mail that did not arrive, newsletters, spam.
func TestIncoming(t *testing.T) {
	w := startDemo(t)
	settings := w.api("GET", "settings", nil)
	mail := settings["mail"].(map[string]any)
	mail["acknowledge"], mail["plus_addresses"] = true, true
	mail["spam"] = map[string]any{"score_header": "X-Spam-Score", "threshold": "5", "words": []any{"guest post"}}
	w.api("PUT", "settings", settings)

	w.forward()
	w.answerers()
	w.signedAddress()
	w.otherMail()
	w.quarantine()
	if out := w.verify(); !strings.Contains(out, "everything holds") {
		t.Errorf("verify says %s", out)
	}
}

// message waits for a mail of a sender and gives the newest.
func (w *world) message(from string, n int) map[string]any {
	w.t.Helper()
	var found []map[string]any
	w.eventually(10*time.Second, fmt.Sprintf("message %d of %s", n, from), func() bool {
		found = w.items("messages?from=" + from)
		return len(found) >= n
	})
	return found[0]
}

func about(m map[string]any) (typ, id string) {
	ref, _ := m["about"].(map[string]any)
	if ref == nil {
		return "", ""
	}
	return ref["type"].(string), ref["id"].(string)
}

// forward: the owner passes an inquiry on, the lead is its writer's.
func (w *world) forward() {
	w.t.Helper()
	w.send("owner@demo.example", "sales@demo.example", "From: Owner <owner@demo.example>\nTo: sales@demo.example\nSubject: VS: Stoler\nMessage-ID: <fwd.1@demo.example>\n"+
		"Content-Type: text/plain; charset=utf-8\n\nTar dere denne?\n\nFra: Berit Vik <berit@vik.example>\nSendt: mandag 3. januar 2022 10:11\nTil: Owner\nEmne: Stoler\n\nVi trenger tolv stoler.\n\nMvh\nBerit Vik\nTlf. 22 33 44 55\n")
	m := w.message("owner@demo.example", 1)
	typ, id := about(m)
	if m["decision"] != "forwarded" || typ != "lead" {
		w.t.Fatalf("the forward is %v", m)
	}
	l := w.api("GET", "leads/"+id, nil)
	if l["email"] != "berit@vik.example" || l["name"] != "Berit Vik" || l["subject"] != "Stoler" || l["phone"] != "+4722334455" || !strings.Contains(fmt.Sprint(l["guessed"]), "phone") {
		w.t.Errorf("the lead is %v", l)
	}
	if ds := w.items("deliveries?kind=acknowledgement"); len(ds) != 0 {
		w.t.Errorf("the writer of a forwarded mail got an acknowledgement: %v", ds)
	}
}

// answerers: two machines that answer each other stop after one round, whether
// the other one says that it is one or not, and whatever it refers to.
func (w *world) answerers() {
	w.t.Helper()
	for i, c := range []struct{ name, fields string }{{"honest", "Auto-Submitted: auto-replied\n"}, {"silent", ""}, {"forgetful", "In-Reply-To: <nothing@known.example>\n"}} {
		address := c.name + "@answerer.example"
		answer := func(round int, to string) {
			w.send(address, "sales@demo.example", fmt.Sprintf("From: %s\nTo: sales@demo.example\nSubject: Automatisk svar %d\nMessage-ID: <%s.%d@answerer.example>\n%s%s\nJeg er bortreist.\n", address, round, c.name, round, c.fields, to))
		}
		w.send(address, "sales@demo.example", fmt.Sprintf("From: %s\nTo: sales@demo.example\nSubject: Spørsmål\nMessage-ID: <%s.0@answerer.example>\n\nHva koster det?\n", address, c.name))
		w.message(address, 1)
		answered := 0
		for round := 1; round <= 5; round++ {
			// It answers each mail that it got since.
			w.eventually(10*time.Second, "acknowledgement to "+address, func() bool { return len(w.inbox(address)) >= 1 })
			got := w.inbox(address)
			if len(got) == answered {
				break
			}
			for _, m := range got[answered:] {
				answered++
				to := ""
				if c.name == "silent" {
					to = "In-Reply-To: <" + m.MessageID + ">\n"
				}
				answer(answered, to)
			}
			w.message(address, answered+1)
			// What the answer causes is committed with it.
			if ds := w.items("deliveries?to=" + address); len(ds) != 1 {
				w.t.Fatalf("%s got %d mails in round %d", c.name, len(ds), round)
			}
		}
		if answered != 1 {
			w.t.Errorf("%s and emne answered each other %d times", c.name, answered)
		}
		if ds := w.items("deliveries?kind=acknowledgement"); len(ds) != i+1 {
			w.t.Errorf("after %s there are %d acknowledgements", c.name, len(ds))
		}
		if n := len(w.items("leads?email=" + address)); n != 1 {
			w.t.Errorf("%s made %d leads", c.name, n)
		}
	}
}

// signedAddress: an answer without any reference finds the quote by the address
// that it went to; a report without a Message-ID finds the delivery.
func (w *world) signedAddress() {
	w.t.Helper()
	customer := w.api("POST", "customers", map[string]any{"name": "Kunde AS", "email": "post@kunde.example", "address": map[string]any{"street": "Gata 1", "postcode": "0150", "city": "Oslo", "country": "NO"}})["id"].(string)
	quote := w.api("POST", "quotes", map[string]any{"customer": customer, "lines": []any{map[string]any{"description": "Tak", "quantity": "1", "unit_price": "100"}}})["record"].(map[string]any)["id"].(string)
	number := w.api("POST", "quotes/"+quote+"/send", nil)["record"].(map[string]any)["number"].(string)
	offer := w.mail("post@kunde.example", number)
	if len(offer.ReplyTo) != 1 || !strings.HasPrefix(offer.ReplyTo[0].Address, "sales+") {
		w.t.Fatalf("answers go to %v", offer.ReplyTo)
	}
	w.send("kari@privat.example", offer.ReplyTo[0].Address, "From: kari@privat.example\nTo: "+offer.ReplyTo[0].Address+"\nSubject: Ok\nMessage-ID: <ok@privat.example>\n\nKjør.\n")
	m := w.message("kari@privat.example", 1)
	if typ, id := about(m); m["decision"] != "reply" || typ != "quote" || id != quote {
		w.t.Errorf("the answer is %v", m)
	}
	forged := strings.Replace(offer.ReplyTo[0].Address, ".", ".x", 1)
	w.send("per@privat.example", forged, "From: per@privat.example\nTo: "+forged+"\nSubject: Ok\nMessage-ID: <forged@privat.example>\n\nKjør.\n")
	if m := w.message("per@privat.example", 1); m["decision"] != "new_lead" {
		w.t.Errorf("a forged address leads to %v", m)
	}
	w.send("post@kunde.example", "sales@demo.example", "From: post@kunde.example\nTo: sales@demo.example\nSubject: "+number+" igjen\nMessage-ID: <tag@kunde.example>\n\nEn ting til.\n")
	if m := w.message("post@kunde.example", 1); m["decision"] != "subject_tag" {
		w.t.Errorf("a participant who names the quote: %v", m["decision"])
	}
	deliveries := func() map[string]any { return w.items("deliveries?to=post@kunde.example")[0] }
	w.eventually(10*time.Second, "accepted quote mail", func() bool { return deliveries()["state"] == "accepted" })
	for i, c := range []struct{ text, state string }{
		{"Delivery is delayed to these recipients or groups:\n\npost@kunde.example\n\nThis message hasn't been delivered yet.\n", "accepted"},
		{"Delivery has failed to these recipients or groups:\n\npost@kunde.example\n\nRemote Server returned '550 5.1.10 RESOLVER.ADR.RecipientNotFound'\n", "bounced"},
	} {
		w.send("postmaster@kunde.example", "sales@demo.example", fmt.Sprintf("From: postmaster@kunde.example\nTo: sales@demo.example\nSubject: Undeliverable\nMessage-ID: <report.%d@kunde.example>\n\n%s", i, c.text))
		m := w.message("postmaster@kunde.example", i+1)
		if d := deliveries(); m["decision"] != "delivery_report" || d["state"] != c.state {
			w.t.Errorf("report %d is %v, the delivery %v", i, m["decision"], d["state"])
		}
	}
}

// quarantine: a mail past a limit is kept with its bytes and the reason, the next
// one comes in, and trying again leaves it where it is.
func (w *world) quarantine() {
	w.t.Helper()
	deep := "From: dyp@lag.example\nTo: sales@demo.example\nSubject: Dyp\nMessage-ID: <1@lag.example>\n"
	for i := range 40 {
		deep += fmt.Sprintf("Content-Type: multipart/mixed; boundary=\"b%d\"\n\n--b%d\n", i, i)
	}
	w.send("dyp@lag.example", "sales@demo.example", deep+"\nHei\n")
	w.send("neste@lag.example", "sales@demo.example", "From: neste@lag.example\nTo: sales@demo.example\nSubject: Neste\nMessage-ID: <2@lag.example>\n\nHei.\n")
	if m := w.message("neste@lag.example", 1); m["decision"] != "new_lead" {
		w.t.Errorf("the mail behind is %v", m)
	}
	m := w.message("dyp@lag.example", 1)
	typ, id := about(m)
	if m["state"] != "quarantined" || typ != "quarantine" || m["subject"] != "Dyp" {
		w.t.Fatalf("the deep mail is %v", m)
	}
	q := w.api("GET", "quarantine/"+id, nil)
	if q["reason"] != "too_deep" || q["state"] != "quarantined" || q["sha256"] == "" {
		w.t.Errorf("the entry is %v", q)
	}
	w.cli(exitConflict, "quarantine", "retry", id)
	if again := w.message("dyp@lag.example", 1); again["state"] != "quarantined" {
		w.t.Errorf("tried again, it is %v", again)
	}
}

// otherMail: what is no inquiry, and the verbs that people sort it with.
func (w *world) otherMail() {
	w.t.Helper()
	w.send("news@brev.example", "sales@demo.example", "From: news@brev.example\nTo: sales@demo.example\nSubject: Nytt\nList-Id: <brev.example>\nMessage-ID: <1@brev.example>\n\nNytt fra oss.\n")
	m := w.message("news@brev.example", 1)
	w.cli(exitDone, "message", "not_a_lead", m["id"].(string))
	if rules := w.items("sender-rules"); len(rules) != 1 || rules[0]["address"] != "news@brev.example" {
		w.t.Errorf("the rules are %v", rules)
	}
	w.send("news@brev.example", "sales@demo.example", "From: news@brev.example\nTo: sales@demo.example\nSubject: Personlig\nMessage-ID: <2@brev.example>\n\nHei.\n")
	if m := w.message("news@brev.example", 2); m["decision"] != "sender_ignored" {
		w.t.Errorf("a later mail of the sender is %v", m["decision"])
	}
	w.send("seo@spam.example", "sales@demo.example", "From: seo@spam.example\nTo: sales@demo.example\nSubject: Hi\nX-Spam-Score: 7.1\nMessage-ID: <1@spam.example>\n\nHello.\n")
	spam := w.message("seo@spam.example", 1)
	if spam["decision"] != "spam" || spam["detail"] != "X-Spam-Score: 7.1" {
		w.t.Errorf("spam is %v", spam)
	}
	lead := w.items("leads?email=berit@vik.example")[0]["id"].(string)
	moved := w.api("POST", "messages/"+spam["id"].(string)+"/move", map[string]any{"about": map[string]any{"type": "lead", "id": lead}})["record"].(map[string]any)
	if typ, id := about(moved); typ != "lead" || id != lead {
		w.t.Errorf("moved to %v", moved["about"])
	}
}
