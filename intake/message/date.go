package message

import (
	"net/mail"
	"strings"
	"time"
)

// dateLayout is the form of RFC 5322 section 3.3.
const dateLayout = "Mon, 2 Jan 2006 15:04:05 -0700"

// dateLayouts are forms of Date that RFC 5322 does not know but programs write.
// They are read after the weekday, comments and double spaces are gone.
var dateLayouts = []string{
	"2 Jan 2006 15:04:05 -0700",
	"2 Jan 2006 15:04:05 MST",
	"2 Jan 2006 15:04:05",
	"2 Jan 2006 15:04 -0700",
	"2 Jan 2006 15:04",
	"2 Jan 06 15:04:05 -0700",
	"2 Jan 06 15:04:05 MST",
	"2 Jan 06 15:04:05",
	"2 Jan 2006 15:04:05 -07:00",
	"2 Jan 2006 15:04:05 Z",
	"2 January 2006 15:04:05 -0700",
	"2 January 2006 15:04:05",
	"Jan 2 15:04:05 2006",
	"Jan 2 15:04:05 MST 2006",
	"Jan 2 15:04:05 -0700 2006",
	"Jan 2 2006 15:04:05 -0700",
	"Jan 2 2006 15:04:05",
	"Jan 2 2006 15:04",
	"Jan 2 2006",
	"2006-01-02 15:04:05 -0700",
	"2006-01-02 15:04:05 -0700 MST",
	"2006-01-02 15:04:05",
	"2006-01-02T15:04:05Z07:00",
	"2006-01-02T15:04:05-0700",
	"2006-01-02T15:04:05",
	"2006-01-02",
	"02.01.2006 15:04:05",
	"02.01.2006 15:04",
	"2 Jan 2006",
}

// monthNames are month abbreviations of nb, sv, da, de and fr that differ from
// the English ones; some programs write them against RFC 5322 section 3.3.
var monthNames = map[string]string{
	"mai": "May", "maj": "May", "mär": "Mar", "mrz": "Mar", "mars": "Mar",
	"okt": "Oct", "des": "Dec", "dez": "Dec", "déc": "Dec", "aoû": "Aug", "août": "Aug",
	"fév": "Feb", "févr": "Feb", "avr": "Apr", "juin": "Jun", "juil": "Jul", "janv": "Jan", "sept": "Sep",
	"june": "Jun", "july": "Jul",
}

// parseDate reads a Date field. It is the zero time when nothing can be read,
// or the year lies outside of 1970–2200.
func parseDate(v string, l *ledger) time.Time {
	v = strings.TrimSpace(v)
	if v == "" {
		return time.Time{}
	}
	if len(v) > 200 {
		v = v[:200]
	}
	// What nearly all mails have is read at once: package mail comes to the same
	// after many other layouts.
	t, err := time.Parse(dateLayout, v)
	if err != nil {
		t, err = mail.ParseDate(v)
	}
	if err == nil && plausible(t) {
		return zoned(t)
	}
	l.defect(DefectDate)
	s := tidyDate(cleanText(rawText(v, l)))
	for len(s) > 0 {
		for _, layout := range dateLayouts {
			if t, err := time.Parse(layout, s); err == nil && plausible(t) {
				return zoned(t)
			}
		}
		i := strings.LastIndexByte(s, ' ') // a zone name or other words at the end
		if i < 0 {
			break
		}
		s = s[:i]
	}
	return time.Time{}
}

// zoneHours are the zone names of RFC 5322 section 4.3 and those of Europe, in
// hours east of Greenwich.
var zoneHours = map[string]int{
	"EST": -5, "EDT": -4, "CST": -6, "CDT": -5, "MST": -7, "MDT": -6, "PST": -8, "PDT": -7,
	"CET": 1, "CEST": 2, "MEZ": 1, "MESZ": 2, "MET": 1, "MEST": 2, "EET": 2, "EEST": 3, "BST": 1, "WEST": 1,
}

// zoned sets the offset of a zone that was given by its name; package time
// knows only that of the local place.
func zoned(t time.Time) time.Time {
	name, offset := t.Zone()
	hours, ok := zoneHours[name]
	if !ok || offset != 0 {
		return t
	}
	return time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), 0, time.FixedZone(name, hours*3600))
}

func plausible(t time.Time) bool { return t.Year() >= 1970 && t.Year() <= 2200 }

// tidyDate brings the usual aberrations to a form that a layout knows.
func tidyDate(s string) string {
	if i := strings.IndexByte(s, '('); i >= 0 {
		s = s[:i]
	}
	if i := strings.IndexByte(s, ','); i > 0 && !strings.ContainsAny(s[:i], "0123456789") {
		s = s[i+1:]
	}
	s = strings.Trim(strings.ReplaceAll(s, ",", " "), " \"'")
	words := strings.Fields(s)
	if len(words) > 1 && !strings.ContainsAny(words[0], "0123456789") && !isMonth(words[0]) {
		words = words[1:] // a weekday without its comma
	}
	for i, w := range words {
		lower := strings.ToLower(strings.TrimRight(w, "."))
		if en, ok := monthNames[lower]; ok {
			words[i] = en
			continue
		}
		switch {
		case lower == "ut" || lower == "utc" || lower == "gmt" || lower == "z":
			words[i] = "+0000"
		case strings.Count(w, "-") == 2 && len(w) >= 8 && w[0] <= '3' && !strings.HasPrefix(w, "20") && !strings.HasPrefix(w, "19"):
			words[i] = strings.ReplaceAll(w, "-", " ") // 03-Jan-2022
		case strings.Count(w, ".") == 2 && i > 0 && !strings.Contains(w, ":"):
			words[i] = strings.ReplaceAll(w, ".", ":") // 12.30.45
		case strings.HasPrefix(lower, "gmt") && len(lower) > 3:
			words[i] = w[3:]
		}
		if z := words[i]; len(z) == 4 && (z[0] == '+' || z[0] == '-') {
			words[i] = z[:1] + "0" + z[1:] // +200
		}
	}
	return strings.Join(words, " ")
}

func isMonth(w string) bool {
	if len(w) < 3 {
		return false
	}
	return strings.Contains("jan feb mar apr may jun jul aug sep oct nov dec", strings.ToLower(w[:3]))
}
