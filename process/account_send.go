package process

import (
	"context"
	"fmt"
)

// SendStatementInput says which days a statement is of, and who gets it.
type SendStatementInput struct {
	From Date `json:"from,omitempty" doc:"the first day; all of it when left out"`
	To   Date `json:"to,omitempty" doc:"the last day; today when left out"`
	// Recipient is the customer's own address when left out.
	Recipient string `json:"recipient,omitempty"`
}

// StatementPDF draws a customer's account over the days, in the customer's
// language. It is no document of the accounts: nothing is numbered or kept.
func (s *Service) StatementPDF(ctx context.Context, a Actor, customer string, from, to Date) (File, error) {
	var snap Snapshot
	err := s.view(ctx, a, MayRead, func(u *unit) (err error) {
		snap, err = u.statementSnapshot(customer, from, to)
		return err
	})
	if err != nil {
		return File{}, err
	}
	b, err := s.documents.Render(snap)
	if err != nil {
		return File{}, fmt.Errorf("rendering the statement of customer %s: %w", customer, err)
	}
	return File{Name: snap.FileName(), Data: b, SHA256: NewBlob(b).SHA256}, nil
}

// SendStatement mails a customer the statement of the account as a PDF, whose
// bytes are kept.
func (s *Service) SendStatement(ctx context.Context, a Actor, t Target, in SendStatementInput) (*Outcome, error) {
	return s.change(ctx, a, MayInvoice, func(u *unit) (*Outcome, error) {
		c, err := opened(u, u.Customers(), "send_statement", t)
		if err != nil {
			return nil, err
		}
		if in.Recipient == "" {
			in.Recipient = c.Email
		}
		if err := mailable(in.Recipient); err != nil {
			return nil, err
		}
		if err := u.require(TypeCustomer, "send_statement", c); err != nil {
			return nil, err
		}
		snap, err := u.statementSnapshot(c.ID, in.From, in.To)
		if err != nil {
			return nil, err
		}
		pdf, err := s.documents.Render(snap)
		if err != nil {
			return nil, fmt.Errorf("rendering the statement of customer %s: %w", c.ID, err)
		}
		blob, key := NewBlob(pdf), "statement-"+NewID(u.now)
		if err := u.freeze(key, snap, blob); err != nil {
			return nil, err
		}
		if err := u.Customers().Update(c); err != nil {
			return nil, err
		}
		u.deriveCustomer(c)
		data := map[string]string{"name": c.Name, "from": string(snap.Account.From), "to": string(snap.Account.To), "recipient": in.Recipient}
		if err := u.note(Activity{Type: "customer.statement_sent", About: Ref{TypeCustomer, c.ID}, Data: data}); err != nil {
			return nil, err
		}
		d, err := u.deliver(Delivery{Kind: "statement", About: Ref{TypeCustomer, c.ID}, To: in.Recipient, Language: snap.Language,
			Data: map[string]string{"from": string(snap.Account.From), "to": string(snap.Account.To), "snapshot": key, "sha256": blob.SHA256}})
		if err != nil {
			return nil, err
		}
		return (&Outcome{Created: []Ref{{TypeDelivery, d.ID}}}).of(c), nil
	})
}

func (u *unit) statementSnapshot(customer string, from, to Date) (Snapshot, error) {
	st, err := u.account(customer, from, to)
	if err != nil {
		return Snapshot{}, err
	}
	c, err := u.Customers().Get(customer)
	if err != nil {
		return Snapshot{}, err
	}
	language := c.Language
	fill(&language, u.settings.Language)
	snap, err := u.snapshot(KindStatement, customer, "", language, u.settings.Currency)
	snap.Account, snap.Payment = st, u.settings.paymentMeans()
	return snap, err
}
