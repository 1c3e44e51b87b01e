package storetest

import (
	"errors"
	"slices"
	"strings"

	"github.com/emne/emne/process"
)

// mailTexts: what a mail says is its lead's message too, until that is edited.
func mailTexts(s suite) {
	text := strings.Repeat("Vi trenger et nytt tak til hytta. ", 100) + "Kledning"
	m := &process.Message{State: "filed", Direction: process.DirectionIn, From: "kari@example.com", Text: text}
	l := lead("Kari")
	s.tx(func(tx process.Tx) error {
		if err := tx.Messages().Insert(m); err != nil {
			return err
		}
		l.Message, l.Mail = text, m.ID
		return tx.Leads().Insert(l)
	})
	says := func(when, want string) {
		s.Helper()
		s.view(func(tx process.Tx) error {
			got, err := tx.Leads().Get(l.ID)
			if err != nil {
				return err
			}
			found, _, err := tx.Leads().List(process.Filter{Query: want[len(want)-8:]})
			if err != nil {
				return err
			}
			if got.Message != want || len(found) != 1 || found[0].Message != want {
				s.Errorf("%s the lead says %d octets, and %d are found", when, len(got.Message), len(found))
			}
			return nil
		})
	}
	says("inserted,", text)
	change := func(f func(*process.Lead)) {
		s.Helper()
		s.tx(func(tx process.Tx) error {
			got, err := tx.Leads().Get(l.ID)
			if err != nil {
				return err
			}
			f(got)
			return tx.Leads().Update(got)
		})
	}
	change(func(l *process.Lead) { l.Owner = "" })
	says("changed,", text)
	change(func(l *process.Lead) { l.Message, l.Mail = "Nei, et gjerde", "" })
	says("edited,", "Nei, et gjerde")
	s.view(func(tx process.Tx) error {
		got, err := tx.Messages().Get(m.ID)
		if err == nil && got.Text != text {
			s.Errorf("the mail itself says %q now", got.Text)
		}
		return err
	})
}

// byNumber finds documents of four kinds; a quote goes before an order of the
// same number.
func byNumber(s suite) {
	var c chain
	s.tx(c.insert)
	finds := func(number string, want process.Ref) {
		s.Helper()
		s.view(func(tx process.Tx) error {
			got, err := tx.Numbered(number)
			if err == nil && got != want {
				s.Errorf("the document %q is %v, want %v", number, got, want)
			}
			return err
		})
	}
	quote, order := process.Ref{Type: process.TypeQuote, ID: c.quote.ID}, process.Ref{Type: process.TypeOrder, ID: c.order.ID}
	for _, number := range []string{"Both-1", "O-17"} {
		s.tx(func(tx process.Tx) error {
			c.quote.Number, c.order.Number = "Both-1", number
			return errors.Join(tx.Quotes().Update(c.quote), tx.Orders().Update(c.order))
		})
		finds("Both-1", quote)
	}
	finds("O-17", order)
	finds(c.invoice.Number, process.Ref{Type: process.TypeInvoice, ID: c.invoice.ID})
	finds(c.credit.Number, process.Ref{Type: process.TypeCreditNote, ID: c.credit.ID})
	finds("", process.Ref{})
	finds("none\x00", process.Ref{})
}

// traces of senders are found by address, and customers and rules by domain too.
func traces(s suite) {
	var c chain
	s.tx(c.insert)
	for _, l := range []struct {
		addresses, names []string
		want             process.Traces
	}{
		{nil, nil, process.Traces{}},
		{[]string{""}, []string{"", "nobody.example"}, process.Traces{}},
		{[]string{"a\x00@nobody.example"}, nil, process.Traces{}},
		{[]string{"nobody@else.example", c.lead.Email}, nil, process.Traces{Lead: true, Contact: c.contact.Email == c.lead.Email, Customer: c.customer.Email == c.lead.Email}},
		{[]string{c.contact.Email}, nil, process.Traces{Lead: c.contact.Email == c.lead.Email, Contact: true, Customer: c.contact.Email == c.customer.Email}},
		{[]string{c.customer.Email}, nil, process.Traces{Lead: c.customer.Email == c.lead.Email, Contact: c.customer.Email == c.contact.Email, Customer: true}},
		{nil, []string{"other.example", c.customer.Domain}, process.Traces{Customer: true}},
		{nil, []string{c.senderRule.Address, "b", "c", "d"}, process.Traces{Rule: true}},
	} {
		s.view(func(tx process.Tx) error {
			got, err := tx.Traces(l.addresses, l.names)
			if err == nil && got != l.want {
				s.Errorf("%q and %q left %+v, want %+v", l.addresses, l.names, got, l.want)
			}
			return err
		})
	}
}

// seenMails are found by Message-ID and content, the newest first.
func seenMails(s suite) {
	ids := map[string]string{}
	s.tx(func(tx process.Tx) error {
		for _, m := range []struct{ name, id, content string }{
			{"first", "<1@example.com>", "a"}, {"other content", "<1@example.com>", "b"}, {"nameless", "", "a"}, {"nameless too", "", "a"}, {"another", "<2@example.com>", "a"},
		} {
			v := &process.Message{State: "filed", Direction: process.DirectionIn, MessageID: m.id, ContentHash: m.content}
			if err := tx.Messages().Insert(v); err != nil {
				return err
			}
			ids[v.ID] = m.name
		}
		return nil
	})
	for _, c := range []struct {
		id, content string
		want        []string
	}{
		{"<1@example.com>", "a", []string{"first"}}, {"<1@example.com>", "b", []string{"other content"}},
		{"<2@example.com>", "b", nil}, {"", "a", []string{"nameless", "nameless too"}}, {"", "b", nil},
	} {
		s.view(func(tx process.Tx) error {
			list, err := tx.SeenMails(c.id, c.content)
			var got []string
			for _, m := range list {
				got = append(got, ids[m.ID])
			}
			slices.Sort(got)
			if !slices.Equal(got, c.want) {
				s.Errorf("%q with the content %q was seen as %q, want %q", c.id, c.content, got, c.want)
			}
			return err
		})
	}
}
