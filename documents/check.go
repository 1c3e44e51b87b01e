package documents

import (
	"fmt"
	"slices"
	"strings"

	"github.com/emne/emne/process"
)

// Check lists what stands in the way of issuing s. The number is not asked
// for: it is taken after the check. A quote needs seller, buyer and a line;
// invoices and credit notes what EN 16931-1 asks for, the buyer's address or
// organisation number, and an invoice its date of supply. Problems with a
// channel close the e-invoice alone.
//
// Field is the path of what to mend: company.… in the settings, customer.… of
// the customer, anything else in the document itself.
func (d *Documents) Check(s process.Snapshot) []process.Problem {
	c := &checker{s: s}
	c.need(s.Seller.Name, "company.name", "BR-06", "seller.name.missing", "enter the company's name in the settings")
	c.need(s.Buyer.Name, "customer.name", "BR-07", "buyer.name.missing", "enter the customer's name")
	if !slices.ContainsFunc(s.Lines, process.Line.Sold) {
		c.bad("lines", "BR-16", "lines.missing", "add at least one line")
	}
	if s.Kind.Accounted() {
		c.parties()
		c.dates()
		c.vat()
		c.lines()
		c.sums()
		if s.TaxCurrency != "" && s.TaxCurrency != s.Currency && s.TaxTotal == nil && s.VAT.Minor != 0 {
			c.bad("exchange.rate", "BR-53", "exchange.missing", "enter the exchange rate: VAT is stated in %s too", s.TaxCurrency)
		}
	}
	for _, g := range d.renderer.Gaps(s) {
		field := strings.Replace(strings.Replace(g.Field, "seller.", "company.", 1), "buyer.", "customer.", 1)
		c.bad(field, "", "text.unprintable", "write the text without %q: the documents' fonts do not have these characters", g.Runes)
	}
	return append(c.problems, d.checkEInvoice(s, c.problems)...)
}

// checker gathers problems.
type checker struct {
	s        process.Snapshot
	problems []process.Problem
}

func (c *checker) bad(field, rule, reason, format string, args ...any) {
	c.problems = append(c.problems, process.Problem{Field: field, Rule: rule, Reason: reason, Message: fmt.Sprintf(format, args...)})
}

func (c *checker) need(value, field, rule, reason, message string) {
	if strings.TrimSpace(value) == "" {
		c.bad(field, rule, reason, "%s", message)
	}
}

func (c *checker) parties() {
	seller, buyer := c.s.Seller, c.s.Buyer
	c.need(seller.Address.Country, "company.address.country", "BR-09", "seller.country.missing", "enter the company's country in the settings")
	c.need(buyer.Address.Country, "customer.address.country", "BR-11", "buyer.country.missing", "enter the customer's country")
	if buyer.Address.IsZero() && buyer.OrganisationNumber == "" {
		c.bad("customer.address", "", "buyer.address.missing", "enter the customer's address or organisation number")
	}
	c.need(seller.OrganisationNumber+seller.VATNumber, "company.organisation_number", "BR-CO-26", "seller.identifier.missing",
		"enter the company's organisation number or VAT number in the settings")
	if c.s.Kind == process.KindCreditNote && (c.s.Preceding == nil || c.s.Preceding.Number == "") {
		c.bad("preceding", "BR-55", "preceding.missing", "name the invoice that is credited")
	}
}

func (c *checker) dates() {
	if !c.s.IssueDate.Valid() {
		c.bad("issue_date", "BR-03", "issue_date.missing", "enter the date of the document")
	}
	if c.s.PeriodStart != "" && c.s.PeriodEnd != "" && c.s.PeriodEnd < c.s.PeriodStart {
		c.bad("period_end", "BR-29", "period.backwards", "let the period end on its first day or later")
	}
	within := slices.ContainsFunc(c.s.VATGroups, func(g process.VATGroup) bool { return g.Category == "K" })
	if within && !c.s.SupplyDate.Valid() {
		c.bad("supply_date", "BR-IC-11", "supply_date.missing", "enter the date of supply: VAT category K asks for it")
	}
	if c.s.Kind != process.KindInvoice {
		return
	}
	if !within && !c.s.Deposit && !c.s.SupplyDate.Valid() { // nothing is supplied yet
		c.bad("supply_date", "", "supply_date.missing", "enter the date of supply")
	}
	if c.s.Payable.Minor > 0 && !c.s.DueDate.Valid() && strings.TrimSpace(c.s.PaymentTerms) == "" {
		c.bad("due_date", "BR-CO-25", "due_date.missing", "enter a due date or payment terms")
	}
}

// vat checks what the categories of the lines ask of the parties (BR-S-02 and
// its like) and of each other.
func (c *checker) vat() {
	rules := map[string]string{"S": "BR-S", "Z": "BR-Z", "E": "BR-E", "AE": "BR-AE", "K": "BR-IC", "G": "BR-G", "O": "BR-O"}
	seen := map[string]bool{}
	var categories []string
	for _, l := range c.s.Lines {
		if l.Sold() {
			categories = append(categories, l.VAT.Category)
		}
	}
	for _, a := range c.s.Adjustments {
		for _, x := range a.Shares {
			categories = append(categories, x.VAT.Category)
		}
	}
	for _, category := range categories {
		rule, known := rules[category]
		if seen[category] || !known {
			continue
		}
		seen[category] = true
		if category != "O" && c.s.Seller.VATNumber == "" && (category == "K" || category == "G" || !taxNumber(c.s.Seller)) {
			c.bad("company.vat_number", rule+"-02", "seller.vat_number.missing", "enter the company's VAT number in the settings: VAT category %s asks for it", category)
		}
		switch {
		case category == "K" && c.s.Buyer.VATNumber == "",
			category == "AE" && c.s.Buyer.VATNumber == "" && c.s.Buyer.OrganisationNumber == "":
			c.bad("customer.vat_number", rule+"-02", "buyer.vat_number.missing", "enter the customer's VAT number: VAT category %s asks for it", category)
		}
	}
	if seen["O"] && len(seen) > 1 {
		c.bad("lines", "BR-O-11", "vat.category.mixed", "put what is outside the scope of VAT (category O) on a document of its own")
	}
}

// taxNumber reports whether the seller is known to the tax office by a number
// (BT-32), such as Germany's Steuernummer; Norway and Sweden have words there.
func taxNumber(seller process.Party) bool {
	country := seller.Address.Country
	return country != "NO" && country != "SE" && strings.ContainsAny(seller.TaxRegistration, "0123456789")
}

func (c *checker) lines() {
	for i, l := range c.s.Lines {
		if !l.Sold() {
			continue
		}
		field := fmt.Sprintf("lines[%d]", i)
		c.need(l.ID, field+".id", "BR-21", "line.id.missing", "give the line an id")
		c.need(l.Unit, field+".unit", "BR-23", "line.unit.missing", "enter the line's unit, such as HUR or C62")
		c.need(l.Description, field+".description", "BR-25", "line.description.missing", "describe what the line is for")
		if l.UnitPrice.IsNegative() {
			c.bad(field+".unit_price", "BR-27", "line.price.negative", "make the quantity negative instead of the price")
		}
	}
}
