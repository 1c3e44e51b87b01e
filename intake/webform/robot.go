package webform

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// traps are fields that people do not see and robots fill in.
var traps = []string{"_gotcha", "_honey", "_honeypot", "_hp", "_trap"}

// stampField may hold when the page was shown, in seconds or milliseconds since
// 1970; minFill is how long a person takes at least from then.
const (
	stampField = "_t"
	minFill    = 2 * time.Second
)

// trapped says why a submission to an open source, or by a page's form, is taken
// for a robot's, "" for a person's. The sender gets the same answer as anybody.
func (s *source) trapped(r *http.Request, contentType string, body []byte, now time.Time) string {
	if len(s.Origins) > 0 && !s.allowed(r.Header.Get("Origin")) {
		return "origin"
	}
	f, err := read(contentType, body)
	if err != nil {
		return ""
	}
	for _, one := range f.fields {
		switch {
		case slices.Contains(traps, one.label):
			return "honeypot"
		case one.label == stampField && tooFast(one.value, now):
			return "fill time"
		}
	}
	return ""
}

func tooFast(stamp string, now time.Time) bool {
	n, err := strconv.ParseInt(strings.TrimSpace(stamp), 10, 64)
	if err != nil || n <= 0 {
		return false
	}
	shown := time.Unix(n, 0)
	if n > 1e11 {
		shown = time.UnixMilli(n)
	}
	age := now.Sub(shown)
	return age < minFill && age > -time.Hour // a visitor's clock may be far off
}
