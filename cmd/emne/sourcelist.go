package main

import (
	"context"
	"maps"
	"slices"

	"github.com/emne/emne/process/api"
)

// sourceList tells the API of the ways in.
type sourceList struct{ s *server }

// Sources implements api.SourceLister.
func (l sourceList) Sources(ctx context.Context) ([]api.Source, error) {
	var all []api.Source
	for i, m := range l.s.mailroom.Mailboxes(ctx) {
		a, seen := l.s.o.mailboxes[i], m.LastSuccess
		src := api.Source{ID: "mail:" + a.Name, Version: 1, State: m.State, Kind: "mail", Name: a.Name, Address: a.Address, Detail: m.Detail,
			Reason: m.Reason, User: m.User, LagSeconds: m.Lag.Seconds(), Received: l.s.mailboxes[i].Status().Received}
		if !seen.IsZero() {
			src.SeenAt = &seen
		}
		if m.Total > 0 {
			src.Backfill = &api.Backfill{Done: m.Done, Total: m.Total, Rate: m.Rate}
		}
		if m.Expires != "" {
			src.Expires = &api.Expiry{What: m.Expires, At: m.ExpiresAt}
		}
		all = append(all, src)
	}
	for _, name := range slices.Sorted(maps.Keys(l.s.o.sources)) {
		all = append(all, api.Source{ID: "form:" + name, Version: 1, State: "ok", Kind: "form", Name: name, Address: "/hooks/" + name})
	}
	return all, nil
}
