package message

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Guess is what the mail lets one suppose of its sender. Each is a guess, shown
// as one, and never overwrites what a person wrote.
type Guess struct {
	Name               Guessed
	Phone              Guessed // E.164, such as +4722334455
	Company            Guessed
	OrganisationNumber Guessed // digits; VAT numbers keep their country
	Address            Guessed // on one line, parts divided by commas
	Title              Guessed // what the person is at the company
	// Country is where the phone and the address are, ISO 3166; empty when they
	// are in the reader's own.
	Country string
}

// Guessed is a guess with the place it came from; both empty when there is none.
type Guessed struct {
	Value, Source string
}

// The places that a guess comes from.
const (
	SourceDisplayName  = "display_name" // beside the address of the sender
	SourceAddress      = "address"      // the local part of the sender's address
	SourceDomain       = "domain"       // the domain of the sender's address
	SourceOrganization = "organization" // the Organization field (RFC 5536)
	SourceSignature    = "signature"
	SourceText         = "text"
	SourceCard         = "card" // the sender's vCard
)

// maxGuessBytes is how much of the signature, and of the end and the start of
// the text, guesses are looked for in.
const maxGuessBytes = 8 << 10

// fewestDigits is how many digits the shortest of what is looked for in the text
// has: a British postcode.
const fewestDigits = 2

// guess looks in the signature first, then in the text.
func guess(h header, m *Message, o Options) Guess {
	var g Guess
	sender := senderOf(m)
	signature := guessLines(guessBeginning(m.Signature))
	var text []guessLine
	if beginning := guessBeginning(m.Text); countDigits(beginning) >= fewestDigits {
		text = guessLines(beginning)
	}
	g.Name = guessName(sender, signature)
	g.Company = guessCompany(h, sender, signature)
	places := []struct {
		source string
		lines  []guessLine
	}{{SourceSignature, signature}, {SourceText, text}}
	budget := maxPhoneTries
	country := countryOf(sender, m.Language, o.Region)
	if country != o.Region {
		g.Country = country
	}
	for _, p := range places {
		if g.OrganisationNumber.Value == "" {
			g.OrganisationNumber = guessed(findOrganisationNumber(p.lines), p.source)
		}
		if g.Phone.Value == "" {
			g.Phone = guessed(findPhone(p.lines, country, &budget), p.source)
		}
		if g.Address.Value == "" {
			g.Address = guessed(findPostalAddress(p.lines, country), p.source)
		}
	}
	g.guessCard(m, o)
	return g
}

func guessed(value, source string) Guessed {
	if value == "" {
		return Guessed{}
	}
	return Guessed{value, source}
}

// guessLine is a line that guesses are looked for in, with how many digits it
// has: what has too few of them need not be looked at.
type guessLine struct {
	text   string
	digits int
}

// guessBeginning is as much of a text as guesses are looked for in.
func guessBeginning(s string) string {
	if len(s) <= maxGuessBytes {
		return s
	}
	n := maxGuessBytes
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}

// guessLines are the lines with text, trimmed.
func guessLines(s string) []guessLine {
	if s == "" {
		return nil
	}
	lines := make([]guessLine, 0, strings.Count(s, "\n")+1)
	for l := range strings.SplitSeq(s, "\n") {
		if l = strings.TrimSpace(l); l != "" {
			lines = append(lines, guessLine{l, countDigits(l)})
		}
	}
	return lines
}

// senderOf is the person behind a mail: who is to be answered when From is a
// machine's address.
func senderOf(m *Message) Address {
	var from Address
	if len(m.From) > 0 {
		from = m.From[0]
	}
	if len(m.ReplyTo) > 0 && (from.Address == "" || isMachine(from.Address)) {
		return m.ReplyTo[0]
	}
	return from
}

// isMachine tells addresses that web sites and programs send from.
func isMachine(addr string) bool {
	switch strings.Map(withoutMarks, localOf(addr)) {
	case "noreply", "donotreply", "ikkesvar", "wordpress", "webmaster", "www", "wwwdata", "apache", "nginx", "mailer", "form", "forms", "skjema":
		return true
	}
	return isDaemon(addr)
}

// withoutMarks drops what stands between the words of a local part.
func withoutMarks(r rune) rune {
	switch r {
	case '-', '_', '.':
		return -1
	}
	return r
}

// isRole tells addresses that name no person.
func isRole(addr string) bool {
	switch localOf(addr) {
	case "post", "info", "kontakt", "contact", "office", "firmapost", "mail", "epost", "salg", "sales", "support", "admin", "hello", "hei", "kundeservice", "faktura", "regnskap", "bestilling", "ordre", "innkjop", "kontor", "resepsjon", "booking", "service":
		return true
	}
	return isMachine(addr)
}

