package documents

import (
	"slices"

	"github.com/emne/emne/documents/einvoice"
	"github.com/emne/emne/process"
)

// mentionsFR are the notes that French law asks for on invoices between
// businesses, by their subject in UNTDID 4451 (Code de commerce L441-9 and
// D441-5, BR-FR-05): the fee for collection, the penalty for late payment, the
// discount for early payment.
var mentionsFR = []string{"PMT", "PMD", "AAB"}

// mentions are what the law of the seller's country has an invoice say, in the
// document's language.
func (d *Documents) mentions(s process.Snapshot) []einvoice.Note {
	if s.Seller.Address.Country != "FR" || s.Buyer.Kind == "consumer" || !s.Kind.Accounted() {
		return nil
	}
	var notes []einvoice.Note
	for _, subject := range mentionsFR {
		if text := d.renderer.Text(s.Language, "mention.FR."+subject); text != "" {
			notes = append(notes, einvoice.Note{Subject: subject, Text: text})
		}
	}
	return notes
}

// lawful is the document with them among its notes, as it is printed.
func (d *Documents) lawful(s process.Snapshot) process.Snapshot {
	s.Notes = slices.Clone(s.Notes)
	for _, n := range d.mentions(s) {
		s.Notes = append(s.Notes, n.Text)
	}
	return s
}
