package process

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Settings are what the business decides; they live in the database with their
// history and are edited in the console. What the machine needs stands in
// config.yaml instead.
type Settings struct {
	Company  Company  `json:"company"`
	Language string   `json:"language"`  // the company's own: nb or en
	Currency string   `json:"currency"`  // ISO 4217
	TimeZone string   `json:"time_zone"` // IANA name, such as Europe/Oslo
	Terms    Terms    `json:"terms"`
	Numbers  Numbers  `json:"numbers"`
	VAT      VAT      `json:"vat"` // of lines that name none
	Mail     MailText `json:"mail"`
	// PaymentReference is how invoices are told apart by the bank: "number" or
	// "kid-mod10" (Norway).
	PaymentReference string `json:"payment_reference"`
}

// Company is the seller.
type Company struct {
	Name               string   `json:"name"`
	OrganisationNumber string   `json:"organisation_number"`
	OrganisationScheme string   `json:"organisation_scheme,omitempty"` // ICD code; 0192 in Norway
	VATNumber          string   `json:"vat_number,omitempty"`
	TaxRegistration    string   `json:"tax_registration,omitempty"` // "Foretaksregisteret"
	Address            Address  `json:"address"`
	Email              string   `json:"email"`
	Phone              string   `json:"phone,omitempty"`
	Web                string   `json:"web,omitempty"`
	BankAccount        string   `json:"bank_account,omitempty"`
	IBAN               string   `json:"iban,omitempty"`
	BIC                string   `json:"bic,omitempty"`
	EInvoiceAddress    Endpoint `json:"e_invoice_address,omitzero"`
}

// Terms are the company's usual ones, in days.
type Terms struct {
	PaymentDays    int `json:"payment_days"`
	QuoteValidDays int `json:"quote_valid_days"`
	// Quote and Invoice are printed, by language.
	Quote   map[string]string `json:"quote,omitempty"`
	Invoice map[string]string `json:"invoice,omitempty"`
}

// Numbers are the number series.
type Numbers struct {
	Quote      Series `json:"quote"`
	Order      Series `json:"order"`
	Invoice    Series `json:"invoice"`
	CreditNote Series `json:"credit_note"`
}

// Series makes numbers: the prefix and a counter that begins at First.
type Series struct {
	Prefix string `json:"prefix"`
	First  int64  `json:"first"`
}

// Format is the number with counter n.
func (s Series) Format(n int64) string { return s.Prefix + strconv.FormatInt(n, 10) }

// MailText switches automatic mails.
type MailText struct {
	// Acknowledge answers a new inquiry with a short receipt.
	Acknowledge bool `json:"acknowledge"`
	// AcknowledgePerHour caps receipts of all senders together.
	AcknowledgePerHour int `json:"acknowledge_per_hour"`
	// PlusAddresses asks for answers to documents at a signed address of their
	// own (sales+TAG@…). The mail server must deliver those to the mailbox.
	PlusAddresses bool `json:"plus_addresses"`
	// Spam puts mail of strangers to the other mail.
	Spam SpamRules `json:"spam,omitzero"`
}

// DefaultSettings are those of a company in Norway that has not decided
// anything yet.
func DefaultSettings() Settings {
	return Settings{
		Company:  Company{OrganisationScheme: "0192", Address: Address{Country: "NO"}},
		Language: "nb", Currency: "NOK", TimeZone: "Europe/Oslo",
		Terms: Terms{PaymentDays: 14, QuoteValidDays: 30},
		Numbers: Numbers{Quote: Series{"T-", 1001}, Order: Series{"O-", 1001},
			Invoice: Series{"", 10001}, CreditNote: Series{"K-", 1001}},
		VAT:              defaultVAT,
		Mail:             MailText{AcknowledgePerHour: 200},
		PaymentReference: "kid-mod10",
	}
}

// Location is the company's time zone.
func (s Settings) Location() *time.Location {
	loc, err := time.LoadLocation(s.TimeZone)
	if err != nil {
		return time.UTC
	}
	return loc
}

// Problems says what is wrong with the settings as such; what a document needs
// beyond that is checked when it is issued.
func (s Settings) Problems() []Problem {
	var ps []Problem
	bad := func(field, reason, format string, args ...any) {
		ps = append(ps, Problem{Field: field, Reason: reason, Message: fmt.Sprintf(format, args...)})
	}
	if !validCurrency(s.Currency) {
		bad("currency", "settings.currency", "%q is no ISO 4217 currency code", s.Currency)
	}
	if _, err := time.LoadLocation(s.TimeZone); err != nil || s.TimeZone == "" {
		bad("time_zone", "settings.time_zone", "%q is no time zone: write it as Europe/Oslo", s.TimeZone)
	}
	if !knownLanguage(s.Language) {
		bad("language", "settings.language", "%q is no language of emne: nb or en", s.Language)
	}
	if s.Terms.PaymentDays < 0 || s.Terms.PaymentDays > 365 {
		bad("terms.payment_days", "settings.payment_days", "payment days are between 0 and 365")
	}
	if s.Terms.QuoteValidDays < 1 || s.Terms.QuoteValidDays > 3650 {
		bad("terms.quote_valid_days", "settings.quote_valid_days", "a quote is valid for 1 to 3650 days")
	}
	for _, n := range []struct {
		field string
		s     Series
	}{{"quote", s.Numbers.Quote}, {"order", s.Numbers.Order}, {"invoice", s.Numbers.Invoice}, {"credit_note", s.Numbers.CreditNote}} {
		if n.s.First < 1 || n.s.First > 1e12 {
			bad("numbers."+n.field+".first", "settings.series.first", "a series begins at 1 or later")
		}
		if len(n.s.Prefix) > 16 || n.s.Prefix != "" && strings.ContainsRune("0123456789", rune(n.s.Prefix[len(n.s.Prefix)-1])) {
			bad("numbers."+n.field+".prefix", "settings.series.prefix", "a prefix has at most 16 characters and does not end in a digit, so that the counter can be told from it")
		}
	}
	if t := s.Mail.Spam.Threshold; t != "" && (len(t) > 20 || scoreIn.FindString(t) != t) {
		bad("mail.spam.threshold", "settings.spam_threshold", "%q is no score: write it as 5 or 6.5", t)
	}
	if len(s.Mail.Spam.Blocked) > maxSpamRules || len(s.Mail.Spam.Words) > maxSpamRules {
		bad("mail.spam", "settings.spam", "at most %d addresses and as many words are spam", maxSpamRules)
	}
	switch s.PaymentReference {
	case "number", "kid-mod10":
	default:
		bad("payment_reference", "settings.payment_reference", "%q is no payment reference: number or kid-mod10", s.PaymentReference)
	}
	return append(ps, s.VAT.problems("vat")...)
}

func knownLanguage(l string) bool { return l == "nb" || l == "en" }
