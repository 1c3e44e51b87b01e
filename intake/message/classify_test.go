package message

import (
	"reflect"
	"strings"
	"testing"
)

func TestAutomation(t *testing.T) {
	tests := []struct {
		field string
		want  Automation
	}{
		{"X-Nothing: x", Automation{}},
		{"Auto-Submitted: no", Automation{}},
		{"Auto-Submitted: auto-replied (vacation)", Automation{AutomatedAutoSubmitted, "Auto-Submitted: auto-replied (vacation)"}},
		{"auto-submitted: AUTO-GENERATED; x=y", Automation{AutomatedAutoSubmitted, "Auto-Submitted: AUTO-GENERATED; x=y"}},
		{"List-Id: <liste.example.no>", Automation{AutomatedList, "List-Id: <liste.example.no>"}},
		{"Precedence: bulk", Automation{AutomatedPrecedence, "Precedence: bulk"}},
		{"Precedence: List", Automation{AutomatedPrecedence, "Precedence: List"}},
		{"Precedence: junk", Automation{AutomatedPrecedence, "Precedence: junk"}},
		{"Precedence: first-class", Automation{}},
		{"X-Auto-Response-Suppress: OOF, DR", Automation{AutomatedSuppress, "X-Auto-Response-Suppress: OOF, DR"}},
		{"X-Auto-Response-Suppress: None", Automation{}},
		{"Precedence: auto_reply", Automation{AutomatedPrecedence, "Precedence: auto_reply"}},
		{"X-Autorespond: x", Automation{AutomatedAutoReply, "X-Autorespond: x"}},
		{"X-Autoreply: no", Automation{}},
		{"X-Autoreply: yes", Automation{AutomatedAutoReply, "X-Autoreply: yes"}},
		{"Return-Path: <>", Automation{AutomatedNullReturnPath, "Return-Path: <>"}},
		{"Return-Path: <ola@example.no>", Automation{}},
	}
	for _, tt := range tests {
		m := parseNO(plainMail("Hei", tt.field))
		if m.Automation != tt.want {
			t.Errorf("%s: %+v", tt.field, m.Automation)
		}
		if m.Automation.IsZero() != (tt.want == Automation{}) {
			t.Errorf("%s: IsZero is wrong", tt.field)
		}
	}
	for subject, want := range map[string]string{"Report domain: y.example Submitter: x.example Report-ID: 1": AutomatedReport, "[Preview] Report Domain: y.example; Submitter: X; Report-ID: <1@x>": AutomatedReport, "Report domain": ""} {
		if m := parseNO(lines("From: noreply@x.example", "Subject: "+subject, "", "Hei")); m.Automation.Code != want {
			t.Errorf("%s: %+v", subject, m.Automation)
		}
	}
	for _, from := range []string{"MAILER DAEMON <>", "MAILER-DAEMON", "Mail System <mailer-daemon@example.no>", "postmaster@example.no"} {
		if m := parseNO(lines("From: "+from, "", "Hei")); m.Automation.Code != AutomatedDaemonSender {
			t.Errorf("%s: %+v", from, m.Automation)
		}
	}
}

