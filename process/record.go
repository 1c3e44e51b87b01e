package process

import (
	"crypto/rand"
	"encoding/base32"
	"encoding/binary"
	"strings"
	"time"
)

// Record is what every record has. ID is time-ordered, so that the newest
// records have the greatest ids; Version counts changes and guards against
// lost updates. Times are UTC with microseconds.
type Record struct {
	ID        string    `json:"id"`
	Version   int64     `json:"version"`
	CreatedAt time.Time `json:"created_at"`
	UpdatedAt time.Time `json:"updated_at"`
}

// The types of records, as they stand in a Ref and on the timeline.
const (
	TypeLead         = "lead"
	TypeCustomer     = "customer"
	TypeContact      = "contact"
	TypeOpportunity  = "opportunity"
	TypeQuote        = "quote"
	TypeOrder        = "order"
	TypeInvoice      = "invoice"
	TypeCreditNote   = "credit-note"
	TypePayment      = "payment"
	TypeBankEntry    = "bank-entry"
	TypeSubscription = "subscription"
	TypeProduct      = "product"
	TypePriceList    = "price-list"
	TypeRate         = "rate"
	TypeTask         = "task"
	TypeHours        = "hours"
	TypeActivity     = "activity"
	TypeDelivery     = "delivery"
	TypeMessage      = "message"
	TypeQuarantine   = "quarantine"
	TypeSubmission   = "submission"
	TypeSenderRule   = "sender-rule"
	TypeUser         = "user"
	TypeToken        = "token"
	TypeSettings     = "settings"
)

// Ref names a record.
type Ref struct {
	Type string `json:"type"`
	ID   string `json:"id"`
}

// IsZero reports whether r names nothing.
func (r Ref) IsZero() bool { return r == Ref{} }

// Outcome is the answer to every use case that changes something: the record
// as it is now, what came into being with it, and what already was and is now
// linked to it.
type Outcome struct {
	Record  any   `json:"record"`
	Created []Ref `json:"created"`
	Linked  []Ref `json:"linked,omitempty"`
	// record is the one to answer with when it is not the one that was changed.
	record any
}

// Target is the record that a transition is for. Version, when it is given,
// must be the record's present one (If-Match).
type Target struct {
	ID      string
	Version *int64
}

var idEncoding = base32.NewEncoding("0123456789abcdefghjkmnpqrstvwxyz").WithPadding(base32.NoPadding)

// NewID is a new record id: 48 bits of milliseconds, 80 random bits, in
// Crockford's base 32, as sorted as the clock.
func NewID(now time.Time) string {
	var b [16]byte
	binary.BigEndian.PutUint64(b[:8], uint64(now.UnixMilli())<<16)
	rand.Read(b[6:])
	return idEncoding.EncodeToString(b[:])
}

// Address is a postal address (EN 16931 BG-5, BG-8). Country is ISO 3166-1
// alpha-2.
type Address struct {
	Street   string `json:"street,omitempty"`
	Street2  string `json:"street2,omitempty"`
	Postcode string `json:"postcode,omitempty"`
	City     string `json:"city,omitempty"`
	Country  string `json:"country,omitempty"`
}

// IsZero reports whether nothing but a country is known.
func (a Address) IsZero() bool {
	return a.Street == "" && a.Street2 == "" && a.Postcode == "" && a.City == ""
}

// Endpoint is an electronic address (BT-34, BT-49): Scheme is an EAS code such
// as "0192" (Norwegian organisation number).
type Endpoint struct {
	Scheme string `json:"scheme,omitempty"`
	ID     string `json:"id,omitempty"`
}

// normalEmail is the form in which addresses are compared: trimmed and in
// lower case, although RFC 5321 section 2.4 would allow a local part to differ
// by case alone.
func normalEmail(s string) string { return strings.ToLower(strings.TrimSpace(s)) }
