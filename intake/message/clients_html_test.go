package message

import (
	"strings"
	"testing"
)

// htmlBlock is the header block of Outlook in HTML, a line after each field.
func (l tongue) htmlBlock(newline string) string {
	var rows []string
	for i, value := range []string{"Kari Nordmann &lt;kari@example.no&gt;", "", "Ola Nordmann &lt;ola@fjordbygg.example&gt;", "Per &lt;per@example.no&gt;", "Tilbud"} {
		label := l.outlook[i]
		if value == "" {
			label, value, _ = strings.Cut(label, ": ")
			label += ":"
		}
		rows = append(rows, "<b>"+label+"</b> "+value)
	}
	return strings.Join(rows, newline)
}

// htmlClients are mail programs whose HTML goes out without a plain form: the
// text and the signature as they write them, and the quote below.
var htmlClients = map[string]func(l tongue, text string, signature []string, device string) string{
	"Outlook": func(l tongue, text string, signature []string, _ string) string {
		p := func(s string) string { return `<p class="MsoNormal">` + s + `<o:p></o:p></p>` }
		return `<html xmlns:o="urn:schemas-microsoft-com:office:office"><head><style><!-- p.MsoNormal {margin:0cm} --></style><!--[if gte mso 9]><xml><o:shapedefaults v:ext="edit"/></xml><![endif]--></head>` +
			`<body lang="NO-BOK" style="word-wrap:break-word"><div class="WordSection1">` + p(text) + p("<o:p>&nbsp;</o:p>") + p(strings.Join(signature, "<o:p></o:p></p>\r\n<p class=\"MsoNormal\">")) + p("<o:p>&nbsp;</o:p>") +
			`<div><div style="border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm">` + p(l.htmlBlock(" <br>\r\n")) + `</div></div>` + p("<o:p>&nbsp;</o:p>") + p("Hei Ola, her er tilbudet.") + `</div></body></html>`
	},
	"Outlook on the web": func(l tongue, text string, signature []string, _ string) string {
		return `<html><head><meta http-equiv="Content-Type" content="text/html; charset=utf-8"><style type="text/css" style="display:none;"> P {margin-top:0;margin-bottom:0;} </style></head><body dir="ltr"><div class="elementToProof" style="font-family: Aptos;">` + text + `</div><div class="elementToProof"><br></div>` +
			`<div id="Signature"><div>` + strings.Join(signature, "</div><div>") + `</div></div><div id="appendonsend"></div><hr style="display:inline-block;width:98%" tabindex="-1"><div id="divRplyFwdMsg" dir="ltr"><font face="Calibri, sans-serif" color="#000000">` + l.htmlBlock("<br>") + `</font><div>&nbsp;</div></div><div>Hei Ola, her er tilbudet.</div></body></html>`
	},
	"Outlook on a phone": func(l tongue, text string, signature []string, device string) string {
		return `<html><body><div dir="auto">` + text + `</div><div dir="auto"><br></div><div dir="auto">` + strings.Join(signature, "<br>") + `</div><div id="ms-outlook-mobile-signature" dir="auto"><div><br></div>` + device + `</div>` +
			`<div id="mail-editor-reference-message-container" class="ms-outlook-mobile-reference-message"><hr style="display:inline-block;width:98%"><div id="divRplyFwdMsg" dir="ltr">` + l.htmlBlock("<br>") + `</div><div>Hei Ola, her er tilbudet.</div></div></body></html>`
	},
	"Gmail": func(l tongue, text string, signature []string, _ string) string {
		return `<div dir="ltr"><div>` + text + `</div><div><br clear="all"></div><div><div dir="ltr" class="gmail_signature" data-smartmail="gmail_signature"><div dir="ltr">` + strings.Join(signature, "<br>") + `</div></div></div></div><br>` +
			`<div class="gmail_quote gmail_quote_container"><div dir="ltr" class="gmail_attr">` + strings.NewReplacer("<", `&lt;<a href="mailto:kari@example.no">`, ">", "</a>&gt;").Replace(l.gmail) + `<br></div><blockquote class="gmail_quote" style="margin:0px 0px 0px 0.8ex"><div dir="ltr">Hei Ola, her er tilbudet.</div></blockquote></div>`
	},
	"Apple Mail": func(l tongue, text string, signature []string, _ string) string {
		return `<html><head><meta http-equiv="content-type" content="text/html; charset=utf-8"></head><body style="overflow-wrap: break-word; line-break: after-white-space;">` + text + `<br id="lineBreakAtBeginningOfMessage"><div><br></div><div>` + strings.Join(signature, "</div><div>") + `</div>` +
			`<div><br><blockquote type="cite"><div>` + strings.NewReplacer("<", "&lt;", ">", "&gt;").Replace(l.apple) + `</div><br class="Apple-interchange-newline"><div><div>Hei Ola, her er tilbudet.</div></div></blockquote></div><br></body></html>`
	},
	"iPhone": func(l tongue, text string, signature []string, device string) string {
		return `<html><body dir="auto">` + text + `<br><br>` + strings.Join(signature, "<br>") + `<br><br><div dir="ltr">` + device + `</div><div dir="ltr"><br><blockquote type="cite">` + strings.NewReplacer("<", "&lt;", ">", "&gt;").Replace(l.iphone) + `<br><br></blockquote></div><blockquote type="cite"><div dir="ltr">` + "\ufeff" + `<div>Hei Ola, her er tilbudet.</div></div></blockquote></body></html>`
	},
	"Thunderbird": func(l tongue, text string, signature []string, _ string) string {
		return `<!DOCTYPE html><html><head><meta http-equiv="Content-Type" content="text/html; charset=UTF-8"></head><body><p>` + text + `</p><p>` + strings.Join(signature, "<br>") + `</p><div class="moz-cite-prefix">` + l.thunderbird + `<br></div><blockquote type="cite" cite="mid:1@example.no"><p>Hei Ola, her er tilbudet.</p></blockquote></body></html>`
	},
	"Samsung": func(l tongue, text string, signature []string, device string) string {
		return `<html><body><div dir="auto">` + text + `</div><div dir="auto"><br></div><div dir="auto">` + strings.Join(signature, `</div><div dir="auto">`) + `</div><div dir="auto"><br></div><div id="composer_signature" dir="auto"><div style="font-size:12px" dir="auto">` + device + `</div></div><div dir="auto"><br></div><div><br></div>` +
			`<div align="left" dir="auto" style="font-size:100%"><div>` + l.samsung + `</div><div>` + l.outlook[0] + ` Kari Nordmann &lt;kari@example.no&gt; </div><div>` + l.samsungDate + ` 03.01.2022  10:11  (GMT+01:00) </div><div>` + l.outlook[2] + ` Ola &lt;ola@fjordbygg.example&gt; </div><div>` + l.outlook[4] + ` Tilbud </div><div><br></div></div>Hei Ola, her er tilbudet.</body></html>`
	},
	"Gmail on Android": func(l tongue, text string, signature []string, _ string) string {
		return `<div dir="auto">` + text + `<div dir="auto"><br></div><div dir="auto">` + strings.Join(signature, `</div><div dir="auto">`) + `</div></div><br><div class="gmail_quote"><div dir="ltr" class="gmail_attr">` + strings.NewReplacer("<", "&lt;", ">", "&gt;").Replace(l.gmail) + `<br></div><blockquote class="gmail_quote"><p dir="ltr">Hei Ola, her er tilbudet.</p></blockquote></div>`
	},
}

