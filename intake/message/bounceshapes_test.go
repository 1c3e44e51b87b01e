package message

import (
	"reflect"
	"strings"
	"testing"
)

// The reports of Postfix, Gmail and Exchange without the parts of RFC 3464.
func TestBounceShapes(t *testing.T) {
	postfix := []string{"From: MAILER-DAEMON@mx.example.no (Mail Delivery System)", "Return-Path: <>", "Subject: Undelivered Mail Returned to Sender", ""}
	gmail := []string{"From: Mail Delivery Subsystem <mailer-daemon@googlemail.com>", "Return-Path: <>", "Subject: Delivery Status Notification (Failure)"}
	exchange := []string{"From: postmaster@demo.example", "Subject: Undeliverable: Tilbud", "Content-Type: text/plain; charset=utf-8", ""}
	mail := func(head []string, text ...string) []byte {
		return lines(append(head[:len(head):len(head)], text...)...)
	}
	one := func(shape, id, action, status, diagnostic string) DeliveryReport {
		return DeliveryReport{Shape: shape, OriginalMessageID: id, Recipients: []RecipientReport{{"kari@kunde.example", "", action, status, diagnostic}}}
	}
	const id = "quote-7@demo.example"
	tests := []struct {
		name string
		raw  []byte
		want DeliveryReport
	}{
		{"Postfix", mail(postfix, "This is the mail system at host mx.example.no.", "", "I'm sorry to have to inform you that your message could not", "be delivered to one or more recipients. It's attached below.", "",
			"                   The mail system", "", "<kari@kunde.example>: host mx.kunde.example[192.0.2.1] said: 550 5.1.1", "    <kari@kunde.example>: User unknown (in reply to RCPT TO", "    command)", "",
			"Message-ID: <quote-7@demo.example>", "Subject: Tilbud", "", "Hei"),
			one(ShapePostfix, id, "failed", "5.1.1", "host mx.kunde.example[192.0.2.1] said: 550 5.1.1 <kari@kunde.example>: User unknown (in reply to RCPT TO command)")},
		{"Postfix, delayed", mail(postfix, "This is the mail system at host mx.example.no.", "", "####################################################################", "# THIS IS A WARNING ONLY.  YOU DO NOT NEED TO RESEND YOUR MESSAGE. #",
			"####################################################################", "", "<kari@kunde.example>: connect to mx.kunde.example[192.0.2.1]:25: Connection", "    timed out"),
			one(ShapePostfix, "", "delayed", "", "connect to mx.kunde.example[192.0.2.1]:25: Connection timed out")},
		{"Gmail", mail(gmail, "X-Failed-Recipients: kari@kunde.example", "", "** Address not found **", "", "Your message wasn't delivered to kari@kunde.example because the address couldn't be found.", "",
			"The response from the remote server was:", "550 5.1.1 <kari@kunde.example>: User unknown", "", "Learn more"),
			one(ShapeGmail, "", "failed", "5.1.1", "550 5.1.1 <kari@kunde.example>: User unknown")},
		{"Gmail, no field", mail(gmail, "", "** Message blocked **", "", "Your message to kari@kunde.example has been blocked. See technical details below.", "", "The response was:", "550 5.7.1 blocked", "", "----- Original message -----", "", "Message-ID: <quote-7@demo.example>"),
			one(ShapeGmail, id, "failed", "5.7.1", "550 5.7.1 blocked")},
		{"Gmail, delayed", mail(gmail, "", "** Delivery incomplete **", "", "There was a temporary problem delivering your message to kari@kunde.example. Gmail will retry for 47 more hours."),
			one(ShapeGmail, "", "delayed", "", "")},
		{"Gmail, old", mail(gmail, "", "Delivery to the following recipient failed permanently:", "", "     kari@kunde.example", "", "Technical details of permanent failure:", "550 5.1.1 no such user", "", "----- Original message -----", "", "Message-ID: <quote-7@demo.example>", "", "Hei"),
			one(ShapeGmail, id, "failed", "5.1.1", "550 5.1.1 no such user")},
		{"Exchange", mail(exchange, "Delivery has failed to these recipients or groups:", "", "kari@kunde.example (kari@kunde.example)", "The email address you entered couldn't be found.", "", "Diagnostic information for administrators:", "",
			"Generating server: AM0PR01MB.eurprd01.example", "kari@kunde.example", "Remote Server returned '550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found'", "", "Original message headers:", "", "Received: from x", "Message-ID: <quote-7@demo.example>", "Subject: Tilbud"),
			one(ShapeExchange, id, "failed", "5.1.10", "550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found")},
		{"Exchange, nb", mail(exchange, "Levering mislyktes til disse mottakerne eller gruppene:", "", "kari@kunde.example", "Postboksen er full.", "", "Diagnoseinformasjon for administratorer:", "kari@kunde.example", "#550 5.2.2 RESOLVER.RST.NotOver; mailbox full ##"),
			one(ShapeExchange, "", "failed", "5.2.2", "#550 5.2.2 RESOLVER.RST.NotOver; mailbox full ")},
		{"Microsoft 365", mail(exchange, "Your message to kari@kunde.example couldn't be delivered.", "kari wasn't found at kunde.example.", "", "Remote server returned '550 5.1.1 no such user'"),
			one(ShapeExchange, "", "failed", "5.1.1", "550 5.1.1 no such user")},
		{"Exchange, delayed", mail(exchange, "Delivery is delayed to these recipients or groups:", "", "kari@kunde.example", "", "This message hasn't been delivered yet. Delivery will continue to be attempted."),
			one(ShapeExchange, "", "delayed", "", "")},
		{"an old Exchange", mail(exchange, "Your message did not reach some or all of the intended recipients.", "", "The following recipient(s) cannot be reached:", "", "'kari@kunde.example' on 03.01.2022 10:11", "The e-mail account does not exist.", "<mx.kunde.example #5.1.1 smtp;550 no>"),
			one(ShapeExchange, "", "failed", "5.1.1", "#5.1.1 smtp;550 no")},
	}
	for _, tt := range tests {
		want := tt.want
		want.Recipients[0].Diagnostic = oneLine(want.Recipients[0].Diagnostic)
		if m := parseNO(tt.raw); m.Report == nil || !reflect.DeepEqual(*m.Report, want) {
			t.Errorf("%s:\n%+v, want\n%+v", tt.name, m.Report, want)
		}
		from := "From: Ola <ola@example.no>\r\nReturn-Path: <ola@example.no>\r\n"
		_, rest, _ := strings.Cut(strings.ReplaceAll(string(tt.raw), "Return-Path: <>\r\n", ""), "\r\n")
		if m := parseNO([]byte(from + rest)); m.Report != nil {
			t.Errorf("%s: a person's mail counts as a report: %+v", tt.name, m.Report)
		}
	}
}

// Exchange writes its own field, and puts the machine's part into a mixed mail.
func TestReportOfExchange(t *testing.T) {
	m := parseNO(lines("From: postmaster@demo.example", "Subject: Undeliverable", "Content-Type: multipart/mixed; boundary=x", "", "--x", "", "It failed.",
		"--x", "Content-Type: message/delivery-status", "", "Reporting-MTA: dns;x", "X-Original-Message-ID: <quote-7@demo.example>", "",
		"Final-Recipient: rfc822;kari@kunde.example", "Action: failed", "Status: 5.1.10", "",
		"--x", "Content-Type: message/rfc822", "", "Subject: =?utf-8?Q?Tilbud_p=C3=A5_stoler?=", "", "Hei", "--x--", ""))
	if m.Report == nil || m.Report.OriginalMessageID != "quote-7@demo.example" || m.Report.OriginalSubject != "Tilbud på stoler" || m.Report.Recipients[0].Status != "5.1.10" {
		t.Errorf("the report is %+v", m.Report)
	}
	if m.Original != nil {
		t.Error("the returned mail counts as forwarded")
	}
}
