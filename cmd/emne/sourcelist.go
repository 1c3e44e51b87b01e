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
func (l sourceList) Sources(context.Context) ([]api.Source, error) {
	var all []api.Source
	for i, m := range l.s.mailboxes {
		st := m.Status()
		a := l.s.o.mailboxes[i]
		src := api.Source{ID: "mail:" + a.Name, Version: 1, State: "starting", Kind: "mail", Name: a.Name, Address: a.Address, Detail: st.LastError}
		switch {
		case st.LastError != "":
			src.State = "failing"
		case st.Connected:
			src.State = "ok"
		}
		if !st.LastSuccess.IsZero() {
			src.SeenAt = &st.LastSuccess
		}
		all = append(all, src)
	}
	for _, name := range slices.Sorted(maps.Keys(l.s.o.sources)) {
		all = append(all, api.Source{ID: "form:" + name, Version: 1, State: "ok", Kind: "form", Name: name, Address: "/hooks/" + name})
	}
	return all, nil
}
