package store

import (
	"maps"
	"slices"

	"github.com/emne/emne/process"
)

func orderTable() table[process.Order] {
	return table[process.Order]{
		name: "sales_order", record: process.TypeOrder,
		columns: `state progress number quote_id opportunity_id customer_id contact_id owner title recipient language
			currency net_minor vat_minor gross_minor rounding_minor adjusted_minor adjustments prices_include_vat customer_reference delivery_date delivery_address payment_request payment_reference prepaid_minor deducted_minor deposited_minor sha256 thread project contract`,
		base: func(o *process.Order) *process.Record { return &o.Record },
		fields: func(o *process.Order) []any {
			return []any{&o.State, &o.Progress, ref{&o.Number}, ref{&o.Quote}, ref{&o.Opportunity}, ref{&o.Customer},
				ref{&o.Contact}, ref{&o.Owner}, &o.Title, &o.Recipient, &o.Language, &o.Currency,
				money{&o.Net, &o.Currency}, money{&o.VAT, &o.Currency}, money{&o.Gross, &o.Currency}, money{&o.Rounding, &o.Currency}, money{&o.Adjusted, &o.Currency},
				object{&o.Adjustments}, &o.PricesIncludeVAT,
				&o.CustomerReference, &o.DeliveryDate, object{&o.DeliveryAddress}, object{&o.Request}, ref{&o.PaymentReference},
				money{&o.Prepaid, &o.Currency}, money{&o.Deducted, &o.Currency}, money{&o.Deposited, &o.Currency}, &o.SHA256, &o.Thread, &o.Project, &o.Contract}
		},
		search: func(o *process.Order) []string {
			return append(lineTexts(o.Lines), o.Number, o.Title, o.Recipient, o.CustomerReference, o.Project, o.Contract)
		},
		keys: map[string]string{"number": "number", "progress": "progress", "customer": "customer_id", "quote": "quote_id",
			"opportunity": "opportunity_id", "thread": "thread", "owner": "owner", "payment_reference": "payment_reference"},
		document: func(o *process.Order) document { return document{o.ID, &o.Currency, &o.Lines, &o.VATGroups} },
	}
}

func priceListTable() table[process.PriceList] {
	return table[process.PriceList]{
		name: "price_list", record: process.TypePriceList,
		columns: `state name currency valid_from valid_until customer_id customer_group prices`,
		base:    func(l *process.PriceList) *process.Record { return &l.Record },
		fields: func(l *process.PriceList) []any {
			return []any{&l.State, &l.Name, &l.Currency, &l.ValidFrom, &l.ValidUntil, ref{&l.Customer}, ref{&l.Group}, object{&l.Prices}}
		},
		search: func(l *process.PriceList) []string { return []string{l.Name, l.Group} },
		keys:   map[string]string{"currency": "currency", "customer": "customer_id", "group": "customer_group"},
	}
}

func productTable() table[process.Product] {
	return table[process.Product]{
		name: "product", record: process.TypeProduct,
		columns: `state sku name description unit unit_price currency vat_category vat_rate names texts cost
			vat_by_country bundle show_parts picture`,
		base: func(p *process.Product) *process.Record { return &p.Record },
		fields: func(p *process.Product) []any {
			return []any{&p.State, &p.SKU, &p.Name, &p.Description, &p.Unit, exact{&p.UnitPrice}, &p.Currency,
				&p.VAT.Category, exact{&p.VAT.Rate}, object{&p.Names}, object{&p.Texts}, exact{&p.Cost}, object{&p.VATByCountry}, object{&p.Bundle}, &p.ShowParts, &p.Picture}
		},
		search: func(p *process.Product) []string {
			texts := []string{p.SKU, p.Name, p.Description}
			for _, language := range slices.Sorted(maps.Keys(p.Names)) {
				texts = append(texts, p.Names[language])
			}
			return texts
		},
		keys: map[string]string{"sku": "sku"},
	}
}
