package einvoice

import (
	"encoding/base64"
	"fmt"
	"strings"

	"github.com/emne/emne/process"
)

// What Peppol BIS Billing 3.0 is called (BT-24, BT-23). EHF is the same.
const (
	customization = "urn:cen.eu:en16931:2017#compliant#urn:fdc:peppol.eu:2017:poacc:billing:3.0"
	profile       = "urn:fdc:peppol.eu:2017:poacc:billing:01:1.0"
)

// UBL writes the model as an Invoice or CreditNote of UBL 2.1, as Peppol BIS
// Billing 3.0 wants it. It fails for a currency that the standard cannot write.
func UBL(m Model) ([]byte, error) {
	if err := m.writable(); err != nil {
		return nil, err
	}
	kind := "Invoice"
	if m.CreditNote() {
		kind = "CreditNote"
	}
	root := &element{name: kind, attributes: []string{
		"xmlns", "urn:oasis:names:specification:ubl:schema:xsd:" + kind + "-2",
		"xmlns:cac", "urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2",
		"xmlns:cbc", "urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2",
	}}
	root.add(leaf("cbc:CustomizationID", customization), leaf("cbc:ProfileID", profile), leaf("cbc:ID", m.Number), leaf("cbc:IssueDate", string(m.IssueDate)))
	if !m.CreditNote() { // a credit note has it at the means of payment
		root.add(leaf("cbc:DueDate", string(m.DueDate)))
	}
	root.add(
		leaf("cbc:"+kind+"TypeCode", m.ublType()),
		leaf("cbc:Note", m.words()), // one alone (PEPPOL-EN16931-R002)
		leaf("cbc:DocumentCurrencyCode", m.Currency),
		leaf("cbc:TaxCurrencyCode", m.TaxCurrency),
		leaf("cbc:BuyerReference", m.BuyerReference),
		ublPeriod(m.Period),
		m.ublOrder())
	for _, r := range m.Preceding {
		root.add(branch("cac:BillingReference", branch("cac:InvoiceDocumentReference", leaf("cbc:ID", r.Number), leaf("cbc:IssueDate", string(r.Date)))))
	}
	root.add(branch("cac:ContractDocumentReference", leaf("cbc:ID", m.Contract)))
	if m.CreditNote() && m.Project != "" { // UBL 2.1 has no other place for it there
		root.add(branch("cac:AdditionalDocumentReference", leaf("cbc:ID", m.Project), leaf("cbc:DocumentTypeCode", "50")))
	}
	for _, f := range m.Enclosed {
		root.add(f.ubl())
	}
	if !m.CreditNote() {
		root.add(branch("cac:ProjectReference", leaf("cbc:ID", m.Project)))
	}
	root.add(
		branch("cac:AccountingSupplierParty", ublParty(m.Seller)),
		branch("cac:AccountingCustomerParty", ublParty(m.Buyer)),
		m.Delivery.ubl(),
		m.ublPayment(),
		branch("cac:PaymentTerms", leaf("cbc:Note", m.PaymentTerms)))
	for _, a := range m.Allowances {
		root.add(ublAdjustment(a, false))
	}
	for _, c := range m.Charges {
		root.add(ublAdjustment(c, true))
	}
	root.add(m.ublTax())
	if m.Totals.TaxVAT != nil {
		root.add(branch("cac:TaxTotal", ublAmount("cbc:TaxAmount", *m.Totals.TaxVAT)))
	}
	root.add(m.Totals.ubl())
	for _, l := range m.Lines {
		root.add(ublLine(l, m.CreditNote()))
	}
	return document(root), nil
}

func (m Model) ublType() string {
	if m.TypeCode == TypeDeposit && m.german() {
		return TypePartial
	}
	return m.TypeCode
}

// words are all notes in one.
func (m Model) words() string {
	texts := make([]string, len(m.Notes))
	for i, n := range m.Notes {
		texts[i] = n.Text
	}
	return strings.Join(texts, "\n\n")
}