// TestListUnsubscribe: newsletters are machines' mail, and what people and the
// forms that they fill in write is not, though it can be unsubscribed from.
func TestListUnsubscribe(t *testing.T) {
	for _, tt := range []struct {
		name, from, replyTo, field string
		want                       string
		listed                     bool // a person's, and not answered by itself
	}{
		{"a newsletter's address", "Nytt <news@brev.example>", "", "", AutomatedList, false},
		{"answered at the sender's", "news@brev.example", "svar@post.brev.example", "", AutomatedList, false},
		{"answered elsewhere", "news@brev.example", "svar@annet.example", "", AutomatedList, false},
		{"one click", "Ola i Butikken <ola@butikk.example>", "", "List-Unsubscribe-Post: List-Unsubscribe=One-Click", AutomatedList, false},
		{"one click, answered elsewhere", "hei@butikk.example", "ola@butikken.example", "List-Unsubscribe-Post: List-Unsubscribe=One-Click", AutomatedList, false},
		{"the commands of a list", "ola@butikk.example", "", "List-Help: <mailto:help@butikk.example>", AutomatedList, false},
		{"complaints are counted", "ola@butikk.example", "", "Feedback-ID: 1:2:3:esp", AutomatedList, false},
		{"a campaign", "service@butikk.example", "", "X-campaignid: c7", AutomatedList, false},
		{"a machine for a machine", "noreply@brev.example", "no-reply@butikk.example", "", AutomatedList, false},
		{"a machine for itself", "noreply@brev.example", "", "", AutomatedList, false},

		{"a person with a sales program", "Kari Holm <kari@kunde.example>", "", "", "", true},
		{"the same, with an address of its own for answers", "Kari Holm <kari@kunde.example>", "kari@kunde.example", "", "", true},
		{"a person's answer", "Kari Holm <kari@kunde.example>", "", "In-Reply-To: <1@demo.example>\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click", "", true},
		{"a form, for a business", "noreply@skjema.example", "kari@kunde.example", "List-Unsubscribe-Post: List-Unsubscribe=One-Click", "", false},
		{"a form, for a free mailbox", "Skjema <form@skjema.example>", "kari@gmail.com", "Feedback-ID: 1:2:3:esp", "", false},
		{"a service, for a free mailbox", "tips@skjema.example", "kari@gmail.com", "", "", false},
		{"the company's own form", "Nettsiden <post@demo.example>", "kari@kunde.example", "List-Unsubscribe-Post: List-Unsubscribe=One-Click", "", false},
	} {
		fields := []string{"From: " + tt.from, "To: sales@demo.example", "List-Unsubscribe: <https://x.example>"}
		if tt.replyTo != "" {
			fields = append(fields, "Reply-To: "+tt.replyTo)
		}
		if tt.field != "" {
			fields = append(fields, tt.field)
		}
		m := parseNO(lines(append(fields, "", "Hei")...))
		if m.Automation.Code != tt.want || m.Listed != tt.listed {
			t.Errorf("%s: %+v, listed: %t", tt.name, m.Automation, m.Listed)
		}
	}
}

func TestDeliveryReport(t *testing.T) {
	m := parseNO(lines("From: MAILER-DAEMON@example.no", "Return-Path: <>", `Content-Type: multipart/report; report-type=delivery-status; boundary="b"`, "",
		"--b", "", "Sorry.", "--b", "Content-Type: message/delivery-status", "",
		"Reporting-MTA: dns; mx.example.no", "Original-Envelope-Id: E1", "",
		"Original-Recipient: rfc822;sales+x@kunde.no", "Final-Recipient: rfc822; sales@kunde.no", "Action: Failed", "Status: 5.1.1 (no such user)",
		"Diagnostic-Code: smtp; 550 5.1.1 <sales@kunde.no>:", " User unknown", "",
		"Final-Recipient: RFC822;kari@kunde.no", "Action: delayed", "Status: 4.4.1", "",
		"--b", "Content-Type: text/rfc822-headers", "", "From: sales@demo.example", "Message-ID: <quote-7@demo.example>", "", "--b--"))
	want := &DeliveryReport{Shape: ShapeRFC3464, OriginalMessageID: "quote-7@demo.example", OriginalEnvelopeID: "E1", Recipients: []RecipientReport{
		{"sales@kunde.no", "sales+x@kunde.no", "failed", "5.1.1", "550 5.1.1 <sales@kunde.no>: User unknown"},
		{"kari@kunde.no", "", "delayed", "4.4.1", ""},
	}}
	if !reflect.DeepEqual(m.Report, want) {
		t.Errorf("got %+v", m.Report)
	}
	if m.Automation.Code != AutomatedReport || m.Text != "Sorry." {
		t.Errorf("automation %+v, text %q", m.Automation, m.Text)
	}
}

