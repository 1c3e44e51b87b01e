package message

import (
	"strings"
	"testing"
)

// tongue is how people write in a language, and what their programs add.
type tongue struct {
	own, closing string
	outlook      [5]string // from, sent with a date, to, cc, subject
	gmail        string
	apple        string
	iphone       string // above the quote
	thunderbird  string
	samsung      string // the divider
	samsungDate  string
	devices      [4]string // the lines of iPhone, Galaxy, Outlook's app, Windows' mail
}

var tongues = map[string]tongue{
	"nb": {"Ja takk, vi tar tolv stoler.", "Med vennlig hilsen", [5]string{"Fra:", "Sendt: mandag 3. januar 2022 10:11", "Til:", "Kopi:", "Emne:"},
		"man. 3. jan. 2022 kl. 10:11 skrev Kari Nordmann <kari@example.no>:", "3. jan. 2022 kl. 10:11 skrev Kari Nordmann <kari@example.no>:", "3. jan. 2022 kl. 10:11 skrev Kari Nordmann <kari@example.no>:",
		"Den 03.01.2022 10:11, skrev Kari Nordmann:", "-------- Opprinnelig melding --------", "Dato:",
		[4]string{"Sendt fra min iPhone", "Sendt fra min Galaxy", "Skaff deg Outlook for iOS<https://aka.ms/o0ukef>", "Sendt fra E-post for Windows"}},
	"sv": {"Ja tack, vi tar tolv stolar.", "Med vänlig hälsning", [5]string{"Från:", "Skickat: den 3 januari 2022 10:11", "Till:", "Kopia:", "Ämne:"},
		"Den mån 3 jan. 2022 kl 10:11 skrev Kari Nordmann <kari@example.no>:", "3 jan. 2022 kl. 10:11 skrev Kari Nordmann <kari@example.no>:", "3 jan. 2022 kl. 10:11 skrev Kari Nordmann <kari@example.no>:",
		"Den 2022-01-03 kl. 10:11, skrev Kari Nordmann:", "-------- Originalmeddelande --------", "Datum:",
		[4]string{"Skickat från min iPhone", "Skickat från min Galaxy", "Hämta Outlook för iOS<https://aka.ms/o0ukef>", "Skickades från E-post för Windows"}},
	"da": {"Ja tak, vi tager tolv stole.", "Med venlig hilsen", [5]string{"Fra:", "Sendt: 3. januar 2022 10:11", "Til:", "Cc:", "Emne:"},
		"Den man. 3. jan. 2022 kl. 10.11 skrev Kari Nordmann <kari@example.no>:", "Den 3. jan. 2022 kl. 10.11 skrev Kari Nordmann <kari@example.no>:", "Den 3. jan. 2022 kl. 10.11 skrev Kari Nordmann <kari@example.no>:",
		"Den 03.01.2022 kl. 10.11 skrev Kari Nordmann:", "-------- Oprindelig besked --------", "Dato:",
		[4]string{"Sendt fra min iPhone", "Sendt fra min Galaxy", "Få Outlook til iOS<https://aka.ms/o0ukef>", "Sendt fra Mail til Windows"}},
	"en": {"Yes please, we take twelve chairs.", "Kind regards,", [5]string{"From:", "Sent: Monday, January 3, 2022 10:11 AM", "To:", "Cc:", "Subject:"},
		"On Mon, Jan 3, 2022 at 10:11 AM Kari Nordmann <kari@example.no> wrote:", "On 3 Jan 2022, at 10:11, Kari Nordmann <kari@example.no> wrote:", "On Jan 3, 2022, at 10:11\u202fAM, Kari Nordmann <kari@example.no> wrote:",
		"On 03/01/2022 10:11, Kari Nordmann wrote:", "-------- Original message --------", "Date:",
		[4]string{"Sent from my iPhone", "Sent from my Galaxy", "Get Outlook for iOS<https://aka.ms/o0ukef>", "Sent from Mail for Windows"}},
	"de": {"Ja bitte, wir nehmen zwölf Stühle.", "Mit freundlichen Grüßen", [5]string{"Von:", "Gesendet: Montag, 3. Januar 2022 10:11", "An:", "Cc:", "Betreff:"},
		"Am Mo., 3. Jan. 2022 um 10:11 Uhr schrieb Kari Nordmann <kari@example.no>:", "Am 03.01.2022 um 10:11 schrieb Kari Nordmann <kari@example.no>:", "Am 03.01.2022 um 10:11 schrieb Kari Nordmann <kari@example.no>:",
		"Am 03.01.22 um 10:11 schrieb Kari Nordmann:", "-------- Ursprüngliche Nachricht --------", "Datum:",
		[4]string{"Von meinem iPhone gesendet", "Von meinem Galaxy gesendet", "Outlook für iOS beziehen<https://aka.ms/o0ukef>", "Gesendet von Mail für Windows"}},
	"fr": {"Oui, nous prenons douze chaises.", "Bien cordialement,", [5]string{"De :", "Envoyé : lundi 3 janvier 2022 10:11", "À :", "Cc :", "Objet :"},
		"Le lun. 3 janv. 2022 à 10:11, Kari Nordmann <kari@example.no> a écrit :", "Le 3 janv. 2022 à 10:11, Kari Nordmann <kari@example.no> a écrit :", "Le 3 janv. 2022 à 10:11, Kari Nordmann <kari@example.no> a écrit\u00a0:",
		"Le 03/01/2022 à 10:11, Kari Nordmann a écrit :", "-------- Message d’origine --------", "Date :",
		[4]string{"Envoyé de mon iPhone", "Envoyé depuis mon appareil Galaxy", "Télécharger Outlook pour iOS<https://aka.ms/o0ukef>", "Envoyé à partir de Courrier pour Windows"}},
}

