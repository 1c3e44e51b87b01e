package pdf

import (
	"fmt"
	"strings"

	"github.com/emne/emne/process"
	"github.com/emne/emne/templates"
)

// composer lays one document out.
type composer struct {
	sheets
	look     *look
	snap     process.Snapshot
	labels   templates.Labels
	lang     string
	decimals int32                   // of the currency
	flaw     error                   // what drawing the payment code met
	pictures map[string]illustration // by SHA-256
	shown    map[string]string       // SKU to SHA-256
}

// compose lays snap out on pages; nothing is drawn yet, so that each page can
// say how many there are.
func compose(l *look, labels templates.Labels, snap process.Snapshot) (*composer, error) {
	c := &composer{sheets: sheets{fonts: l.fonts, palette: l.palette}, look: l, snap: snap, labels: labels,
		lang: labels.Language(), decimals: process.Decimals(snap.Currency)}
	if err := c.illustrate(); err != nil {
		return nil, err
	}
	c.newPage()
	c.letterhead()
	c.onBreak = c.continuation
	c.introduction()
	if err := c.lines(); err != nil {
		return nil, err
	}
	c.onBreak = c.continuation
	c.closing()
	if c.flaw != nil {
		return nil, c.flaw
	}
	if err := c.specification(); err != nil {
		return nil, err
	}
	if len(c.pages) > maxPages {
		return nil, errTooLong
	}
	for i, p := range c.pages {
		c.frame(p, i+1)
	}
	return c, nil
}

// illustrate reads the pictures of the products on the lines.
func (c *composer) illustrate() error {
	if len(c.snap.Pictures) == 0 || !c.look.Blocks.Pictures {
		return nil
	}
	c.pictures, c.shown = map[string]illustration{}, map[string]string{}
	for _, p := range c.snap.Pictures {
		i, err := illustrate(p.Data)
		if err != nil {
			return fmt.Errorf("%s: %w", p.Product, err)
		}
		c.pictures[p.SHA256], c.shown[p.Product] = i, p.SHA256
	}
	return nil
}

// text is the label of key; args are pairs of a placeholder and its value.
func (c *composer) text(key string, args ...string) string {
	values := make(map[string]string, len(args)/2)
	for i := 0; i+1 < len(args); i += 2 {
		values[args[i]] = args[i+1]
	}
	return c.labels.Text(key, values)
}

func (c *composer) money(m process.Money) string {
	return templates.FormatMoney(c.lang, m.Minor, c.decimals)
}

func (c *composer) withCurrency(m process.Money) string {
	return templates.FormatAmount(c.lang, m.Minor, c.decimals, c.snap.Currency)
}

func (c *composer) date(d process.Date) string { return templates.FormatDate(c.lang, string(d)) }

// heading is the document's name, such as "Faktura 10042".
func (c *composer) heading() string {
	kind := string(c.snap.Kind)
	if c.snap.Kind == process.KindInvoice && c.snap.Deposit {
		kind = "deposit"
	}
	if c.snap.Claim != nil {
		kind = "reminder." + c.snap.Claim.Text
	}
	if c.snap.Number == "" {
		return c.text("title." + kind + ".unnumbered")
	}
	return c.text("title."+kind, "number", c.snap.Number)
}

// continuation is the head of each page but the first.
func (c *composer) continuation() {
	c.left(leftEdge, topEdge, c.snap.Seller.Name, style{bold, textSize, c.accent})
	c.right(rightEdge, topEdge, c.heading(), c.label())
	c.rule(leftEdge, topEdge+6, measure, 0.4, c.hairline)
	c.y = topEdge + 3*leading
}

// frame puts the legal footer, the page number and the mark of a draft on a
// finished page. The mark goes below everything else.
func (c *composer) frame(p *page, number int) {
	saved := c.pages
	c.pages = []*page{p}
	const top = 784
	c.rule(leftEdge, top, measure, 0.4, c.hairline)
	pageNumber := c.text("page", "page", fmt.Sprint(number), "pages", fmt.Sprint(len(saved)))
	c.right(rightEdge, top+15, pageNumber, c.label())
	width := measure - c.fonts.width(pageNumber, regular, textSize) - 24
	lines := c.fonts.wrap(c.legal(), regular, textSize, width)
	for i, l := range lines[:min(len(lines), 3)] {
		c.left(leftEdge, top+15+float64(i)*leading, l, c.label())
	}
	c.pages = saved
	if c.snap.Draft {
		m := mark{kind: textMark, text: c.fonts.clean(c.text("draft.mark")), size: 120, weight: bold, colour: c.mark, angle: 52}
		m.x, m.y = 160, 690
		if w := c.fonts.width(m.text, bold, m.size); w > 0 {
			m.size = min(m.size, 120*600/w)
		}
		p.marks = append([]mark{m}, p.marks...)
	}
}

// legal is what the law asks for on the seller's paper: name, organisation
// number with its VAT suffix, register.
func (c *composer) legal() string {
	s := c.snap.Seller
	parts := []string{s.Name}
	if s.OrganisationNumber != "" {
		parts = append(parts, c.text("footer.organisation_number", "number", organisationNumber(s)))
	}
	if s.VATNumber != "" && !suffixed(s) {
		parts = append(parts, c.text("footer.vat_number", "number", s.VATNumber))
	}
	if s.TaxRegistration != "" {
		parts = append(parts, s.TaxRegistration)
	}
	return strings.Join(parts, " · ")
}

// suffixed reports whether the VAT number is the organisation number with a
// suffix, as in Norway, so that one of them says both.
func suffixed(p process.Party) bool {
	vat := strings.ReplaceAll(p.VATNumber, " ", "")
	org := strings.ReplaceAll(p.OrganisationNumber, " ", "")
	return org != "" && strings.HasSuffix(vat, "MVA") && strings.Contains(vat, org)
}

// organisationNumber is grouped as the scheme's country writes it.
func organisationNumber(p process.Party) string {
	n := strings.ReplaceAll(p.OrganisationNumber, " ", "")
	if (p.OrganisationScheme == "0192" || suffixed(p)) && len(n) == 9 {
		n = grouped(n, 3)
	}
	if suffixed(p) {
		n += "\u00a0MVA"
	}
	return n
}

// grouped puts a no-break space after every n characters.
func grouped(s string, n int) string {
	var b strings.Builder
	for i, r := range s {
		if i > 0 && i%n == 0 {
			b.WriteString("\u00a0")
		}
		b.WriteRune(r)
	}
	return b.String()
}
