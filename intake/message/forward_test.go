package message

import (
	"strings"
	"testing"
)

// Each program and language copies the header of what it forwards in its own way.
func TestForwards(t *testing.T) {
	inquiry := "Hei, vi trenger et tilbud på tolv stoler.\n\nMvh\nOla Nordmann\nFjordbygg AS\nTlf. 22 33 44 55"
	for name, c := range map[string]struct{ subject, text string }{
		"Gmail, nb":       {"Fwd: Stoler", "Tar du denne?\n\n---------- Forwarded message ---------\nFra: Ola Nordmann <ola@fjordbygg.example>\nDate: man. 3. jan. 2022 kl. 10:11\nSubject: Stoler\nTo: <kari@demo.example>\n\n\n"},
		"Gmail, en":       {"Fwd: Stoler", "FYI\n\n---------- Forwarded message ---------\nFrom: Ola Nordmann <ola@fjordbygg.example>\nDate: Mon, Jan 3, 2022 at 10:11 AM\nSubject: Stoler\nTo: <kari@demo.example>\nCc: Per <per@fjordbygg.example>\n\n\n"},
		"Gmail, fr":       {"Fwd: Stoler", "---------- Forwarded message ---------\nDe : Ola Nordmann <ola@fjordbygg.example>\nDate: lun. 3 janv. 2022 à 10:11\nSubject: Stoler\nTo: <kari@demo.example>\n\n"},
		"Outlook, nb":     {"VS: Stoler", "Se under.\n\nFra: Ola Nordmann <ola@fjordbygg.example>\nSendt: mandag 3. januar 2022 10:11\nTil: Kari <kari@demo.example>\nEmne: Stoler\n\n"},
		"Outlook, sv":     {"VB: Stoler", "Från: Ola Nordmann <ola@fjordbygg.example>\nSkickat: den 3 januari 2022 10:11\nTill: Kari\nÄmne: Stoler\n\n"},
		"Outlook, da":     {"VS: Stoler", "Hej\n\n________________________________\nFra: Ola Nordmann <ola@fjordbygg.example>\nSendt: 3. januar 2022 10:11\nTil: Kari\nEmne: Stoler\n\n"},
		"Outlook, en":     {"FW: Stoler", "\n________________________________\nFrom: Ola Nordmann <ola@fjordbygg.example>\nSent: Monday, January 3, 2022 10:11 AM\nTo: Kari <kari@demo.example>;\n Per <per@demo.example>\nSubject: Stoler\n\n"},
		"Outlook, de":     {"WG: Stoler", "Zur Info\n\nVon: Ola Nordmann <ola@fjordbygg.example>\nGesendet: Montag, 3. Januar 2022 10:11\nAn: Kari\nBetreff: Stoler\n\n"},
		"Outlook, fr":     {"TR: Stoler", "De : Ola Nordmann <ola@fjordbygg.example>\nEnvoyé : lundi 3 janvier 2022 10:11\nÀ : Kari\nObjet : Stoler\n\n"},
		"Outlook, old":    {"FW: Stoler", "-----Original Message-----\nFrom: Ola Nordmann [mailto:ola@fjordbygg.example]\nSent: 3. januar 2022 10:11\nTo: Kari\nSubject: Stoler\n\n"},
		"Outlook, bold":   {"VS: Stoler", "*Fra:* Ola Nordmann <ola@fjordbygg.example>\n*Sendt:* mandag 3. januar 2022 10:11\n*Til:* Kari\n*Emne:* Stoler\n\n"},
		"Apple Mail, en":  {"Fwd: Stoler", "Begin forwarded message:\n\n> From: Ola Nordmann <ola@fjordbygg.example>\n> Subject: Stoler\n> Date: 3 January 2022 at 10:11:00 CET\n> To: kari@demo.example\n> \n> "},
		"Apple Mail, nb":  {"Fwd: Stoler", "Start på videresendt melding:\n\nFra: Ola Nordmann <ola@fjordbygg.example>\nEmne: Stoler\nDato: 3. januar 2022 kl. 10:11:00 CET\nTil: kari@demo.example\n\n"},
		"Thunderbird, en": {"Fwd: Stoler", "\n-------- Forwarded Message --------\nSubject: \tStoler\nDate: \tMon, 3 Jan 2022 10:11:00 +0100\nFrom: \tOla Nordmann <ola@fjordbygg.example>\nTo: \tKari <kari@demo.example>\n\n\n\n"},
		"Thunderbird, nb": {"Fwd: Stoler", "-------- Videresendt melding --------\nEmne: \tStoler\nDato: \tMon, 3 Jan 2022 10:11:00 +0100\nFra: \tOla Nordmann <ola@fjordbygg.example>\nTil: \tkari@demo.example\n\n"},
		"Thunderbird, sv": {"Fwd: Stoler", "-------- Vidarebefordrat meddelande --------\nÄmne: \tStoler\nDatum: \tMon, 3 Jan 2022 10:11:00 +0100\nFrån: \tOla Nordmann <ola@fjordbygg.example>\nTill: \tkari@demo.example\n\n"},
		"Thunderbird, da": {"Fwd: Stoler", "-------- Videresendt meddelelse --------\nEmne: \tStoler\nDato: \tMon, 3 Jan 2022 10:11:00 +0100\nFra: \tOla Nordmann <ola@fjordbygg.example>\nTil: \tkari@demo.example\n\n"},
		"Thunderbird, de": {"Fwd: Stoler", "-------- Weitergeleitete Nachricht --------\nBetreff: \tStoler\nDatum: \tMon, 3 Jan 2022 10:11:00 +0100\nVon: \tOla Nordmann <ola@fjordbygg.example>\nAn: \tkari@demo.example\n\n"},
		"Thunderbird, fr": {"Fwd: Stoler", "-------- Message transféré --------\nSujet : \tStoler\nDate : \tMon, 3 Jan 2022 10:11:00 +0100\nDe : \tOla Nordmann <ola@fjordbygg.example>\nPour : \tkari@demo.example\n\n"},
	} {
		mark := ""
		if strings.HasSuffix(c.text, "> ") {
			mark = "> "
		}
		body := c.text + strings.ReplaceAll(inquiry, "\n", "\n"+mark)
		m := parseNO([]byte(strings.Replace(string(plainMail(body)), "Subject: Test", "Subject: "+c.subject, 1)))
		o := m.Original
		if o == nil || len(o.From) != 1 || o.From[0] != (Address{"Ola Nordmann", "ola@fjordbygg.example"}) {
			t.Errorf("%s: the original is %+v", name, o)
			continue
		}
		if o.Subject != "Stoler" || o.Text != "Hei, vi trenger et tilbud på tolv stoler." || !strings.Contains(o.Signature, "Fjordbygg AS") {
			t.Errorf("%s: %q, %q, %q", name, o.Subject, o.Text, o.Signature)
		}
		if got := o.Date.Format("2006-01-02 15:04"); got != "2022-01-03 10:11" {
			t.Errorf("%s: written at %s", name, got)
		}
		if o.Guess.Phone.Value != "+4722334455" || o.Guess.Company.Value != "Fjordbygg AS" {
			t.Errorf("%s: guessed %+v", name, o.Guess)
		}
	}
}

