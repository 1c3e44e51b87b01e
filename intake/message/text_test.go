package message

import (
	"strings"
	"testing"
)

func TestHTMLToText(t *testing.T) {
	tests := []struct{ name, in, want string }{
		{"paragraphs", "<p>En</p><p>To<br>Tre</p>", "En\n\nTo\nTre"},
		{"paragraphs of Word", `<p class=MsoNormal>En</p><p class="MsoNormal">To<o:p></o:p></p><p class="MsoNormal"><o:p>&nbsp;</o:p></p><p class=MsoNormal>Tre</p>`, "En\nTo\n\nTre"},
		{"paragraphs without margins", `<p style="margin: 0 4px">En</p><p style="MARGIN-TOP:0px;margin-bottom:.0001pt">To<p style="margin:0cm 0cm 8pt 0cm">Tre</p>Fire`, "En\nTo\n\nTre\n\nFire"},
		{"divs", "<div>En</div><div>To</div><div><br></div><div>Tre</div>", "En\nTo\n\nTre"},
		{"white space", "  Hei \n  <b>du</b>\n der ", "Hei du der"},
		{"entities", "bl&aring;&nbsp;b&aelig;r &lt;x&gt; &#8364;", "blå bær <x> €"},
		{"link", `Se <a href="https://example.no/a">tilbudet</a>.`, "Se tilbudet <https://example.no/a>."},
		{"link that says itself", `<a href="https://example.no/">example.no</a>`, "example.no"},
		{"link with www", `<a href="http://www.example.no">example.no</a>`, "example.no"},
		{"mailto", `<a href="mailto:ola@example.no?subject=x">Ola</a> <a href="mailto:ola@example.no">ola@example.no</a>`, "Ola <ola@example.no> ola@example.no"},
		{"javascript link", `<a href="javascript:x()">klikk</a>`, "klikk"},
		{"list", "<ul><li>En<li>To</ul><ol><li>A</li><li>B</li></ol>", "- En\n- To\n\n1. A\n2. B"},
		{"table", "<table><tr><td>Vindu</td><td>10</td></tr><tr><td>Dør</td><td>2</td></tr></table>", "Vindu 10\nDør 2"},
		{"pre", "<pre>a\n  b</pre>c", "a\n  b\n\nc"},
		{"script, style and title", "<head><title>T</title><style>x{}</style></head><script>y</script>Hei", "Hei"},
		{"unclosed title swallows all", "<title>Hei", "Hei"},
		{"hidden preview", `<div style="display: none">skjult</div>Hei`, "Hei"},
		{"all of it hidden", `<div style="display:none">Hei</div>`, "Hei"},
		{"picture with words", `<img src=x alt="Logo">Hei`, "[Logo]Hei"},
		{"Outlook's conditional comments", "<!--[if mso]>x<![endif]--><![if !mso]>Hei<![endif]>", "Hei"},
		{"cut inside a tag", `Hei <a href="x`, "Hei"},
		{"heading", "<h1>Tilbud</h1>Hei", "Tilbud\n\nHei"},
	}
	for _, tt := range tests {
		if got := joinLines(htmlLines([]byte(tt.in))); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
}

// TestQuotes holds what mail programs write above a quoted reply.
func TestQuotes(t *testing.T) {
	const own = "Ja takk, det høres bra ut."
	outlook := func(from, sent, to, subject string) string {
		return "\n\n" + from + " Kari <kari@example.no>\n" + sent + " 3. januar 2022 10:11\n" + to + " Ola\n" + subject + " Tilbud\n\nHei, her er tilbudet."
	}
	gmail := func(attribution string) string {
		return "\n\n" + attribution + "\n\n> Hei, her er tilbudet.\n>\n> Kari"
	}
	tests := []struct{ name, quote string }{
		{"Outlook nb", outlook("Fra:", "Sendt:", "Til:", "Emne:")},
		{"Outlook sv", outlook("Från:", "Skickat:", "Till:", "Ämne:")},
		{"Outlook da", outlook("Fra:", "Sendt:", "Til:", "Emne:")},
		{"Outlook en", outlook("From:", "Sent:", "To:", "Subject:")},
		{"Outlook de", outlook("Von:", "Gesendet:", "An:", "Betreff:")},
		{"Outlook fr", outlook("De :", "Envoyé :", "À :", "Objet :")},
		{"Outlook bold", outlook("*From:*", "*Sent:*", "*To:*", "*Subject:*")},
		{"Outlook with a rule", "\n\n________________________________" + outlook("Fra:", "Sendt:", "Til:", "Emne:")},
		{"Outlook divider nb", "\n\n-----Opprinnelig melding-----\nFra: Kari\nHei"},
		{"Outlook divider sv", "\n\n-----Ursprungligt meddelande-----\nHej"},
		{"Outlook divider da", "\n\n-----Oprindelig meddelelse-----\nHej"},
		{"Outlook divider en", "\n\n-----Original Message-----\nHello"},
		{"Outlook divider de", "\n\n-----Ursprüngliche Nachricht-----\nHallo"},
		{"Outlook divider fr", "\n\n-----Message d'origine-----\nBonjour"},
		{"Thunderbird divider", "\n\n-------- Original Message --------\nHello"},
		{"Gmail nb", gmail("man. 3. jan. 2022 kl. 10:11 skrev Kari <kari@example.no>:")},
		{"Gmail sv", gmail("Den mån 3 jan. 2022 kl 10:11 skrev Kari <kari@example.no>:")},
		{"Gmail da", gmail("Den man. 3. jan. 2022 kl. 10.11 skrev Kari <kari@example.no>:")},
		{"Gmail en", gmail("On Mon, Jan 3, 2022 at 10:11 AM Kari <kari@example.no> wrote:")},
		{"Gmail en, broken in two", gmail("On Mon, Jan 3, 2022 at 10:11 AM Kari Nordmann\n<kari@example.no> wrote:")},
		{"Gmail nb, broken in two", gmail("man. 3. jan. 2022 kl. 10:11 skrev Kari Nordmann\n<kari.nordmann@example.no>:")},
		{"Gmail de", gmail("Am Mo., 3. Jan. 2022 um 10:11 Uhr schrieb Kari <kari@example.no>:")},
		{"Gmail fr", gmail("Le lun. 3 janv. 2022 à 10:11, Kari <kari@example.no> a écrit :")},
		{"Apple nb", gmail("3. jan. 2022 kl. 10:11 skrev Kari <kari@example.no>:")},
		{"Apple sv", gmail("3 jan. 2022 kl. 10:11 skrev Kari <kari@example.no>:")},
		{"Apple en", gmail("On 3 Jan 2022, at 10:11, Kari <kari@example.no> wrote:")},
		{"Apple de", gmail("Am 03.01.2022 um 10:11 schrieb Kari <kari@example.no>:")},
		{"Thunderbird nb", gmail("Den 03.01.2022 10:11, skrev Kari:")},
		{"Thunderbird da", gmail("Den 03-01-2022 kl. 10:11 skrev Kari:")},
		{"Thunderbird de", gmail("Am 03.01.22 um 10:11 schrieb Kari:")},
		{"Thunderbird fr", gmail("Le 03/01/2022 à 10:11, Kari a écrit :")},
		{"attribution without a date", gmail("Kari skrev:")},
		{"attribution above an unmarked quote", "\n\nDen 03.01.2022 10:11, skrev Kari:\nHei, her er tilbudet.\nKari"},
		{"no attribution", "\n\n> Hei, her er tilbudet."},
		{"quote above the answer", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			text := own + tt.quote
			if tt.quote == "" {
				text = "Den 03.01.2022 10:11, skrev Kari:\n> Hei, her er tilbudet.\n\n" + own
			}
			m := parseNO(plainMail(text))
			if m.Text != own {
				t.Errorf("text %q", m.Text)
			}
			if m.Quoted == "" || m.FullText != text {
				t.Errorf("quoted %q, full text %q", m.Quoted, m.FullText)
			}
		})
	}
}

