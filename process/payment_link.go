package process

import (
	"net/url"
	"regexp"
	"strings"
)

// Due is what the customer is asked for: what is open, and what reminders claim
// beside it. Below zero it is credit.
func (i *Invoice) Due() Money { return Money{i.Open.Minor + i.Claims.Minor, i.Open.Currency} }

var linkPlaceholder = regexp.MustCompile(`\{[^{}]*\}`)

// PaymentLinkOf is where the customer pays the invoice at a payment provider:
// the settings' template with {reference}, {amount} (what is due, such as
// 1250.00), {number} and {currency} filled in. It is empty without a template
// and when nothing is due.
func (s Settings) PaymentLinkOf(i *Invoice) string {
	if s.PaymentLink == "" || i.State != "issued" || i.Due().Minor <= 0 {
		return ""
	}
	values := map[string]string{"{reference}": i.PaymentReference, "{amount}": i.Due().String(), "{number}": i.Number, "{currency}": i.Currency}
	return linkPlaceholder.ReplaceAllStringFunc(s.PaymentLink, func(p string) string { return url.PathEscape(values[p]) })
}

// linkProblem says what is wrong with a template, "" when nothing is.
func linkProblem(template string) string {
	if template == "" {
		return ""
	}
	for _, p := range linkPlaceholder.FindAllString(template, -1) {
		switch p {
		case "{reference}", "{amount}", "{number}", "{currency}":
		default:
			return p + " is unknown: there are {reference}, {amount}, {number} and {currency}"
		}
	}
	u, err := url.Parse(linkPlaceholder.ReplaceAllString(template, "x"))
	if err != nil || u.Scheme != "https" || u.Host == "" || u.User != nil || len(template) > 1000 {
		return "write an address that begins with https://"
	}
	if host, _, _ := strings.Cut(strings.TrimPrefix(template, "https://"), "/"); strings.Contains(host, "{") {
		return "the host has no placeholders"
	}
	return ""
}
