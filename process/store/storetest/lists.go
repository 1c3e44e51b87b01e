package storetest

import (
	"fmt"
	"slices"
	"time"

	"github.com/emne/emne/process"
)

func paging(s suite) {
	const all = 120
	start := time.Now()
	var want []string
	s.tx(func(tx process.Tx) error {
		for i := range all {
			l := lead(fmt.Sprint("n", i))
			l.ID = process.NewID(start.Add(time.Duration(i) * time.Millisecond))
			want = append(want, l.ID)
			if err := tx.Leads().Insert(l); err != nil {
				return err
			}
		}
		return nil
	})
	slices.Reverse(want)
	for _, limit := range []int{0, 1, 7, 40, 119, 120, 121, 1000} {
		var got []string
		f := process.Filter{Limit: limit}
		for pages := 0; ; pages++ {
			if pages > all {
				s.Fatalf("limit %d: the pages do not end", limit)
			}
			s.view(func(tx process.Tx) error {
				list, next, err := tx.Leads().List(f)
				for _, l := range list {
					got = append(got, l.ID)
				}
				f.Cursor = next
				return err
			})
			if f.Cursor == "" {
				break
			}
		}
		if !slices.Equal(got, want) {
			s.Errorf("limit %d: %d records, not the newest first once each", limit, len(got))
		}
	}
	bad := func(f process.Filter) {
		s.Helper()
		s.code(s.View(background(), func(tx process.Tx) error { _, _, err := tx.Leads().List(f); return err }), process.CodeInvalid, "")
	}
	bad(process.Filter{Limit: 1001})
	bad(process.Filter{Limit: -1})
	for _, c := range []string{"x", "!!", want[0], "bGVhZDo"} {
		bad(process.Filter{Cursor: c})
	}
	s.view(func(tx process.Tx) error { // a cursor of another list
		_, next, err := tx.Leads().List(process.Filter{Limit: 1})
		if err != nil {
			return err
		}
		if _, _, err = tx.Quotes().List(process.Filter{Cursor: next}); process.CodeOf(err) != process.CodeInvalid {
			return fmt.Errorf("a lead's cursor in the list of quotes: %v", err)
		}
		return nil
	})
}

// found are the names of the leads that a filter finds.
func (s suite) found(f process.Filter) []string {
	s.Helper()
	names := []string{}
	s.view(func(tx process.Tx) error {
		list, _, err := tx.Leads().List(f)
		for _, l := range list {
			names = append(names, l.Name)
		}
		return err
	})
	slices.Sort(names)
	return names
}

func (s suite) finds(f process.Filter, want ...string) {
	s.Helper()
	if got := s.found(f); !slices.Equal(got, want) && len(got)+len(want) > 0 {
		s.Errorf("%+v found %q, want %q", f, got, want)
	}
}

func filters(s suite) {
	s.tx(func(tx process.Tx) error {
		for _, l := range []*process.Lead{
			{State: "new", Name: "a", Email: "a@example.com", Source: "mail:sales", Owner: "u1", Thread: "t1"},
			{State: "contacted", Name: "b", Email: "b@example.com", Source: "mail:sales", Thread: "t1"},
			{State: "new", Name: "c", Email: "c@example.com", Source: "form:website", Owner: "u1", Thread: "t2"},
		} {
			if err := tx.Leads().Insert(l); err != nil {
				return err
			}
		}
		return nil
	})
	match := func(kv ...string) map[string]string {
		m := map[string]string{}
		for i := 0; i < len(kv); i += 2 {
			m[kv[i]] = kv[i+1]
		}
		return m
	}
	s.finds(process.Filter{State: "new"}, "a", "c")
	s.finds(process.Filter{State: "nonsense"})
	s.finds(process.Filter{Match: match("thread", "t1")}, "a", "b")
	s.finds(process.Filter{Match: match("thread", "t1", "owner", "u1")}, "a")
	s.finds(process.Filter{Match: match("owner", "")}, "b")
	s.finds(process.Filter{State: "new", Match: match("source", "mail:sales"), Query: "A@EXAMPLE"}, "a")
	s.finds(process.Filter{Match: match("email", "A@example.com")})
	if err := s.View(background(), func(tx process.Tx) error {
		_, _, err := tx.Leads().List(process.Filter{Match: match("name", "a")})
		return err
	}); err == nil {
		s.Error("a column that no use case looks up by was taken")
	}
	if err := s.View(background(), func(tx process.Tx) error {
		_, _, err := tx.Links().List(process.Filter{State: "new"})
		return err
	}); err == nil {
		s.Error("a record without a state was filtered by it")
	}
	s.everyKey()
}

