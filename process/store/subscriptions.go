package store

import "github.com/emne/emne/process"

func subscriptionTable() table[process.Subscription] {
	return table[process.Subscription]{
		name: "subscription", record: process.TypeSubscription,
		columns: `state customer_id contact_id owner title recipient language currency net_minor vat_minor gross_minor rounding_minor adjusted_minor
			rule day cron start_date end_date next_date arrears issue buyer_reference customer_reference prices thread project contract`,
		base: func(s *process.Subscription) *process.Record { return &s.Record },
		fields: func(s *process.Subscription) []any {
			return []any{&s.State, ref{&s.Customer}, ref{&s.Contact}, ref{&s.Owner}, &s.Title, &s.Recipient, &s.Language, &s.Currency,
				money{&s.Net, &s.Currency}, money{&s.VAT, &s.Currency}, money{&s.Gross, &s.Currency}, money{&s.Rounding, &s.Currency}, money{&s.Adjusted, &s.Currency},
				&s.Rule, &s.Day, &s.Cron, &s.Start, &s.End, &s.Next, &s.Arrears, &s.Issue, &s.BuyerReference, &s.CustomerReference, object{&s.Prices}, &s.Thread, &s.Project, &s.Contract}
		},
		search: func(s *process.Subscription) []string {
			return append(lineTexts(s.Lines), s.Title, s.Recipient, s.BuyerReference, s.CustomerReference, s.Project, s.Contract)
		},
		keys: map[string]string{"customer": "customer_id", "owner": "owner", "next": "next_date", "thread": "thread"},
		document: func(s *process.Subscription) document {
			return document{s.ID, &s.Currency, &s.Lines, &s.VATGroups}
		},
	}
}
