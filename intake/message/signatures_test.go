package message

import "testing"

// TestWholeSignatures reads signatures as businesses write them in the six
// languages: the reader is in Norway, numbers and addresses are the sender's.
func TestWholeSignatures(t *testing.T) {
	tests := []struct {
		name, from, signature string
		want                  Guess
	}{
		{"nb", "Ola Nordmann <ola@fjordbygg.no>", "Med vennlig hilsen\nOla Nordmann\nDaglig leder\n\nFjordbygg AS\nHavnegata 12\n5003 Bergen\nTlf: 55 12 34 56 | Mob: 412 34 567\nOrg.nr: NO 923 609 016 MVA\nwww.fjordbygg.no",
			Guess{Name: Guessed{"Ola Nordmann", SourceDisplayName}, Phone: Guessed{"+4755123456", SourceSignature}, Company: Guessed{"Fjordbygg AS", SourceSignature}, OrganisationNumber: Guessed{"923609016", SourceSignature}, Address: Guessed{"Havnegata 12, 5003 Bergen", SourceSignature}}},
		{"nb, two addresses", "post@fjordbygg.no", "Mvh\nOla Nordmann\nProsjektleder | Fjordbygg AS\nM +47 412 34 567  T 55123456\nBesøksadresse: Storgata 1B, 0155 Oslo  Postadresse: Postboks 123 Sentrum, 0102 Oslo\nForetaksregisteret NO923609016",
			Guess{Name: Guessed{"Ola Nordmann", SourceSignature}, Phone: Guessed{"+4741234567", SourceSignature}, Company: Guessed{"Fjordbygg AS", SourceSignature}, OrganisationNumber: Guessed{"923609016", SourceSignature}, Address: Guessed{"Storgata 1B, 0155 Oslo", SourceSignature}}},
		{"nb, the company's address", "Fjordbygg AS <post@fjordbygg.no>", "Vennlig hilsen\nfor Fjordbygg AS\nKari Berg\nØkonomi\ntlf.: (+47) 22 33 44 55",
			Guess{Name: Guessed{"Kari Berg", SourceSignature}, Phone: Guessed{"+4722334455", SourceSignature}, Company: Guessed{"Fjordbygg AS", SourceDisplayName}}},
		{"sv", "Anna <anna@byggab.se>", "Med vänliga hälsningar\nAnna Svensson\nInköpschef\nBygg & Fog AB\nStorgatan 12 A\n111 22 Stockholm\nTel: 08-123 456 78\nOrg.nr 556036-0793",
			Guess{Name: Guessed{"Anna Svensson", SourceSignature}, Phone: Guessed{"+46812345678", SourceSignature}, Company: Guessed{"Bygg & Fog AB", SourceSignature}, OrganisationNumber: Guessed{"5560360793", SourceSignature}, Address: Guessed{"Storgatan 12 A, 111 22 Stockholm", SourceSignature}, Country: "SE"}},
		{"da", "mette@byg.dk", "Med venlig hilsen\nMette Hansen\nIndkøber\nByg & Co A/S\nVesterbrogade 10, 2. th.\n1620 København V\nTlf. 33 12 34 56\nCVR 13585628",
			Guess{Name: Guessed{"Mette Hansen", SourceSignature}, Phone: Guessed{"+4533123456", SourceSignature}, Company: Guessed{"Byg & Co A/S", SourceSignature}, OrganisationNumber: Guessed{"13585628", SourceSignature}, Address: Guessed{"Vesterbrogade 10, 2. th., 1620 København V", SourceSignature}, Country: "DK"}},
		{"de", "Einkauf <hans@bau.de>", "Mit freundlichen Grüßen\n\ni. A. Hans Müller\nLeiter Einkauf\n\nMüller Bau GmbH\nHauptstraße 5\nD-10115 Berlin\nTel.: 030 / 123 45 67\nMobil: +49 (0)171 1234567\nUSt-IdNr.: DE136695976\nAmtsgericht Berlin HRB 12345",
			Guess{Name: Guessed{"Einkauf", SourceDisplayName}, Phone: Guessed{"+49301234567", SourceSignature}, Company: Guessed{"Müller Bau GmbH", SourceSignature}, OrganisationNumber: Guessed{"DE136695976", SourceSignature}, Address: Guessed{"Hauptstraße 5, 10115 Berlin", SourceSignature}, Country: "DE"}},
		{"fr", "pierre@batiment.fr", "Bien cordialement,\nPierre Dupont\nResponsable achats\nBâtiment Dupont SARL\n12, rue de la Paix\n75002 Paris\nTél. : 01 42 68 53 00\nPort. : 06 12 34 56 78\nSIRET 732 829 320 00074",
			Guess{Name: Guessed{"Pierre Dupont", SourceSignature}, Phone: Guessed{"+33142685300", SourceSignature}, Company: Guessed{"Bâtiment Dupont SARL", SourceSignature}, OrganisationNumber: Guessed{"73282932000074", SourceSignature}, Address: Guessed{"12, rue de la Paix, 75002 Paris", SourceSignature}, Country: "FR"}},
		{"en", "purchasing@build.co.uk", "Kind regards,\nPurchasing Manager\nJohn Smith\nBuild Ltd\n10 Downing Street\nLondon SW1A 2AA\nT: 020 7946 0958\nVAT Reg No GB 980 7806 84",
			Guess{Name: Guessed{"John Smith", SourceSignature}, Phone: Guessed{"+442079460958", SourceSignature}, Company: Guessed{"Build Ltd", SourceSignature}, OrganisationNumber: Guessed{"GB980780684", SourceSignature}, Address: Guessed{"10 Downing Street, London SW1A 2AA", SourceSignature}, Country: "GB"}},
		{"a closing and a number", "Kari Nordmann <kari@gmail.com>", "Hilsen Kari\n41 23 45 67", Guess{Name: Guessed{"Kari Nordmann", SourceDisplayName}, Phone: Guessed{"+4741234567", SourceSignature}}},
		{"an account and a KID", "ola@gmail.com", "Mvh\nOla N.\nTelefon 0047 412 34 567\nKontonr: 1506 14 90466\nKID 12345678", Guess{Name: Guessed{"Ola N.", SourceSignature}, Phone: Guessed{"+4741234567", SourceSignature}}},
	}
	for _, tt := range tests {
		m := parseNO(lines("From: "+tt.from, "Content-Type: text/plain; charset=utf-8", "", "Hei, vi trenger 12 stoler.\n\n"+tt.signature))
		if m.Signature != tt.signature || m.Text != "Hei, vi trenger 12 stoler." {
			t.Errorf("%s: text %q, signature %q", tt.name, m.Text, m.Signature)
		}
		if m.Guess != tt.want {
			t.Errorf("%s: guessed %+v, want %+v", tt.name, m.Guess, tt.want)
		}
	}
}

// A number without a prefix is of the country that the sender writes from.
func TestPhoneOfTheSendersCountry(t *testing.T) {
	for from, want := range map[string]string{
		"a@firma.dk": "+4533123456", "a@gmail.com": "+4533123456", "a@firma.no": "+4733123456",
	} {
		m := parseNO(lines("From: "+from, "Content-Type: text/plain; charset=utf-8", "", "Hej, jeg vil gerne have et tilbud på ti vinduer til vores hus.\nTlf. 33 12 34 56"))
		if m.Guess.Phone.Value != want {
			t.Errorf("%s: %q, want %q", from, m.Guess.Phone.Value, want)
		}
	}
}

// What is said in prose is no address.
func TestNoAddress(t *testing.T) {
	for _, text := range []string{"Hurry Sale Ends Monday March 31, 2014 Midnight MST!", "Levering mandag 3. mars, 2025 Kvartal en", "Vi bestilte Modell 12, 2024 Versjon 3"} {
		if g := parseNO(plainMail(text)).Guess.Address; g.Value != "" {
			t.Errorf("%q: %q", text, g.Value)
		}
	}
}
