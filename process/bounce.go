package process

import (
	"slices"
	"strings"
	"time"
)

// How far back a report without a Message-ID of ours may reach, and how many
// mails to one address are looked at. Servers give up after five days (RFC 5321
// section 4.5.4.1).
const (
	reportReach     = 6 * 24 * time.Hour
	maxReportedMail = 50
)

// reportedDelivery is the delivery that a report speaks of, nil when it is
// none of ours: the one whose Message-ID came back, in the returned header or as
// what the report answers; else a recent one to the recipient who failed.
func (u *unit) reportedDelivery(m *IncomingMail) (*Delivery, error) {
	ids := append(append([]string{m.Report.MessageID}, m.InReplyTo...), m.References...)
	for _, id := range ids {
		if delivery := u.s.deliveryOf(id); delivery != "" {
			if d, err := optional(u.Deliveries().Get(delivery)); d != nil || err != nil {
				return d, err
			}
		}
	}
	for _, r := range m.Report.Recipients[:min(len(m.Report.Recipients), maxRecipients)] {
		if d, err := u.recentDelivery(r.Address, m.Report); d != nil || err != nil {
			return d, err
		}
	}
	return nil, nil
}

// recentDelivery is the mail to an address that a report can mean: the newest
// with the subject that came back, or, when neither subject nor Message-ID did,
// the only one. Mail that people send from the same account is not ours.
func (u *unit) recentDelivery(address string, r *DeliveryReport) (*Delivery, error) {
	if mailable(address) != nil {
		return nil, nil
	}
	var to []Delivery
	for _, spelling := range spellings(address) {
		ds, _, err := u.Deliveries().List(Filter{Match: map[string]string{"to": spelling}, Limit: maxReportedMail})
		if err != nil {
			return nil, err
		}
		to = append(to, ds...)
	}
	var found []*Delivery
	for i := range to {
		d := &to[i]
		sent := d.State == "accepted" || d.State == "unknown" || d.State == "bounced"
		if !sent || u.now.Sub(d.CreatedAt) > reportReach || r.Subject != "" && strings.TrimSpace(r.Subject) != strings.TrimSpace(d.Subject) {
			continue
		}
		found = append(found, d)
	}
	switch {
	case len(found) == 0, r.Subject == "" && (r.MessageID != "" || len(found) > 1):
		return nil, nil
	}
	return optional(u.Deliveries().Get(found[0].ID))
}

// spellings are an address as it was written and as it is compared.
func spellings(address string) []string {
	return slices.Compact([]string{normalEmail(address), strings.TrimSpace(address)})
}