func guessName(sender Address, signature []guessLine) Guessed {
	shown := personalName(sender.Name)
	if strings.Contains(shown, "@") {
		shown = ""
	}
	signed := signedName(signature)
	switch {
	case signed != "" && (companySuffix(shown) != "" || !strings.Contains(shown, " ") && strings.HasPrefix(signed, shown+" ")):
		return Guessed{signed, SourceSignature} // the display name is the company's, or a first name alone
	case shown != "":
		return Guessed{shown, SourceDisplayName}
	case signed != "":
		return Guessed{signed, SourceSignature}
	}
	if sender.Address == "" || isRole(sender.Address) {
		return Guessed{}
	}
	local, _, _ := strings.Cut(localOf(sender.Address), "+")
	words := strings.FieldsFunc(local, func(r rune) bool { return r == '.' || r == '_' })
	if len(words) < 2 || len(words) > 4 {
		return Guessed{}
	}
	for i, w := range words {
		r, n := utf8.DecodeRuneInString(w)
		if !unicode.IsLetter(r) || strings.ContainsAny(w, "0123456789") {
			return Guessed{}
		}
		words[i] = string(unicode.ToUpper(r)) + w[n:]
	}
	return Guessed{strings.Join(words, " "), SourceAddress}
}

// signedName is the name that a signature begins with, or empty.
func signedName(signature []guessLine) string {
	for _, line := range signature[:min(len(signature), 4)] {
		l := line.text
		if isClosing(l) {
			if _, name, ok := strings.Cut(l, ","); ok && looksLikeName(strings.TrimSpace(name)) {
				return strings.TrimSpace(name)
			}
			continue
		}
		for _, agent := range []string{"i. A. ", "i.A. ", "i. V. ", "i.V. ", "ppa. "} { // signed for somebody, in German
			l = strings.TrimPrefix(l, agent)
		}
		if looksLikeName(l) && companySuffix(l) == "" && !isTitle(l) {
			return l
		}
	}
	return ""
}

// titles are words that end, or are, what a person is at a company.
var titles = []string{
	"manager", "director", "officer", "engineer", "assistant", "consultant", "department", "ceo", "cfo", "cto", "owner", "sales", "purchasing", "support",
	"leder", "sjef", "direktør", "rådgiver", "konsulent", "ingeniør", "ansvarlig", "avdeling", "selger", "medarbeider", "innehaver",
	"chef", "direktör", "rådgivare", "säljare", "avdelning", "indkøber", "sælger", "afdeling",
	"leiter", "leiterin", "geschäftsführer", "geschäftsführerin", "einkauf", "vertrieb", "abteilung", "responsable", "directeur", "directrice", "gérant", "achats", "service",
}

// isTitle tells whether a line is what a person is, not who.
func isTitle(s string) bool {
	for w := range strings.FieldsSeq(strings.ToLower(s)) {
		for _, t := range titles {
			if strings.HasSuffix(w, t) {
				return true
			}
		}
	}
	return false
}

// personalName turns "Nordmann, Ola" around.
func personalName(s string) string {
	last, first, ok := strings.Cut(s, ",")
	first = strings.TrimSpace(first)
	if ok && looksLikeName(first+" "+last) && companySuffix(first) == "" && !strings.Contains(first, ",") {
		return first + " " + strings.TrimSpace(last)
	}
	return s
}

// looksLikeName tells whether a line is two to five words that begin with a
// capital letter, with letters alone.
func looksLikeName(s string) bool {
	words := strings.Fields(s)
	if len(words) < 2 || len(words) > 5 || len(s) > 60 {
		return false
	}
	small := 0
	for _, w := range words {
		r, _ := utf8.DecodeRuneInString(w)
		if !unicode.IsUpper(r) {
			small++ // von, de, van der
		}
		for _, c := range w {
			if !unicode.IsLetter(c) && !strings.ContainsRune(".-'’", c) {
				return false
			}
		}
	}
	first, _ := utf8.DecodeRuneInString(words[0])
	return unicode.IsUpper(first) && small <= len(words)-2
}

// companySuffixes are legal forms that end the name of a company.
var companySuffixes = map[string]bool{
	"AS": true, "ASA": true, "ANS": true, "DA": true, "ENK": true, "SA": true, "BA": true, "NUF": true, "KS": true, "IKS": true, "KF": true,
	"AB": true, "HB": true, "KB": true, "A/S": true, "ApS": true, "I/S": true, "K/S": true, "Oy": true, "Oyj": true, "Ab": true,
	"GmbH": true, "AG": true, "KG": true, "OHG": true, "UG": true, "e.K.": true, "GbR": true,
	"Ltd": true, "Ltd.": true, "Limited": true, "LLC": true, "Inc": true, "Inc.": true, "PLC": true, "plc": true, "LLP": true, "Corp.": true,
	"SARL": true, "SAS": true, "S.A.": true, "S.A.S.": true, "S.à.r.l.": true, "EURL": true, "BV": true, "B.V.": true, "NV": true,
}

