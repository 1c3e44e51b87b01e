package process

import (
	"time"

	"github.com/shopspring/decimal"
)

// Lead is an inquiry that may become business. Its state is new, contacted,
// qualified or disqualified.
type Lead struct {
	Record
	State              string  `json:"state"`
	Name               string  `json:"name"`
	Email              string  `json:"email"`
	Phone              string  `json:"phone"`
	Company            string  `json:"company"`
	OrganisationNumber string  `json:"organisation_number,omitempty"`
	Address            Address `json:"address,omitzero"`
	Subject            string  `json:"subject"`
	Message            string  `json:"message"`
	// Mail is the message whose text Message is; "" when it is the lead's own.
	Mail     string `json:"-"`
	Language string `json:"language,omitempty"`
	// Source is where it came from, as kind:name, such as "mail:sales" or "form:website".
	Source string `json:"source"`
	Owner  string `json:"owner,omitempty"`
	// Customer, Contact and Opportunity are set by qualifying; Customer also
	// when a known customer writes again.
	Customer    string `json:"customer,omitempty"`
	Contact     string `json:"contact,omitempty"`
	Opportunity string `json:"opportunity,omitempty"`
	// Reason is why it was disqualified.
	Reason string `json:"reason,omitempty"`
	// Thread is the common history of everything that grows out of one inquiry.
	Thread string `json:"thread"`
	// Attachments came with the inquiry.
	Attachments []Attachment `json:"attachments,omitempty"`
	// Checks are the answers to the questions of qualifying, by their keys.
	Checks map[string]bool `json:"checks,omitempty"`
	// MergedInto is the lead that a merged one ended in.
	MergedInto string `json:"merged_into,omitempty"`
	PhoneKey   string `json:"-"`
	// Score is derived by the settings' rules; Duplicates for a single lead:
	// others of the same address, phone or organisation number.
	Score      int         `json:"score,omitempty"`
	Duplicates []Duplicate `json:"duplicates,omitempty"`
	// Guessed names the fields that were guessed rather than said; who edits one
	// of them makes it certain.
	Guessed []string `json:"guessed,omitempty"`
}

// Customer is an account: a business or a consumer that buys.
type Customer struct {
	Record
	State              string   `json:"state"` // active
	Name               string   `json:"name"`
	Kind               string   `json:"kind"` // business, consumer
	Email              string   `json:"email"`
	Phone              string   `json:"phone,omitempty"`
	OrganisationNumber string   `json:"organisation_number"`
	VATNumber          string   `json:"vat_number,omitempty"`
	Address            Address  `json:"address"`
	EInvoiceAddress    Endpoint `json:"e_invoice_address,omitzero"`
	Language           string   `json:"language,omitempty"`
	// Domain is the mail domain by which later senders are matched; empty for free-mail hosts.
	Domain string `json:"domain,omitempty"`
	// PaymentDays overrides the company's terms when it is above zero.
	PaymentDays int `json:"payment_days,omitempty"`
	// PaymentRule overrides the company's rule, and PaymentDays then goes with
	// it, even when it is zero: net or end_of_month.
	PaymentRule string `json:"payment_rule,omitempty"`
	// NoReminders keeps automatic reminders away.
	NoReminders bool `json:"no_reminders,omitempty"`
	// Group is the customers' group of price lists, a word of the company's own.
	Group string `json:"group,omitempty"`
	// Number is the company's own for the customer.
	Number string `json:"number,omitempty"`
	// SendBy is how invoices and credit notes go out: mail, e_invoice or both; by
	// the settings when it is empty.
	SendBy string `json:"send_by,omitempty"`
	// Warnings are derived: what looks wrong, and is not refused.
	Warnings []Problem `json:"warnings,omitempty"`
}

// Contact is a person at a customer.
type Contact struct {
	Record
	State    string `json:"state"` // active
	Customer string `json:"customer"`
	Name     string `json:"name"`
	Email    string `json:"email"`
	Phone    string `json:"phone,omitempty"`
	Title    string `json:"title,omitempty"`
	Language string `json:"language,omitempty"`
}

