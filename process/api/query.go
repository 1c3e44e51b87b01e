package api

import (
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/emne/emne/process"
)

// listing says by what a list can be narrowed.
type listing struct {
	// keys are the fields whose exact value may be asked for.
	keys []string
}

// filter reads a list's query. A parameter without a value counts as not
// given; an unknown one is refused, since what was asked for would not be what
// comes.
func (l listing) filter(query string) (process.Filter, error) {
	given, err := url.ParseQuery(query)
	if err != nil {
		return process.Filter{}, process.Invalid("list.query", "the query cannot be read: it is not encoded as a URL's query is")
	}
	f := process.Filter{Match: map[string]string{}}
	var problems []process.Problem
	bad := func(field, reason, message string) {
		problems = append(problems, process.Problem{Field: field, Reason: reason, Message: message})
	}
	for _, name := range slices.Sorted(maps.Keys(given)) {
		value := strings.TrimSpace(given[name][0])
		switch {
		case len(given[name]) > 1:
			bad(name, "list.repeated", "give it once")
		case !slices.Contains(l.parameters(), name):
			bad(name, "list.unknown", "possible here: "+strings.Join(l.parameters(), ", "))
		case value == "":
		case name == "q":
			f.Query = value
		case name == "cursor":
			f.Cursor = value
		case name == "state":
			f.State = value
		case name == "limit":
			if f.Limit, err = strconv.Atoi(value); err != nil || f.Limit < 1 || f.Limit > process.MaxLimit {
				bad(name, "list.limit", fmt.Sprintf("a page has 1 to %d records", process.MaxLimit))
			}
		case name == "email":
			f.Match[name] = strings.ToLower(value)
		default:
			f.Match[name] = value
		}
	}
	if len(problems) > 0 {
		return process.Filter{}, process.Invalid("list.invalid", "the list cannot be asked for like this", problems...)
	}
	return f, nil
}

// parameters are the names that a query may have.
func (l listing) parameters() []string {
	return append([]string{"q", "state", "limit", "cursor"}, l.keys...)
}

// page is the answer to a list; Next is absent on the last page.
type page struct {
	Items any    `json:"items"`
	Next  string `json:"next,omitempty"`
}
