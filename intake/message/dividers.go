package message

import "strings"

// maxDividerBytes is the length up to which a line can be an attribution or divider.
const maxDividerBytes = 400

// verbs say "wrote" in the attributions of en, nb/sv/da, de, fr.
var verbs = []string{"wrote", "skrev", "schrieb", "a écrit", "skrifaði", "escribió", "ha scritto", "schreef", "kirjoitti"}

// announcesQuote tells whether a line ends an attribution, as in "On …, Ola wrote:".
func announcesQuote(s string) bool {
	s = strings.TrimRight(s, " \u00a0")
	if len(s) > maxDividerBytes {
		return false
	}
	if !strings.HasSuffix(s, ":") {
		return false
	}
	if isAttribution(s) {
		return true
	}
	// The verb may stand at the end of the line before: "… skrev\nOla <ola@example.no>:"
	return strings.HasSuffix(s, ">:") && strings.Contains(s, "@")
}

// isAttribution tells whether the line alone is an attribution: a verb and a colon.
func isAttribution(s string) bool {
	s = strings.TrimRight(s, " \u00a0*")
	if len(s) > maxDividerBytes || !strings.HasSuffix(s, ":") {
		return false
	}
	lower := strings.ToLower(s)
	for _, v := range verbs {
		if strings.Contains(lower, v) {
			return true
		}
	}
	return false
}

// openers are how attributions begin: "On Mon", "Den man.", "Am 3.", "Le lun.".
var openers = []string{"on ", "den ", "am ", "le ", "på ", "il ", "op ", "el "}

// weekdays begin the attributions of Gmail and Apple Mail in nb, sv, da, de.
var weekdays = []string{
	"man", "tir", "ons", "tor", "fre", "lør", "søn", "mån", "tis", "lör", "sön", "mon", "tue", "wed", "thu", "fri", "sat", "sun",
}

// opensAttribution tells whether a line looks like the start of an attribution.
func opensAttribution(s string) bool {
	s = strings.ToLower(strings.TrimSpace(s))
	if s == "" || len(s) > maxDividerBytes {
		return false
	}
	digits := strings.ContainsAny(s, "0123456789")
	if digits && s[0] >= '0' && s[0] <= '9' {
		return true
	}
	for _, o := range openers {
		if digits && strings.HasPrefix(s, o) {
			return true
		}
	}
	for _, d := range weekdays {
		if digits && strings.HasPrefix(s, d) && (strings.HasPrefix(s[len(d):], ".") || strings.HasPrefix(s[len(d):], ",") || strings.HasPrefix(s[len(d):], " ")) {
			return true
		}
	}
	return false
}

// attributionStart finds the first line of an attribution that ends at line i
// and was broken into up to three.
func attributionStart(lines []textLine, shares []share, i int) int {
	if opensAttribution(lines[i].text) && isAttribution(lines[i].text) {
		return i
	}
	for j := i - 1; j >= 0 && j >= i-2; j-- {
		if blank(lines[j].text) || shares[j] == shareSignature {
			break
		}
		if opensAttribution(lines[j].text) {
			return j
		}
	}
	return i
}

// hasTime tells whether a line has a clock time such as 10:11 or 10.11 in it.
func hasTime(s string) bool {
	digit := func(i int) bool { return i >= 0 && i < len(s) && s[i] >= '0' && s[i] <= '9' }
	for i := 1; i+2 < len(s); i++ {
		if (s[i] == ':' || s[i] == '.') && digit(i-1) && digit(i+1) && digit(i+2) && !digit(i+3) {
			return true
		}
	}
	return false
}

// originals are the words between the dashes of Outlook's and Thunderbird's dividers.
var originals = []string{
	"original message", "original e-mail", "opprinnelig melding", "opprinnelig e-post", "opprinnelig epost",
	"ursprungligt meddelande", "originalmeddelande", "original meddelande", "oprindelig meddelelse",
	"oprindelig besked", "oprindelig e-mail", "ursprüngliche nachricht", "originalnachricht",
	"message d'origine", "message d’origine", "message original", "courriel original", "mensaje original",
	"melding fra", "besked fra",
}

// forwards are the words of dividers above a forwarded mail.
var forwards = []string{
	"forwarded message", "forwarded by", "videresendt melding", "videresendt e-post", "videresendt epost",
	"vidarebefordrat meddelande", "vidarebefordrat brev", "videresendt meddelelse", "videresendt besked",
	"weitergeleitete nachricht", "message transféré", "message transmis", "message réexpédié",
}

