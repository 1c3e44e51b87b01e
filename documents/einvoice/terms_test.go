package einvoice

import (
	"strings"
	"testing"

	"github.com/emne/emne/process"
)

// complete are an invoice and a credit note that say everything emne can say.
func complete(kind process.DocumentKind) process.Snapshot {
	hours := priced("EUR", "Montering", "3", "HUR", "90", "10", "S", "25")
	hours.ID = "hours"
	s := issued(kind, "EUR", hours, priced("EUR", "Skap\nI ask", "2", "C62", "500", "0", "S", "25"))
	s.Buyer, s.Payment.Code = germanBuyer(), "58"
	s.Buyer.OrganisationNumber, s.Buyer.OrganisationScheme, s.Buyer.ContactName, s.Buyer.Phone, s.Buyer.Email = "HRB 86891", "", "Uwe Lang", "+49 30 1", "uwe@mueller.example"
	s.DeliveryAddress = &process.Address{Street: "Lager 4", Street2: "Tor B", Postcode: "20095", City: "Hamburg", Country: "DE"}
	s.DueDate, s.Preceding = "2026-12-07", &process.DocumentReference{Number: "10001", Date: "2026-10-30"}
	s.Project, s.Contract, s.PeriodStart, s.PeriodEnd, s.PaymentTerms, s.Notes = "P-77", "R-2026-4", "2026-11-01", "2026-11-30", "14 dager netto", []string{"Takk!"}
	s.Specification = []process.WorkLine{{Line: "hours", Date: "2026-11-12"}, {Line: "hours", Date: "2026-11-05"}, {Line: "other", Date: "2026-11-01"}}
	vat := process.VAT{Category: "S", Rate: dec("25")}
	eur := func(minor int64) process.Money { return process.Money{Minor: minor, Currency: "EUR"} }
	s.Adjustments = []process.Adjustment{
		{Percent: dec("10"), Amount: eur(12430), Reason: "Avtalt rabatt", Shares: []process.Share{{VAT: vat, Amount: eur(12430), Base: eur(124300)}}},
		{Charge: true, Amount: eur(5000), Reason: "Frakt", Shares: []process.Share{{VAT: vat, Amount: eur(5000), Base: eur(124300)}}},
	}
	s.Totals = process.Total(s.Lines, "EUR", s.Adjustments...)
	s.TaxCurrency, s.TaxTotal = "NOK", &process.Money{Minor: 335000, Currency: "NOK"}
	s.Prepaid, s.Rounding = eur(10000), eur(-9)
	s.Payable = s.Gross.Sub(s.Prepaid).Add(s.Rounding)
	return s
}