// Opportunity is possible business with a qualified customer: open, won or lost.
type Opportunity struct {
	Record
	State    string `json:"state"`
	Title    string `json:"title"`
	Customer string `json:"customer"`
	Contact  string `json:"contact,omitempty"`
	Lead     string `json:"lead,omitempty"`
	Owner    string `json:"owner,omitempty"`
	Currency string `json:"currency"`
	Lines    []Line `json:"lines"`
	Pricing
	Totals
	// EstimatedRevenue is net; by hand when ManualRevenue, otherwise the lines' sum.
	EstimatedRevenue Money `json:"estimated_revenue"`
	ManualRevenue    bool  `json:"manual_revenue,omitempty"`
	EstimatedClose   Date  `json:"estimated_close,omitempty"`
	// Stage is one of the settings' stages inside the step Develop, if there are any.
	Stage string `json:"stage,omitempty"`
	// NextDate is derived: when an open one's next task is due. Stale says that
	// nothing has happened for as long as the settings allow.
	NextDate Date `json:"next_date,omitempty"`
	Stale    bool `json:"stale,omitempty"`
	// Probability is a percentage.
	Probability   int        `json:"probability"`
	ActualRevenue *Money     `json:"actual_revenue,omitempty"`
	ClosedAt      *time.Time `json:"closed_at,omitempty"`
	Reason        string     `json:"reason,omitempty"`
	Competitor    string     `json:"competitor,omitempty"`
	Thread        string     `json:"thread"`
}

// Quote is a binding offer: draft, active, won or closed (lost, cancelled,
// revised). From the first sending it is read-only and its PDF is frozen.
type Quote struct {
	Record
	State        string `json:"state"`
	ClosedReason string `json:"closed_reason,omitempty"`
	// Number is given at first sending and shared by all revisions.
	Number      string `json:"number,omitempty"`
	Revision    int    `json:"revision"`
	Opportunity string `json:"opportunity,omitempty"`
	Customer    string `json:"customer"`
	Contact     string `json:"contact,omitempty"`
	Owner       string `json:"owner,omitempty"`
	Title       string `json:"title,omitempty"`
	Recipient   string `json:"recipient,omitempty"`
	Language    string `json:"language"`
	Currency    string `json:"currency"`
	Lines       []Line `json:"lines"`
	Pricing
	Totals
	Introduction string `json:"introduction,omitempty"`
	Terms        string `json:"terms,omitempty"`
	// ValidUntil is the last day, to its end in the company's time zone.
	ValidUntil        Date        `json:"valid_until"`
	CustomerReference string      `json:"customer_reference,omitempty"`
	Project           string      `json:"project,omitempty"`
	Contract          string      `json:"contract,omitempty"`
	SentAt            *time.Time  `json:"sent_at,omitempty"`
	SHA256            string      `json:"sha256,omitempty"`
	Acceptance        *Acceptance `json:"acceptance,omitempty"`
	Reason            string      `json:"reason,omitempty"`
	Comment           string      `json:"comment,omitempty"`
	Order             string      `json:"order,omitempty"`
	// FollowedUp are the follow-ups that were mailed: before, after.
	FollowedUp []string `json:"followed_up,omitempty"`
	// Prepayment is asked for when the quote is accepted.
	Prepayment *Prepayment `json:"prepayment,omitempty"`
	// Previous is the revision that this one replaces, Next the one that replaces it.
	Previous string `json:"previous,omitempty"`
	Next     string `json:"next,omitempty"`
	Thread   string `json:"thread"`
	// Expired is derived: active after the end of ValidUntil.
	Expired bool `json:"expired"`
}

// Acceptance says who said yes to exactly which bytes.
type Acceptance struct {
	Name      string    `json:"name"`
	At        time.Time `json:"at"`
	Channel   string    `json:"channel"`
	SHA256    string    `json:"sha256"`
	Evidence  string    `json:"evidence,omitempty"`
	By        Actor     `json:"by"`
	Address   string    `json:"address,omitempty"`
	UserAgent string    `json:"user_agent,omitempty"`
	// ReceiptSHA256 is the copy of the document with the acceptance page.
	ReceiptSHA256 string `json:"receipt_sha256,omitempty"`
	// Options are the ids of the lines that were chosen, Gross the total with them.
	Options []string `json:"options,omitempty"`
	Gross   Money    `json:"gross,omitzero"`
	// Expired records that staff accepted after the valid-until day.
	Expired bool `json:"expired,omitempty"`
}

