package exchange

import (
	"context"
	"strings"

	"github.com/emne/emne/process"
)

// Entries is a register that is held in memory.
type Entries []process.RegisterEntry

var _ process.Register = Entries(nil)

// Search implements process.Register: every word stands somewhere in the name.
func (es Entries) Search(_ context.Context, name string, limit int) ([]process.RegisterEntry, error) {
	var found []process.RegisterEntry
next:
	for _, e := range es {
		for _, word := range strings.Fields(strings.ToLower(name)) {
			if !strings.Contains(strings.ToLower(e.Name), word) {
				continue next
			}
		}
		if found = append(found, e); len(found) == limit {
			break
		}
	}
	return found, nil
}

// ByNumber implements process.Register.
func (es Entries) ByNumber(_ context.Context, number string) (*process.RegisterEntry, error) {
	for _, e := range es {
		if e.OrganisationNumber == number {
			return &e, nil
		}
	}
	return nil, nil
}