// TestHTMLClients is TestClients for mail that comes as HTML alone.
func TestHTMLClients(t *testing.T) {
	devices := map[string]int{"iPhone": 0, "Samsung": 1, "Outlook on a phone": 2}
	for client, write := range htmlClients {
		for language, l := range tongues {
			signature, device := []string{l.closing, "Ola Nordmann", "Fjordbygg AS", "Tel. +47 22 33 44 55"}, ""
			if i, ok := devices[client]; ok {
				device = strings.NewReplacer("<https", ` <a href="https`, "ukef>", `ukef">x</a>`).Replace(l.devices[i])
			}
			m := parseNO(htmlMail(write(l, l.own, signature, device)))
			name := client + ", " + language
			if m.Text != l.own {
				t.Errorf("%s: the text is %q", name, m.Text)
			}
			if !strings.HasPrefix(m.Signature, strings.Join(signature, "\n")) || strings.Contains(m.Signature, "tilbudet") {
				t.Errorf("%s: the signature is %q", name, m.Signature)
			}
			if !strings.Contains(m.Quoted, "her er tilbudet.") || !strings.Contains(m.Quoted, "Kari Nordmann") {
				t.Errorf("%s: the quote is %q", name, m.Quoted)
			}
			if m.Guess.Phone != (Guessed{"+4722334455", SourceSignature}) || m.Guess.Company != (Guessed{"Fjordbygg AS", SourceSignature}) {
				t.Errorf("%s: guessed %+v", name, m.Guess)
			}
			checkMessage(t, m)
		}
	}
}
