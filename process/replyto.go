package process

import "strings"

// replyTag is the signed part of the plus-address (RFC 5233) to which answers
// to a delivery's mail go: sales+TAG@seller.example.
func (s *Service) replyTag(delivery string) string { return delivery + "." + s.sign(delivery) }

// deliveryTo is the delivery that a plus-address of ours names, "" for other
// addresses and forged ones. Servers may change the case of a local part.
func (s *Service) deliveryTo(address string) string {
	local, domain, ok := strings.Cut(normalEmail(address), "@")
	if !ok || domain == "" {
		return ""
	}
	_, tag, ok := strings.Cut(local, "+")
	if !ok {
		return ""
	}
	return s.deliveryOf(tag + "@" + domain)
}

// plusAddress files a mail that was written to the plus-address of one of ours.
func (u *unit) plusAddress(m *IncomingMail, msg *Message) (bool, error) {
	for _, list := range [][]string{m.To, m.DeliveredTo} {
		for _, address := range list {
			id := u.s.deliveryTo(address)
			if id == "" {
				continue
			}
			d, err := optional(u.Deliveries().Get(id))
			if err != nil {
				return false, err
			}
			if d != nil {
				u.fileReply(msg, address, d.About, d.Thread)
				return true, nil
			}
		}
	}
	return false, nil
}

func (u *unit) fileReply(msg *Message, detail string, about Ref, thread string) {
	msg.file(DecidedReply, detail, about, thread)
	if about.Type == TypeCustomer {
		msg.Customer = about.ID
	}
}

// The bounds of the numbers that are looked for in a subject.
const (
	maxTags     = 8
	maxTagBytes = 32
)

// subjectTag files a mail whose subject names a document, on that, when the
// sender has to do with it already: anybody can write a number.
func (u *unit) subjectTag(m *IncomingMail, msg *Message) (bool, error) {
	tags := 0
	for word := range strings.FieldsFuncSeq(m.Inquiry.Subject, func(r rune) bool {
		return r != '-' && r != '/' && (r < '0' || r > '9') && (r < 'A' || r > 'Z') && (r < 'a' || r > 'z')
	}) {
		word = strings.Trim(word, "-/")
		if len(word) < 3 || len(word) > maxTagBytes || !strings.ContainsAny(word, "0123456789") {
			continue
		}
		if tags++; tags > maxTags {
			break
		}
		doc, err := u.numbered(word)
		if err != nil {
			return false, err
		}
		if doc == nil {
			continue
		}
		takesPart, err := u.takesPart(normalEmail(m.From), doc)
		if err != nil {
			return false, err
		}
		if takesPart {
			msg.file(DecidedTag, word, doc.about, doc.thread)
			return true, nil
		}
	}
	return false, nil
}

// document is what a number names, and who it is for.
type document struct {
	about               Ref
	thread              string
	customer, recipient string
}

func (u *unit) numbered(number string) (*document, error) {
	about, err := u.Numbered(number)
	if err != nil {
		return nil, err
	}
	d, match := &document{about: about}, map[string]string{"number": number}
	// Listed, so that a number alone locks nothing.
	switch about.Type {
	case TypeQuote:
		q, err := first(u.Quotes(), match, "")
		if q == nil || err != nil {
			return nil, err
		}
		d.thread, d.customer, d.recipient = q.Thread, q.Customer, q.Recipient
	case TypeInvoice:
		i, err := first(u.Invoices(), match, "")
		if i == nil || err != nil {
			return nil, err
		}
		d.thread, d.customer, d.recipient = i.Thread, i.Customer, i.Recipient
	case TypeOrder:
		o, err := first(u.Orders(), match, "")
		if o == nil || err != nil {
			return nil, err
		}
		d.thread, d.customer, d.recipient = o.Thread, o.Customer, o.Recipient
	case TypeCreditNote:
		n, err := first(u.CreditNotes(), match, "")
		if n == nil || err != nil {
			return nil, err
		}
		d.thread, d.customer, d.recipient = n.Thread, n.Customer, n.Recipient
	default:
		return nil, nil
	}
	return d, nil
}

// takesPart reports whether an address is the document's recipient, the
// customer's, one of its contacts', or has written on its thread.
func (u *unit) takesPart(address string, d *document) (bool, error) {
	if address == "" {
		return false, nil
	}
	if normalEmail(d.recipient) == address {
		return true, nil
	}
	customer, err := optional(u.Customers().Get(d.customer))
	if err != nil || customer != nil && normalEmail(customer.Email) == address {
		return err == nil, err
	}
	contact, err := first(u.Contacts(), map[string]string{"email": address, "customer": d.customer}, "")
	if contact != nil || err != nil || d.thread == "" {
		return contact != nil, err
	}
	before, err := first(u.Messages(), map[string]string{"from": address, "thread": d.thread}, "filed")
	return before != nil, err
}