func TestBouncesOutsideTheStandard(t *testing.T) {
	qmail := lines("From: MAILER-DAEMON@mx.example.no", "Return-Path: <>", "Subject: failure notice", "",
		"Hi. This is the qmail-send program at mx.example.no.", "I'm afraid I wasn't able to deliver your message.", "",
		"<kari@kunde.no>:", "Sorry, no mailbox here by that name. (#5.1.1)", "",
		"--- Below this line is a copy of the message.", "", "Return-Path: <sales@demo.example>", "Message-ID: <quote-7@demo.example>", "Subject: Tilbud", "", "Hei")
	exim := lines("From: Mail Delivery System <Mailer-Daemon@mx.example.no>", "Return-Path: <>", "X-Failed-Recipients: kari@kunde.no", "Subject: Mail delivery failed", "",
		"This message was created automatically by mail delivery software.", "", "A message that you sent could not be delivered.", "",
		"  kari@kunde.no", "    SMTP error from remote mail server after RCPT TO:", "    550 5.1.1 User unknown", "",
		"------ This is a copy of the message, including all the headers. ------", "", "Message-ID: <quote-7@demo.example>", "From: sales@demo.example", "", "Hei")
	eximDelay := lines("From: Mail Delivery System <Mailer-Daemon@mx.example.no>", "Return-Path: <>", "Subject: Warning: message delayed 24 hours", "",
		"This message was created automatically by mail delivery software.", "A message that you sent has not been delivered to one or more of its recipients.", "", "  kari@kunde.no")
	tests := []struct {
		name string
		raw  []byte
		want DeliveryReport
	}{
		{"qmail", qmail, DeliveryReport{Shape: ShapeQmail, OriginalMessageID: "quote-7@demo.example", Recipients: []RecipientReport{{"kari@kunde.no", "", "failed", "5.1.1", "Sorry, no mailbox here by that name. (#5.1.1)"}}}},
		{"Exim", exim, DeliveryReport{Shape: ShapeExim, OriginalMessageID: "quote-7@demo.example", Recipients: []RecipientReport{{"kari@kunde.no", "", "failed", "5.1.1", "SMTP error from remote mail server after RCPT TO: 550 5.1.1 User unknown"}}}},
		{"Exim, delayed", eximDelay, DeliveryReport{Shape: ShapeExim, Recipients: []RecipientReport{{"kari@kunde.no", "", "delayed", "", ""}}}},
	}
	for _, tt := range tests {
		m := parseNO(tt.raw)
		if m.Report == nil || !reflect.DeepEqual(*m.Report, tt.want) {
			t.Errorf("%s: %+v", tt.name, m.Report)
		}
	}
	forged := []byte(strings.Replace(string(exim), "Mailer-Daemon@mx.example.no", "ola@example.no", 1))
	forged = []byte(strings.Replace(string(forged), "Return-Path: <>", "Return-Path: <ola@example.no>", 1))
	if m := parseNO(forged); m.Report != nil {
		t.Errorf("a person's mail counts as a report: %+v", m.Report)
	}
}

func TestLanguage(t *testing.T) {
	tests := []struct{ want, text string }{
		{"nb", "Hei, vi ønsker et tilbud på ti vinduer til det nye huset vårt. Kan dere levere etter påske?"},
		{"nb", "Hei! Kan du sende meg en pris på dette? Takk."},
		{"sv", "Hej, vi vill gärna ha en offert på tio fönster till vårt nya hus. Kan ni leverera efter påsk?"},
		{"da", "Hej, vi vil gerne have et tilbud på ti vinduer til vores nye hus. Kan I levere efter påske?"},
		{"en", "Hello, could you please send us a quote for ten windows? We would like them after Easter."},
		{"de", "Hallo, wir möchten ein Angebot für zehn Fenster. Können Sie nach Ostern liefern?"},
		{"fr", "Bonjour, nous voulons un devis pour dix fenêtres. Pouvez-vous les livrer après Pâques ?"},
		{"nb", "Hei, me ynskjer eit tilbod på ti vindauge til huset vårt. Kva kostar det, og kan de levere etter påske?"},
		{"nb", "Kan dere ringe meg?"}, {"sv", "Kan ni ringa mig? Tack!"}, {"da", "Kan I ringe til mig? Tak!"}, {"en", "Could you call me, please?"}, {"de", "Können Sie mich bitte anrufen?"}, {"fr", "Pouvez-vous me rappeler, s'il vous plaît ? Merci"},
		{"", "Buongiorno, vorrei un preventivo per dieci finestre per la nostra nuova casa. Grazie, cordiali saluti"},
		{"", "Hola, nos gustaría recibir un presupuesto para diez ventanas. Gracias y saludos"},
		{"", "Hallo, wij willen graag een offerte voor tien ramen voor ons nieuwe huis. Met vriendelijke groet"},
		{"", "Hei, tarvitsemme tarjouksen kymmenestä ikkunasta. Voitteko toimittaa ne, ja mikä on hinta? Kiitos"},
		{"", "Dzień dobry, proszę o ofertę na dziesięć okien do nowego domu. Czy dostawa jest w cenie?"},
		{"", "Olá, gostaria de um orçamento para dez janelas para a nossa casa. Obrigado"},
		{"", "Lorem ipsum dolor sit amet, consectetur adipiscing elit. Sed et nisl vel ante varius hendrerit, in eu nibh."},
		{"", "OK"}, {"", ""}, {"", "12345 ABC"},
	}
	for _, tt := range tests {
		if got := language(tt.text); got != tt.want {
			t.Errorf("%q: %q, want %q", tt.text, got, tt.want)
		}
	}
}

