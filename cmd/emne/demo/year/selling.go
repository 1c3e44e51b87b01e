package year

import (
	"context"
	"fmt"
	"strings"

	"github.com/emne/emne/intake"
	"github.com/emne/emne/process"
)

// inquiry is somebody who writes, sends the form or calls; a customer of before
// gets a quote at once.
func (y *year) inquiry(ctx context.Context) error {
	y.numbers["lead"]++
	if y.chance(12) {
		if p := pick(y, append([]*person{nil}, y.people.known...)); p != nil && p.customer != "" {
			// A call of a customer becomes a lead too, so that the count holds.
			return y.call(ctx, p)
		}
	}
	p := y.stranger()
	switch n := y.r.IntN(100); {
	case n < 55:
		return y.write(ctx, p)
	case n < 80:
		return y.fillIn(ctx, p)
	default:
		return y.call(ctx, p)
	}
}

// write sends a mail. It lies in a mailbox of its own, beside the demo's live one.
func (y *year) write(ctx context.Context, p *person) error {
	n := y.numbers["mail"] + 1
	y.numbers["mail"] = n
	signature := p.name
	if p.company != "" {
		signature += "\r\n" + p.company
	}
	raw := fmt.Sprintf("From: %s <%s>\r\nTo: post@demo.example\r\nSubject: =?utf-8?q?%s?=\r\nMessage-ID: <%d.%d@year.example>\r\nDate: %s\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n%s\r\n\r\n-- \r\n%s\r\nTlf. %s\r\n",
		p.name, p.email, encoded(y.text("subject", subjects)), y.o.Seed, n, y.at.In(y.zone).Format("Mon, 02 Jan 2006 15:04:05 -0700"), y.text("message", messages), signature, p.phone)
	m := y.o.Parse(intake.InMemory([]byte(raw)), process.MailboxUID{Mailbox: "post", UIDValidity: 1, UID: uint32(n)}, y.at)
	m.CursorUpTo = uint32(n)
	got, err := y.s.ReceiveMail(ctx, process.Actor{Kind: process.ActorSystem, Name: "emne", Channel: "mail"}, m)
	if err != nil {
		return err
	}
	if got.Result.Type != process.TypeLead {
		return nil // it went to other mail
	}
	y.work(p, got.Result.ID)
	return nil
}

// encoded is the inside of an encoded word (RFC 2047 section 4.2).
func encoded(s string) string {
	var b strings.Builder
	for _, c := range []byte(s) {
		if c > ' ' && c < 0x7f && c != '=' && c != '?' && c != '_' {
			b.WriteByte(c)
			continue
		}
		fmt.Fprintf(&b, "=%02X", c)
	}
	return b.String()
}

// fillIn sends the company's form.
func (y *year) fillIn(ctx context.Context, p *person) error {
	in := process.Inquiry{Name: p.name, Email: p.email, Phone: p.phone, Company: p.company, Subject: y.text("subject", subjects), Text: y.text("message", messages), Language: y.o.Language}
	actor := process.Actor{Kind: process.ActorSystem, Name: "emne", Channel: "form"}
	sub, _, err := y.s.ReceiveSubmission(ctx, actor, process.IncomingForm{Source: "website", EventID: fmt.Sprintf("year-%d-%d", y.o.Seed, y.numbers["lead"]),
		ContentType: "text/plain", Body: process.NewBlob([]byte(in.Name + "\n" + in.Email + "\n" + in.Text))})
	if err != nil {
		return err
	}
	got, err := y.s.FileSubmission(ctx, actor, sub.ID, in, "")
	if err != nil {
		return err
	}
	if got.Result.Type == process.TypeLead {
		y.work(p, got.Result.ID)
	}
	return nil
}

