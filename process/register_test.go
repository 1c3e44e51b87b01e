package process_test

import (
	"context"
	"errors"
	"testing"

	"github.com/emne/emne/process"
)

// registry is a register that may be out of reach.
type registry struct {
	fail  error
	asked []string
}

func (r *registry) Search(_ context.Context, name string, _ int) ([]process.RegisterEntry, error) {
	r.asked = append(r.asked, "name "+name)
	return nil, r.fail
}

func (r *registry) ByNumber(ctx context.Context, number string) (*process.RegisterEntry, error) {
	r.asked = append(r.asked, "number "+number)
	if _, ok := ctx.Deadline(); !ok {
		return nil, errors.New("no deadline")
	}
	if r.fail != nil {
		return nil, r.fail
	}
	return &process.RegisterEntry{Name: "Kunde AS", OrganisationNumber: number}, nil
}

func TestLookUp(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	out := errors.New("no route to host")
	for name, c := range map[string]struct {
		register *registry
		q        string
		asked    string
		items    int
		warning  string
	}{
		"by number":       {&registry{}, "974 760 673", "number 974760673", 1, ""},
		"as VAT number":   {&registry{}, "no974760673mva", "number 974760673", 1, ""},
		"wrong digit":     {&registry{}, "974760674", "number 974760674", 1, "organisation_number.check"},
		"by name":         {&registry{}, "  Kunde   AS ", "name Kunde AS", 0, ""},
		"number in words": {&registry{}, "Kunde 974760673", "name Kunde 974760673", 0, ""},
		"out of reach":    {&registry{fail: out}, "974760673", "number 974760673", 0, "register.unreachable"},
		"out of reach, 2": {&registry{fail: out}, "Kunde", "name Kunde", 0, "register.unreachable"},
	} {
		s := process.New(process.Options{Store: h.db, Documents: h.papers, Register: c.register, Clock: h.clock.now})
		a, err := s.LookUp(h.ctx(), h.reader, c.q)
		warning := ""
		for _, w := range a.Warnings {
			warning += w.Reason
		}
		if err != nil || len(a.Items) != c.items || a.Items == nil || warning != c.warning || len(c.register.asked) != 1 || c.register.asked[0] != c.asked {
			t.Errorf("%s: %+v, %v, asked %v", name, a, err, c.register.asked)
		}
	}
	a, err := h.s.LookUp(h.ctx(), h.reader, "Kunde")
	if err != nil || len(a.Warnings) != 1 || a.Warnings[0].Reason != "register.none" {
		t.Errorf("without a register: %+v, %v", a, err)
	}
	_, err = h.s.LookUp(h.ctx(), h.reader, " k ")
	wantRefused(t, err, process.CodeInvalid, "register.query")
	_, err = h.s.LookUp(h.ctx(), process.Actor{}, "Kunde")
	wantRefused(t, err, process.CodeUnauthorized, "")
}

// A wrong check digit warns, in Norway, and is never refused.
func TestOrganisationNumberWarning(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	for body, warned := range map[string]bool{
		`{"name":"A","organisation_number":"974760673"}`:          false,
		`{"name":"A","organisation_number":"NO 974 760 673 MVA"}`: false,
		`{"name":"A","organisation_number":"974760674"}`:          true,
		`{"name":"A","organisation_number":"12"}`:                 true,
		`{"name":"A"}`: false,
		`{"name":"A","organisation_number":"5560360793","address":{"country":"SE"}}`: false,
	} {
		c := get(h, h.s.Customers(), h.create(process.TypeCustomer, body))
		if (len(c.Warnings) > 0) != warned {
			t.Errorf("%s: %v", body, c.Warnings)
		}
	}
}