func TestGuess(t *testing.T) {
	m := parseNO(plainMail("Vi trenger ti vinduer til Storgata 5.\n\nMed vennlig hilsen\nOla Nordmann\nDaglig leder\nFjordbygg AS | Org.nr. 923 609 016 MVA\nKonto 1506.14.90466\nMob: 412 34 567\nBesøksadresse: Havnegata 12 B, 5003 Bergen"))
	want := Guess{
		Name:               Guessed{"Ola Nordmann", SourceDisplayName},
		Phone:              Guessed{"+4741234567", SourceSignature},
		Company:            Guessed{"Fjordbygg AS", SourceSignature},
		OrganisationNumber: Guessed{"923609016", SourceSignature},
		Address:            Guessed{"Havnegata 12 B, 5003 Bergen", SourceSignature},
	}
	if m.Guess != want {
		t.Errorf("got %+v", m.Guess)
	}
	tests := []struct {
		name string
		raw  []byte
		pick func(Guess) Guessed
		want Guessed
	}{
		{"name turned around", lines(`From: "Nordmann, Ola" <x@gmail.com>`, "", "Hei"), func(g Guess) Guessed { return g.Name }, Guessed{"Ola Nordmann", SourceDisplayName}},
		{"name in the address", lines("From: ola.nordmann@gmail.com", "", "Hei"), func(g Guess) Guessed { return g.Name }, Guessed{"Ola Nordmann", SourceAddress}},
		{"name in the signature", lines("From: post@example.no", "", "Hei", "", "Mvh", "Kari Nordmann"), func(g Guess) Guessed { return g.Name }, Guessed{"Kari Nordmann", SourceSignature}},
		{"no name in a role address", lines("From: post@example.no", "", "Hei"), func(g Guess) Guessed { return g.Name }, Guessed{}},
		{"form that sends for somebody", lines("From: Nettsiden <wordpress@demo.example>", "Reply-To: Kari Nordmann <kari@gmail.com>", "", "Hei"), func(g Guess) Guessed { return g.Name }, Guessed{"Kari Nordmann", SourceDisplayName}},
		{"company by the domain", lines("From: ola@mail.fjordbygg.no", "", "Hei"), func(g Guess) Guessed { return g.Company }, Guessed{"Fjordbygg", SourceDomain}},
		{"company by a British domain", lines("From: ola@fjordbygg.co.uk", "", "Hei"), func(g Guess) Guessed { return g.Company }, Guessed{"Fjordbygg", SourceDomain}},
		{"no company at a free-mail host", lines("From: ola@gmail.com", "", "Hei"), func(g Guess) Guessed { return g.Company }, Guessed{}},
		{"company by its field", lines("From: ola@gmail.com", "Organization: Fjordbygg", "", "Hei"), func(g Guess) Guessed { return g.Company }, Guessed{"Fjordbygg", SourceOrganization}},
		{"phone with a prefix", plainMail("Ring +46 70 123 45 67 i dag"), func(g Guess) Guessed { return g.Phone }, Guessed{"+46701234567", SourceText}},
		{"phone with a label", plainMail("Tlf. 22 33 44 55"), func(g Guess) Guessed { return g.Phone }, Guessed{"+4722334455", SourceText}},
		{"an account is no phone", plainMail("Konto 22 33 44 55"), func(g Guess) Guessed { return g.Phone }, Guessed{}},
		{"a link is no phone", plainMail("https://example.no/22334455/x"), func(g Guess) Guessed { return g.Phone }, Guessed{}},
		{"a number in prose is no phone", plainMail("Vi har 22334455 skruer"), func(g Guess) Guessed { return g.Phone }, Guessed{}},
		{"wrong check digit", plainMail("Org.nr. 923609017"), func(g Guess) Guessed { return g.OrganisationNumber }, Guessed{}},
		{"MVA alone", plainMail("NO 923 609 016 MVA"), func(g Guess) Guessed { return g.OrganisationNumber }, Guessed{"923609016", SourceText}},
		{"Swedish number", plainMail("Org.nr 556036-0793"), func(g Guess) Guessed { return g.OrganisationNumber }, Guessed{"5560360793", SourceText}},
		{"Swedish VAT number", plainMail("VAT: SE 556036079301"), func(g Guess) Guessed { return g.OrganisationNumber }, Guessed{"SE556036079301", SourceText}},
		{"Danish number", plainMail("CVR-nr. 13 58 56 28"), func(g Guess) Guessed { return g.OrganisationNumber }, Guessed{"13585628", SourceText}},
		{"German VAT number", plainMail("USt-IdNr.: DE 136695976"), func(g Guess) Guessed { return g.OrganisationNumber }, Guessed{"DE136695976", SourceText}},
		{"German VAT number, wrong", plainMail("USt-IdNr.: DE 136695978"), func(g Guess) Guessed { return g.OrganisationNumber }, Guessed{}},
		{"French SIREN", plainMail("SIREN 552 008 443"), func(g Guess) Guessed { return g.OrganisationNumber }, Guessed{"552008443", SourceText}},
		{"French SIRET", plainMail("SIRET : 732 829 320 00074"), func(g Guess) Guessed { return g.OrganisationNumber }, Guessed{"73282932000074", SourceText}},
		{"French VAT number", plainMail("TVA intracommunautaire : FR 40 303 265 045"), func(g Guess) Guessed { return g.OrganisationNumber }, Guessed{"FR40303265045", SourceText}},
		{"Finnish number", plainMail("Y-tunnus 2077474-0"), func(g Guess) Guessed { return g.OrganisationNumber }, Guessed{"2077474-0", SourceText}},
		{"address on two lines", plainMail("Leveres til\nHavnegata 12\nNO-5003 Bergen"), func(g Guess) Guessed { return g.Address }, Guessed{"Havnegata 12, 5003 Bergen", SourceText}},
		{"a year is no postcode", plainMail("Vi startet i Bergen\n2022 Var et godt år"), func(g Guess) Guessed { return g.Address }, Guessed{}},
	}
	for _, tt := range tests {
		if got := tt.pick(parseNO(tt.raw).Guess); got != tt.want {
			t.Errorf("%s: %+v", tt.name, got)
		}
	}
	m = Parse(plainMail("Tel. 08-123 456 78\nStorgatan 1, 111 22 Stockholm"), Options{Region: "SE"})
	if m.Guess.Phone.Value != "+46812345678" || m.Guess.Address.Value != "Storgatan 1, 111 22 Stockholm" {
		t.Errorf("in Sweden: %+v", m.Guess)
	}
}