// TestTerms has a row for each business term that emne writes, in both syntaxes.
// A path that differs in a UBL credit note stands behind a bar.
func TestTerms(t *testing.T) {
	rows := []struct{ term, cii, ubl, want string }{
		{"BT-1", "ExchangedDocument/ID", "ID", "10042"},
		{"BT-2", "ExchangedDocument/IssueDateTime/DateTimeString", "IssueDate", "2026-11-23"},
		{"BT-3", "ExchangedDocument/TypeCode", "InvoiceTypeCode|CreditNoteTypeCode", "380|381"},
		{"BT-5", "InvoiceCurrencyCode", "DocumentCurrencyCode", "EUR"},
		{"BT-6", "TaxCurrencyCode", "TaxCurrencyCode", "NOK"},
		{"BT-9", "SpecifiedTradePaymentTerms/DueDateDateTime/DateTimeString", "DueDate|PaymentMeans/PaymentDueDate", "2026-12-07"},
		{"BT-10", "BuyerReference", "BuyerReference", "Øystein B."},
		{"BT-11", "SpecifiedProcuringProject/ID", "ProjectReference/ID|AdditionalDocumentReference/ID", "P-77"},
		{"BT-12", "ContractReferencedDocument/IssuerAssignedID", "ContractDocumentReference/ID", "R-2026-4"},
		{"BT-13", "BuyerOrderReferencedDocument/IssuerAssignedID", "OrderReference/ID", "PO-88213"},
		{"BT-14", "SellerOrderReferencedDocument/IssuerAssignedID", "OrderReference/SalesOrderID", "O-1007"},
		{"BT-20", "SpecifiedTradePaymentTerms/Description", "PaymentTerms/Note", "14 dager netto"},
		{"BT-24", "GuidelineSpecifiedDocumentContextParameter/ID", "CustomizationID", guideline + " " + customization},
		{"BT-25", "InvoiceReferencedDocument/IssuerAssignedID", "InvoiceDocumentReference/ID", "10001"},
		{"BT-26", "InvoiceReferencedDocument/FormattedIssueDateTime/DateTimeString", "InvoiceDocumentReference/IssueDate", "2026-10-30"},
		{"BT-27", "SellerTradeParty/Name", "AccountingSupplierParty/Party/PartyLegalEntity/RegistrationName", "Fjellheim Snekkeri AS"},
		{"BT-30", "SellerTradeParty/SpecifiedLegalOrganization/ID", "AccountingSupplierParty/Party/PartyLegalEntity/CompanyID", "974760673"},
		{"BT-30-1", "SellerTradeParty/SpecifiedLegalOrganization/ID@schemeID", "AccountingSupplierParty/Party/PartyLegalEntity/CompanyID@schemeID", "0192"},
		{"BT-31 and BT-32", "SellerTradeParty/SpecifiedTaxRegistration/ID", "AccountingSupplierParty/Party/PartyTaxScheme/CompanyID", "NO974760673MVA Foretaksregisteret"},
		{"BT-34", "SellerTradeParty/URIUniversalCommunication/URIID", "AccountingSupplierParty/Party/EndpointID", "974760673"},
		{"BT-34-1", "SellerTradeParty/URIUniversalCommunication/URIID@schemeID", "AccountingSupplierParty/Party/EndpointID@schemeID", "0192"},
		{"BT-35", "SellerTradeParty/PostalTradeAddress/LineOne", "AccountingSupplierParty/Party/PostalAddress/StreetName", "Storgata 14"},
		{"BT-37", "SellerTradeParty/PostalTradeAddress/CityName", "AccountingSupplierParty/Party/PostalAddress/CityName", "Lillehammer"},
		{"BT-38", "SellerTradeParty/PostalTradeAddress/PostcodeCode", "AccountingSupplierParty/Party/PostalAddress/PostalZone", "2609"},
		{"BT-40", "SellerTradeParty/PostalTradeAddress/CountryID", "AccountingSupplierParty/Party/PostalAddress/Country/IdentificationCode", "NO"},
		{"BT-41", "SellerTradeParty/DefinedTradeContact/PersonName", "AccountingSupplierParty/Party/Contact/Name", "Ingrid Moen"},
		{"BT-42", "SellerTradeParty/DefinedTradeContact/TelephoneUniversalCommunication/CompleteNumber", "AccountingSupplierParty/Party/Contact/Telephone", "+47 61 22 33 44"},
		{"BT-43", "SellerTradeParty/DefinedTradeContact/EmailURIUniversalCommunication/URIID", "AccountingSupplierParty/Party/Contact/ElectronicMail", "post@fjellheim.example"},
		{"BT-44", "BuyerTradeParty/Name", "AccountingCustomerParty/Party/PartyLegalEntity/RegistrationName", "Müller & Söhne GmbH"},
		{"BT-47", "BuyerTradeParty/SpecifiedLegalOrganization/ID", "AccountingCustomerParty/Party/PartyLegalEntity/CompanyID", "HRB 86891"},
		{"BT-48", "BuyerTradeParty/SpecifiedTaxRegistration/ID", "AccountingCustomerParty/Party/PartyTaxScheme/CompanyID", "DE136695976"},
		{"BT-49", "BuyerTradeParty/URIUniversalCommunication/URIID", "AccountingCustomerParty/Party/EndpointID", "DE136695976"},
		{"BT-49-1", "BuyerTradeParty/URIUniversalCommunication/URIID@schemeID", "AccountingCustomerParty/Party/EndpointID@schemeID", "9930"},
		{"BT-50", "BuyerTradeParty/PostalTradeAddress/LineOne", "AccountingCustomerParty/Party/PostalAddress/StreetName", "Hauptstraße 12"},
		{"BT-52", "BuyerTradeParty/PostalTradeAddress/CityName", "AccountingCustomerParty/Party/PostalAddress/CityName", "Berlin"},
		{"BT-53", "BuyerTradeParty/PostalTradeAddress/PostcodeCode", "AccountingCustomerParty/Party/PostalAddress/PostalZone", "10115"},
		{"BT-55", "BuyerTradeParty/PostalTradeAddress/CountryID", "AccountingCustomerParty/Party/PostalAddress/Country/IdentificationCode", "DE"},
		{"BT-56", "BuyerTradeParty/DefinedTradeContact/PersonName", "AccountingCustomerParty/Party/Contact/Name", "Uwe Lang"},
		{"BT-57", "BuyerTradeParty/DefinedTradeContact/TelephoneUniversalCommunication/CompleteNumber", "AccountingCustomerParty/Party/Contact/Telephone", "+49 30 1"},
		{"BT-58", "BuyerTradeParty/DefinedTradeContact/EmailURIUniversalCommunication/URIID", "AccountingCustomerParty/Party/Contact/ElectronicMail", "uwe@mueller.example"},
		{"BT-72", "ActualDeliverySupplyChainEvent/OccurrenceDateTime/DateTimeString", "Delivery/ActualDeliveryDate", "2026-11-20"},
		{"BT-73", "ApplicableHeaderTradeSettlement/BillingSpecifiedPeriod/StartDateTime/DateTimeString", "InvoicePeriod/StartDate", "2026-11-01"},
		{"BT-74", "ApplicableHeaderTradeSettlement/BillingSpecifiedPeriod/EndDateTime/DateTimeString", "InvoicePeriod/EndDate", "2026-11-30"},
		{"BT-75", "ShipToTradeParty/PostalTradeAddress/LineOne", "DeliveryLocation/Address/StreetName", "Lager 4"},
		{"BT-76", "ShipToTradeParty/PostalTradeAddress/LineTwo", "DeliveryLocation/Address/AdditionalStreetName", "Tor B"},
		{"BT-77", "ShipToTradeParty/PostalTradeAddress/CityName", "DeliveryLocation/Address/CityName", "Hamburg"},
		{"BT-78", "ShipToTradeParty/PostalTradeAddress/PostcodeCode", "DeliveryLocation/Address/PostalZone", "20095"},
		{"BT-80", "ShipToTradeParty/PostalTradeAddress/CountryID", "DeliveryLocation/Address/Country/IdentificationCode", "DE"},
		{"BT-81", "SpecifiedTradeSettlementPaymentMeans/TypeCode", "PaymentMeans/PaymentMeansCode", "58"},
		{"BT-83", "PaymentReference", "PaymentMeans/PaymentID", "100420"},
		{"BT-84", "PayeePartyCreditorFinancialAccount/IBANID", "PayeeFinancialAccount/ID", "NO9386011117947"},
		{"BT-86", "PayeeSpecifiedCreditorFinancialInstitution/BICID", "FinancialInstitutionBranch/ID", "DNBANOKKXXX"},
		{"BT-92 and BT-99", "ApplicableHeaderTradeSettlement/SpecifiedTradeAllowanceCharge/ActualAmount", "+AllowanceCharge/Amount", "124.30 50.00"},
		{"BT-93", "ApplicableHeaderTradeSettlement/SpecifiedTradeAllowanceCharge/BasisAmount", "+AllowanceCharge/BaseAmount", "1243.00"},
		{"BT-94", "ApplicableHeaderTradeSettlement/SpecifiedTradeAllowanceCharge/CalculationPercent", "+AllowanceCharge/MultiplierFactorNumeric", "10"},
		{"BT-95 and BT-102", "ApplicableHeaderTradeSettlement/SpecifiedTradeAllowanceCharge/CategoryTradeTax/CategoryCode", "+AllowanceCharge/TaxCategory/ID", "S S"},
		{"BT-96 and BT-103", "ApplicableHeaderTradeSettlement/SpecifiedTradeAllowanceCharge/CategoryTradeTax/RateApplicablePercent", "+AllowanceCharge/TaxCategory/Percent", "25 25"},
		{"BT-97 and BT-104", "ApplicableHeaderTradeSettlement/SpecifiedTradeAllowanceCharge/Reason", "+AllowanceCharge/AllowanceChargeReason", "Avtalt rabatt Frakt"},
		{"BT-106", "SpecifiedTradeSettlementHeaderMonetarySummation/LineTotalAmount", "LegalMonetaryTotal/LineExtensionAmount", "1243.00"},
		{"BT-107", "SpecifiedTradeSettlementHeaderMonetarySummation/AllowanceTotalAmount", "LegalMonetaryTotal/AllowanceTotalAmount", "124.30"},
		{"BT-108", "SpecifiedTradeSettlementHeaderMonetarySummation/ChargeTotalAmount", "LegalMonetaryTotal/ChargeTotalAmount", "50.00"},
		{"BT-109", "SpecifiedTradeSettlementHeaderMonetarySummation/TaxBasisTotalAmount", "LegalMonetaryTotal/TaxExclusiveAmount", "1168.70"},
		{"BT-110 and BT-111", "SpecifiedTradeSettlementHeaderMonetarySummation/TaxTotalAmount", "+TaxTotal/TaxAmount", "292.18 3350.00"},
		{"BT-112", "SpecifiedTradeSettlementHeaderMonetarySummation/GrandTotalAmount", "LegalMonetaryTotal/TaxInclusiveAmount", "1460.88"},
		{"BT-113", "SpecifiedTradeSettlementHeaderMonetarySummation/TotalPrepaidAmount", "LegalMonetaryTotal/PrepaidAmount", "100.00"},
		{"BT-114", "SpecifiedTradeSettlementHeaderMonetarySummation/RoundingAmount", "LegalMonetaryTotal/PayableRoundingAmount", "-0.09"},
		{"BT-115", "SpecifiedTradeSettlementHeaderMonetarySummation/DuePayableAmount", "LegalMonetaryTotal/PayableAmount", "1360.79"},
		{"BT-116", "ApplicableHeaderTradeSettlement/ApplicableTradeTax/BasisAmount", "TaxSubtotal/TaxableAmount", "1168.70"},
		{"BT-117", "ApplicableHeaderTradeSettlement/ApplicableTradeTax/CalculatedAmount", "TaxSubtotal/TaxAmount", "292.18"},
		{"BT-118", "ApplicableHeaderTradeSettlement/ApplicableTradeTax/CategoryCode", "TaxSubtotal/TaxCategory/ID", "S"},
		{"BT-119", "ApplicableHeaderTradeSettlement/ApplicableTradeTax/RateApplicablePercent", "TaxSubtotal/TaxCategory/Percent", "25"},
		{"BT-126", "AssociatedDocumentLineDocument/LineID", "InvoiceLine/ID|CreditNoteLine/ID", "1 2"},
		{"BT-129", "BilledQuantity", "InvoicedQuantity|CreditedQuantity", "3 2"},
		{"BT-130", "BilledQuantity@unitCode", "InvoicedQuantity@unitCode|CreditedQuantity@unitCode", "HUR C62"},
		{"BT-131", "SpecifiedTradeSettlementLineMonetarySummation/LineTotalAmount", "InvoiceLine/LineExtensionAmount|CreditNoteLine/LineExtensionAmount", "243.00 1000.00"},
		{"BT-134", "SpecifiedLineTradeSettlement/BillingSpecifiedPeriod/StartDateTime/DateTimeString", "InvoiceLine/InvoicePeriod/StartDate|CreditNoteLine/InvoicePeriod/StartDate", "2026-11-05"},
		{"BT-135", "SpecifiedLineTradeSettlement/BillingSpecifiedPeriod/EndDateTime/DateTimeString", "InvoiceLine/InvoicePeriod/EndDate|CreditNoteLine/InvoicePeriod/EndDate", "2026-11-12"},
		{"BT-136", "SpecifiedLineTradeSettlement/SpecifiedTradeAllowanceCharge/ActualAmount", "InvoiceLine/AllowanceCharge/Amount|CreditNoteLine/AllowanceCharge/Amount", "27.00"},
		{"BT-140", "SpecifiedLineTradeSettlement/SpecifiedTradeAllowanceCharge/ReasonCode", "InvoiceLine/AllowanceCharge/AllowanceChargeReasonCode|CreditNoteLine/AllowanceCharge/AllowanceChargeReasonCode", "95"},
		{"BT-146", "NetPriceProductTradePrice/ChargeAmount", "Price/PriceAmount", "90 500"},
		{"BT-151", "SpecifiedLineTradeSettlement/ApplicableTradeTax/CategoryCode", "ClassifiedTaxCategory/ID", "S S"},
		{"BT-152", "SpecifiedLineTradeSettlement/ApplicableTradeTax/RateApplicablePercent", "ClassifiedTaxCategory/Percent", "25 25"},
		{"BT-153", "SpecifiedTradeProduct/Name", "Item/Name", "Montering Skap"},
		{"BT-154", "SpecifiedTradeProduct/Description", "Item/Description", "I ask"},
		{"BT-155", "SellerAssignedID", "SellersItemIdentification/ID", "SKU SKU"},
	}
	for n, kind := range []process.DocumentKind{process.KindInvoice, process.KindCreditNote} {
		m := modelOf(t, complete(kind))
		if ps := Check(m); len(ps) > 0 {
			t.Fatalf("%s: problems %v", kind, ps)
		}
		cii, ubl := written(t, m)
		c, u := flat(t, cii), flat(t, ubl)
		choose := func(s string) string {
			parts := strings.Split(s, "|")
			return parts[min(n, len(parts)-1)]
		}
		for _, r := range rows {
			want := choose(r.want)
			wantCII, wantUBL := want, want
			if strings.HasSuffix(r.cii, "DateTimeString") {
				wantCII = strings.ReplaceAll(want, "-", "")
			}
			if r.term == "BT-24" {
				wantCII, wantUBL = guideline, customization
			}
			if got := strings.Join(all(c, r.cii), " "); got != wantCII {
				t.Errorf("%s %s in CII: %q, want %q", kind, r.term, got, wantCII)
			}
			if got := strings.Join(termOf(u, choose(r.ubl)), " "); got != wantUBL {
				t.Errorf("%s %s in UBL: %q, want %q", kind, r.term, got, wantUBL)
			}
		}
	}
}