// everyKey looks up each record by each key that the use cases use.
func (s suite) everyKey() {
	var c chain
	s.tx(c.insert)
	one := func(n int, _ string, err error) error {
		if err == nil && n != 1 {
			return fmt.Errorf("%d records instead of 1", n)
		}
		return err
	}
	try := func(key, value string, list func(process.Tx, process.Filter) (int, string, error)) {
		s.Helper()
		if err := s.View(background(), func(tx process.Tx) error {
			return one(list(tx, process.Filter{Match: map[string]string{key: value}}))
		}); err != nil {
			s.Errorf("by %s: %v", key, err)
		}
	}
	for key, value := range map[string]string{"email": c.lead.Email, "thread": c.lead.Thread, "customer": c.customer.ID,
		"source": c.lead.Source, "owner": c.lead.Owner, "opportunity": c.lead.Opportunity} {
		try(key, value, count(process.Tx.Leads))
	}
	for key, value := range map[string]string{"email": c.customer.Email, "organisation_number": c.customer.OrganisationNumber, "domain": c.customer.Domain} {
		try(key, value, count(process.Tx.Customers))
	}
	for key, value := range map[string]string{"email": c.contact.Email, "customer": c.customer.ID} {
		try(key, value, count(process.Tx.Contacts))
	}
	for key, value := range map[string]string{"customer": c.customer.ID, "thread": c.opportunity.Thread, "lead": c.lead.ID} {
		try(key, value, count(process.Tx.Opportunities))
	}
	for key, value := range map[string]string{"number": c.order.Number, "customer": c.customer.ID, "quote": c.quote.ID,
		"opportunity": c.opportunity.ID, "thread": c.order.Thread} {
		try(key, value, count(process.Tx.Orders))
	}
	try("number", c.invoice.Number, count(process.Tx.Invoices))
	for key, value := range map[string]string{"number": c.credit.Number, "invoice": c.invoice.ID, "customer": c.customer.ID, "thread": c.credit.Thread} {
		try(key, value, count(process.Tx.CreditNotes))
	}
	for key, value := range map[string]string{"invoice": c.invoice.ID, "customer": c.customer.ID, "thread": c.payment.Thread} {
		try(key, value, count(process.Tx.Payments))
	}
	try("sku", c.product.SKU, count(process.Tx.Products))
	try("currency", c.prices.Currency, count(process.Tx.PriceLists))
	for key, value := range map[string]string{"owner": c.task.Owner, "about_id": c.task.About.ID, "thread": c.task.Thread} {
		try(key, value, count(process.Tx.Tasks))
	}
	for key, value := range map[string]string{"about_id": c.delivery.About.ID, "message_id": c.delivery.MessageID, "to": c.delivery.To,
		"kind": c.delivery.Kind, "thread": c.delivery.Thread} {
		try(key, value, count(process.Tx.Deliveries))
	}
	for key, value := range map[string]string{"message_id": c.message.MessageID, "from": c.message.From,
		"thread": c.message.Thread, "about_id": c.message.About.ID, "mailbox": c.message.Mailbox, "customer": c.customer.ID} {
		try(key, value, count(process.Tx.Messages))
	}
	for key, value := range map[string]string{"source": c.quarantine.Source, "origin_id": c.quarantine.Origin.ID} {
		try(key, value, count(process.Tx.Quarantine))
	}
	for key, value := range map[string]string{"source": c.submission.Source, "event_id": c.submission.EventID, "result_id": c.submission.Result.ID} {
		try(key, value, count(process.Tx.Submissions))
	}
	try("email", c.user.Email, count(process.Tx.Users))
	try("token_hash", c.session.TokenHash, count(process.Tx.Sessions))
	try("user", c.user.ID, count(process.Tx.Sessions))
	try("token_hash", c.token.TokenHash, count(process.Tx.Tokens))
	try("name", c.token.Name, count(process.Tx.Tokens))
	try("token_hash", c.link.TokenHash, count(process.Tx.Links))
	try("about_id", c.link.About.ID, count(process.Tx.Links))
	// Quotes: two revisions of one number; invoices: the draft and the issued one.
	two := func(list func(process.Tx, process.Filter) (int, string, error)) func(process.Tx, process.Filter) (int, string, error) {
		return func(tx process.Tx, f process.Filter) (int, string, error) {
			n, next, err := list(tx, f)
			return n - 1, next, err
		}
	}
	for key, value := range map[string]string{"number": c.quote.Number, "customer": c.customer.ID, "opportunity": c.opportunity.ID,
		"thread": c.quote.Thread, "order": c.quote.Order} {
		try(key, value, two(count(process.Tx.Quotes)))
	}
	for key, value := range map[string]string{"customer": c.customer.ID, "order": c.order.ID, "thread": c.invoice.Thread,
		"payment_reference": c.invoice.PaymentReference} {
		try(key, value, two(count(process.Tx.Invoices)))
	}
}

