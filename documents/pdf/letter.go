package pdf

import (
	"slices"
	"strconv"
	"strings"

	"github.com/emne/emne/process"
)

const (
	// windowTop is the first baseline of the address: 55 mm from the top, in the
	// window of a C5 or DL envelope (DIN 5008 form B, 45 to 90 mm).
	windowTop   = 156
	windowWidth = 230
	metaGap     = 12 // between a label of the meta column and its value
	widestLabel = 96
)

// letterhead is the seller, the buyer's address, the meta column and the title.
func (c *composer) letterhead() {
	s := c.snap.Seller
	nameStyle := style{bold, largeSize, c.accent}
	y, right := float64(topEdge), float64(topEdge)
	named := s.Name
	if c.look.logo != nil {
		top := float64(topEdge - largeSize + 2)
		if c.look.Logo.Side == "right" {
			c.put(mark{kind: pictureMark, x: midEdge, y: top, w: c.look.logo.w, h: c.look.logo.h})
			right = top + c.look.logo.h + 1.5*leading
		} else {
			c.put(mark{kind: pictureMark, x: leftEdge, y: top, w: c.look.logo.w, h: c.look.logo.h})
			y = top + c.look.logo.h + leading
			if named = ""; c.look.Logo.Name {
				named, y = s.Name, y+leading
			}
		}
	}
	if named != "" {
		for _, l := range c.fonts.wrap(named, bold, largeSize, midEdge-leftEdge-2*leading) {
			c.left(leftEdge, y, l, nameStyle)
			y += 2 * leading
		}
	}
	lines := c.address(s.Address, c.snap.Buyer.Address.Country)
	if c.look.Blocks.CompanyContact {
		lines = append(lines, s.Phone, s.Email, strings.TrimSuffix(strings.TrimPrefix(s.Web, "https://"), "/"))
	}
	for _, l := range lines {
		if l != "" {
			right = c.column(midEdge, right, rightEdge-midEdge, l, c.label())
		}
	}
	top := max(windowTop, y+leading, right+leading)
	left := c.recipient(top)
	right = c.meta(top)
	c.y = max(left+3*leading, right+3*leading, 282)
	for _, l := range c.fonts.wrap(c.heading(), bold, largeSize, measure) {
		c.left(leftEdge, c.y, l, c.title())
		c.y += 2 * leading
	}
}

// recipient is the buyer as on an envelope.
func (c *composer) recipient(y float64) float64 {
	b := c.snap.Buyer
	y = c.column(leftEdge, y, windowWidth, b.Name, c.strong())
	if b.ContactName != "" && b.ContactName != b.Name {
		y = c.column(leftEdge, y, windowWidth, b.ContactName, c.body())
	}
	for _, l := range c.address(b.Address, c.snap.Seller.Address.Country) {
		y = c.column(leftEdge, y, windowWidth, l, c.body())
	}
	if d := c.snap.DeliveryAddress; d != nil {
		y = c.column(leftEdge, y+leading, windowWidth, c.text("delivery_address"), c.label())
		for _, l := range c.address(*d, c.snap.Seller.Address.Country) {
			y = c.column(leftEdge, y, windowWidth, l, c.body())
		}
	}
	return y
}

// address is an address's lines; the country stands in it when it is not home.
func (c *composer) address(a process.Address, home string) []string {
	var out []string
	for _, l := range []string{a.Street, a.Street2, strings.TrimSpace(a.Postcode + " " + a.City)} {
		if l = strings.TrimSpace(l); l != "" {
			out = append(out, l)
		}
	}
	if a.Country != "" && home != "" && a.Country != home {
		out = append(out, c.country(a.Country))
	}
	return out
}

func (c *composer) country(code string) string {
	if key := "country." + code; c.labels.Has(key) {
		return c.text(key)
	}
	return code
}

