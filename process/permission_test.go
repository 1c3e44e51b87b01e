package process_test

import (
	"testing"

	"github.com/emne/emne/process"
)

// Who may not do a thing is told so whatever was sent, and learns nothing of
// what a right request would be.
func TestPermissionComesFirst(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	for _, v := range process.Verbs() {
		if _, err := v.Run(h.s, h.ctx(), h.reader, process.Target{ID: "none"}, nil); process.CodeOf(err) != process.CodeForbidden {
			t.Errorf("%s of a %s: %v", v.Name, v.Record, err)
		}
	}
	for _, f := range process.Forms() {
		if f.Create == nil {
			continue
		}
		if _, err := f.Create(h.s, h.ctx(), h.reader, nil); process.CodeOf(err) != process.CodeForbidden {
			t.Errorf("creating a %s: %v", f.Record, err)
		}
	}
}