func count[T any](records func(process.Tx) process.Records[T]) func(process.Tx, process.Filter) (int, string, error) {
	return func(tx process.Tx, f process.Filter) (int, string, error) {
		list, next, err := records(tx).List(f)
		return len(list), next, err
	}
}

func searching(s suite) {
	s.tx(func(tx process.Tx) error {
		for _, l := range []*process.Lead{
			{State: "new", Name: "a", Company: "Ærlig Øst AS", Message: "Vi ønsker 100% dekning"},
			{State: "new", Name: "b", Company: "ÅLESUND BÅT", Email: "post_kasse@example.com"},
			{State: "new", Name: "c", Company: "Øst og Vest", Address: process.Address{City: "Tromsø"}},
			{State: "new", Name: "d", Company: "Groß Straße", Message: `sti C:\temp`},
		} {
			if err := tx.Leads().Insert(l); err != nil {
				return err
			}
		}
		return nil
	})
	for query, want := range map[string][]string{
		"øst": {"a", "c"}, "ØST": {"a", "c"}, "øst ærlig": {"a"}, "ærlig øst": {"a"}, "ålesund": {"b"}, "Båt": {"b"},
		"a\u030Alesund": {"b"}, // decomposed
		"tromsø":        {"c"}, "100%": {"a"}, "%": {"a"}, "post_": {"b"}, "_": {"b"}, `c:\t`: {"d"}, "straße": {"d"},
		"finnes ikke": nil, "øst finnes": nil, "   ": {"a", "b", "c", "d"}, "'; --": nil,
	} {
		s.finds(process.Filter{Query: query}, want...)
	}
	s.view(func(tx process.Tx) error {
		_, _, err := tx.Leads().List(process.Filter{Query: "a b c d e f g h i j k l m n o"})
		if process.CodeOf(err) != process.CodeInvalid {
			return fmt.Errorf("a search of 15 words: %v", err)
		}
		return nil
	})
	l := s.insertLead("før")
	l.Name = "etter"
	s.tx(func(tx process.Tx) error { return tx.Leads().Update(l) })
	s.finds(process.Filter{Query: "etter"}, "etter")
}

func timeline(s suite) {
	at := time.UnixMicro(1_760_000_000_000_000).UTC()
	var want []process.Activity
	s.tx(func(tx process.Tx) error {
		for i := range 30 {
			a := process.Activity{ID: process.NewID(at), At: at, Type: "lead.noted", About: process.Ref{Type: "lead", ID: "l1"}, Thread: "t1",
				Actor: process.Actor{Kind: process.ActorUser, ID: "u1", Name: "Åse", Role: process.RoleSales, Channel: "console"},
				From:  "new", To: "contacted", Why: "fordi", Data: map[string]string{"n": fmt.Sprint(i)}, Related: process.Ref{Type: "message", ID: "m1"}}
			want = append(want, a)
			if err := tx.AddActivity(a); err != nil {
				return err
			}
		}
		return tx.AddActivity(process.Activity{At: at, Type: "lead.other", About: process.Ref{Type: "lead", ID: "l2"}, Thread: "t2"})
	})
	slices.Reverse(want)
	var got []process.Activity
	f := process.Filter{Limit: 8, Match: map[string]string{"thread": "t1", "about_type": "lead", "about_id": "l1", "type": "lead.noted", "related_id": "m1"}}
	for pages := 0; pages == 0 || f.Cursor != ""; pages++ {
		s.view(func(tx process.Tx) error {
			list, next, err := tx.Activities(f)
			got, f.Cursor = append(got, list...), next
			return err
		})
	}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		s.Errorf("the timeline is\n%v\nwant\n%v", got, want)
	}
	s.code(s.View(background(), func(tx process.Tx) error {
		_, _, err := tx.Activities(process.Filter{Cursor: "YWN0aXZpdHk6eA"})
		return err
	}), process.CodeInvalid, "")
}

func strangeText(s suite) {
	l := &process.Lead{State: "new", Name: "null\x00byte", Message: "broken \xff\xfe utf-8", Subject: "👍 ‮ \u2028 '\"$1?1 %s",
		Attachments: []process.Attachment{{Name: "a\x00\xffb"}}}
	s.tx(func(tx process.Tx) error { return tx.Leads().Insert(l) })
	s.view(func(tx process.Tx) error {
		got, err := tx.Leads().Get(l.ID)
		if err == nil && (got.Name != "null\ufffdbyte" || got.Message != "broken \ufffd utf-8" || got.Subject != l.Subject || len(got.Attachments) != 1) {
			s.Errorf("came back as %+v", got)
		}
		return err
	})
	s.finds(process.Filter{Query: "null\x00byte"}, "null\ufffdbyte")
	s.code(s.View(background(), func(tx process.Tx) error { _, err := tx.Leads().Get("a\x00\xff"); return err }), process.CodeNotFound, "")
}