// meta is the column of number, dates and references.
func (c *composer) meta(y float64) float64 {
	s := c.snap
	revision := ""
	switch {
	case s.Kind != process.KindQuote || s.Revision == 0:
	case s.Revision == 1: // the first went out without one
		revision = c.text("meta.revision.replaces_first", "revision", "1")
	default:
		revision = c.text("meta.revision.replaces", "revision", strconv.Itoa(s.Revision), "previous", strconv.Itoa(s.Revision-1))
	}
	preceding := ""
	if s.Preceding != nil {
		preceding = s.Preceding.Number
		if s.Preceding.Date != "" {
			preceding = c.text("meta.preceding.dated", "number", s.Preceding.Number, "date", c.date(s.Preceding.Date))
		}
	}
	buyerNumber, buyerVAT := "", s.Buyer.VATNumber
	if s.Buyer.OrganisationNumber != "" {
		buyerNumber = organisationNumber(s.Buyer)
	}
	if suffixed(s.Buyer) {
		buyerVAT = ""
	}
	reference := ""
	if c.paid() {
		reference = s.Payment.Reference
	}
	type row struct {
		label, value string
		reference    bool
	}
	rows := []row{
		{c.text("meta.number." + string(s.Kind)), s.Number, false},
		{c.text("meta.revision"), revision, false},
		{c.text("meta.date." + string(s.Kind)), c.date(s.IssueDate), false},
		{c.text("meta.period"), c.period(), false},
		{c.text("meta.due_date"), c.date(s.DueDate), false},
		{c.text("meta.valid_until"), c.date(s.ValidUntil), false},
		{c.text("meta.supply_date"), c.date(s.SupplyDate), false},
		{c.text("meta.delivery_date"), c.date(s.DeliveryDate), false},
		{c.text("meta.preceding"), preceding, false},
		{c.referenceLabel(reference), reference, false},
		{c.text("meta.customer_reference"), s.CustomerReference, true},
		{c.text("meta.buyer_reference"), s.BuyerReference, true},
		{c.text("meta.order_number"), s.OrderNumber, true},
		{c.text("meta.project"), s.Project, true},
		{c.text("meta.contract"), s.Contract, true},
		{c.text("meta.quote_number"), s.QuoteNumber, true},
		{c.text("meta.buyer_organisation_number"), buyerNumber, false},
		{c.text("meta.buyer_vat_number"), buyerVAT, false},
		{c.text("meta.contact"), s.Seller.ContactName, true},
	}
	rows = slices.DeleteFunc(rows, func(r row) bool { return r.value == "" || r.reference && !c.look.Blocks.References })
	label := 0.0
	for _, r := range rows {
		label = max(label, c.plain(r.label))
	}
	label = min(label, widestLabel)
	values := midEdge + label + metaGap
	for _, r := range rows {
		after := c.column(midEdge, y, label+1, r.label, c.label())
		y = max(after, c.column(values, y, rightEdge-values, r.value, c.body()))
	}
	return y
}

// referenceLabel names payment references: KIDs in Norway and OCR numbers in
// Sweden when they are such, and not just the document's number.
func (c *composer) referenceLabel(references ...string) string {
	other := func(r string) bool { return r == c.snap.Number || strings.Trim(r, "0123456789-") != "" }
	if !slices.ContainsFunc(references, other) {
		switch c.snap.Seller.Address.Country {
		case "NO":
			return c.text("payment.kid")
		case "SE":
			return c.text("payment.ocr")
		}
	}
	return c.text("payment.reference")
}

// introduction is what stands between title and lines.
func (c *composer) introduction() {
	s := c.snap
	if s.Title != "" {
		c.flow(s.Title, c.strong())
		c.y += leading / 2
	}
	if s.Kind == process.KindCreditNote && s.Preceding != nil {
		c.flow(c.text("credit_note.of", "number", s.Preceding.Number, "date", c.date(s.Preceding.Date)), c.body())
	}
	if s.Kind == process.KindPaymentRequest {
		c.flow(c.text("payment_request.of", "order", s.OrderNumber), c.body())
		c.flow(c.text("payment_request.vat"), c.body())
	}
	if s.Claim != nil {
		c.flow(c.text("claim.body."+s.Claim.Text, "date", c.date(s.DueDate)), c.body())
	}
	if s.Reason != "" {
		c.flow(c.text("credit_note.reason", "reason", s.Reason), c.body())
	}
	if s.Introduction != "" {
		c.flow(s.Introduction, c.body())
	}
	c.y += leading
}