// Order is what the customer bought: open, on_hold or cancelled, with its
// progress derived from the lines' quantities.
type Order struct {
	Record
	State       string `json:"state"`
	Progress    string `json:"progress"`
	Number      string `json:"number"`
	Quote       string `json:"quote,omitempty"`
	Opportunity string `json:"opportunity,omitempty"`
	Customer    string `json:"customer"`
	Contact     string `json:"contact,omitempty"`
	Owner       string `json:"owner,omitempty"`
	Title       string `json:"title,omitempty"`
	Recipient   string `json:"recipient,omitempty"`
	Language    string `json:"language"`
	Currency    string `json:"currency"`
	Lines       []Line `json:"lines"`
	Pricing
	Totals
	CustomerReference string `json:"customer_reference,omitempty"`
	Project           string `json:"project,omitempty"`
	Contract          string `json:"contract,omitempty"`
	DeliveryDate      Date   `json:"delivery_date,omitempty"`
	// DeliveryAddress is where to, when it is not the customer's own.
	DeliveryAddress *Address `json:"delivery_address,omitempty"`
	// Request asks for a prepayment; Prepaid is what came in for it, Deducted
	// what issued invoices have deducted of that.
	Request *PaymentRequest `json:"payment_request,omitempty"`
	// PaymentReference is the request's, by which bank files are matched.
	PaymentReference string `json:"payment_reference,omitempty"`
	Prepaid          Money  `json:"prepaid"`
	Deducted         Money  `json:"deducted"`
	// Deposited is what the issued deposit invoices sum to, with VAT, less what
	// was credited of them.
	Deposited Money `json:"deposited"`
	// SHA256 is of the newest order confirmation that was sent.
	SHA256 string `json:"sha256,omitempty"`
	Thread string `json:"thread"`
}

// Invoice has three independent axes: the document (draft, issued), the
// payment, and the deliveries of its mails.
type Invoice struct {
	Record
	State    string `json:"state"`
	Payment  string `json:"payment"`
	Overdue  bool   `json:"overdue"`
	Disputed bool   `json:"disputed"`
	Number   string `json:"number,omitempty"`
	// Deposit marks an invoice of a part of the order before its delivery (BT-3:
	// 386), which other invoices of the order deduct.
	Deposit     bool   `json:"deposit,omitempty"`
	Order       string `json:"order,omitempty"`
	OrderNumber string `json:"order_number,omitempty"`
	Quote       string `json:"quote,omitempty"`
	Opportunity string `json:"opportunity,omitempty"`
	Customer    string `json:"customer"`
	Contact     string `json:"contact,omitempty"`
	Owner       string `json:"owner,omitempty"`
	Title       string `json:"title,omitempty"`
	Recipient   string `json:"recipient,omitempty"`
	Language    string `json:"language"`
	Currency    string `json:"currency"`
	Lines       []Line `json:"lines"`
	Pricing
	Totals
	BuyerReference    string `json:"buyer_reference,omitempty"`    // BT-10
	CustomerReference string `json:"customer_reference,omitempty"` // BT-13
	Project           string `json:"project,omitempty"`            // BT-11
	Contract          string `json:"contract,omitempty"`           // BT-12
	// PeriodStart and PeriodEnd are the days that it is for, both included (BG-14);
	// without them the first and the last day of the time that stands on it.
	PeriodStart      Date   `json:"period_start,omitempty"`
	PeriodEnd        Date   `json:"period_end,omitempty"`
	IssueDate        Date   `json:"issue_date,omitempty"`        // BT-2
	SupplyDate       Date   `json:"supply_date,omitempty"`       // BT-72
	DueDate          Date   `json:"due_date,omitempty"`          // BT-9
	PaymentReference string `json:"payment_reference,omitempty"` // BT-83
	// DeliveryAddress is BG-15, when it is not the customer's own.
	DeliveryAddress *Address `json:"delivery_address,omitempty"`
	// Exchange is the rate into the company's currency, for VAT (BT-111).
	Exchange   *Exchange `json:"exchange,omitempty"`
	SHA256     string    `json:"sha256,omitempty"`
	Credited   Money     `json:"credited"`
	Paid       Money     `json:"paid"`
	WrittenOff Money     `json:"written_off"`
	// Prepaid is deducted: it was paid ahead on the order (BT-113). Released of
	// it went back to the order, since credit notes left less to deduct it from.
	Prepaid  Money `json:"prepaid"`
	Released Money `json:"released"`
	// Claims are the fees and the interest of reminders. They are no part of
	// the document nor of Open; what is paid beyond Open goes to them first.
	Claims    Money      `json:"claims"`
	Reminders []Reminder `json:"reminders,omitempty"`
	// Held invoices are not reminded, until the end of HeldUntil when it is set.
	Held      bool `json:"held,omitempty"`
	HeldUntil Date `json:"held_until,omitempty"`
	// Open is derived: gross − credited − (prepaid − released) − paid − written off.
	Open Money `json:"open"`
	// Subscription and the date of its Period made the invoice, once.
	Subscription string `json:"subscription,omitempty"`
	Period       Date   `json:"period,omitempty"`
	// Warnings are what looked wrong when it was issued, and did not stop it.
	Warnings []Problem `json:"warnings,omitempty"`
	// Problems are what stands in the way of issuing a draft.
	Problems []Problem `json:"problems,omitempty"`
	Thread   string    `json:"thread"`
}

