package api

import (
	"context"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/emne/emne/process"
)

// Source is a configured way in, and how it is doing.
type Source struct {
	// ID is kind:name as in a lead's source, such as "mail:sales" or "form:website".
	ID      string `json:"id"`
	Version int64  `json:"version"`
	State   string `json:"state" doc:"ok, starting, failing or off"`
	Kind    string `json:"kind" doc:"mail or form"`
	Name    string `json:"name"`
	// Address is where it is fed: a mail address, or the hook's path.
	Address string `json:"address,omitempty"`
	// Detail says what is wrong, in English.
	Detail string `json:"detail,omitempty"`
	// SeenAt is when something last came in or the mailbox was last looked at.
	SeenAt *time.Time `json:"seen_at,omitempty"`
	// Reason is the stable key of what is wrong.
	Reason string `json:"reason,omitempty"`
	// User is whose own mailbox it is, empty for the company's.
	User string `json:"user,omitempty"`
	// LagSeconds is how long after its arrival the last mail was recorded.
	LagSeconds float64 `json:"lag_seconds,omitempty"`
	// Received counts the mails recorded since the start.
	Received int64 `json:"received,omitempty"`
	// Backfill is how far the mail is that lay there at the first contact.
	Backfill *Backfill `json:"backfill,omitempty"`
	// Expires is what of the sign-in ends first, of which people are to be told now.
	Expires *Expiry `json:"expires,omitempty"`
}

// Backfill is the progress of reading what lay in a mailbox already.
type Backfill struct {
	Done  int64   `json:"done"`
	Total int64   `json:"total"`
	Rate  float64 `json:"rate" doc:"mails a second"`
}

// Expiry says that a sign-in, or an app's secret, ends.
type Expiry struct {
	What string    `json:"what" doc:"client_secret or sign_in"`
	At   time.Time `json:"at"`
}

// SourceLister tells of all configured mailboxes and hooks; it answers at once.
type SourceLister interface {
	Sources(ctx context.Context) ([]Source, error)
}

// addSources adds the reading of sources, which lie in the configuration.
func (s *server) addSources() {
	l := listing{keys: []string{"kind"}}
	model := s.schemas.output(reflect.TypeFor[Source]())
	s.add(listOperation("sources", l, s.schemas.list("sources", model)), func(c *call) error {
		f, err := l.filter(c.r.URL.RawQuery)
		if err != nil {
			return err
		}
		if f.Cursor != "" && !strings.Contains(f.Cursor, ":") {
			return process.Invalid("list.cursor", "the cursor is not one that this list gave out: begin without one")
		}
		all, err := c.allSources()
		if err != nil {
			return err
		}
		return c.writeValue(pageOf(all, f))
	})
	s.add(getOperation("sources", model), func(c *call) error {
		all, err := c.allSources()
		if err != nil {
			return err
		}
		id := c.r.PathValue("id")
		i := slices.IndexFunc(all, func(s Source) bool { return s.ID == id })
		if i < 0 {
			return process.NotFound("source", id)
		}
		return c.writeValue(all[i])
	})
}

func (c *call) allSources() ([]Source, error) {
	if err := c.mayRead(); err != nil {
		return nil, err
	}
	if c.sources == nil {
		return []Source{}, nil
	}
	all, err := c.sources.Sources(c.ctx)
	if err != nil {
		return nil, err
	}
	all = slices.Clone(all)
	slices.SortFunc(all, func(a, b Source) int { return strings.Compare(a.ID, b.ID) })
	for i := range all {
		all[i].Version = max(all[i].Version, 1)
	}
	return all, nil
}

// pageOf narrows sources; the cursor is the last id of the page before.
func pageOf(all []Source, f process.Filter) page {
	limit := f.Limit
	if limit == 0 {
		limit = 50
	}
	items, next := []Source{}, ""
	for _, s := range all {
		switch {
		case f.Cursor != "" && s.ID <= f.Cursor,
			f.State != "" && s.State != f.State,
			f.Match["kind"] != "" && s.Kind != f.Match["kind"],
			!strings.Contains(strings.ToLower(s.ID+" "+s.Address+" "+s.Detail), strings.ToLower(f.Query)):
			continue
		}
		if len(items) == limit {
			next = items[limit-1].ID
			break
		}
		items = append(items, s)
	}
	return page{items, next}
}