// quotedMail is what was written before, and its own signature.
const quotedMail = "Hei Ola, her er tilbudet.\n\nMvh\nKari"

func prefixed(head string) string {
	return head + "\n> " + strings.ReplaceAll(quotedMail, "\n", "\n> ")
}

// block is the header block of Outlook above what was written before.
func (l tongue) block(mark string) string {
	line := func(label, value string) string { return mark + strings.TrimSpace(label) + mark + " " + value + "\n" }
	sent, date, _ := strings.Cut(l.outlook[1], ": ")
	return line(l.outlook[0], "Kari Nordmann <kari@example.no>") + line(sent+":", date) + line(l.outlook[2], "Ola Nordmann <ola@fjordbygg.example>") +
		line(l.outlook[3], "Per <per@example.no>") + line(l.outlook[4], "Tilbud") + "\n" + quotedMail
}

// clients are mail programs: what they add below the text, and how they quote.
var clients = map[string]func(l tongue) (device, quote string){
	"Outlook":            func(l tongue) (string, string) { return "", l.block("") },
	"Outlook, bold":      func(l tongue) (string, string) { return "", l.block("*") },
	"Outlook on the web": func(l tongue) (string, string) { return "", "________________________________\n" + l.block("") },
	"Outlook on a phone": func(l tongue) (string, string) {
		return l.devices[2], "________________________________\n" + l.block("")
	},
	"Windows Mail": func(l tongue) (string, string) { return l.devices[3], l.block("") },
	"Gmail":        func(l tongue) (string, string) { return "", prefixed(l.gmail + "\n") },
	"Gmail, broken lines": func(l tongue) (string, string) {
		return "", prefixed(strings.Replace(l.gmail, " <kari", "\n<kari", 1) + "\n")
	},
	"Apple Mail":  func(l tongue) (string, string) { return "", prefixed(l.apple + "\n> ") },
	"iPhone":      func(l tongue) (string, string) { return l.devices[0], prefixed(l.iphone + "\n> \n> \ufeff") },
	"Thunderbird": func(l tongue) (string, string) { return "", prefixed(l.thunderbird) },
	"Samsung": func(l tongue) (string, string) {
		return l.devices[1], l.samsung + "\n" + l.outlook[0] + " Kari Nordmann <kari@example.no>\n" + l.samsungDate + " 03.01.2022 10:11 (GMT+01:00)\n" + l.outlook[2] + " Ola <ola@fjordbygg.example>\n" + l.outlook[4] + " Tilbud\n\n" + quotedMail
	},
}

// TestClients folds a reply of every mail program in every language: what the
// sender wrote is the text, the signature and the quote are kept beside it, and
// the guesses come from the sender's signature, not from the quoted one.
func TestClients(t *testing.T) {
	for client, f := range clients {
		for language, l := range tongues {
			device, quote := f(l)
			signature := l.closing + "\nOla Nordmann\nFjordbygg AS\nTel. +47 22 33 44 55"
			text := l.own + "\n\n" + signature
			if device != "" {
				text += "\n\n" + device
			}
			m := parseNO(plainMail(text + "\n\n" + quote + "\n"))
			name := client + ", " + language
			if m.Text != l.own {
				t.Errorf("%s: the text is %q", name, m.Text)
			}
			if !strings.HasPrefix(m.Signature, signature) || !strings.HasSuffix(m.Signature, device) {
				t.Errorf("%s: the signature is %q", name, m.Signature)
			}
			if !strings.Contains(m.Quoted, "her er tilbudet.") || !strings.Contains(m.Quoted, "Kari Nordmann") || !strings.HasPrefix(m.Quoted, strings.SplitN(quote, "\n", 2)[0]) {
				t.Errorf("%s: the quote is %q", name, m.Quoted)
			}
			if m.Guess.Phone != (Guessed{"+4722334455", SourceSignature}) || m.Guess.Company != (Guessed{"Fjordbygg AS", SourceSignature}) {
				t.Errorf("%s: guessed %+v", name, m.Guess)
			}
			checkMessage(t, m)

			// The same with the device's line alone, as most write from a phone.
			if device == "" {
				continue
			}
			m = parseNO(plainMail(l.own + "\n\n" + device + "\n\n" + quote))
			if m.Text != l.own || m.Signature != device {
				t.Errorf("%s: without a closing, the text is %q and the signature %q", name, m.Text, m.Signature)
			}
		}
	}
}
