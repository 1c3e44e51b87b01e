package mail

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/emne/emne/process"
	"github.com/emne/emne/templates"
)

func colourOf(t *testing.T, s string) rgb {
	t.Helper()
	var c rgb
	if n, err := fmt.Sscanf(s, "#%02x%02x%02x", &c.r, &c.g, &c.b); err != nil || n != 3 {
		t.Fatalf("%q is no colour", s)
	}
	return c
}

// The values that are known: black on white, and the examples of WCAG's own text.
func TestContrast(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want string
	}{{"#000000", "#ffffff", "21.00"}, {"#ffffff", "#ffffff", "1.00"}, {"#777777", "#ffffff", "4.48"}, {"#767676", "#ffffff", "4.54"}, {"#0000ff", "#ffffff", "8.59"}} {
		if got := fmt.Sprintf("%.2f", colourOf(t, c.a).contrast(colourOf(t, c.b))); got != c.want {
			t.Errorf("%s on %s: %s, want %s", c.a, c.b, got, c.want)
		}
	}
}

// Whatever the accent: the button stands out from the sheet, its text and the
// link can be read, in light and in dark mode. An accent that can be read
// already stays as it is.
func TestAccentIsReadable(t *testing.T) {
	for _, accent := range []string{"#14505c", "#7a1f3d", "#ffd400", "#ffffff", "#000000", "#808080", "#00ff00", "#0000ff", "#e5007d", "#757575"} {
		dir := t.TempDir()
		if err := os.MkdirAll(filepath.Join(dir, "documents"), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, "documents", "layout.yaml"), []byte("accent: \""+accent+"\"\n"), 0o644); err != nil {
			t.Fatal(err)
		}
		set, err := templates.Open(dir)
		if err != nil {
			t.Fatal(err)
		}
		c, err := coloursOf(set)
		if err != nil {
			t.Fatal(err)
		}
		for _, pair := range []struct {
			name, colour string
			ground       rgb
			least        float64
		}{
			{"button", string(c.Go), white, shapeContrast}, {"text of the button", string(c.OnGo), colourOf(t, string(c.Go)), textContrast}, {"link", string(c.Link), white, textContrast},
			{"dark button", string(c.DarkGo), darkSheet, shapeContrast}, {"text of the dark button", string(c.DarkOnGo), colourOf(t, string(c.DarkGo)), textContrast}, {"dark link", string(c.DarkLink), darkSheet, textContrast},
		} {
			if got := colourOf(t, pair.colour).contrast(pair.ground); got < pair.least {
				t.Errorf("%s: the %s %s has a contrast of %.2f, and needs %.1f", accent, pair.name, pair.colour, got, pair.least)
			}
		}
		if accent == "#14505c" && (c.Go != "#14505c" || c.Link != "#14505c") {
			t.Errorf("a dark accent becomes %+v", c)
		}
		composer, err := NewComposer(set, "https://emne.fjord.example", userName)
		if err != nil {
			t.Fatal(err)
		}
		_, html, _, err := composer.Preview(everything(kindInvoice, "", "nb"))
		if err != nil {
			t.Fatal(err)
		}
		for _, want := range []string{"background:" + string(c.Go), `fillcolor="` + string(c.Go) + `"`, "background: " + string(c.DarkGo), "color: " + string(c.DarkLink), "color:" + string(c.Link)} {
			if !strings.Contains(html, want) {
				t.Errorf("%s: no %q in the mail", accent, want)
			}
		}
	}
}

// The fixed colours of the mails can be read on their grounds, light and dark.
func TestMailsAreReadable(t *testing.T) {
	html, err := texts(t).ReadFile("mails/mail.html")
	if err != nil {
		t.Fatal(err)
	}
	ground := map[string]string{"light sheet": "#ffffff", "dark sheet": "#1d2125"}
	for _, c := range []struct{ use, colour, on string }{
		{"color:#1b2126", "#1b2126", "light sheet"}, {"color:#5b6670", "#5b6670", "light sheet"}, {"color: #e8eaec !important", "#e8eaec", "dark sheet"}, {"color: #a3abb2 !important", "#a3abb2", "dark sheet"},
	} {
		if !strings.Contains(string(html), c.use) {
			t.Errorf("mail.html does not say %q", c.use)
		}
		if got := colourOf(t, c.colour).contrast(colourOf(t, ground[c.on])); got < textContrast {
			t.Errorf("%s on the %s: %.2f", c.colour, c.on, got)
		}
	}
	known := regexp.MustCompile(`#(ffffff|1d2125|14171a|f2f4f5|dde2e6|343a40|c3ccd3|4a525a|1b2126|5b6670|e8eaec|a3abb2)\b`)
	for _, found := range regexp.MustCompile(`#[0-9a-fA-F]{6}\b`).FindAllString(string(html), -1) {
		if !known.MatchString(found) {
			t.Errorf("mail.html has the colour %s, which nobody has measured", found)
		}
	}
}

// Each mail in each language says which language it is in, is laid out by tables
// that screen readers leave aside, has a gist for the list of mails, nothing from
// elsewhere, and its figures in both parts.
func TestEveryMailIsSound(t *testing.T) {
	c, err := NewComposer(texts(t), "https://emne.fjord.example", userName)
	if err != nil {
		t.Fatal(err)
	}
	kinds := [][2]string{{kindQuote, ""}, {kindAcceptance, ""}, {kindInvoice, ""}, {kindCreditNote, ""}, {kindOrderConfirmation, ""}, {kindPaymentRequest, ""}, {kindStatement, ""}, {kindQuoteFollowUp, ""}, {kindQuoteExpired, ""},
		{kindAcknowledgement, ""}, {kindNotification, "quote_question"}, {kindReminder, "upcoming"}, {kindReminder, "reminder"}, {kindReminder, "notice"}}
	foreign := regexp.MustCompile(`(?i)<(img|link|script|iframe|object|embed|form|input|video|audio)\b|src=|url\(|@import|@font-face|http://`)
	preheader := regexp.MustCompile(`<div style="display:none;[^"]*">([^<]+)</div>`)
	for _, lang := range process.Languages() {
		for _, k := range kinds {
			m := everything(k[0], k[1], lang)
			subject, html, text, err := c.Preview(m)
			if err != nil {
				t.Fatal(err)
			}
			if !strings.Contains(html, `<html lang="`+lang+`">`) || strings.Count(html, "<table") != strings.Count(html, `<table role="presentation"`) || !strings.Contains(html, `name="color-scheme" content="light dark"`) {
				t.Errorf("%s %s: no language, a table that is read as one, or no dark mode", lang, k)
			}
			if gist := preheader.FindStringSubmatch(html); gist == nil || strings.TrimSpace(gist[1]) == "" || gist[1] == subject {
				t.Errorf("%s %s: the list of mails says %q", lang, k, gist)
			}
			if found := foreign.FindString(html); found != "" {
				t.Errorf("%s %s: %q", lang, k, found)
			}
			for _, f := range facts(c.set.Labels(templates.Mails, lang), m) {
				if !strings.Contains(text, f.Label+": "+f.Value) {
					t.Errorf("%s %s: the text does not say %s %s", lang, k, f.Label, f.Value)
				}
			}
		}
	}
}
