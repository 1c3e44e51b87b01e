package message

import (
	"slices"
	"strings"
	"testing"
)

// withCard is a mail with a vCard behind its text.
func withCard(from, ctype, text, vcard string) []byte {
	return lines("From: "+from, "Subject: s", "Content-Type: multipart/mixed; boundary=b", "", "--b", "Content-Type: text/plain; charset=utf-8", "", text,
		"--b", "Content-Type: "+ctype, "", strings.ReplaceAll(vcard, "\n", "\r\n"), "--b--", "")
}

const olasCard = "BEGIN:VCARD\nVERSION:3.0\nFN:Ola Nordmann\nORG:Fjordbygg AS;Salg\nTITLE:Daglig leder\nTEL;TYPE=CELL:412 34 567\nEMAIL:ola@fjordbygg.example\nADR;TYPE=WORK:;;Havnegata 12\\, bygg B;Bergen;;5003;Norge\nEND:VCARD"

func TestGuessCard(t *testing.T) {
	whole := Guess{Name: Guessed{"Ola Nordmann", SourceCard}, Phone: Guessed{"+4741234567", SourceCard}, Company: Guessed{"Fjordbygg AS", SourceCard},
		Address: Guessed{"Havnegata 12, bygg B, 5003 Bergen", SourceCard}, Title: Guessed{"Daglig leder", SourceCard}}
	for _, tt := range []struct {
		name, from, ctype, card string
		taken                   bool
	}{
		{"the sender's address", "ola@fjordbygg.example", "text/vcard", olasCard, true},
		{"an older type", "ola@fjordbygg.example", "text/x-vcard; name=ola.vcf", olasCard, true},
		{"its name alone", "ola@fjordbygg.example", "application/octet-stream; name=Ola.VCF", olasCard, true},
		{"a shared address of the same company", "post@fjordbygg.example", "text/vcard", olasCard, true},
		{"somebody else's", "kari@fjordbygg.example", "text/vcard", olasCard, false},
		{"another company's", "post@annen.example", "text/vcard", olasCard, false},
		{"two cards", "ola@fjordbygg.example", "text/vcard", olasCard + "\n" + strings.Replace(olasCard, "Ola", "Kari", 1), false},
		{"a calendar by that name", "ola@fjordbygg.example", "text/plain; name=x.vcf", "Hei", false},
	} {
		m := parseNO(withCard(tt.from, tt.ctype, "Hei", tt.card))
		if got := m.Guess.Phone.Source == SourceCard; got != tt.taken || tt.taken && m.Guess != whole {
			t.Errorf("%s: %+v", tt.name, m.Guess)
		}
		if len(m.Attachments) != 1 {
			t.Errorf("%s: the card is no attachment", tt.name)
		}
	}
	m := parseNO(withCard("Ola N <ola@fjordbygg.example>", "text/vcard", "Hei\n\nMvh\nOla\nTlf 22 33 44 55", olasCard))
	if m.Guess.Name != (Guessed{"Ola N", SourceDisplayName}) || m.Guess.Phone.Value != "+4741234567" {
		t.Errorf("beside a display name and a signature: %+v", m.Guess)
	}
	in := inquiry(m)
	if in.Address.Street != "Havnegata 12, bygg B" || in.Address.City != "Bergen" || !slices.Contains(in.Guessed, "phone") || !slices.Contains(in.Guessed, "company") || slices.Contains(in.Guessed, "name") {
		t.Errorf("the inquiry is %+v", in)
	}
}