func TestQuotesInHTML(t *testing.T) {
	tests := []struct{ name, html, text, quoted string }{
		{"Gmail", `<div dir="ltr">Ja takk</div><br><div class="gmail_quote"><div class="gmail_attr">man. 3. jan. 2022 kl. 10:11 skrev Kari &lt;<a href="mailto:k@e.no">k@e.no</a>&gt;:<br></div><blockquote class="gmail_quote"><div>Hei</div></blockquote></div>`, "Ja takk", "man. 3. jan. 2022 kl. 10:11 skrev Kari <k@e.no>:\n> Hei"},
		{"Apple", `Ja takk<br><blockquote type="cite"><div>On 3 Jan 2022, at 10:11, Kari wrote:</div><div>Hei</div></blockquote>`, "Ja takk", "> On 3 Jan 2022, at 10:11, Kari wrote:\n> Hei"},
		{"Thunderbird", `<p>Ja takk</p><div class="moz-cite-prefix">Den 03.01.2022 10:11, skrev Kari:<br></div><blockquote type="cite">Hei</blockquote>`, "Ja takk", "Den 03.01.2022 10:11, skrev Kari:\n> Hei"},
		{"Outlook", `<div>Ja takk</div><hr><div id="divRplyFwdMsg"><b>Lähettäjä:</b> Kari</div><div>Hei</div>`, "Ja takk", "---\nLähettäjä: Kari\nHei"},
		{"Outlook by its header block", `<p>Ja takk</p><div style="border-top:solid"><p><b>Fra:</b> Kari<br><b>Sendt:</b> mandag 3. januar 2022 10:11<br><b>Til:</b> Ola<br><b>Emne:</b> Tilbud</p></div><p>Hei</p>`, "Ja takk", "Fra: Kari\nSendt: mandag 3. januar 2022 10:11\nTil: Ola\nEmne: Tilbud\n\nHei"},
		{"a blockquote that is no quote", `<p>Vi trenger:</p><blockquote>10 vinduer</blockquote>`, "Vi trenger:\n\n10 vinduer", ""},
		{"nothing but a quote", `<blockquote type="cite">Hei</blockquote>`, "> Hei", ""},
	}
	for _, tt := range tests {
		m := parseNO(htmlMail(tt.html))
		if m.Text != tt.text || m.Quoted != tt.quoted {
			t.Errorf("%s: text %q quoted %q", tt.name, m.Text, m.Quoted)
		}
	}
}

