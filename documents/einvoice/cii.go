package einvoice

import (
	"fmt"
	"strings"

	"github.com/emne/emne/process"
)

// guideline names the profile EN 16931 of Factur-X (BT-24).
const guideline = "urn:cen.eu:en16931:2017"

// CII writes the model as UN/CEFACT Cross Industry Invoice, in the order of
// the D16B schema. It fails for a currency that the standard cannot write.
func CII(m Model) ([]byte, error) {
	if err := m.writable(); err != nil {
		return nil, err
	}
	transaction := &element{name: "rsm:SupplyChainTradeTransaction"}
	for _, l := range m.Lines {
		transaction.add(ciiLine(l))
	}
	delivery := &element{name: "ram:ApplicableHeaderTradeDelivery"} // the schema asks for it, empty or not
	if a := m.Delivery.Address; a != nil {
		delivery.add(branch("ram:ShipToTradeParty", ciiAddress(*a)))
	}
	delivery.add(branch("ram:ActualDeliverySupplyChainEvent", ciiDate("ram:OccurrenceDateTime", m.Delivery.Date)))
	transaction.add(m.ciiAgreement(), delivery, m.ciiSettlement())

	header := branch("rsm:ExchangedDocument",
		leaf("ram:ID", m.Number),
		leaf("ram:TypeCode", m.TypeCode),
		ciiDate("ram:IssueDateTime", m.IssueDate))
	for _, n := range m.Notes {
		header.add(branch("ram:IncludedNote", leaf("ram:Content", n.Text), leaf("ram:SubjectCode", n.Subject)))
	}
	return document(&element{name: "rsm:CrossIndustryInvoice", attributes: []string{
		"xmlns:rsm", "urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100",
		"xmlns:ram", "urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100",
		"xmlns:qdt", "urn:un:unece:uncefact:data:standard:QualifiedDataType:100",
		"xmlns:udt", "urn:un:unece:uncefact:data:standard:UnqualifiedDataType:100",
	}, children: []*element{
		branch("rsm:ExchangedDocumentContext", branch("ram:BusinessProcessSpecifiedDocumentContextParameter", leaf("ram:ID", m.Process)),
			branch("ram:GuidelineSpecifiedDocumentContextParameter", leaf("ram:ID", guideline))),
		header, transaction,
	}}), nil
}

// writable refuses currencies of three decimals: EN 16931 knows two (BR-DEC-*).
func (m Model) writable() error {
	if process.Decimals(m.Currency) > 2 || m.TaxCurrency != "" && process.Decimals(m.TaxCurrency) > 2 {
		return fmt.Errorf("write %s: EN 16931 has no amounts with three decimals", m.Number)
	}
	return nil
}

func ciiLine(l Line) *element {
	settlement := branch("ram:SpecifiedLineTradeSettlement",
		branch("ram:ApplicableTradeTax", leaf("ram:TypeCode", "VAT"), leaf("ram:CategoryCode", l.VAT.Category), leaf("ram:RateApplicablePercent", rate(l.VAT))),
		ciiPeriod(l.Period))
	for _, a := range l.Allowances {
		settlement.add(ciiAdjustment(a, false))
	}
	for _, c := range l.Charges {
		settlement.add(ciiAdjustment(c, true))
	}
	settlement.add(branch("ram:SpecifiedTradeSettlementLineMonetarySummation", amount("ram:LineTotalAmount", l.Net)))
	return branch("ram:IncludedSupplyChainTradeLineItem",
		branch("ram:AssociatedDocumentLineDocument", leaf("ram:LineID", l.ID), branch("ram:IncludedNote", leaf("ram:Content", l.Note))),
		branch("ram:SpecifiedTradeProduct", leaf("ram:SellerAssignedID", l.SellersItem), leaf("ram:Name", l.Name), leaf("ram:Description", l.Description)),
		branch("ram:SpecifiedLineTradeAgreement", branch("ram:NetPriceProductTradePrice", leaf("ram:ChargeAmount", l.Price.String()))),
		branch("ram:SpecifiedLineTradeDelivery", leaf("ram:BilledQuantity", l.Quantity.String(), "unitCode", l.Unit)),
		settlement)
}

// rate is the rate of a category, none where there is no tax (BR-O-05).
func rate(v process.VAT) string {
	if v.Category == "O" {
		return ""
	}
	return v.Rate.String()
}

func ciiAdjustment(a Adjustment, charge bool) *element {
	e := branch("ram:SpecifiedTradeAllowanceCharge", branch("ram:ChargeIndicator", leaf("udt:Indicator", fmt.Sprint(charge))))
	if a.Base != nil {
		e.add(leaf("ram:CalculationPercent", a.Percent.String()), amount("ram:BasisAmount", *a.Base))
	}
	e.add(amount("ram:ActualAmount", a.Amount), leaf("ram:ReasonCode", a.ReasonCode), leaf("ram:Reason", a.Reason))
	if a.VAT.Category != "" {
		e.add(branch("ram:CategoryTradeTax", leaf("ram:TypeCode", "VAT"), leaf("ram:CategoryCode", a.VAT.Category), leaf("ram:RateApplicablePercent", rate(a.VAT))))
	}
	return e
}

func (m Model) ciiAgreement() *element {
	return branch("ram:ApplicableHeaderTradeAgreement",
		leaf("ram:BuyerReference", m.BuyerReference),
		ciiParty("ram:SellerTradeParty", m.Seller),
		ciiParty("ram:BuyerTradeParty", m.Buyer),
		branch("ram:SellerOrderReferencedDocument", leaf("ram:IssuerAssignedID", m.SalesOrder)),
		branch("ram:BuyerOrderReferencedDocument", leaf("ram:IssuerAssignedID", m.PurchaseOrder)),
		branch("ram:ContractReferencedDocument", leaf("ram:IssuerAssignedID", m.Contract)),
		ciiProject(m.Project))
}