// termOf are the values of a UBL path. One without a slash, or with a plus before
// it, begins at the root, where lines have elements of the same name.
func termOf(vs []value, path string) []string {
	root, atRoot := strings.CutPrefix(path, "+")
	if !atRoot && strings.ContainsAny(path, "/") && !strings.HasPrefix(path, "InvoicePeriod/") && !strings.HasPrefix(path, "OrderReference/") || strings.HasPrefix(path, "InvoicedQ") || strings.HasPrefix(path, "CreditedQ") {
		return all(vs, path)
	}
	var out []string
	for _, v := range vs {
		if v.path == root {
			out = append(out, v.text)
		}
	}
	return out
}

// TestLinePeriod keeps the time on a line within the invoice's period.
func TestLinePeriod(t *testing.T) {
	for _, c := range []struct{ start, end, field, rule string }{
		{"2026-11-05", "2026-11-12", "", ""},
		{"2026-11-06", "2026-11-30", "period_start", "PEPPOL-EN16931-R110"},
		{"2026-11-01", "2026-11-11", "period_end", "PEPPOL-EN16931-R111"},
		{"2026-11-01", "", "", ""},
	} {
		s := complete(process.KindInvoice)
		s.PeriodStart, s.PeriodEnd = process.Date(c.start), process.Date(c.end)
		field, rule := "", ""
		for _, p := range Check(modelOf(t, s)) {
			field, rule = field+p.Field, rule+p.Rule
			if p.Channel != Channel {
				t.Errorf("%s to %s stands in the way of the law: %v", c.start, c.end, p)
			}
		}
		if field != c.field || rule != c.rule {
			t.Errorf("%s to %s: %q by %q, want %q by %q", c.start, c.end, field, rule, c.field, c.rule)
		}
	}
}