func TestContentHash(t *testing.T) {
	base := parseNO(plainMail("Blåbær\r\ntil salgs")).ContentHash
	same := map[string][]byte{
		"other trace fields": append([]byte("Received: by mx\r\nDelivered-To: x@y.no\r\n"), plainMail("Blåbær\r\ntil salgs")...),
		"bare line feeds":    []byte(strings.ReplaceAll(string(plainMail("Blåbær\r\ntil salgs")), "\r\n", "\n")),
		"other encoding":     plainMail("Bl=C3=A5b=C3=A6r\r\ntil=20salgs", "Content-Transfer-Encoding: quoted-printable"),
	}
	for name, raw := range same {
		if parseNO(raw).ContentHash != base {
			t.Errorf("%s: another hash", name)
		}
	}
	swap := func(old, new string) []byte {
		return []byte(strings.Replace(string(plainMail("Blåbær\r\ntil salgs")), old, new, 1))
	}
	other := map[string][]byte{
		"text": swap("salgs", "leie"), "subject": swap("Subject: Test", "Subject: Tes"), "sender": swap("ola@", "kari@"), "date": swap("10:11:12", "10:11:13"),
	}
	for name, raw := range other {
		if parseNO(raw).ContentHash == base {
			t.Errorf("another %s: the same hash", name)
		}
	}
}