// call is noted by hand.
func (y *year) call(ctx context.Context, p *person) error {
	out, err := y.s.CreateLead(ctx, y.seller(), process.LeadInput{Name: p.name, Email: p.email, Phone: p.phone, Company: p.company, Subject: y.text("subject", subjects),
		Language: y.o.Language, Source: y.text("source", sources)})
	if err != nil {
		return err
	}
	y.work(p, out.Record.(*process.Lead).ID)
	return nil
}

// work is what a seller makes of a lead.
func (y *year) work(p *person, lead string) {
	who := y.seller()
	switch n := y.r.IntN(100); {
	case n < 8:
		y.after(0, 2, func(ctx context.Context) error {
			_, err := y.s.DisqualifyLead(ctx, who, to(lead), process.DisqualifyInput{Reason: "spam"})
			return err
		})
	case n < 30:
		y.contact(0.05, 4, who, lead, func() {
			y.after(2, 25, func(ctx context.Context) error {
				_, err := y.s.DisqualifyLead(ctx, who, to(lead), process.DisqualifyInput{Reason: pick(y, []string{"lost", "cannot_contact", "no_longer_interested"})})
				return err
			})
		})
	default:
		qualify := func() { y.after(1, 8, func(ctx context.Context) error { return y.qualify(ctx, who, p, lead) }) }
		if y.chance(70) {
			y.contact(0.05, 1.5, who, lead, qualify)
		} else {
			qualify()
		}
	}
}

// contact plans that somebody gets in touch, and what comes of it.
func (y *year) contact(from, until float64, who process.Actor, lead string, then func()) {
	y.after(from, until, func(ctx context.Context) error {
		_, err := y.s.ContactLead(ctx, who, to(lead), process.ContactedInput{})
		then()
		return err
	})
}

func (y *year) qualify(ctx context.Context, who process.Actor, p *person, lead string) error {
	l, err := y.s.Leads().Get(ctx, who, lead)
	if err != nil {
		return err
	}
	in := l.Input()
	in.Name, in.Company, in.OrganisationNumber, in.Address = p.name, p.company, p.organisation, p.address
	if _, err := y.s.EditLead(ctx, who, to(lead), in); err != nil {
		return err
	}
	out, err := y.s.QualifyLead(ctx, who, to(lead), process.QualifyInput{EstimatedClose: process.DateOf(y.at, y.zone).AddDays(20 + y.r.IntN(60)),
		EstimatedRevenue: &process.Money{Minor: int64(10+y.r.IntN(190)) * 50_000, Currency: "NOK"}})
	if err != nil {
		return err
	}
	p.customer, p.contact = created(out, process.TypeCustomer), created(out, process.TypeContact)
	opportunity := created(out, process.TypeOpportunity)
	if y.chance(5) {
		y.after(10, 40, func(ctx context.Context) error { return y.lose(ctx, who, opportunity) })
		return nil
	}
	y.after(0.5, 5, func(ctx context.Context) error { return y.quote(ctx, who, p, opportunity) })
	return nil
}

func (y *year) lose(ctx context.Context, who process.Actor, opportunity string) error {
	_, err := y.s.LoseOpportunity(ctx, who, to(opportunity), process.CloseInput{Reason: y.text("reason", reasons)})
	return err
}

func (y *year) quote(ctx context.Context, who process.Actor, p *person, opportunity string) error {
	in := process.QuoteInput{Opportunity: opportunity, Lines: y.lines(), Adjustments: y.adjustments(), PricesIncludeVAT: p.company == "" && y.chance(60)}
	if y.chance(15) {
		in.Prepayment = &process.Prepayment{Percent: amount("30")}
	}
	if y.chance(2) {
		in.Prepayment = &process.Prepayment{Percent: amount("100")}
	}
	if in.Prepayment != nil && y.chance(40) {
		in.Prepayment.Kind = process.PrepayDeposit
	}
	out, err := y.s.CreateQuote(ctx, who, in)
	if err != nil {
		return err
	}
	return y.send(ctx, who, p, out.Record.(*process.Quote).ID, 0)
}

