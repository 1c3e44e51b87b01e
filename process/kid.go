package process

import (
	"fmt"
	"strconv"
	"strings"
)

// How invoices are told apart by the bank.
const (
	ReferenceNumber = "number"
	ReferenceMOD10  = "kid-mod10"
	ReferenceMOD11  = "kid-mod11"
)

// maxKID is how long a KID may be (OCR giro, amount item 1).
const maxKID = 25

// KID is how a Norwegian customer identification number is made up: digits of
// the customer's number, the document's digits, and a check digit.
type KID struct {
	// CustomerDigits is how many digits the customer's number takes, with zeros
	// in front; none when it is zero. A customer without a number gets the next
	// one of the series.
	CustomerDigits int `json:"customer_digits,omitempty"`
	// Length is that of the whole KID, filled with zeros in front of the
	// document's digits; as long as these make it when it is zero.
	Length int `json:"length,omitempty"`
	// AllowDash takes "-" for a check digit of 10 in MOD11. Otherwise a further
	// digit stands before the check digit, 0, or 1 where 0 would lead to 10.
	AllowDash bool `json:"allow_dash,omitempty"`
}

func (k KID) problems() []Problem {
	var ps []Problem
	if k.CustomerDigits < 0 || k.CustomerDigits > 12 {
		ps = append(ps, Problem{Field: "kid.customer_digits", Reason: "settings.kid.customer_digits", Message: "a customer's number takes 0 to 12 digits of a KID"})
	}
	if k.Length != 0 && (k.Length < k.CustomerDigits+3 || k.Length > maxKID) {
		ps = append(ps, Problem{Field: "kid.length", Reason: "settings.kid.length", Message: "a KID has at most 25 digits, and room for the document's number and the check digit; 0 makes it as long as they are"})
	}
	return ps
}

// paymentReference is what the customer gives the bank (BT-83): the document's
// number, a KID, or a structured communication.
func (u *unit) paymentReference(customer, number string) (string, error) {
	s := u.settings
	if s.PaymentReference == ReferenceOGM {
		own, ok := ogm(digitsOf(number))
		if !ok {
			return "", Invalid("kid.length", "the payment reference does not have room for its numbers", Problem{Field: "payment_reference", Reason: "kid.length",
				Message: fmt.Sprintf("begin the numbers of invoices lower: %s has more than the ten digits of a structured communication", number)})
		}
		return own, nil
	}
	if s.PaymentReference != ReferenceMOD10 && s.PaymentReference != ReferenceMOD11 {
		return number, nil
	}
	of := ""
	if s.KID.CustomerDigits > 0 {
		var err error
		if of, err = u.customerNumber(customer); err != nil {
			return "", err
		}
	}
	kid, ok := s.KID.of(digitsOf(of), digitsOf(number), s.PaymentReference == ReferenceMOD11)
	if !ok {
		return "", Invalid("kid.length", "the payment reference does not have room for its numbers", Problem{Field: "payment_reference", Reason: "kid.length",
			Message: fmt.Sprintf("give the KID more digits in the settings: customer number %s and document number %s are too long", of, number)})
	}
	return kid, nil
}

// of makes a KID; it reports false when the parts do not fit.
func (k KID) of(customer, document string, elevens bool) (string, bool) {
	if len(customer) > k.CustomerDigits {
		return "", false
	}
	payload := strings.Repeat("0", k.CustomerDigits-len(customer)) + customer
	spare := elevens && !k.AllowDash
	after := 1
	if spare {
		after = 2
	}
	if fill := k.Length - len(payload) - len(document) - after; fill > 0 {
		payload += strings.Repeat("0", fill)
	} else if fill < 0 && k.Length > 0 {
		return "", false
	}
	payload += document
	if len(payload)+after > maxKID {
		return "", false
	}
	if !elevens {
		return payload + strconv.Itoa(mod10(payload)), true
	}
	if spare {
		if payload += "0"; mod11(payload) == "-" {
			payload = payload[:len(payload)-1] + "1"
		}
	}
	return payload + mod11(payload), true
}

// customerNumber is the customer's own number, given now when there is none.
func (u *unit) customerNumber(id string) (string, error) {
	c, err := u.Customers().Get(id)
	if err != nil {
		return "", err
	}
	if digitsOf(c.Number) != "" {
		return c.Number, nil
	}
	series := u.settings.Numbers.customers()
	n, err := u.NextNumber(TypeCustomer, series.First)
	if err != nil {
		return "", err
	}
	c.Number, c.UpdatedAt = series.Format(n), u.now
	if err := u.Customers().Update(c); err != nil {
		return "", err
	}
	return c.Number, u.note(Activity{Type: "customer.changed", About: Ref{TypeCustomer, c.ID}, Data: map[string]string{"name": c.Name, "number": c.Number}})
}

func (n Numbers) customers() Series {
	if n.Customer.First == 0 {
		return Series{"", 10001}
	}
	return n.Customer
}

// digitsOf are the digits of a number.
func digitsOf(number string) string {
	return strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, number)
}

// mod10 is the check digit of Luhn (ISO/IEC 7812-1 annex B).
func mod10(digits string) int {
	sum := 0
	for i := range len(digits) {
		d := int(digits[len(digits)-1-i] - '0')
		if i%2 == 0 {
			if d *= 2; d > 9 {
				d -= 9
			}
		}
		sum += d
	}
	return (10 - sum%10) % 10
}

// mod11 is the check digit by weights 2 to 7 from the right, repeated, "-" for 10.
func mod11(digits string) string {
	sum := 0
	for i := range len(digits) {
		sum += int(digits[len(digits)-1-i]-'0') * (2 + i%6)
	}
	if d := (11 - sum%11) % 11; d < 10 {
		return strconv.Itoa(d)
	}
	return "-"
}
