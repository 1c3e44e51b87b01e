package process

import (
	"context"
	"errors"
	"fmt"
	"strings"
)

// How invoices and credit notes go out.
const (
	SendByMail     = "mail"
	SendByEInvoice = "e_invoice"
	SendByBoth     = "both"
)

// KindEInvoice is the kind of a delivery to the access point, and the channel of
// its job. Its To is the buyer's electronic address, as scheme:id.
const KindEInvoice = "e_invoice"

func knownSendBy(s string) bool {
	return s == "" || s == SendByMail || s == SendByEInvoice || s == SendByBoth
}

// routes are the ways that a document takes out of the house.
type routes struct {
	mail, einvoice bool
	// endpoint is the buyer's electronic address (BT-49).
	endpoint string
	// blocked are why the e-invoice that was asked for cannot go; then the PDF
	// goes by mail.
	blocked []Problem
}

// routes decides how a document goes: as by says, else the customer, else the
// settings. What only the e-invoice misses closes that way alone. It is refused
// when nothing is left.
func (u *unit) routes(customer, by, recipient string, snap Snapshot) (routes, error) {
	if by == "" {
		c, err := u.Customers().Get(customer)
		if err != nil {
			return routes{}, err
		}
		by = c.SendBy
	}
	fill(&by, u.settings.SendBy)
	fill(&by, SendByMail)
	way := routes{mail: by != SendByEInvoice, einvoice: by != SendByMail, endpoint: snap.Buyer.Endpoint.Scheme + ":" + snap.Buyer.Endpoint.ID}
	if way.einvoice {
		problems, err := u.s.unsendable(snap)
		if err != nil {
			return way, err
		}
		if len(problems) > 0 {
			way.mail, way.einvoice, way.blocked = true, false, problems
		}
	}
	if !way.mail {
		return way, nil
	}
	err := mailable(recipient)
	var nobody *Error
	if len(way.blocked) > 0 && errors.As(err, &nobody) {
		return way, Invalid("einvoice.no_way", "the e-invoice is blocked, and there is nobody to mail the PDF to", append(way.blocked, nobody.Problems...)...)
	}
	return way, err
}

// unsendable lists why a document cannot go as an e-invoice.
func (s *Service) unsendable(snap Snapshot) ([]Problem, error) {
	if s.invoices == nil || !s.accessPoint {
		return []Problem{{Field: "access_point", Reason: "einvoice.no_access_point", Channel: "peppol",
			Message: "no access point is configured: whoever runs the server enters one in config.yaml"}}, nil
	}
	_, problems, err := s.invoices.XML(snap, FormatUBL)
	if err != nil {
		return nil, fmt.Errorf("checking %s as an e-invoice: %w", snap.Kind, err)
	}
	return problems, nil
}

// again decides how a document goes that is issued already. It is an e-invoice
// once: whoever receives it twice may book it twice.
func (u *unit) again(in SendInput, about Ref, customer, recipient string) (routes, error) {
	if !knownSendBy(in.By) {
		return routes{}, Invalid("einvoice.way", "there is no such way", Problem{Field: "by", Reason: "send_by", Message: "mail, e_invoice or both"})
	}
	snap, err := u.Snapshot(about.ID)
	if err != nil {
		return routes{}, err
	}
	way, err := u.routes(customer, in.By, recipient, snap)
	if err != nil || !way.einvoice {
		return way, err
	}
	earlier, err := first(u.Deliveries(), map[string]string{"about_id": about.ID, "kind": KindEInvoice}, "")
	if err != nil || earlier == nil {
		return way, err
	}
	if !way.mail {
		return way, Conflict("einvoice.sent", "its e-invoice went out already, the delivery is %s: retry that one, or send the PDF by mail", earlier.State)
	}
	way.einvoice = false
	return way, nil
}

// dispatch queues what goes out: d is the mail.
func (u *unit) dispatch(way routes, d Delivery, out *Outcome) error {
	var ds []Delivery
	if way.mail {
		ds = append(ds, d)
	}
	if way.einvoice {
		e := d
		e.Kind, e.To, e.ToName = KindEInvoice, way.endpoint, ""
		ds = append(ds, e)
	}
	for _, d := range ds {
		made, err := u.deliver(d)
		if err != nil {
			return err
		}
		out.Created = append(out.Created, Ref{TypeDelivery, made.ID})
	}
	if len(way.blocked) == 0 {
		return nil
	}
	why := make([]string, len(way.blocked))
	for i, p := range way.blocked {
		why[i] = p.Message
	}
	group := strings.ReplaceAll(d.About.Type, "-", "_")
	if err := u.note(Activity{Type: group + ".e_invoice_blocked", About: d.About, Thread: d.Thread, Why: strings.Join(why, "; "), Data: map[string]string{"number": d.Data["number"]}}); err != nil {
		return err
	}
	task, err := u.task(Task{Reason: "e_invoice_blocked", Note: strings.Join(why, "\n"), Owner: u.ownerOf(d.About), About: d.About, Thread: d.Thread})
	if err == nil {
		out.Created = append(out.Created, Ref{TypeTask, task.ID})
	}
	return err
}

// Dispatch is an e-invoice as the access point gets it.
type Dispatch struct {
	Delivery Delivery
	// Key is the document's id: what comes twice under it is one and the same.
	Key string
	// Name is a file's name: the document's number and its Key.
	Name string
	// Raw is UBL with the PDF enclosed (BG-24), the same bytes at every attempt.
	Raw []byte
}

// DispatchOf reads what the job of an e-invoice's delivery needs, and fixes its
// bytes before the first attempt.
func (s *Service) DispatchOf(ctx context.Context, a Actor, id string) (*Dispatch, error) {
	d := &Dispatch{}
	var snap Snapshot
	pdf := ""
	err := s.view(ctx, a, MaySendMail, func(u *unit) error {
		delivery, err := u.Deliveries().Get(id)
		if err != nil {
			return err
		}
		d.Delivery = *delivery
		if snap, err = u.Snapshot(delivery.About.ID); err != nil {
			return err
		}
		pdf, err = u.documentHash(&Delivery{Kind: strings.ReplaceAll(delivery.About.Type, "-", "_"), About: delivery.About})
		return err
	})
	if err != nil {
		return nil, err
	}
	d.Key, d.Name = d.Delivery.About.ID, fileSafe(snap.Number)+"-"+d.Delivery.About.ID+".xml"
	if d.Delivery.SHA256 != "" {
		d.Raw, err = s.store.Blob(ctx, d.Delivery.SHA256)
		return d, err
	}
	if s.invoices == nil {
		return nil, Conflict("einvoice.unavailable", "this installation writes no e-invoices: the PDF is there")
	}
	b, err := s.store.Blob(ctx, pdf)
	if err != nil {
		return nil, err
	}
	raw, problems, err := s.invoices.XML(snap, FormatUBL, File{Name: snap.FileName(), Data: b, SHA256: pdf})
	if err != nil {
		return nil, fmt.Errorf("writing %s for the access point: %w", snap.Number, err)
	}
	if len(problems) > 0 {
		return nil, &Error{Code: CodeConflict, Reason: "einvoice.incomplete", Message: "the document lacks what an e-invoice needs: " + problems[0].Message, Problems: problems}
	}
	d.Raw, err = s.FixMail(ctx, a, id, Composed{Subject: d.Name, MessageID: d.Key, Raw: raw})
	return d, err
}

// fileSafe is a number as a part of a file's name.
func fileSafe(number string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= '0' && r <= '9', r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r == '-', r == '_':
			return r
		}
		return '_'
	}, number)
}
