package process

import (
	"context"
	"time"
)

// The reasons of tasks about sign-ins that end.
const (
	TaskSecretExpires = "mailbox_secret"  // the secret of a mailbox's app
	TaskSignInEnds    = "mailbox_sign_in" // a mailbox's sign-in
)

// WarnExpiry makes a task, once, of a mailbox's sign-in that ends at a time, so
// that it stands in the lists and in the mail of the day.
func (s *Service) WarnExpiry(ctx context.Context, a Actor, mailbox, reason string, at time.Time) error {
	_, err := s.change(ctx, a, MayIntake, func(u *unit) (*Outcome, error) {
		title := mailbox + ", " + string(DateOf(at, u.settings.Location()))
		known, _, err := u.Tasks().List(Filter{Match: map[string]string{"reason": reason}, Limit: MaxLimit})
		if err != nil {
			return nil, err
		}
		for i := range known {
			if known[i].Title == title {
				return &Outcome{}, nil
			}
		}
		_, err = u.task(Task{Reason: reason, Title: title})
		return &Outcome{}, err
	})
	return err
}