// appleForwards are whole lines, as Apple Mail writes them.
var appleForwards = []string{
	"begin forwarded message:", "start på videresendt melding:", "videresendt melding:", "vidarebefordrat brev:",
	"påbörja vidarebefordrat meddelande:", "start på videresendt besked:", "anfang der weitergeleiteten nachricht:",
	"anfang der weitergeleiteten e-mail:", "début du message réexpédié :", "début du message transféré :",
	"start på videresendt e-mail:",
}

// dashed is the text between dashes at both ends, or empty.
func dashed(s string) string {
	s = strings.TrimSpace(s)
	if len(s) > 120 || !strings.HasPrefix(s, "--") || !strings.HasSuffix(s, "--") {
		return ""
	}
	return strings.ToLower(strings.Trim(s, "- "))
}

func isOriginalDivider(s string) bool {
	t := dashed(s)
	if t == "" {
		return false
	}
	for _, o := range originals {
		if strings.HasPrefix(t, o) {
			return true
		}
	}
	return false
}

// unmarked is a line without the quote marks before it.
func unmarked(s string) string {
	if s == "" || s[0] > '>' { // as nearly all lines
		return s
	}
	return strings.TrimLeft(s, "> ")
}

func isForwardDivider(s string) bool {
	s = unmarked(s)
	if t := dashed(s); t != "" {
		for _, f := range forwards {
			if strings.HasPrefix(t, f) {
				return true
			}
		}
		return false
	}
	if len(s) > 60 || !strings.HasSuffix(s, ":") {
		return false
	}
	lower := strings.ToLower(s)
	for _, f := range appleForwards {
		if lower == f {
			return true
		}
	}
	return false
}

// isRule tells whether a line is only a rule, as Outlook draws above a header block.
func isRule(s string) bool {
	s = strings.TrimSpace(s)
	return len(s) >= 3 && (s[0] == '_' || s[0] == '-') && (strings.Trim(s, "_") == "" || strings.Trim(s, "-") == "")
}

// headerLabels are the labels of the header block that Outlook puts above a
// quoted mail: f(rom), d(ate), t(o), s(ubject), c(c).
var headerLabels = map[string]byte{
	"from": 'f', "fra": 'f', "från": 'f', "von": 'f', "de": 'f',
	"sent": 'd', "date": 'd', "sendt": 'd', "dato": 'd', "skickat": 'd', "datum": 'd', "gesendet": 'd', "envoyé": 'd',
	"to": 't', "til": 't', "till": 't', "an": 't', "à": 't', "pour": 't',
	"subject": 's', "emne": 's', "ämne": 's', "betreff": 's', "objet": 's', "sujet": 's',
	"cc": 'c', "kopi": 'c', "kopia": 'c', "kopie": 'c',
	// what stands among them and is not read: x
	"reply-to": 'x', "svar til": 'x', "svar-til": 'x', "svara till": 'x', "antwort an": 'x', "répondre à": 'x',
	"attachments": 'x', "vedlegg": 'x', "bilagor": 'x', "anlagen": 'x', "importance": 'x', "prioritet": 'x', "viktighet": 'x', "priorität": 'x',
}

func headerLabel(s string) byte {
	if s != "" && s[0] <= '*' {
		s = strings.TrimLeft(s, "* ")
	}
	i := strings.IndexByte(s[:min(len(s), 15)], ':')
	if i <= 0 {
		return 0
	}
	return headerLabels[strings.ToLower(strings.Trim(s[:i], "* \u00a0"))]
}

// headerBlockAt tells whether Outlook's header block starts at line i: From with
// a date and a recipient or subject within the next lines. A form that mails
// "From:" and "Subject:" without a date is none.
func headerBlockAt(lines []textLine, i int) bool {
	if i >= len(lines) || headerLabel(lines[i].text) != 'f' {
		return false
	}
	date, other, blanks := false, false, 0
	for _, l := range lines[i+1 : min(len(lines), i+12)] {
		if blank(l.text) {
			if blanks++; blanks > 3 {
				break
			}
			continue
		}
		switch headerLabel(l.text) {
		case 'd':
			date = true
		case 't', 's':
			other = true
		}
		if date && other {
			return true
		}
	}
	return false
}

// forwardPrefixes start the subject of a forwarded mail in the six languages.
var forwardPrefixes = []string{"fwd:", "fw:", "vs:", "vb:", "wg:", "tr:", "vidaresend:", "videresend:", "[fwd:"}

func isForward(subject string) bool {
	s := strings.ToLower(strings.TrimSpace(subject))
	for _, p := range forwardPrefixes {
		if strings.HasPrefix(s, p) {
			return true
		}
	}
	return false
}