func TestForwardsAsHTML(t *testing.T) {
	for name, html := range map[string]string{
		"Gmail":       `<div dir="ltr">Se her<br><br><div class="gmail_quote"><div dir="ltr" class="gmail_attr">---------- Forwarded message ---------<br>Fra: <strong class="gmail_sendername" dir="auto">Ola Nordmann</strong> <span dir="auto">&lt;<a href="mailto:ola@fjordbygg.example">ola@fjordbygg.example</a>&gt;</span><br>Date: man. 3. jan. 2022 kl. 10:11<br>Subject: Stoler<br>To:  &lt;<a href="mailto:kari@demo.example">kari@demo.example</a>&gt;<br></div><br><br><div>Vi trenger tolv stoler.</div></div></div>`,
		"Outlook":     `<div><p class="MsoNormal">Se her</p><div style="border:none;border-top:solid #E1E1E1 1.0pt"><p class="MsoNormal"><b>Fra:</b> Ola Nordmann &lt;ola@fjordbygg.example&gt; <br><b>Sendt:</b> mandag 3. januar 2022 10:11<br><b>Til:</b> Kari &lt;kari@demo.example&gt;<br><b>Emne:</b> Stoler</p></div><p class="MsoNormal">&nbsp;</p><p class="MsoNormal">Vi trenger tolv stoler.</p></div>`,
		"Apple Mail":  `<div>Se her<br><blockquote type="cite"><div>Start på videresendt melding:</div><br><div><b>Fra: </b>Ola Nordmann &lt;<a href="mailto:ola@fjordbygg.example">ola@fjordbygg.example</a>&gt;</div><div><b>Emne: </b><b>Stoler</b></div><div><b>Dato: </b>3. januar 2022 kl. 10:11:00 CET</div><div><b>Til: </b>kari@demo.example</div><br><div>Vi trenger tolv stoler.</div></blockquote></div>`,
		"Thunderbird": `<p>Se her</p><div class="moz-forward-container"><br>-------- Videresendt melding --------<table class="moz-email-headers-table"><tbody><tr><th>Emne: </th><td>Stoler</td></tr><tr><th>Dato: </th><td>Mon, 3 Jan 2022 10:11:00 +0100</td></tr><tr><th>Fra: </th><td>Ola Nordmann <a href="mailto:ola@fjordbygg.example">&lt;ola@fjordbygg.example&gt;</a></td></tr><tr><th>Til: </th><td>kari@demo.example</td></tr></tbody></table><br><br>Vi trenger tolv stoler.</div>`,
	} {
		m := parseNO([]byte(strings.Replace(string(htmlMail(html)), "Subject: Test", "Subject: Fwd: Stoler", 1)))
		o := m.Original
		if o == nil || len(o.From) != 1 || o.From[0] != (Address{"Ola Nordmann", "ola@fjordbygg.example"}) || o.Subject != "Stoler" || o.Text != "Vi trenger tolv stoler." || o.Date.IsZero() {
			t.Errorf("%s: the original is %+v of %q", name, o, m.FullText)
		}
	}
}

