package process

import (
	"context"
	"fmt"
)

// SendQuoteInput may name another recipient.
type SendQuoteInput struct {
	Recipient string `json:"recipient,omitempty"`
}

// SendQuote makes a draft active: numbered, rendered, its bytes frozen, and
// mailed. An active one is mailed again, the same bytes.
//
// The PDF is rendered before the transaction, so that a writer never waits for
// it; the transaction then takes it only if the quote is still in the version
// that was rendered. A number taken for a rendering that lost the race stays
// unused: quotes may have gaps, invoices may not.
func (s *Service) SendQuote(ctx context.Context, a Actor, t Target, in SendQuoteInput) (*Outcome, error) {
	rendered, err := s.renderQuote(ctx, a, t, in)
	if err != nil {
		return nil, err
	}
	return s.changeQuote(ctx, a, MaySell, t, "send", func(u *unit, q *Quote) (*Outcome, error) {
		if in.Recipient != "" {
			q.Recipient = in.Recipient
		}
		if err := mailable(q.Recipient); err != nil {
			return nil, err
		}
		act := Activity{Type: "quote.sent", From: q.State, To: "active"}
		if q.State == "draft" {
			if rendered == nil || q.Version != rendered.version {
				return nil, Stale(TypeQuote, q.ID)
			}
			if err := u.freeze(q.ID, rendered.snapshot, rendered.pdf); err != nil {
				return nil, err
			}
			at := u.now
			q.State, q.Number, q.SHA256, q.SentAt = "active", rendered.snapshot.Number, rendered.pdf.SHA256, &at
		}
		if err := u.saveQuote(q, act); err != nil {
			return nil, err
		}
		d, err := u.deliver(Delivery{Kind: "quote", About: Ref{TypeQuote, q.ID}, To: q.Recipient, Language: q.Language, Thread: q.Thread,
			Data: map[string]string{"number": q.Number, "title": q.Title}})
		if err != nil {
			return nil, err
		}
		return &Outcome{Created: []Ref{{TypeDelivery, d.ID}}}, nil
	})
}

func mailable(recipient string) error {
	if recipient == "" {
		return Invalid("recipient.missing", "nobody to send it to", Problem{Field: "recipient", Reason: "recipient.missing", Message: "give the document, its contact or its customer an e-mail address"})
	}
	if !plausibleEmail(recipient) {
		return Invalid("recipient.invalid", "the recipient is no e-mail address", Problem{Field: "recipient", Reason: "email.invalid", Message: "this is no e-mail address"})
	}
	return nil
}

// rendering is a document that is ready to be frozen.
type rendering struct {
	version  int64
	snapshot Snapshot
	pdf      *Blob
}

// renderQuote prepares a draft; nil when the quote is no draft (any more).
func (s *Service) renderQuote(ctx context.Context, a Actor, t Target, in SendQuoteInput) (*rendering, error) {
	if err := a.must(MaySell); err != nil {
		return nil, err
	}
	var r *rendering
	var series Series
	err := s.store.View(ctx, func(tx Tx) error {
		u, err := s.unit(tx, a)
		if err != nil {
			return err
		}
		q, err := u.Quotes().Get(t.ID)
		if err != nil || q.State != "draft" || t.Version != nil && *t.Version != q.Version {
			return err
		}
		if in.Recipient != "" {
			q.Recipient = in.Recipient
		}
		if err := mailable(q.Recipient); err != nil {
			return err
		}
		snap, err := u.quoteSnapshot(q)
		if err != nil {
			return err
		}
		series, r = u.settings.Numbers.Quote, &rendering{version: q.Version, snapshot: snap}
		return nil
	})
	if err != nil || r == nil {
		return nil, err
	}
	if ps := blocking(s.documents.Check(r.snapshot)); len(ps) > 0 {
		return nil, Invalid("quote.incomplete", "the quote cannot be sent yet", ps...)
	}
	if r.snapshot.Number == "" {
		if err := s.store.InTx(ctx, func(tx Tx) error {
			n, err := tx.NextNumber(TypeQuote, series.First)
			r.snapshot.Number = series.Format(n)
			return err
		}); err != nil {
			return nil, err
		}
	}
	if err := s.illustrate(ctx, &r.snapshot); err != nil {
		return nil, err
	}
	pdf, err := s.documents.Render(r.snapshot)
	if err != nil {
		return nil, fmt.Errorf("rendering quote %s: %w", r.snapshot.Number, err)
	}
	r.pdf = NewBlob(pdf)
	return r, s.store.StageBlob(ctx, r.pdf)
}

// freeze keeps what a document says and the bytes that say it.
func (u *unit) freeze(document string, snap Snapshot, pdf *Blob) error {
	if err := u.KeepBlob(pdf); err != nil {
		return err
	}
	return u.PutSnapshot(document, snap)
}

func (u *unit) quoteSnapshot(q *Quote) (Snapshot, error) {
	snap, err := u.snapshot(KindQuote, q.Customer, q.Contact, q.Language, q.Currency)
	if err != nil {
		return snap, err
	}
	snap.Number, snap.Revision, snap.Title = q.Number, q.Revision, q.Title
	snap.ValidUntil, snap.CustomerReference = q.ValidUntil, q.CustomerReference
	snap.Project, snap.Contract = q.Project, q.Contract
	if q.Prepayment != nil && q.Prepayment.Kind != PrepayNone {
		snap.Prepayment = q.Prepayment
	}
	snap.Lines, snap.Pricing, snap.Totals, snap.Payable = q.Lines, q.Pricing, q.Totals, q.Payable()
	snap.Introduction, snap.Terms = q.Introduction, q.Terms
	if snap.Terms == "" {
		snap.Terms = u.settings.Terms.Quote[q.Language]
	}
	snap.Pictures, err = u.pictured(q.Lines)
	return snap, err
}

// snapshot begins a document with what all kinds have in common.
func (u *unit) snapshot(kind DocumentKind, customer, contact, language, currency string) (Snapshot, error) {
	zero := Money{Currency: currency}
	snap := Snapshot{Kind: kind, Language: language, MadeAt: u.now, IssueDate: u.today(), Currency: currency,
		Seller: u.settings.seller(), Prepaid: zero, Payable: zero}
	c, err := u.Customers().Get(customer)
	if err != nil {
		return snap, err
	}
	snap.Buyer = Party{Name: c.Name, OrganisationNumber: c.OrganisationNumber, VATNumber: c.VATNumber, Address: c.Address,
		Endpoint: c.EInvoiceAddress, Phone: c.Phone, Email: c.Email, Kind: c.Kind}
	if c.OrganisationNumber != "" && c.Address.Country == "NO" {
		snap.Buyer.OrganisationScheme = "0192"
	}
	if snap.Buyer.Address.Country == "" {
		snap.Buyer.Address.Country = u.settings.Company.Address.Country
	}
	if contact != "" {
		person, err := optional(u.Contacts().Get(contact))
		if err != nil {
			return snap, err
		}
		if person != nil {
			snap.Buyer.ContactName = person.Name
		}
	}
	return snap, nil
}

func (s Settings) seller() Party {
	c := s.Company
	return Party{Name: c.Name, OrganisationNumber: c.OrganisationNumber, OrganisationScheme: c.OrganisationScheme, VATNumber: c.VATNumber,
		TaxRegistration: c.TaxRegistration, Address: c.Address, Endpoint: c.EInvoiceAddress, Phone: c.Phone, Email: c.Email, Web: c.Web, Kind: "business"}
}
