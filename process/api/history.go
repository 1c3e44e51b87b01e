package api

import (
	"reflect"

	"github.com/emne/emne/process"
)

// addActivities adds the reading of the timeline.
func (s *server) addActivities() {
	l := listing{keys: []string{"thread", "about_type", "about_id", "type", "related_id", "actor_id"}}
	model := s.schemas.output(reflect.TypeFor[activity]())
	s.add(listOperation("activities", l, s.schemas.list("activities", model)), func(c *call) error {
		f, err := l.filter(c.r.URL.RawQuery)
		if err != nil {
			return err
		}
		if f.State != "" && f.State != recorded {
			return c.writeValue(page{Items: []activity{}})
		}
		f.State = ""
		entries, next, err := c.service.Timeline(c.ctx, c.actor, f)
		if err != nil {
			return err
		}
		items := []activity{}
		for _, a := range entries {
			items = append(items, activityOf(a))
		}
		return c.writeValue(page{items, next})
	})
	s.add(getOperation("activities", model), func(c *call) error {
		id := c.r.PathValue("id")
		found, _, err := c.service.Timeline(c.ctx, c.actor, process.Filter{Match: map[string]string{"id": id}, Limit: 1})
		if err != nil {
			return err
		}
		if len(found) == 0 {
			return process.NotFound(process.TypeActivity, id)
		}
		return c.writeValue(activityOf(found[0]))
	})
}

// recorded is the state of every activity.
const recorded = "recorded"

// activity has what programs expect of every record: one never changes.
type activity struct {
	process.Activity
	Version int64  `json:"version" doc:"1: what happened stays as it is"`
	State   string `json:"state" doc:"recorded"`
}

func activityOf(a process.Activity) activity { return activity{a, 1, recorded} }

// arrow is a transition of a state machine, as programs read it.
type arrow struct {
	Record string   `json:"record"`
	Verb   string   `json:"verb"`
	From   []string `json:"from"`
	To     []string `json:"to" doc:"empty when the state stays"`
}

// addTransitions adds the reading of the state machines.
func (s *server) addTransitions() {
	op := operation("GET", root+"/transitions", "transitions", "transitions_list", "Read the state machines of all records")
	answers(op, 200, "What is possible in which state", s.schemas.list("transitions", s.schemas.output(reflect.TypeFor[arrow]())))
	s.add(op, func(c *call) error {
		if err := c.mayRead(); err != nil {
			return err
		}
		items := []arrow{}
		for _, t := range process.Transitions() {
			to := t.To
			if to == nil {
				to = []string{}
			}
			items = append(items, arrow{t.Record, t.Verb, t.From, to})
		}
		return c.writeValue(page{Items: items})
	})
}
