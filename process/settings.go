package process

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Settings are what the business decides; they live in the database with their
// history and are edited in the console. What the machine needs stands in
// config.yaml instead.
type Settings struct {
	Company  Company       `json:"company"`
	Language string        `json:"language"`  // the company's own: one of Languages
	Currency string        `json:"currency"`  // ISO 4217
	TimeZone string        `json:"time_zone"` // IANA name, such as Europe/Oslo
	Terms    Terms         `json:"terms"`
	Numbers  Numbers       `json:"numbers"`
	VAT      VAT           `json:"vat"` // of lines that name none
	Mail     MailText      `json:"mail"`
	Hours    HoursSettings `json:"hours,omitzero"`
	// Reminders call open invoices to mind.
	Reminders Reminders `json:"reminders"`
	// PaymentReference is how invoices are told apart by the bank: "number",
	// "kid-mod10" or "kid-mod11" (Norway), "ogm" (Belgium). KID is what those of
	// Norway are made of.
	PaymentReference string `json:"payment_reference"`
	KID              KID    `json:"kid,omitzero"`
	// PaymentMeans is the code of UNTDID 4461 that invoices have (BT-81): 30 credit
	// transfer, 57 standing agreement, 58 SEPA; empty is 58 for a company that
	// counts in euros and has an IBAN, else 30.
	PaymentMeans string `json:"payment_means,omitempty"`
	// SendBy is how invoices and credit notes go out to customers that say
	// nothing else: mail (also when empty), e_invoice or both.
	SendBy string `json:"send_by,omitempty"`
	// PaymentLink is the address of a page to pay an invoice, with {reference},
	// {amount}, {number} and {currency}; empty when there is none.
	PaymentLink string `json:"payment_link,omitempty"`
	// Prepayment is what customers pay ahead unless a quote says otherwise.
	Prepayment PrepaymentTerms `json:"prepayment,omitzero"`
	// WriteOffLimit is up to where the difference between a payment and what is
	// open is written off; none are when it is zero.
	WriteOffLimit Money `json:"write_off_limit,omitzero"`
	// BankCSV is how the bank's CSV files are read.
	BankCSV CSVMapping `json:"bank_csv,omitzero"`
	// VATRules are the VAT of customers of other countries, by country and kind;
	// the first that fits holds.
	VATRules []VATRule `json:"vat_rules,omitempty"`
	// Process bends the steps; Automations act by themselves.
	Process     Process      `json:"process,omitzero"`
	Automations []Automation `json:"automations,omitempty"`
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
	// FollowUpBefore and FollowUpAfter are days before and after a quote's
	// expiry on which its customer gets a mail; 0 sends none.
	FollowUpBefore int `json:"follow_up_before,omitempty"`
	FollowUpAfter  int `json:"follow_up_after,omitempty"`
	// PaymentRule is net (also when empty) or end_of_month: whence PaymentDays count.
	PaymentRule string `json:"payment_rule,omitempty"`
	// WorkingDays moves due dates to the next working day. Norwegian holidays
	// are known; Holidays lists those of other countries, and closed days.
	WorkingDays bool   `json:"working_days,omitempty"`
	Holidays    []Date `json:"holidays,omitempty"`
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
	// PaymentRequest numbers requests for prepayments, apart from invoices.
	PaymentRequest Series `json:"payment_request"`
	// Customer numbers customers when a KID asks for it.
	Customer Series `json:"customer,omitzero"`
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
	// Digest mails every user the tasks that are due, once a day from
	// DigestHour on, 0 to 23 in the company's time zone.
	Digest     bool `json:"digest,omitempty"`
	DigestHour int  `json:"digest_hour,omitempty"`
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
			Invoice: Series{"", 10001}, CreditNote: Series{"K-", 1001}, PaymentRequest: Series{"F-", 900001}},
		VAT:              defaultVAT,
		Mail:             MailText{AcknowledgePerHour: 200, Digest: true, DigestHour: 7},
		Reminders:        defaultReminders(),
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
		bad("language", "settings.language", "%q is no language of emne: %s", s.Language, strings.Join(Languages(), ", "))
	}
	if s.Terms.PaymentDays < 0 || s.Terms.PaymentDays > 365 {
		bad("terms.payment_days", "settings.payment_days", "payment days are between 0 and 365")
	}
	if !knownDueRule(s.Terms.PaymentRule) {
		bad("terms.payment_rule", "settings.payment_rule", "%q is no rule for due dates: net or end_of_month", s.Terms.PaymentRule)
	}
	if len(s.Terms.Holidays) > 1000 {
		bad("terms.holidays", "settings.holidays", "at most 1000 holidays")
	}
	if s.Terms.QuoteValidDays < 1 || s.Terms.QuoteValidDays > 3650 {
		bad("terms.quote_valid_days", "settings.quote_valid_days", "a quote is valid for 1 to 3650 days")
	}
	if t := s.Terms; t.FollowUpBefore < 0 || t.FollowUpBefore > 365 || t.FollowUpAfter < 0 || t.FollowUpAfter > 365 {
		bad("terms.follow_up_before", "settings.follow_up", "a quote is followed up at most 365 days before and after it expires")
	}
	for _, n := range []struct {
		field string
		s     Series
	}{{"quote", s.Numbers.Quote}, {"order", s.Numbers.Order}, {"invoice", s.Numbers.Invoice}, {"credit_note", s.Numbers.CreditNote}, {"payment_request", s.Numbers.paymentRequests()}, {"customer", s.Numbers.customers()}} {
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
	case ReferenceNumber, ReferenceMOD10, ReferenceMOD11, ReferenceOGM:
	default:
		bad("payment_reference", "settings.payment_reference", "%q is no payment reference: number, kid-mod10, kid-mod11 or ogm", s.PaymentReference)
	}
	ps = append(append(ps, s.Company.accountProblems()...), s.KID.problems()...)
	if s.PaymentMeans != "" && !slices.Contains(PaymentMeansCodes(), s.PaymentMeans) {
		bad("payment_means", "settings.payment_means", "%q is no means of payment: 30, 57 or 58", s.PaymentMeans)
	}
	if !knownSendBy(s.SendBy) {
		bad("send_by", "settings.send_by", "%q is no way to send: mail, e_invoice or both", s.SendBy)
	}
	if why := linkProblem(s.PaymentLink); why != "" {
		bad("payment_link", "settings.payment_link", "%s", why)
	}
	if l := s.WriteOffLimit; l.Minor < 0 || l.Minor > 0 && l.Currency != s.Currency {
		bad("write_off_limit", "settings.write_off_limit", "the limit is an amount in %s", s.Currency)
	}
	ps = append(ps, s.BankCSV.problems()...)
	ps = append(ps, s.Prepayment.problems(s.Currency)...)
	if s.Mail.DigestHour < 0 || s.Mail.DigestHour > 23 {
		bad("mail.digest_hour", "settings.digest_hour", "an hour is between 0 and 23")
	}
	ps = append(append(ps, s.Process.problems()...), automationProblems(s.Automations)...)
	ps = append(append(ps, s.Reminders.problems(s.Currency)...), s.Hours.problems()...)
	ps = append(ps, s.vatRuleProblems()...)
	return append(ps, s.VAT.problems("vat")...)
}

// Languages are those that documents and mails are written in.
func Languages() []string { return []string{"nb", "nn", "en", "sv", "da", "de", "fr"} }

func knownLanguage(l string) bool { return slices.Contains(Languages(), l) }