// ciiProject has a name because the schema asks for one; EN 16931 knows none.
func ciiProject(id string) *element {
	if id == "" {
		return nil
	}
	return branch("ram:SpecifiedProcuringProject", leaf("ram:ID", id), leaf("ram:Name", "Project reference"))
}

func ciiParty(name string, p Party) *element {
	return branch(name,
		leaf("ram:Name", p.Name),
		branch("ram:SpecifiedLegalOrganization", leaf("ram:ID", p.Legal.ID, "schemeID", p.Legal.Scheme)),
		branch("ram:DefinedTradeContact",
			leaf("ram:PersonName", p.ContactName),
			branch("ram:TelephoneUniversalCommunication", leaf("ram:CompleteNumber", p.Phone)),
			branch("ram:EmailURIUniversalCommunication", leaf("ram:URIID", p.Email))),
		ciiAddress(p.Address),
		branch("ram:URIUniversalCommunication", leaf("ram:URIID", p.Endpoint.ID, "schemeID", p.Endpoint.Scheme)),
		branch("ram:SpecifiedTaxRegistration", leaf("ram:ID", p.VATNumber, "schemeID", "VA")),
		branch("ram:SpecifiedTaxRegistration", leaf("ram:ID", p.TaxRegistration, "schemeID", "FC")))
}

func ciiAddress(a process.Address) *element {
	return branch("ram:PostalTradeAddress",
		leaf("ram:PostcodeCode", a.Postcode), leaf("ram:LineOne", a.Street), leaf("ram:LineTwo", a.Street2),
		leaf("ram:CityName", a.City), leaf("ram:CountryID", a.Country))
}

func (m Model) ciiSettlement() *element {
	e := branch("ram:ApplicableHeaderTradeSettlement",
		leaf("ram:PaymentReference", m.Payment.Reference),
		leaf("ram:TaxCurrencyCode", m.TaxCurrency),
		leaf("ram:InvoiceCurrencyCode", m.Currency),
		branch("ram:SpecifiedTradeSettlementPaymentMeans",
			leaf("ram:TypeCode", m.Payment.Code),
			branch("ram:PayeePartyCreditorFinancialAccount", leaf("ram:IBANID", m.Payment.IBAN), leaf("ram:ProprietaryID", m.Payment.Account)),
			branch("ram:PayeeSpecifiedCreditorFinancialInstitution", leaf("ram:BICID", m.Payment.BIC))))
	for _, v := range m.VAT {
		e.add(branch("ram:ApplicableTradeTax",
			amount("ram:CalculatedAmount", v.Amount),
			leaf("ram:TypeCode", "VAT"),
			leaf("ram:ExemptionReason", v.Reason),
			amount("ram:BasisAmount", v.Base),
			leaf("ram:CategoryCode", v.Category),
			leaf("ram:ExemptionReasonCode", v.ReasonCode),
			leaf("ram:RateApplicablePercent", rate(process.VAT{Category: v.Category, Rate: v.Rate}))))
	}
	e.add(ciiPeriod(m.Period))
	for _, a := range m.Allowances {
		e.add(ciiAdjustment(a, false))
	}
	for _, c := range m.Charges {
		e.add(ciiAdjustment(c, true))
	}
	e.add(branch("ram:SpecifiedTradePaymentTerms", leaf("ram:Description", m.PaymentTerms), ciiDate("ram:DueDateDateTime", m.DueDate)))
	e.add(m.Totals.cii())
	for _, r := range m.Preceding {
		e.add(branch("ram:InvoiceReferencedDocument", leaf("ram:IssuerAssignedID", r.Number),
			branch("ram:FormattedIssueDateTime", leaf("qdt:DateTimeString", day(r.Date), "format", "102"))))
	}
	return e
}

func (t Totals) cii() *element {
	e := branch("ram:SpecifiedTradeSettlementHeaderMonetarySummation", amount("ram:LineTotalAmount", t.Lines))
	if t.Charges != nil {
		e.add(amount("ram:ChargeTotalAmount", *t.Charges))
	}
	if t.Allowances != nil {
		e.add(amount("ram:AllowanceTotalAmount", *t.Allowances))
	}
	e.add(amount("ram:TaxBasisTotalAmount", t.Net), amount("ram:TaxTotalAmount", t.VAT, "currencyID", t.VAT.Currency))
	if t.TaxVAT != nil {
		e.add(amount("ram:TaxTotalAmount", *t.TaxVAT, "currencyID", t.TaxVAT.Currency))
	}
	if !t.Rounding.IsZero() {
		e.add(amount("ram:RoundingAmount", t.Rounding))
	}
	e.add(amount("ram:GrandTotalAmount", t.Gross))
	if !t.Prepaid.IsZero() {
		e.add(amount("ram:TotalPrepaidAmount", t.Prepaid))
	}
	return e.add(amount("ram:DuePayableAmount", t.Payable))
}

func ciiPeriod(p Period) *element {
	return branch("ram:BillingSpecifiedPeriod", ciiDate("ram:StartDateTime", p.Start), ciiDate("ram:EndDateTime", p.End))
}

func ciiDate(name string, d process.Date) *element {
	return branch(name, leaf("udt:DateTimeString", day(d), "format", "102"))
}

// day is a date in format 102 of UNTDID 2379: YYYYMMDD.
func day(d process.Date) string { return strings.ReplaceAll(string(d), "-", "") }