func TestForwardedAsAttachment(t *testing.T) {
	raw := lines("From: kari@demo.example", "Subject: Denne", "Content-Type: multipart/mixed; boundary=x", "", "--x", "", "Tar du denne?",
		"--x", "Content-Type: message/rfc822", "", "From: Ola Nordmann <ola@fjordbygg.example>", "Message-ID: <7@fjordbygg.example>", "In-Reply-To: <8@demo.example>",
		"Subject: Stoler", "Content-Type: multipart/mixed; boundary=y", "", "--y", "", "Vi trenger tolv stoler.",
		"--y", "Content-Type: text/csv; name=liste.csv", "Content-Disposition: attachment", "", "a;b", "--y--", "--x--", "")
	o := parseNO(raw).Original
	if o == nil || o.From[0].Address != "ola@fjordbygg.example" || o.MessageID != "7@fjordbygg.example" || len(o.InReplyTo) != 1 || o.Text != "Vi trenger tolv stoler." || names(o) != "liste.csv" {
		t.Fatalf("the original is %+v", o)
	}
}

func TestForwardOfAForward(t *testing.T) {
	text := "Hva sier du?\n\nFra: Per <per@demo.example>\nSendt: tirsdag 4. januar 2022 09:00\nTil: Kari\nEmne: VS: Stoler\n\nDin?\n\nFra: Ola Nordmann <ola@fjordbygg.example>\nSendt: mandag 3. januar 2022 10:11\nTil: Per\nEmne: Stoler\n\nVi trenger tolv stoler."
	o := parseNO([]byte(strings.Replace(string(plainMail(text)), "Subject: Test", "Subject: VS: VS: Stoler", 1))).Original
	if o == nil || o.From[0].Address != "per@demo.example" || o.Original == nil || o.Original.From[0].Address != "ola@fjordbygg.example" || o.Original.Text != "Vi trenger tolv stoler." {
		t.Errorf("the original is %+v", o)
	}
}

func TestNoForwards(t *testing.T) {
	for name, c := range map[string]struct{ subject, text string }{
		"a reply":                   {"Re: Stoler", "Ja.\n\nFra: Ola Nordmann <ola@fjordbygg.example>\nSendt: mandag 3. januar 2022 10:11\nTil: Kari\nEmne: Stoler\n\nHei"},
		"a quoted forward":          {"Re: Stoler", "Ja.\n\n> ---------- Forwarded message ---------\n> From: Ola <ola@fjordbygg.example>\n> Date: x\n> Subject: Stoler\n>\n> Hei"},
		"a divider and no header":   {"Fwd: Stoler", "---------- Forwarded message ---------\nHei"},
		"a header without a sender": {"Fwd: Stoler", "---------- Forwarded message ---------\nDate: x\nSubject: Stoler\n\nHei"},
		"a form":                    {"Skjema", "From: Ola\nSubject: x\n\nHei"},
	} {
		if o := parseNO([]byte(strings.Replace(string(plainMail(c.text)), "Subject: Test", "Subject: "+c.subject, 1))).Original; o != nil {
			t.Errorf("%s: the original is %+v", name, o)
		}
	}
}