// CreditNote takes back an issued invoice, wholly or in part. It is issued
// when it is made.
type CreditNote struct {
	Record
	State         string `json:"state"` // issued
	Number        string `json:"number"`
	Invoice       string `json:"invoice"`
	InvoiceNumber string `json:"invoice_number"`
	Customer      string `json:"customer"`
	Recipient     string `json:"recipient,omitempty"`
	Reason        string `json:"reason"`
	Reinvoice     bool   `json:"reinvoice"`
	Language      string `json:"language"`
	Currency      string `json:"currency"`
	Lines         []Line `json:"lines"`
	Pricing
	Totals
	IssueDate Date   `json:"issue_date"`
	SHA256    string `json:"sha256"`
	Thread    string `json:"thread"`
}

// Payment is money that came in for an invoice, or less than nothing when it
// was paid back: booked or reversed.
type Payment struct {
	Record
	State   string `json:"state"`
	Invoice string `json:"invoice"`
	// Order is set on a prepayment instead of Invoice.
	Order     string `json:"order,omitempty"`
	Customer  string `json:"customer"`
	Amount    Money  `json:"amount"`
	Date      Date   `json:"date"`
	Method    string `json:"method,omitempty"`
	Reference string `json:"reference,omitempty"`
	Note      string `json:"note,omitempty"`
	// RefundOf is the payment of which this is money paid back; Refunded is how
	// much of this one was.
	RefundOf string `json:"refund_of,omitempty"`
	Refunded Money  `json:"refunded"`
	// WrittenOff is the small difference that was written off with it, below
	// zero when too much was paid.
	WrittenOff Money `json:"written_off"`
	// BankEntry is the movement on the account that it was booked from.
	BankEntry string `json:"bank_entry,omitempty"`
	Thread    string `json:"thread"`
}

// Product is something that can be sold: active, or archived and on no new line.
type Product struct {
	Record
	State       string          `json:"state"`
	SKU         string          `json:"sku"`
	Name        string          `json:"name"`
	Description string          `json:"description,omitempty"` // for the house, not printed
	Unit        string          `json:"unit"`
	UnitPrice   decimal.Decimal `json:"unit_price"`
	Currency    string          `json:"currency"`
	VAT         VAT             `json:"vat"`
	// Names and Texts are what a line says, by the document's language: the
	// name (Name when there is none) and below it the text.
	Names map[string]string `json:"names,omitempty"`
	Texts map[string]string `json:"texts,omitempty"`
	// Cost is what one costs the company, in Currency; never printed.
	Cost decimal.Decimal `json:"cost,omitzero"`
	// VATByCountry is the VAT for customers of other countries, before the
	// settings' rules.
	VATByCountry CountryVATs `json:"vat_by_country,omitempty"`
	// Bundle are the products that it stands for; ShowParts gives each of them
	// a line of its own.
	Bundle    BundleParts `json:"bundle,omitempty"`
	ShowParts bool        `json:"show_parts,omitempty"`
	// Picture is the SHA-256 of the JPEG that quotes show.
	Picture string `json:"picture,omitempty"`
}

// Task is something a person has to look at: open or done.
type Task struct {
	Record
	State string `json:"state"`
	// Title is for people; Reason is a stable key when emne made the task.
	Title  string `json:"title"`
	Reason string `json:"reason,omitempty"`
	Note   string `json:"note,omitempty"`
	Due    Date   `json:"due,omitempty"`
	Owner  string `json:"owner,omitempty"`
	About  Ref    `json:"about,omitzero"`
	Thread string `json:"thread,omitempty"`
}