// noOrder stands for the buyer's order number where only the seller's is known:
// UBL asks for it (Peppol BIS Billing 3.0, cac:OrderReference).
const noOrder = "NA"

func (m Model) ublOrder() *element {
	purchase := m.PurchaseOrder
	if purchase == "" && m.SalesOrder != "" {
		purchase = noOrder
	}
	return branch("cac:OrderReference", leaf("cbc:ID", purchase), leaf("cbc:SalesOrderID", m.SalesOrder))
}

func (f File) ubl() *element {
	return branch("cac:AdditionalDocumentReference", leaf("cbc:ID", f.ID), leaf("cbc:DocumentDescription", f.Description),
		branch("cac:Attachment", leaf("cbc:EmbeddedDocumentBinaryObject", base64.StdEncoding.EncodeToString(f.Content), "mimeCode", f.MIME, "filename", f.Name)))
}

func ublParty(p Party) *element {
	return branch("cac:Party",
		leaf("cbc:EndpointID", p.Endpoint.ID, "schemeID", p.Endpoint.Scheme),
		ublAddress("cac:PostalAddress", p.Address),
		ublTaxScheme(p.VATNumber, "VAT"),
		ublTaxScheme(p.TaxRegistration, "TAX"),
		branch("cac:PartyLegalEntity", leaf("cbc:RegistrationName", p.Name), leaf("cbc:CompanyID", p.Legal.ID, "schemeID", p.Legal.Scheme)),
		branch("cac:Contact", leaf("cbc:Name", p.ContactName), leaf("cbc:Telephone", p.Phone), leaf("cbc:ElectronicMail", p.Email)))
}

func ublTaxScheme(id, scheme string) *element {
	if id == "" {
		return nil
	}
	return branch("cac:PartyTaxScheme", leaf("cbc:CompanyID", id), branch("cac:TaxScheme", leaf("cbc:ID", scheme)))
}

func ublAddress(name string, a process.Address) *element {
	return branch(name,
		leaf("cbc:StreetName", a.Street), leaf("cbc:AdditionalStreetName", a.Street2), leaf("cbc:CityName", a.City),
		leaf("cbc:PostalZone", a.Postcode), branch("cac:Country", leaf("cbc:IdentificationCode", a.Country)))
}

func (d Delivery) ubl() *element {
	var location *element
	if d.Address != nil {
		location = branch("cac:DeliveryLocation", ublAddress("cac:Address", *d.Address))
	}
	return branch("cac:Delivery", leaf("cbc:ActualDeliveryDate", string(d.Date)), location)
}

func (m Model) ublPayment() *element {
	p := m.Payment
	if p.Code == "" {
		return nil
	}
	due := ""
	if m.CreditNote() {
		due = string(m.DueDate)
	}
	return branch("cac:PaymentMeans",
		leaf("cbc:PaymentMeansCode", p.Code),
		leaf("cbc:PaymentDueDate", due),
		leaf("cbc:PaymentID", p.Reference),
		branch("cac:PayeeFinancialAccount", leaf("cbc:ID", p.IBAN+p.Account),
			branch("cac:FinancialInstitutionBranch", leaf("cbc:ID", p.BIC))))
}

func ublAdjustment(a Adjustment, charge bool) *element {
	e := branch("cac:AllowanceCharge", leaf("cbc:ChargeIndicator", fmt.Sprint(charge)),
		leaf("cbc:AllowanceChargeReasonCode", a.ReasonCode), leaf("cbc:AllowanceChargeReason", a.Reason))
	if a.Base != nil {
		e.add(leaf("cbc:MultiplierFactorNumeric", a.Percent.String()))
	}
	e.add(ublAmount("cbc:Amount", a.Amount))
	if a.Base != nil {
		e.add(ublAmount("cbc:BaseAmount", *a.Base))
	}
	if a.VAT.Category != "" {
		e.add(ublCategory("cac:TaxCategory", VAT{Category: a.VAT.Category, Rate: a.VAT.Rate}))
	}
	return e
}