func TestNotFolded(t *testing.T) {
	tests := []struct{ name, subject, text, own string }{
		{"answers between quotes", "Re: x", "> Hvor mange?\nTi.\n\n> Når?\nI mai.\n\n> Hilsen Kari", "> Hvor mange?\nTi.\n\n> Når?\nI mai."},
		{"forward", "VS: Tilbud", "Se under.\n\nFra: Kari\nSendt: 3. jan 2022 10:11\nTil: Ola\nEmne: x\n\nVi trenger vinduer.", "Se under.\n\nFra: Kari\nSendt: 3. jan 2022 10:11\nTil: Ola\nEmne: x\n\nVi trenger vinduer."},
		{"forward by its divider", "x", "Se under.\n\n---------- Forwarded message ---------\nFrom: Kari\nDate: 3. jan 2022\nSubject: x\n\n> Vi trenger vinduer.", "Se under.\n\n---------- Forwarded message ---------\nFrom: Kari\nDate: 3. jan 2022\nSubject: x\n\n> Vi trenger vinduer."},
		{"form", "Kontaktskjema", "From: Ola\nSubject: Vinduer\n\nMessage Body:\nVi trenger vinduer.", "From: Ola\nSubject: Vinduer\n\nMessage Body:\nVi trenger vinduer."},
		{"a colon and the verb in prose", "x", "Naboen skrev:\nHva koster det?", "Naboen skrev:\nHva koster det?"},
		{"nothing but a quote", "Re: x", "> Hei", "> Hei"},
		{"escaped From_", "x", "Hei\n>From here on\nder", "Hei\n>From here on\nder"},
	}
	for _, tt := range tests {
		m := parseNO(lines("From: ola@example.no", "Subject: "+tt.subject, "Content-Type: text/plain; charset=utf-8", "", tt.text))
		if m.Text != tt.own {
			t.Errorf("%s: text %q, quoted %q, signature %q", tt.name, m.Text, m.Quoted, m.Signature)
		}
	}
}

