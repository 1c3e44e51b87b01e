package message

import (
	"strings"

	"github.com/emne/emne/intake/card"
)

// maxCardBytes is how large an attached card may be that is read.
const maxCardBytes = 2 << 20

// isCard tells the types and names that vCards go by.
func isCard(a Attachment) bool {
	switch a.ContentType {
	case "text/vcard", "text/x-vcard":
		return true
	}
	return strings.HasSuffix(strings.ToLower(a.Name), ".vcf") && !strings.HasPrefix(a.ContentType, "image/")
}

// guessCard takes over what the sender's own card says. One card of the sender
// counts: that with the sender's address or name, or with another address of
// the same domain when the mail's is one that several share. Others are about
// somebody else.
func (g *Guess) guessCard(m *Message, o Options) {
	sender := senderOf(m)
	domain := domainOf(sender.Address)
	shared := isRole(sender.Address) && !IsFreeMail(domain)
	for _, a := range m.Attachments {
		if !isCard(a) || a.size() > maxCardBytes {
			continue
		}
		cards := card.Parse(a.bytes())
		if len(cards) != 1 {
			continue
		}
		c := cards[0]
		named := c.Name != "" && strings.EqualFold(c.Name, personalName(sender.Name))
		if c.Email == "" && named || strings.EqualFold(c.Email, sender.Address) || shared && strings.EqualFold(domainOf(c.Email), domain) {
			g.take(c, o)
			return
		}
	}
}

// take prefers the card to what the text and the domain let one suppose, but
// not to a display name.
func (g *Guess) take(c card.Card, o Options) {
	put := func(to *Guessed, value string) {
		if value = oneLine(value); value != "" {
			*to = Guessed{value, SourceCard}
		}
	}
	if g.Name.Source != SourceDisplayName {
		put(&g.Name, c.Name)
	}
	if g.Company.Source != SourceOrganization {
		put(&g.Company, c.Company)
	}
	if p := card.E164(c.Phone, o.Region); strings.HasPrefix(p, "+") && len(p) <= 1+15 {
		put(&g.Phone, p)
	}
	if c.Address.Street != "" && c.Address.Postcode != "" && c.Address.City != "" {
		put(&g.Address, c.Address.Street+", "+c.Address.Postcode+" "+c.Address.City)
	}
	put(&g.Title, c.Title)
}
