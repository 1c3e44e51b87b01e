package pdf

import (
	"fmt"

	"github.com/emne/emne/process"
)

// Gap is a text of a snapshot with characters that the fonts cannot draw.
type Gap struct {
	Field string // path in the snapshot, such as lines[2].description
	Runes string // each character once
}

// Gaps lists the texts of snap that would say something else in print: letters,
// figures and currency signs that the fonts do not have. Pictures and other
// symbols are replaced too, but change no meaning and are not listed.
func (r *Renderer) Gaps(snap process.Snapshot) []Gap {
	var gaps []Gap
	look := func(field, text string) {
		if m := r.fonts.missing(text); len(m) > 0 {
			gaps = append(gaps, Gap{field, string(m)})
		}
	}
	party := func(field string, p process.Party) {
		look(field+".name", p.Name)
		look(field+".contact_name", p.ContactName)
		look(field+".address.street", p.Address.Street)
		look(field+".address.street2", p.Address.Street2)
		look(field+".address.postcode", p.Address.Postcode)
		look(field+".address.city", p.Address.City)
		look(field+".phone", p.Phone)
		look(field+".email", p.Email)
		look(field+".web", p.Web)
	}
	party("seller", snap.Seller)
	party("buyer", snap.Buyer)
	if a := snap.DeliveryAddress; a != nil {
		look("delivery_address.street", a.Street)
		look("delivery_address.street2", a.Street2)
		look("delivery_address.city", a.City)
	}
	for _, t := range []struct{ field, text string }{
		{"title", snap.Title}, {"buyer_reference", snap.BuyerReference}, {"customer_reference", snap.CustomerReference}, {"project", snap.Project}, {"contract", snap.Contract},
		{"payment_terms", snap.PaymentTerms}, {"introduction", snap.Introduction}, {"terms", snap.Terms}, {"reason", snap.Reason},
	} {
		look(t.field, t.text)
	}
	for i, l := range snap.Lines {
		look(fmt.Sprintf("lines[%d].description", i), l.Description)
	}
	for i, a := range snap.Adjustments {
		look(fmt.Sprintf("adjustments[%d].reason", i), a.Reason)
	}
	for i, n := range snap.Notes {
		look(fmt.Sprintf("notes[%d]", i), n)
	}
	if a := snap.Acceptance; a != nil {
		look("acceptance.name", a.Name)
		look("acceptance.evidence", a.Evidence)
	}
	return gaps
}
