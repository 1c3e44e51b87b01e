package store

import "github.com/emne/emne/process"

func opportunityTable() table[process.Opportunity] {
	return table[process.Opportunity]{
		name: "opportunity", record: process.TypeOpportunity,
		columns: `state title customer_id contact_id lead_id owner currency net_minor vat_minor gross_minor rounding_minor adjusted_minor adjustments prices_include_vat
			estimated_revenue_minor manual_revenue estimated_close probability actual_revenue_minor closed_at
			reason competitor thread stage`,
		base: func(o *process.Opportunity) *process.Record { return &o.Record },
		fields: func(o *process.Opportunity) []any {
			return []any{&o.State, &o.Title, ref{&o.Customer}, ref{&o.Contact}, ref{&o.Lead}, ref{&o.Owner}, &o.Currency,
				money{&o.Net, &o.Currency}, money{&o.VAT, &o.Currency}, money{&o.Gross, &o.Currency}, money{&o.Rounding, &o.Currency}, money{&o.Adjusted, &o.Currency},
				object{&o.Adjustments}, &o.PricesIncludeVAT,
				money{&o.EstimatedRevenue, &o.Currency}, &o.ManualRevenue, &o.EstimatedClose, &o.Probability,
				moneyOrNull{&o.ActualRevenue, &o.Currency}, microsOrNull{&o.ClosedAt}, &o.Reason, &o.Competitor, &o.Thread, &o.Stage}
		},
		search: func(o *process.Opportunity) []string {
			return append(lineTexts(o.Lines), o.Title, o.Reason, o.Competitor)
		},
		keys: map[string]string{"customer": "customer_id", "thread": "thread", "lead": "lead_id", "owner": "owner", "contact": "contact_id", "stage": "stage"},
		document: func(o *process.Opportunity) document {
			return document{o.ID, &o.Currency, &o.Lines, &o.VATGroups}
		},
	}
}

func quoteTable() table[process.Quote] {
	return table[process.Quote]{
		name: "quote", record: process.TypeQuote,
		columns: `state closed_reason number revision opportunity_id customer_id contact_id owner title recipient
			language currency net_minor vat_minor gross_minor rounding_minor adjusted_minor adjustments prices_include_vat introduction terms valid_until customer_reference
			prepayment followed_up sent_at sha256 acceptance reason comment order_id previous_id next_id thread project contract`,
		base: func(q *process.Quote) *process.Record { return &q.Record },
		fields: func(q *process.Quote) []any {
			return []any{&q.State, &q.ClosedReason, ref{&q.Number}, &q.Revision, ref{&q.Opportunity}, ref{&q.Customer},
				ref{&q.Contact}, ref{&q.Owner}, &q.Title, &q.Recipient, &q.Language, &q.Currency,
				money{&q.Net, &q.Currency}, money{&q.VAT, &q.Currency}, money{&q.Gross, &q.Currency}, money{&q.Rounding, &q.Currency}, money{&q.Adjusted, &q.Currency},
				object{&q.Adjustments}, &q.PricesIncludeVAT,
				&q.Introduction, &q.Terms, &q.ValidUntil, &q.CustomerReference, object{&q.Prepayment}, object{&q.FollowedUp}, microsOrNull{&q.SentAt}, &q.SHA256,
				object{&q.Acceptance}, &q.Reason, &q.Comment, ref{&q.Order}, ref{&q.Previous}, ref{&q.Next}, &q.Thread, &q.Project, &q.Contract}
		},
		search: func(q *process.Quote) []string {
			return append(lineTexts(q.Lines), q.Number, q.Title, q.Recipient, q.CustomerReference, q.Project, q.Contract)
		},
		keys: map[string]string{"number": "number", "customer": "customer_id", "opportunity": "opportunity_id",
			"thread": "thread", "order": "order_id", "owner": "owner", "previous": "previous_id"},
		document: func(q *process.Quote) document { return document{q.ID, &q.Currency, &q.Lines, &q.VATGroups} },
	}
}
