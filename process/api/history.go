package api

import (
	"reflect"

	"github.com/emne/emne/process"
)

// addActivities adds the reading of the timeline.
func (s *server) addActivities() {
	l := listing{keys: []string{"thread", "about_type", "about_id", "type", "related_id", "actor_id"}, stateless: true}
	model := s.schemas.output(reflect.TypeFor[process.Activity]())
	s.add(listOperation("activities", l, s.schemas.list("activities", model)), func(c *call) error {
		f, err := l.filter(c.r.URL.RawQuery)
		if err != nil {
			return err
		}
		items, next, err := c.service.Timeline(c.ctx, c.actor, f)
		if err != nil {
			return err
		}
		return c.writeValue(page{items, next})
	})
}

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
