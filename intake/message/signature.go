package message

import (
	"strings"
	"unicode/utf8"
)

// The bounds of a signature: how many lines with text it has after its opening,
// and how long they are. What is longer is text.
const (
	maxSignatureLines = 30
	maxClosingLines   = 14
	maxClosingWidth   = 110
)

// markSignatureLines finds the signature among the lines of the sender's own.
func markSignatureLines(lines []textLine, shares []share) {
	own := make([]int, 0, 64)
	for i := range lines {
		if shares[i] == shareOwn && !blank(lines[i].text) {
			own = append(own, i)
		}
	}
	start := signatureStart(lines, own)
	if start <= 0 {
		return // none, or nothing would be left
	}
	for _, i := range own[start:] {
		shares[i] = shareSignature
	}
	for i := own[start]; i < len(shares); i++ {
		if shares[i] == shareOwn {
			shares[i] = shareSignature
		}
	}
}

// signatureStart is the place in own where the signature starts, or -1.
func signatureStart(lines []textLine, own []int) int {
	for k := len(own) - 1; k >= 0 && len(own)-k <= maxSignatureLines; k-- {
		switch t := lines[own[k]].text; {
		case t == "-- ", t == "--" && len(own)-k <= maxClosingLines:
			return closingBefore(lines, own, k)
		}
	}
	start := -1
	for k := len(own) - 1; k >= 0 && len(own)-k <= maxClosingLines; k-- {
		t := strings.TrimSpace(lines[own[k]].text)
		if utf8.RuneCountInString(t) > maxClosingWidth || isPostscript(t) {
			break
		}
		if isClosing(t) {
			start = closingBefore(lines, own, k)
			break
		}
		if isDeviceLine(t) {
			start = k
		}
	}
	return start
}

// closingBefore moves a start up over closing phrases directly before it, such
// as the same in a second language.
func closingBefore(lines []textLine, own []int, k int) int {
	for k > 0 && isClosing(lines[own[k-1]].text) {
		k--
	}
	return k
}

func isPostscript(s string) bool {
	if s == "" || s[0] != 'p' && s[0] != 'P' {
		return false
	}
	s = strings.ToLower(s)
	return strings.HasPrefix(s, "ps:") || strings.HasPrefix(s, "ps.") || strings.HasPrefix(s, "p.s") || strings.HasPrefix(s, "ps ")
}

// closings are the phrases that end a letter.
var closings = []string{
	// nb
	"med vennlig hilsen", "med venlig hilsen", "vennlig hilsen", "venleg helsing", "med venleg helsing", "beste hilsen",
	"med beste hilsen", "mange hilsener", "hilsen", "hilsning", "mvh", "m.v.h", "m v h", "vh", "bh", "hjertelig hilsen",
	// sv
	"med vänlig hälsning", "med vänliga hälsningar", "vänlig hälsning", "vänliga hälsningar", "bästa hälsningar",
	"hälsningar", "hälsning", "många hälsningar",
	// da
	"venlig hilsen", "med venlige hilsner", "venlige hilsner", "bedste hilsner", "bedste hilsen", "de bedste hilsner", "kærlig hilsen",
	"dbh", "hilsner",
	// en
	"best regards", "kind regards", "kindest regards", "warm regards", "with kind regards", "with best regards", "regards", "best wishes",
	"yours sincerely", "sincerely", "sincerely yours", "yours faithfully", "yours truly", "cheers", "all the best", "many thanks and best regards",
	// de
	"mit freundlichen grüßen", "mit freundlichen grüssen", "mit freundlichem gruß", "mit freundlichem gruss", "mit besten grüßen", "mit besten grüssen",
	"freundliche grüße", "freundliche grüsse", "beste grüße", "beste grüsse", "viele grüße", "viele grüsse", "liebe grüße", "herzliche grüße", "schöne grüße",
	"mfg", "lg", "vg", "gruß", "gruss", "grüße", "grüsse", "mit freundlichen gruessen", "viele gruesse",
	// fr
	"cordialement", "bien cordialement", "très cordialement", "bien à vous", "sincères salutations", "meilleures salutations", "salutations",
	"salutations distinguées", "respectueusement", "amicalement",
}

// isClosing tells whether a line is a closing phrase, alone or before a name.
func isClosing(s string) bool {
	if len(s) > 90 {
		return false
	}
	t := strings.ToLower(strings.Trim(s, " \u00a0,.!*_-–;:"))
	if t == "" || utf8.RuneCountInString(t) > 50 {
		return false
	}
	for _, c := range closings {
		rest, ok := strings.CutPrefix(t, c)
		if !ok {
			continue
		}
		if rest == "" {
			return true
		}
		if (rest[0] == ' ' || rest[0] == ',' || rest[0] == '/') && len(strings.Fields(rest)) <= 3 && !strings.ContainsAny(rest, "?") {
			return true
		}
	}
	return false
}

// deviceLines start the lines that phones and mail programs add by themselves.
var deviceLines = []string{
	"sent from my ", "sent from outlook", "sent from mail for", "sent from yahoo", "get outlook for",
	"sendt fra min ", "sendt fra outlook", "sendt fra e-post for", "sendt fra mail til", "sendt fra yahoo", "hent outlook for", "skaff deg outlook for", "få outlook til",
	"skickat från min ", "skickat från outlook", "skickat från e-post för", "hämta outlook för",
	"von meinem ", "gesendet von ", "outlook für", "holen sie sich outlook",
	"envoyé de mon ", "envoyé depuis", "télécharger outlook", "obtenir outlook", "obtenez outlook",
	"skickades från ", "envoyé à partir de ", "sent from samsung", "sent from proton", "sendt fra samsung", "sendt via ", "sent via ", "skickat via ", "gesendet mit ", "envoyé avec ",
	"sendt med ", "sent with ",
}

func isDeviceLine(s string) bool {
	if len(s) > 120 {
		return false
	}
	lower := strings.ToLower(s)
	for _, d := range deviceLines {
		if strings.HasPrefix(lower, d) {
			return true
		}
	}
	return false
}
