package process

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/shopspring/decimal"
)

// SpamRules put mail of strangers to the other mail. Empty rules do nothing.
type SpamRules struct {
	// ScoreHeader is the field in which the mail's provider writes its score,
	// such as X-Spam-Score, X-Spam-Status or X-MS-Exchange-Organization-SCL.
	ScoreHeader string `json:"score_header,omitempty"`
	// Threshold is the score from which on a mail is spam, as exact text; 5 when empty.
	Threshold string `json:"threshold,omitempty"`
	// Blocked are addresses and domains, Words what only spam says.
	Blocked []string `json:"blocked,omitempty"`
	Words   []string `json:"words,omitempty"`
}

// maxSpamRules bounds each list.
const maxSpamRules = 2000

var scoreIn = regexp.MustCompile(`-?[0-9]{1,6}(\.[0-9]{1,6})?`)

// score is the number in a provider's field: that after "score=", else the first.
func score(value string) (decimal.Decimal, bool) {
	if _, rest, ok := strings.Cut(strings.ToLower(value), "score="); ok {
		value = rest
	}
	d, err := decimal.NewFromString(scoreIn.FindString(value))
	return d, err == nil
}

// threshold is usual for SpamAssassin and for the SCL of Exchange when none is set.
func (r SpamRules) threshold() decimal.Decimal {
	d, err := decimal.NewFromString(r.Threshold)
	if err != nil {
		return decimal.NewFromInt(5)
	}
	return d
}

// blocks reports whether an address, or its domain with those below it, is listed.
func (r SpamRules) blocks(address string) (string, bool) {
	address = normalEmail(address)
	_, domain, _ := strings.Cut(address, "@")
	for _, b := range r.Blocked {
		b = normalEmail(b)
		if b != "" && (b == address || b == domain || strings.HasSuffix(domain, "."+b)) {
			return b, true
		}
	}
	return "", false
}

// spam says why a mail is spam, "" when it is none. What is not blocked and
// comes from somebody known is none, whatever it says.
func (u *unit) spam(m *IncomingMail) (string, error) {
	r := u.settings.Mail.Spam
	for _, address := range []string{m.From, m.sender()} {
		if by, ok := r.blocks(address); ok {
			return "blocked: " + by, nil
		}
	}
	why := ""
	if value := m.Fields[strings.ToLower(strings.TrimSpace(r.ScoreHeader))]; value != "" {
		if s, ok := score(value); ok && s.GreaterThanOrEqual(r.threshold()) {
			why = fmt.Sprintf("%s: %s", strings.TrimSpace(r.ScoreHeader), s)
		}
	}
	text := ""
	if why == "" && len(r.Words) > 0 {
		text = strings.ToLower(m.Inquiry.Subject + "\n" + m.Inquiry.Text)
	}
	for _, w := range r.Words {
		if w = strings.ToLower(strings.TrimSpace(w)); why == "" && w != "" && strings.Contains(text, w) {
			why = "word: " + w
		}
	}
	if why == "" {
		return "", nil
	}
	_, known, err := u.knownSender(m.Inquiry.lead(""))
	if known || err != nil {
		return "", err
	}
	return why, nil
}