// send sends a quote, and plans what becomes of it.
func (y *year) send(ctx context.Context, who process.Actor, p *person, quote string, revision int) error {
	out, err := y.s.SendQuote(ctx, who, to(quote), process.SendQuoteInput{})
	if err != nil {
		return err
	}
	q := out.Record.(*process.Quote)
	y.numbers["quote"]++
	switch n := y.r.IntN(100); {
	case n < 52:
		y.after(0.5, 25, func(ctx context.Context) error { return y.accept(ctx, who, p, q) })
	case n < 55: // a late yes, that staff may take
		y.after(33, 45, func(ctx context.Context) error { return y.accept(ctx, who, p, q) })
	case n < 70:
		y.after(1, 25, func(ctx context.Context) error { return y.decline(ctx, who, p, q) })
	case n < 85 && revision < 3:
		y.after(1, 12, func(ctx context.Context) error { return y.revise(ctx, who, p, q) })
	case n < 88:
		y.after(1, 15, func(ctx context.Context) error {
			_, err := y.s.CancelQuote(ctx, who, to(quote), process.CancelInput{Reason: y.text("reason", reasons)})
			return err
		})
	default: // nobody answers: it expires, and is cleared away some day
		y.after(50, 80, func(ctx context.Context) error {
			if _, err := y.s.CancelQuote(ctx, who, to(quote), process.CancelInput{Reason: y.text("reason", reasons)}); err != nil {
				return err
			}
			return y.lose(ctx, who, q.Opportunity)
		})
	}
	return nil
}

// customer is the actor of a customer's page.
func customer(p *person, q *process.Quote) process.Actor {
	return process.Actor{Kind: process.ActorCustomer, ID: "year", Name: p.name, Channel: "portal", Link: process.Ref{Type: process.TypeQuote, ID: q.ID}, Address: "192.0.2.1", UserAgent: "browser"}
}

func (y *year) accept(ctx context.Context, who process.Actor, p *person, q *process.Quote) error {
	in := process.AcceptInput{Name: p.name, SHA256: q.SHA256}
	for _, l := range q.Lines {
		if l.Option && y.chance(50) {
			in.Options = append(in.Options, l.ID)
		}
	}
	actor := customer(p, q)
	if y.chance(30) || process.DateOf(y.at, y.zone) > q.ValidUntil {
		actor, in.Evidence = who, "mail"
	}
	out, err := y.s.AcceptQuote(ctx, actor, to(q.ID), in)
	if err != nil {
		return err
	}
	y.numbers["order"]++
	return y.ordered(ctx, who, p, created(out, process.TypeOrder))
}

func (y *year) decline(ctx context.Context, who process.Actor, p *person, q *process.Quote) error {
	if _, err := y.s.DeclineQuote(ctx, customer(p, q), to(q.ID), process.DeclineInput{Reason: "price", Comment: y.text("reason", reasons)}); err != nil {
		return err
	}
	if y.chance(30) { // a second try
		return y.revise(ctx, who, p, q)
	}
	y.after(1, 20, func(ctx context.Context) error { return y.lose(ctx, who, q.Opportunity) })
	return nil
}

// revise makes a better offer.
func (y *year) revise(ctx context.Context, who process.Actor, p *person, q *process.Quote) error {
	out, err := y.s.ReviseQuote(ctx, who, to(q.ID), struct{}{})
	if err != nil {
		return err
	}
	next, err := y.s.Quotes().Get(ctx, who, created(out, process.TypeQuote))
	if err != nil {
		return err
	}
	in := next.Input()
	for i := range in.Lines {
		if l := in.Lines[i]; l.Kind == "" && (l.DiscountPercent == nil || l.DiscountPercent.IsZero()) {
			in.Lines[i].DiscountPercent = amount("7.5")
			break
		}
	}
	if _, err := y.s.EditQuote(ctx, who, to(next.ID), in); err != nil {
		return err
	}
	y.numbers["revision"]++
	return y.send(ctx, who, p, next.ID, next.Revision)
}
