package einvoice

import (
	"github.com/shopspring/decimal"

	"github.com/emne/emne/process"
)

// The types of document (BT-3, UNTDID 1001).
const (
	TypeInvoice    = "380"
	TypeCreditNote = "381"
	TypeDeposit    = "386" // prepayment invoice; PEPPOL-EN16931-P0100 allows it
	// TypePartial is a partial invoice: a deposit between Germans in Peppol, whose
	// list has no 386 (DE-R-017, PEPPOL-EN16931-P0112); Factur-X has (BR-FX-EN-04).
	TypePartial = "326"
)

// Model is the semantic model of EN 16931-1. A field without a value is not
// written.
type Model struct {
	Number         string       // BT-1
	Process        string       // BT-23; Peppol's own stands in UBL
	IssueDate      process.Date // BT-2
	TypeCode       string       // BT-3
	Currency       string       // BT-5
	TaxCurrency    string       // BT-6, when VAT is due in another currency
	DueDate        process.Date // BT-9
	BuyerReference string       // BT-10
	Project        string       // BT-11
	Contract       string       // BT-12
	PurchaseOrder  string       // BT-13, the buyer's number
	SalesOrder     string       // BT-14, the seller's number
	PaymentTerms   string       // BT-20
	Notes          []Note       // BG-1
	Preceding      []Reference  // BG-3
	Seller         Party        // BG-4
	Buyer          Party        // BG-7
	Delivery       Delivery     // BG-13
	Period         Period       // BG-14
	Payment        Payment      // BG-16
	Allowances     []Adjustment // BG-20
	Charges        []Adjustment // BG-21
	Totals         Totals       // BG-22
	VAT            []VAT        // BG-23
	Lines          []Line       // BG-25
	// Enclosed are written in UBL alone: a Factur-X file is the PDF itself.
	Enclosed []File // BG-24
}

// Note is what the invoice says in words.
type Note struct {
	Subject string // BT-21, UNTDID 4451
	Text    string // BT-22
}

// File is a document that supports the invoice. Peppol takes PDF, PNG, JPEG,
// CSV, XLSX and ODS (PEPPOL-EN16931-CL001).
type File struct {
	ID          string // BT-122
	Description string // BT-123
	Name, MIME  string
	Content     []byte // BT-125
}

// CreditNote reports whether the model takes an invoice back.
func (m Model) CreditNote() bool { return m.TypeCode == TypeCreditNote }

// german reports whether both parties are in Germany, whose rules then hold.
func (m Model) german() bool {
	return m.Seller.Address.Country == "DE" && m.Buyer.Address.Country == "DE"
}

// Reference names an earlier invoice.
type Reference struct {
	Number string       // BT-25
	Date   process.Date // BT-26
}

// Identifier is a number of a register. Scheme is an ISO 6523 ICD code, or for
// an electronic address one of the EAS list; 0192 is the Norwegian register.
type Identifier struct {
	Scheme, ID string
}

// Party is the seller or the buyer.
type Party struct {
	Name            string          // BT-27, BT-44
	Legal           Identifier      // BT-30, BT-47
	VATNumber       string          // BT-31, BT-48, with its country
	TaxRegistration string          // BT-32; in Norway "Foretaksregisteret"
	Endpoint        Identifier      // BT-34, BT-49
	Address         process.Address // BG-5, BG-8
	ContactName     string          // BT-41, BT-56
	Phone           string          // BT-42, BT-57
	Email           string          // BT-43, BT-58
}

// Delivery says when and where to.
type Delivery struct {
	Date    process.Date     // BT-72
	Address *process.Address // BG-15
}

// Period is what is invoiced, both days included.
type Period struct {
	Start, End process.Date // BT-73, BT-74; BT-134, BT-135 of a line
}

// Payment says how to pay.
type Payment struct {
	Code      string // BT-81, UNTDID 4461: 30 credit transfer, 57 standing agreement, 58 SEPA
	Reference string // BT-83; in Norway the KID
	IBAN      string // BT-84
	Account   string // BT-84, a national account number where there is no IBAN
	BIC       string // BT-86
}

// Adjustment is an allowance or a charge, of the document or of a line.
type Adjustment struct {
	Amount process.Money // BT-92, BT-99; BT-136, BT-141
	// Base and Percent are given together or not at all.
	Base       *process.Money  // BT-93, BT-100; BT-137, BT-142
	Percent    decimal.Decimal // BT-94, BT-101; BT-138, BT-143
	VAT        process.VAT     // BT-95 and -96, BT-102 and -103; not of a line's
	Reason     string          // BT-97, BT-104; BT-139, BT-144
	ReasonCode string          // BT-98 (UNTDID 5189), BT-105 (UNTDID 7161); BT-140, BT-145
}

// Totals are the document's sums.
type Totals struct {
	Lines      process.Money  // BT-106
	Allowances *process.Money // BT-107
	Charges    *process.Money // BT-108
	Net        process.Money  // BT-109
	VAT        process.Money  // BT-110
	TaxVAT     *process.Money // BT-111, in TaxCurrency
	Gross      process.Money  // BT-112
	Prepaid    process.Money  // BT-113
	Rounding   process.Money  // BT-114
	Payable    process.Money  // BT-115
}

// VAT is the breakdown of one category and rate.
type VAT struct {
	Base       process.Money   // BT-116
	Amount     process.Money   // BT-117
	Category   string          // BT-118, UNCL 5305
	Rate       decimal.Decimal // BT-119, percent
	Reason     string          // BT-120
	ReasonCode string          // BT-121, VATEX
}

// Line is an invoice line.
type Line struct {
	ID          string          // BT-126
	Note        string          // BT-127
	Quantity    decimal.Decimal // BT-129
	Unit        string          // BT-130, UN/ECE Recommendation 20
	Net         process.Money   // BT-131
	Period      Period          // BG-26
	Allowances  []Adjustment    // BG-27
	Charges     []Adjustment    // BG-28
	Price       decimal.Decimal // BT-146
	VAT         process.VAT     // BT-151, BT-152
	Name        string          // BT-153
	Description string          // BT-154
	SellersItem string          // BT-155
}