// companySuffix is the company's name in a line: what goes up to a legal form.
func companySuffix(s string) string {
	for _, piece := range strings.FieldsFunc(s, func(r rune) bool { return r == '|' || r == ',' || r == '•' || r == ';' || r == '·' }) {
		words := strings.Fields(piece)
		if len(words) > 0 && strings.EqualFold(words[0], "c/o") {
			words = words[1:]
		}
		for i := len(words) - 1; i > 0; i-- {
			if i <= 6 && companySuffixes[words[i]] && startsUpper(words[0]) {
				return strings.Join(words[:i+1], " ")
			}
		}
	}
	return ""
}

func startsUpper(s string) bool {
	r, _ := utf8.DecodeRuneInString(s)
	return unicode.IsUpper(r) || unicode.IsDigit(r)
}

func guessCompany(h header, sender Address, signature []guessLine) Guessed {
	if v := oneLine(decodeWords(h.get("organization"), &ledger{})); v != "" && len(v) < 100 {
		return Guessed{v, SourceOrganization}
	}
	for _, l := range signature {
		if c := companySuffix(l.text); c != "" && !isClosing(l.text) {
			return Guessed{c, SourceSignature}
		}
	}
	if c := companySuffix(sender.Name); c != "" {
		return Guessed{c, SourceDisplayName}
	}
	domain := domainOf(sender.Address)
	if !strings.Contains(sender.Address, "@") || IsFreeMail(domain) {
		return Guessed{}
	}
	labels := strings.Split(domain, ".")
	if len(labels) < 2 {
		return Guessed{}
	}
	name := labels[len(labels)-2]
	if len(labels) > 2 && len(labels[len(labels)-1]) == 2 && isSecondLevel(name) {
		name = labels[len(labels)-3]
	}
	switch name {
	case "yahoo", "hotmail", "live", "outlook", "gmx", "gmail", "googlemail", "icloud":
		return Guessed{} // a country's domain of a free-mail host
	}
	if len(name) < 2 || strings.HasPrefix(domain, "[") {
		return Guessed{}
	}
	r, n := utf8.DecodeRuneInString(name)
	return Guessed{string(unicode.ToUpper(r)) + name[n:], SourceDomain}
}

// isSecondLevel tells the labels that stand between a company's and its country's.
func isSecondLevel(label string) bool {
	switch label {
	case "co", "com", "org", "net", "ac", "gov", "edu", "or", "ne", "ltd", "plc", "gouv", "asso", "priv", "kommune":
		return true
	}
	return false
}

// freeMail are hosts whose domain says nothing of the company.
var freeMail = map[string]bool{
	"gmail.com": true, "googlemail.com": true, "outlook.com": true, "hotmail.com": true, "hotmail.no": true, "hotmail.se": true, "hotmail.dk": true,
	"hotmail.co.uk": true, "hotmail.fr": true, "hotmail.de": true, "live.com": true, "live.no": true, "live.se": true, "live.dk": true, "msn.com": true,
	"yahoo.com": true, "yahoo.no": true, "yahoo.se": true, "yahoo.dk": true, "yahoo.co.uk": true, "yahoo.fr": true, "yahoo.de": true, "ymail.com": true,
	"icloud.com": true, "me.com": true, "mac.com": true, "aol.com": true, "proton.me": true, "protonmail.com": true, "pm.me": true,
	"online.no": true, "broadpark.no": true, "getmail.no": true, "lyse.net": true, "frisurf.no": true, "start.no": true, "altibox.no": true, "outlook.no": true,
	"telia.com": true, "spray.se": true, "bredband.net": true, "comhem.se": true, "mail.dk": true, "jubii.dk": true, "stofanet.dk": true, "outlook.dk": true,
	"gmx.de": true, "gmx.net": true, "gmx.com": true, "gmx.at": true, "gmx.ch": true, "web.de": true, "t-online.de": true, "freenet.de": true, "posteo.de": true, "mailbox.org": true,
	"orange.fr": true, "wanadoo.fr": true, "free.fr": true, "laposte.net": true, "sfr.fr": true, "outlook.fr": true, "bluewin.ch": true,
	"fastmail.com": true, "zoho.com": true, "mail.com": true, "btinternet.com": true, "sky.com": true, "comcast.net": true, "verizon.net": true, "yandex.com": true, "mail.ru": true, "qq.com": true,
}

// IsFreeMail tells whether a domain is a mail host that anybody can have an
// address at, so that two of its addresses have nothing in common.
func IsFreeMail(domain string) bool { return freeMail[strings.ToLower(domain)] }
