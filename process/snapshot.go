package process

import "time"

// DocumentKind is what a document is.
type DocumentKind string

// The kinds of documents.
const (
	KindQuote      DocumentKind = "quote"
	KindInvoice    DocumentKind = "invoice"     // UNTDID 1001: 380
	KindCreditNote DocumentKind = "credit_note" // UNTDID 1001: 381
	// KindOrderConfirmation says what was ordered, KindPaymentRequest asks for a
	// prepayment; neither is a document of the accounts.
	KindOrderConfirmation DocumentKind = "order_confirmation"
	KindPaymentRequest    DocumentKind = "payment_request"
	// KindStatement is a customer's account over some days. It has no number.
	KindStatement DocumentKind = "statement"
	// KindReminder calls an open invoice to mind, under that one's number.
	KindReminder DocumentKind = "reminder"
)

// Accounted reports whether the document is one that the accounts and EN 16931
// know: an invoice or a credit note.
func (k DocumentKind) Accounted() bool { return k == KindInvoice || k == KindCreditNote }

// Snapshot is everything that a document says, frozen when it is issued: a
// later change of a customer, product or setting changes no document. It holds
// every field that EN 16931 asks for; the business terms stand beside them.
type Snapshot struct {
	Kind DocumentKind `json:"kind"`
	// Draft marks a preview that is not valid as a document.
	Draft    bool   `json:"draft,omitempty"`
	Number   string `json:"number"` // BT-1
	Revision int    `json:"revision,omitempty"`
	Title    string `json:"title,omitempty"`
	Language string `json:"language"`
	// MadeAt dates the file itself.
	MadeAt     time.Time `json:"made_at"`
	IssueDate  Date      `json:"issue_date"`            // BT-2
	DueDate    Date      `json:"due_date,omitempty"`    // BT-9
	SupplyDate Date      `json:"supply_date,omitempty"` // BT-72
	ValidUntil Date      `json:"valid_until,omitempty"`
	// DeliveryDate is when the customer wants it.
	DeliveryDate Date   `json:"delivery_date,omitempty"`
	Currency     string `json:"currency"` // BT-5

	Seller Party `json:"seller"` // BG-4
	Buyer  Party `json:"buyer"`  // BG-7
	// DeliveryAddress is BG-15, when it differs from the buyer's.
	DeliveryAddress   *Address           `json:"delivery_address,omitempty"`
	BuyerReference    string             `json:"buyer_reference,omitempty"`    // BT-10
	CustomerReference string             `json:"customer_reference,omitempty"` // BT-13
	OrderNumber       string             `json:"order_number,omitempty"`       // BT-14
	Project           string             `json:"project,omitempty"`            // BT-11
	Contract          string             `json:"contract,omitempty"`           // BT-12
	PeriodStart       Date               `json:"period_start,omitempty"`       // BT-73
	PeriodEnd         Date               `json:"period_end,omitempty"`         // BT-74
	QuoteNumber       string             `json:"quote_number,omitempty"`
	Preceding         *DocumentReference `json:"preceding,omitempty"` // BG-3
	// Deposit marks a deposit invoice (UNTDID 1001: 386); Deposits are those that
	// the lines deduct (BG-3).
	Deposit  bool                `json:"deposit,omitempty"`
	Deposits []DocumentReference `json:"deposits,omitempty"`

	Lines []Line `json:"lines"` // BG-25
	// Pictures are those of the lines' products, on quotes.
	Pictures []ProductPicture `json:"pictures,omitempty"`
	Pricing
	Totals
	// TaxCurrency, TaxTotal and Exchange give VAT in the company's currency
	// when the document is in another (BT-6, BT-111).
	TaxCurrency string    `json:"tax_currency,omitempty"`
	TaxTotal    *Money    `json:"tax_total,omitempty"`
	Exchange    *Exchange `json:"exchange,omitempty"`
	Prepaid     Money     `json:"prepaid"` // BT-113
	Payable     Money     `json:"payable"` // BT-115

	Payment      PaymentMeans `json:"payment,omitzero"`        // BG-16
	PaymentTerms string       `json:"payment_terms,omitempty"` // BT-20
	Introduction string       `json:"introduction,omitempty"`
	Terms        string       `json:"terms,omitempty"`
	Reason       string       `json:"reason,omitempty"` // of a credit note; BT-22
	Notes        []string     `json:"notes,omitempty"`  // BT-22
	// Specification is the time that an invoice is for, printed after it.
	Specification []WorkLine `json:"specification,omitempty"`
	// Prepayment is what a quote asks for when it is accepted.
	Prepayment *Prepayment `json:"prepayment,omitempty"`
	// Claim is what a reminder says.
	Claim *Claim `json:"claim,omitempty"`
	// Account is what a statement says.
	Account *Account `json:"account,omitempty"`
	// Acceptance is set on the copy of a quote that the customer said yes to.
	Acceptance *Acceptance `json:"acceptance,omitempty"`
}

// period is what the document is for: what was said, and else from the first to
// the last day of the time that stands on it (BG-14).
func (s *Snapshot) period(start, end Date) {
	s.PeriodStart, s.PeriodEnd = start, end
	if start != "" || end != "" || len(s.Specification) == 0 {
		return
	}
	s.PeriodStart = s.Specification[0].Date
	for _, w := range s.Specification {
		s.PeriodStart, s.PeriodEnd = min(s.PeriodStart, w.Date), max(s.PeriodEnd, w.Date)
	}
}

// Party is the seller or the buyer.
type Party struct {
	Name               string   `json:"name"`                          // BT-27, BT-44
	OrganisationNumber string   `json:"organisation_number,omitempty"` // BT-30, BT-47
	OrganisationScheme string   `json:"organisation_scheme,omitempty"` // ICD code, such as 0192
	VATNumber          string   `json:"vat_number,omitempty"`          // BT-31, BT-48
	TaxRegistration    string   `json:"tax_registration,omitempty"`    // BT-32; "Foretaksregisteret"
	Address            Address  `json:"address"`                       // BG-5, BG-8
	Endpoint           Endpoint `json:"endpoint,omitzero"`             // BT-34, BT-49
	ContactName        string   `json:"contact_name,omitempty"`        // BT-41, BT-56
	Phone              string   `json:"phone,omitempty"`               // BT-42, BT-57
	Email              string   `json:"email,omitempty"`               // BT-43, BT-58
	Web                string   `json:"web,omitempty"`
	Kind               string   `json:"kind,omitempty"` // business, consumer
}

// DocumentReference names an earlier document (BT-25, BT-26).
type DocumentReference struct {
	Number string `json:"number"`
	Date   Date   `json:"date"`
}

// Exchange is the rate by which amounts were turned into the company's currency.
type Exchange struct {
	Rate string `json:"rate"`
	Date Date   `json:"date"`
}

// PaymentMeans says how to pay (BG-16, BG-17). Code is of UNTDID 4461: 30
// credit transfer, 58 SEPA.
type PaymentMeans struct {
	Code      string `json:"code,omitempty"`      // BT-81
	Account   string `json:"account,omitempty"`   // BT-84, national account number
	IBAN      string `json:"iban,omitempty"`      // BT-84
	BIC       string `json:"bic,omitempty"`       // BT-86
	Reference string `json:"reference,omitempty"` // BT-83, KID
}