func ublCategory(name string, v VAT) *element {
	return branch(name, leaf("cbc:ID", v.Category), leaf("cbc:Percent", rate(process.VAT{Category: v.Category, Rate: v.Rate})),
		leaf("cbc:TaxExemptionReasonCode", v.ReasonCode), leaf("cbc:TaxExemptionReason", v.Reason),
		branch("cac:TaxScheme", leaf("cbc:ID", "VAT")))
}

func (m Model) ublTax() *element {
	e := branch("cac:TaxTotal", ublAmount("cbc:TaxAmount", m.Totals.VAT))
	for _, v := range m.VAT {
		category := ublCategory("cac:TaxCategory", v)
		if v.Category == "O" && m.Seller.Address.Country == "DE" { // DE-R-014 asks for a rate of what has none
			category = branch("cac:TaxCategory", leaf("cbc:ID", v.Category), leaf("cbc:Percent", v.Rate.String()),
				leaf("cbc:TaxExemptionReasonCode", v.ReasonCode), leaf("cbc:TaxExemptionReason", v.Reason), branch("cac:TaxScheme", leaf("cbc:ID", "VAT")))
		}
		e.add(branch("cac:TaxSubtotal", ublAmount("cbc:TaxableAmount", v.Base), ublAmount("cbc:TaxAmount", v.Amount), category))
	}
	return e
}

func (t Totals) ubl() *element {
	e := branch("cac:LegalMonetaryTotal", ublAmount("cbc:LineExtensionAmount", t.Lines),
		ublAmount("cbc:TaxExclusiveAmount", t.Net), ublAmount("cbc:TaxInclusiveAmount", t.Gross))
	if t.Allowances != nil {
		e.add(ublAmount("cbc:AllowanceTotalAmount", *t.Allowances))
	}
	if t.Charges != nil {
		e.add(ublAmount("cbc:ChargeTotalAmount", *t.Charges))
	}
	if !t.Prepaid.IsZero() {
		e.add(ublAmount("cbc:PrepaidAmount", t.Prepaid))
	}
	if !t.Rounding.IsZero() {
		e.add(ublAmount("cbc:PayableRoundingAmount", t.Rounding))
	}
	return e.add(ublAmount("cbc:PayableAmount", t.Payable))
}

func ublLine(l Line, credit bool) *element {
	name, quantity := "cac:InvoiceLine", "cbc:InvoicedQuantity"
	if credit {
		name, quantity = "cac:CreditNoteLine", "cbc:CreditedQuantity"
	}
	e := branch(name, leaf("cbc:ID", l.ID), leaf("cbc:Note", l.Note), leaf(quantity, l.Quantity.String(), "unitCode", l.Unit),
		ublAmount("cbc:LineExtensionAmount", l.Net), ublPeriod(l.Period))
	for _, a := range l.Allowances {
		e.add(ublAdjustment(a, false))
	}
	for _, c := range l.Charges {
		e.add(ublAdjustment(c, true))
	}
	return e.add(
		branch("cac:Item", leaf("cbc:Description", l.Description), leaf("cbc:Name", l.Name),
			branch("cac:SellersItemIdentification", leaf("cbc:ID", l.SellersItem)),
			ublCategory("cac:ClassifiedTaxCategory", VAT{Category: l.VAT.Category, Rate: l.VAT.Rate})),
		branch("cac:Price", leaf("cbc:PriceAmount", l.Price.String(), "currencyID", l.Net.Currency)))
}

func ublPeriod(p Period) *element {
	return branch("cac:InvoicePeriod", leaf("cbc:StartDate", string(p.Start)), leaf("cbc:EndDate", string(p.End)))
}

func ublAmount(name string, m process.Money) *element {
	return amount(name, m, "currencyID", m.Currency)
}
