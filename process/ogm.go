package process

import (
	"fmt"
	"strconv"
	"strings"
)

// ReferenceOGM is Belgium's structured communication (OGM, VCS), as
// +++123/4567/89012+++: ten digits and the remainder of their division by 97,
// 97 for none, in two.
const ReferenceOGM = "ogm"

const ogmDigits = 10

// ogm makes a structured communication of a document's digits; it reports false
// when they are more than ten.
func ogm(document string) (string, bool) {
	if len(document) > ogmDigits {
		return "", false
	}
	n, err := strconv.ParseInt("0"+document, 10, 64)
	if err != nil {
		return "", false
	}
	check := n % 97
	if check == 0 {
		check = 97
	}
	return ogmWritten(fmt.Sprintf("%010d%02d", n, check)), true
}

func ogmWritten(digits string) string {
	return "+++" + digits[:3] + "/" + digits[3:7] + "/" + digits[7:] + "+++"
}

// referenceForms are the forms in which a bank gives a reference back: banks
// tell a structured communication as its digits alone, and people type it
// without the pluses.
func referenceForms(reference string) []string {
	if bare := strings.Trim(reference, "+"); bare != reference {
		return []string{reference, bare, digitsOf(bare)}
	}
	return []string{reference}
}

// ourReference is a bank's reference as it stands on the document.
func (u *unit) ourReference(reference string) string {
	if d := digitsOf(reference); u.settings.PaymentReference == ReferenceOGM && len(d) == ogmDigits+2 {
		if own, ok := ogm(d[:ogmDigits]); ok && digitsOf(own) == d {
			return own
		}
	}
	return reference
}