func TestSignatures(t *testing.T) {
	const own = "Vi trenger ti vinduer."
	tests := []struct{ name, signature string }{
		{"dashes", "-- \nOla Nordmann\nFjordbygg AS"},
		{"dashes without the space", "--\nOla Nordmann"},
		{"nb", "Med vennlig hilsen\nOla Nordmann\nFjordbygg AS"},
		{"nb short", "Mvh Ola"},
		{"nb with a comma", "Vennlig hilsen,\n\nOla"},
		{"sv", "Med vänlig hälsning\nOla"},
		{"da", "Med venlig hilsen\nOla"},
		{"en", "Kind regards,\nOla"},
		{"de", "Mit freundlichen Grüßen\nOla"},
		{"fr", "Cordialement,\nOla"},
		{"two languages", "Med vennlig hilsen / Best regards\nOla"},
		{"two lines of closing", "Med vennlig hilsen\nBest regards\nOla"},
		{"iPhone", "Sendt fra min iPhone"},
		{"Outlook for iOS", "Hent Outlook for iOS<https://aka.ms/o0ukef>"},
	}
	for _, tt := range tests {
		m := parseNO(plainMail(own + "\n\n" + tt.signature))
		if m.Text != own || m.Signature != tt.signature {
			t.Errorf("%s: text %q signature %q", tt.name, m.Text, m.Signature)
		}
	}
	for _, text := range []string{
		"Mvh Ola",                      // nothing would be left
		"Hei\n\nMvh Ola\nPS: ring meg", // text behind the closing
		"Hei\n\nMvh Ola\n" + strings.Repeat("lang linje ", 20),
		"Hei\n\nHilsen fra oss alle på kontoret i Bergen til dere",
	} {
		if m := parseNO(plainMail(text)); m.Signature != "" {
			t.Errorf("%q: signature %q", text, m.Signature)
		}
	}
	m := parseNO(plainMail(own + "\n\nMvh Ola\n\nDen 03.01.2022 10:11, skrev Kari:\n> Hei\n> Mvh Kari"))
	if m.Text != own || m.Signature != "Mvh Ola" || !strings.HasSuffix(m.Quoted, "> Mvh Kari") {
		t.Errorf("before a quote: %q %q %q", m.Text, m.Signature, m.Quoted)
	}
	m = parseNO(htmlMail(`<p>Hei</p><div class="gmail_signature">Ola<br>Daglig leder</div>`))
	if m.Text != "Hei" || m.Signature != "Ola\nDaglig leder" {
		t.Errorf("Gmail's mark: %q %q", m.Text, m.Signature)
	}
}

// What is valid UTF-8 is cleaned byte by byte, with the same outcome.
func FuzzCleanText(f *testing.F) {
	for _, s := range []string{"a\r\nb\rc\r", "\ufeffa\u0085b\u00a0c\u009fd\x00e\x7ff\f\v\t", "\uff01\ufefe\ufeff", "\xffa", "\xc2", "\u00e6\u00f8\u00e5", "vi trenger\r et tilbud\x7f p\u00e5 nytt\u0085 tak\r\n\x01til hytta\ufeff"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if got, want := cleanText(s), cleanRunes(s); got != want {
			t.Fatalf("%q became %q, want %q", s, got, want)
		}
	})
}
