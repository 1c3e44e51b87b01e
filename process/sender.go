package process

import (
	"context"
	"strings"
)

// SenderRuleInput is a sender whose mail is no inquiry.
type SenderRuleInput struct {
	Address string `json:"address" doc:"an e-mail address, or a domain with its subdomains"`
	Reason  string `json:"reason,omitempty" doc:"not_a_lead (the default) or spam"`
}

// CreateSenderRule sends later mail of an address or a domain to the other mail.
func (s *Service) CreateSenderRule(ctx context.Context, a Actor, in SenderRuleInput) (*Outcome, error) {
	return s.change(ctx, a, MaySell, func(u *unit) (*Outcome, error) {
		if in.Reason == "" {
			in.Reason = "not_a_lead"
		}
		address := normalEmail(in.Address)
		if at := strings.IndexByte(address, '@'); at < 0 && !strings.Contains(address, ".") || at >= 0 && mailable(address) != nil || strings.ContainsAny(address, " ,;<>") {
			return nil, Invalid("sender.invalid", "the rule cannot be saved", Problem{Field: "address", Reason: "sender.address", Message: "an e-mail address, or a domain such as example.com"})
		}
		if in.Reason != "not_a_lead" && in.Reason != "spam" {
			return nil, Invalid("sender.invalid", "the rule cannot be saved", Problem{Field: "reason", Reason: "sender.reason", Message: "not_a_lead or spam"})
		}
		r, err := u.bind(address, in.Reason)
		if err != nil {
			return nil, err
		}
		return (&Outcome{}).of(r), nil
	})
}

// DeleteSenderRule lets a sender write inquiries again.
func (s *Service) DeleteSenderRule(ctx context.Context, a Actor, t Target) (*Outcome, error) {
	return s.change(ctx, a, MaySell, func(u *unit) (*Outcome, error) {
		r, err := opened(u, u.SenderRules(), "delete", t)
		if err != nil {
			return nil, err
		}
		return (&Outcome{}).of(r), u.unbind(r)
	})
}

// bind makes a rule of a sender, or gives the one that there is.
func (u *unit) bind(address, reason string) (*SenderRule, error) {
	if r, err := first(u.SenderRules(), map[string]string{"address": address}, ""); r != nil || err != nil {
		return r, err
	}
	r := &SenderRule{Record: u.record(), State: "active", Address: address, Reason: reason}
	if err := u.SenderRules().Insert(r); err != nil {
		return nil, err
	}
	return r, u.note(Activity{Type: "sender-rule.created", About: Ref{TypeSenderRule, r.ID}, To: r.State, Why: r.Reason, Data: map[string]string{"address": address}})
}

func (u *unit) unbind(r *SenderRule) error {
	if err := u.SenderRules().Delete(r.ID, r.Version); err != nil {
		return err
	}
	return u.note(Activity{Type: "sender-rule.deleted", About: Ref{TypeSenderRule, r.ID}, From: r.State, Data: map[string]string{"address": r.Address}})
}

// maxLabels bounds the domains above a domain that are asked for.
const maxLabels = 6

// senderNames are what a rule may name an address by: itself, its domain and
// the ones above that.
func senderNames(address string) (names []string) {
	address = normalEmail(address)
	_, domain, ok := strings.Cut(address, "@")
	if !ok {
		return nil
	}
	names = append(names, address)
	for domain != "" && len(names) < maxLabels {
		names = append(names, domain)
		if _, domain, _ = strings.Cut(domain, "."); !strings.Contains(domain, ".") {
			break // a top-level domain is nobody's
		}
	}
	return names
}

// senderRule is the rule for one of the addresses, or for a domain that it is in.
func (u *unit) senderRule(addresses ...string) (*SenderRule, error) {
	for _, address := range addresses {
		for _, name := range senderNames(address) {
			if r, err := first(u.SenderRules(), map[string]string{"address": name}, ""); r != nil || err != nil {
				return r, err
			}
		}
	}
	return nil, nil
}

// traces looks for what is known of the one who wrote a mail and of the one who
// is to be answered, mostly the same and nobody.
func (u *unit) traces(m *IncomingMail) (Traces, error) {
	names := senderNames(m.From)
	addresses := []string{normalEmail(m.From)}
	if sender := normalEmail(m.sender()); sender != addresses[0] {
		names, addresses = append(names, senderNames(sender)...), append(addresses, sender)
	}
	return u.Traces(addresses, names)
}
