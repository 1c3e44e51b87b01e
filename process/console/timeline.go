package console

import (
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"github.com/emne/emne/process"
)

// entries is how much of a history one page holds.
const entries = 100

// day is a day of a history, newest entry first.
type day struct {
	Label   string
	Entries []entry
}

// entry is one activity in words.
type entry struct {
	Text, Who, Time, ISO string
	Why                  string
	Tone                 string
	Quiet                bool
	Link                 cell
	Mail                 *mailView
}

// mailView is a mail as text: what was written, and what was only carried along.
type mailView struct {
	From, To, Subject, Text, Quoted, Signature string
	Files                                      []fileLink
	Raw                                        string
}

// timeline reads the history of a record's thread, or its own when it has none.
func (v *visit) timeline(k *kind, p *recordPage) error {
	match := map[string]string{"thread": p.thread}
	if p.thread == "" {
		match = map[string]string{"about_type": k.typ, "about_id": p.ID}
	}
	f := process.Filter{Match: match, Limit: entries, Cursor: v.r.URL.Query().Get("before")}
	as, next, err := v.s.Timeline(v.ctx(), v.actor, f)
	if err != nil {
		return err
	}
	if next != "" {
		p.Older = "/" + k.collection + "/" + p.ID + "?before=" + queryEscape(next) + "#history"
	}
	for _, a := range as {
		at := a.At.In(v.zone)
		label := v.date(process.DateOf(a.At, v.zone))
		if label == v.date(v.today()) {
			label = v.t("today")
		}
		if n := len(p.Timeline); n == 0 || p.Timeline[n-1].Label != label {
			p.Timeline = append(p.Timeline, day{Label: label})
		}
		d := &p.Timeline[len(p.Timeline)-1]
		d.Entries = append(d.Entries, v.entry(a, at, process.Ref{Type: k.typ, ID: p.ID}))
	}
	return nil
}

// quiet are the entries that are only read when something is wrong.
var quiet = map[string]bool{"delivery.queued": true, "delivery.sending": true, "lead.changed": true, "quote.changed": true,
	"opportunity.changed": true, "invoice.changed": true, "submission.received": true}

// entryTones mark the turning points.
var entryTones = map[string]string{"quote.accepted": "good", "opportunity.won": "good", "payment.booked": "good", "lead.qualified": "good",
	"delivery.failed": "bad", "delivery.bounced": "bad", "delivery.unknown": "warn", "quote.declined": "bad", "opportunity.lost": "bad",
	"quarantine.created": "warn", "quote.question": "warn", "delivery.sending_after_crash": "warn"}

func (v *visit) entry(a process.Activity, at time.Time, here process.Ref) entry {
	group, _, _ := strings.Cut(a.Type, ".")
	e := entry{Text: v.wording(a), Who: v.who(a.Actor), Time: at.Format("15:04"), ISO: at.Format(time.RFC3339),
		Why: a.Why, Tone: entryTones[a.Type], Quiet: quiet[a.Type]}
	if group == "mail" || group == "submission" {
		e.Why = ""
	}
	if a.Type == "lead.disqualified" && a.Why == a.Data["reason"] {
		e.Why = ""
	}
	for _, at := range []process.Ref{a.Related, a.About} {
		if at != here && at.ID != "" && at.Type != process.TypeSubmission {
			if e.Link = v.link(at.Type, at.ID); e.Link.Text == "" {
				continue
			}
			if at.Type == process.TypeDelivery || strings.Contains(e.Text, e.Link.Text) {
				e.Link.Text = v.t("open")
			}
			break
		}
	}
	if group == "mail" && a.Related.Type == process.TypeMessage {
		v.addMail(&e, a, here)
	}
	return e
}

func (v *visit) addMail(e *entry, a process.Activity, here process.Ref) {
	m, err := v.s.Messages().Get(v.ctx(), v.actor, a.Related.ID)
	if err != nil {
		return
	}
	if a.Why != "" {
		e.Why = v.known("decision.", a.Why)
	}
	if m.Direction == process.DirectionOut {
		e.Text = v.t("mail.sent", "name", either(v.name(process.TypeUser, m.Author), m.From))
	}
	e.Link = cell{Text: v.t("open"), Href: v.href(a.Related)}
	if a.Related == here {
		e.Link = cell{}
	}
	e.Mail = &mailView{From: sender(*m), To: strings.Join(m.To, ", "), Subject: either(m.Subject, v.t("no_subject")), Text: m.Text,
		Quoted: m.Quoted, Signature: m.Signature, Raw: v.href(a.Related) + "/files/raw"}
	e.Who = ""
	k := v.c.kindOf(process.TypeMessage)
	for i, f := range m.Attachments {
		e.Mail.Files = append(e.Mail.Files, v.fileLink(k, m.ID, i, f))
	}
}

// arguments are the names that the wordings of activities may use.
var arguments = []string{"source", "name", "subject", "owner", "customer", "opportunity", "reason", "title", "revenue", "number", "gross",
	"amount", "date", "to", "kind", "due", "from", "invoice", "credit_note", "email", "role", "sku", "progress", "text", "stage", "outcome", "event", "next_date", "person", "quantity"}

// wording is what an activity says.
func (v *visit) wording(a process.Activity) string {
	args := map[string]string{}
	for _, name := range arguments {
		args[name] = a.Data[name]
	}
	for _, name := range []string{"gross", "amount", "revenue"} {
		if args[name] != "" {
			args[name] = v.typedMoney(args[name], a.Data["currency"])
		}
	}
	for _, name := range []string{"date", "due", "next_date"} {
		args[name] = v.date(process.Date(args[name]))
	}
	if q, err := decimal.NewFromString(args["quantity"]); err == nil {
		args["quantity"] = v.number(q)
	}
	args["number"] = either(args["number"], v.t("unnumbered"))
	args["owner"] = v.name(process.TypeUser, args["owner"])
	args["source"] = v.source(args["source"])
	args["progress"] = v.known("progress.", args["progress"])
	args["stage"], args["outcome"] = v.stageName(args["stage"]), v.known("outcome.", args["outcome"])
	switch {
	case strings.HasSuffix(a.Type, ".logged"):
		args["kind"] = v.known("contact.", args["kind"])
	case a.About.Type == process.TypeTask:
		args["title"] = v.taskTitle(process.Task{Title: args["title"], Reason: args["reason"]})
	case a.About.Type == process.TypeLead:
		args["reason"] = v.known("disqualified.", args["reason"])
	case a.About.Type == process.TypeDelivery:
		args["kind"] = v.deliveryName(process.Delivery{Kind: args["kind"], Reason: args["reason"]})
	case a.About.Type == process.TypeUser:
		args["from"], args["to"] = v.known("role.", a.From), v.known("role.", a.To)
	}
	key := "activity." + a.Type
	if late := a.Data["expired"]; late != "" && v.labels.Has(key+".late") {
		key += ".late"
		args["date"] = v.date(process.Date(late))
	}
	pairs := make([]string, 0, 2*len(args))
	for name, s := range args {
		pairs = append(pairs, name, s)
	}
	return v.t(key, pairs...)
}

// who acted, in words.
func (v *visit) who(a process.Actor) string {
	switch a.Kind {
	case process.ActorUser, process.ActorToken, process.ActorRule:
		return either(a.Name, v.t("actor."+string(a.Kind)))
	}
	return v.t("actor." + string(a.Kind))
}
