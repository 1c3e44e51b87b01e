package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestCards imports business cards and a list of contacts by the command line,
// twice, and plays a mail whose sender attached a card, an invitation and what
// Outlook sends to Outlook.
func TestCards(t *testing.T) {
	w := startDemo(t)
	dir := t.TempDir()
	write := func(name, text string) string {
		t.Helper()
		file := filepath.Join(dir, name)
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return file
	}
	cards := write("messe.vcf", "BEGIN:VCARD\r\nVERSION:2.1\r\nN:Vik;Berit\r\nORG:Vik AS\r\nTEL;CELL:412 34 567\r\nEMAIL;INTERNET:Berit@vik.example\r\nADR;WORK:;;Gata 1;Oslo;;0155;Norge\r\nEND:VCARD\r\n"+
		"BEGIN:VCARD\r\nVERSION:4.0\r\nFN:Per Dal\r\nTEL;VALUE=uri:tel:+4722334455\r\nEND:VCARD\r\n")
	contacts := write("liste.csv", "Navn;E-post;Firma\r\nBerit Vik;berit@vik.example;Vik AS\r\nKari Li;kari@li.example;Li AS\r\n")
	if out := w.cli(exitDone, "import", cards, contacts); out != cards+": 2 leads, 0 known before\n"+contacts+": 1 leads, 1 known before\n" {
		t.Errorf("imported %q", out)
	}
	if out := w.cli(exitDone, "import", cards); out != cards+": 0 leads, 2 known before\n" {
		t.Errorf("again: %q", out)
	}
	box := write("gammel.mbox", "From a@box.example Thu Jan  1 00:00:00 2026\nFrom: a@box.example\nSubject: En\n\nHei\n\nFrom b@box.example Thu Jan  1 00:00:01 2026\nFrom: b@box.example\nSubject: To\n\nHei igjen\n")
	if out := w.cli(exitDone, "import", box); strings.Count(out, "new_lead lead") != 2 || len(w.items("leads?email=b@box.example")) != 1 {
		t.Errorf("a mailbox file: %q", out)
	}
	if out := w.cli(exitDone, "import", box); strings.Count(out, "same_mail") != 2 {
		t.Errorf("again: %q", out)
	}
	w.cli(exitFailed, "import", write("tom.mbox", "\n"))
	w.cli(exitFailed, "import", write("tall.csv", "a;b\n1;2\n"), write("tom.vcf", "Hei"))
	if ls := w.items("leads?source=card"); len(ls) != 3 {
		t.Fatalf("%d leads: %v", len(ls), ls)
	}
	l := w.items("leads?email=berit@vik.example")[0]
	if l["name"] != "Berit Vik" || l["phone"] != "+4741234567" || l["company"] != "Vik AS" || !strings.Contains(fmt.Sprint(l["address"]), "country:NO") {
		t.Errorf("the lead is %v", l)
	}

	w.send("ola@fjordbygg.example", "sales@demo.example", "From: ola@fjordbygg.example\nTo: sales@demo.example\nSubject: Kort\nMessage-ID: <kort@fjordbygg.example>\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\nHei, jeg trenger et tilbud. Ring meg i dag.\n--b\nContent-Type: text/vcard\n\n"+
		"BEGIN:VCARD\nFN:Ola Nordmann\nTEL:22 33 44 55\nORG:Fjordbygg AS\nEMAIL:ola@fjordbygg.example\nEND:VCARD\n--b--\n")
	w.eventually(10*time.Second, "lead of the card's mail", func() bool { return len(w.items("leads?email=ola@fjordbygg.example")) == 1 })
	l = w.items("leads?email=ola@fjordbygg.example")[0]
	if l["name"] != "Ola Nordmann" || l["phone"] != "+4722334455" || l["company"] != "Fjordbygg AS" || l["language"] != "nb" || fmt.Sprint(l["guessed"]) != "[name phone company language]" {
		t.Errorf("the lead is %v", l)
	}
	w.send("anne@moe.example", "sales@demo.example", "From: Anne Moe <anne@moe.example>\nTo: sales@demo.example\nSubject: Befaring\nMessage-ID: <befaring@moe.example>\nContent-Type: text/calendar; method=REQUEST; charset=utf-8\n\n"+
		"BEGIN:VCALENDAR\nMETHOD:REQUEST\nBEGIN:VEVENT\nSUMMARY:Befaring\nDTSTART;TZID=Europe/Oslo:20260303T100000\nDTEND;TZID=Europe/Oslo:20260303T110000\nLOCATION:Storgata 1\nEND:VEVENT\nEND:VCALENDAR\n")
	w.eventually(10*time.Second, "lead of the invitation", func() bool { return len(w.items("leads?email=anne@moe.example")) == 1 })
	if l = w.items("leads?email=anne@moe.example")[0]; l["message"] != "Befaring\n2026-03-03 10:00–11:00 Europe/Oslo\nStorgata 1" {
		t.Errorf("the invitation reads %q", l["message"])
	}
	if out := w.verify(); !strings.Contains(out, "everything holds") {
		t.Errorf("verify says %s", out)
	}
}
