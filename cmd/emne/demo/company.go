package demo

import (
	"context"
	"fmt"

	"github.com/shopspring/decimal"

	"github.com/emne/emne/process"
	"github.com/emne/emne/templates"
)

// The demo's addresses.
const (
	SalesAddress = "sales@demo.example"
	OwnerAddress = "owner@demo.example"
)

// Settings are those of the demo's company; it is invented, its numbers have
// right check digits.
func Settings(language string) process.Settings {
	st := process.DefaultSettings()
	st.Language = language
	st.Company = process.Company{
		Name: "Fjordlys Design AS", OrganisationNumber: "974760673", OrganisationScheme: "0192", VATNumber: "NO974760673MVA",
		TaxRegistration: "Foretaksregisteret", Address: process.Address{Street: "Bryggen 7", Postcode: "5003", City: "Bergen", Country: "NO"},
		Email: SalesAddress, Phone: "+47 55 00 00 00", Web: "https://demo.example", BankAccount: "97104133219",
		EInvoiceAddress: process.Endpoint{Scheme: "0192", ID: "974760673"},
	}
	st.Mail.Acknowledge = true
	st.Mail.AcknowledgePerHour = 1000
	return st
}

// Products are what the demo's company sells, in the language of the labels.
func Products(labels templates.Labels) []process.ProductInput {
	price := decimal.RequireFromString
	return []process.ProductInput{
		{SKU: "DESIGN", Name: labels.Say("product.design"), Unit: "HUR", UnitPrice: price("1250.00")},
		{SKU: "SITE", Name: labels.Say("product.site"), Unit: "C62", UnitPrice: price("38000.00")},
		{SKU: "HOSTING", Name: labels.Say("product.hosting"), Unit: "MON", UnitPrice: price("490.00")},
		{SKU: "PRINT", Name: labels.Say("product.print"), Unit: "H87", UnitPrice: price("18.5000")},
	}
}

// Furnish adds the demo's products to an installation that has none.
func Furnish(ctx context.Context, s *process.Service, a process.Actor, set *templates.Set, language string) error {
	have, _, err := s.Products().List(ctx, a, process.Filter{Limit: 1})
	if err != nil || len(have) > 0 {
		return err
	}
	for _, p := range Products(set.Labels("demo", language)) {
		if _, err := s.CreateProduct(ctx, a, p); err != nil {
			return fmt.Errorf("adding the product %s: %w", p.SKU, err)
		}
	}
	return nil
}
