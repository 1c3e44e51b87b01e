package message

import (
	"strconv"
	"strings"
	"time"

	"github.com/emne/emne/intake/card"
)

// maxEvents bounds the events of one calendar that are written out.
const maxEvents = 20

// isCalendar tells the types and names that an invitation goes by.
func isCalendar(ctype, name string) bool {
	switch ctype {
	case "text/calendar", "application/ics", "text/x-vcalendar":
		return true
	}
	return ctype == "application/octet-stream" && strings.HasSuffix(strings.ToLower(name), ".ics")
}

// calendarPart keeps the text of an invitation for a mail without any other.
func (w *walker) calendarPart(charset string, content []byte) {
	if len(content) > MaxCalendarBytes {
		return
	}
	if s := invitation(toUTF8(content, charset, w.l)); s != "" {
		w.calendar = append(w.calendar, segment{plain: s})
	}
}

// invitation is the text of a calendar (RFC 5545): for each event what it is,
// when, where, who invites or answers, and its description, on lines without
// labels. Words of the format itself, such as CANCELLED, stay as they are.
func invitation(s string) string {
	method := ""
	var events []event
	var open []string // the components around a line
	for p := range card.Lines(s) {
		switch {
		case p.Name == "BEGIN" && len(open) < MaxDepth:
			open = append(open, strings.ToUpper(p.Value))
			if isEvent(open) && len(events) < maxEvents {
				events = append(events, event{})
			} else if isEvent(open) {
				return inviteText(events, method)
			}
		case p.Name == "END" && len(open) > 0:
			open = open[:len(open)-1]
		case p.Name == "METHOD" && len(open) <= 1:
			method = strings.ToUpper(p.Value)
		case isEvent(open) && len(events) > 0:
			events[len(events)-1].set(p)
		}
	}
	return inviteText(events, method)
}

func isEvent(open []string) bool {
	return len(open) > 0 && (open[len(open)-1] == "VEVENT" || open[len(open)-1] == "VTODO")
}

// person is "Name <address>" of a calendar address (RFC 5545 section 3.3.3).
func person(p card.Property) string {
	address := oneLine(p.Value)
	if len(address) > 7 && strings.EqualFold(address[:7], "mailto:") {
		address = address[7:]
	}
	name := oneLine(p.Params["CN"])
	switch {
	case name == "" || strings.EqualFold(name, address):
		return address
	case address == "" || !strings.Contains(address, "@"):
		return name
	}
	return name + " <" + address + ">"
}

// event is what is read of one.
type event struct {
	summary, location, organizer, description, status, rule string
	attendee, answer                                        string // the first one
	start, end                                              moment
	duration                                                time.Duration
}

func (e *event) set(p card.Property) {
	switch p.Name {
	case "SUMMARY":
		e.summary = oneLine(p.Text())
	case "LOCATION":
		e.location = oneLine(p.Text())
	case "DESCRIPTION":
		e.description = cleanText(p.Text())
	case "ORGANIZER":
		e.organizer = person(p)
	case "ATTENDEE":
		if e.attendee == "" {
			e.attendee, e.answer = person(p), strings.ToUpper(oneLine(p.Params["PARTSTAT"]))
		}
	case "STATUS":
		e.status = strings.ToUpper(oneLine(p.Value))
	case "RRULE":
		e.rule = oneLine(p.Value)
	case "DTSTART":
		e.start = parseMoment(p)
	case "DTEND", "DUE":
		e.end = parseMoment(p)
	case "DURATION":
		e.duration = parseDuration(p.Value)
	}
}

func inviteText(events []event, method string) string {
	var all []string
	for _, e := range events {
		if s := e.text(method); s != "" {
			all = append(all, s)
		}
	}
	return strings.Join(all, "\n\n")
}

func (e event) text(method string) string {
	var lines []string
	add := func(s string) {
		if s != "" {
			lines = append(lines, s)
		}
	}
	head := e.summary
	if e.status == "CANCELLED" || method == "CANCEL" {
		head = strings.TrimSpace(head + " (CANCELLED)")
	}
	add(head)
	add(e.when())
	add(e.rule)
	add(e.location)
	if method == "REPLY" && e.attendee != "" {
		add(strings.TrimSuffix(e.attendee+": "+e.answer, ": "))
	} else {
		add(e.organizer)
	}
	if e.description != "" {
		if len(lines) > 0 {
			lines = append(lines, "")
		}
		lines = append(lines, e.description)
	}
	return strings.Join(lines, "\n")
}

// moment is a date, or a clock time in a zone that is named as the mail does.
type moment struct {
	at   time.Time // the wall clock, as if it were UTC
	zone string    // empty: wherever the reader is
	day  bool      // a date without a time
}

// parseMoment reads RFC 5545 section 3.3.4 and 3.3.5.
func parseMoment(p card.Property) moment {
	if t, err := time.Parse("20060102", p.Value); err == nil {
		return moment{at: t, day: true}
	}
	v, utc := strings.CutSuffix(p.Value, "Z")
	t, err := time.Parse("20060102T150405", v)
	if err != nil {
		return moment{}
	}
	m := moment{at: t, zone: strings.TrimPrefix(oneLine(p.Params["TZID"]), "/")}
	if utc {
		m.zone = "UTC"
	}
	return m
}

// parseDuration reads RFC 5545 section 3.3.6, up to a year.
func parseDuration(s string) time.Duration {
	units := map[byte]time.Duration{'W': 7 * 24 * time.Hour, 'D': 24 * time.Hour, 'H': time.Hour, 'M': time.Minute, 'S': time.Second}
	var sum time.Duration
	digits := ""
	for i := range len(s) {
		switch c := s[i]; {
		case c >= '0' && c <= '9':
			digits += string(c)
		case units[c] > 0:
			n, err := strconv.Atoi(digits)
			if err != nil || n > 600_000 {
				return 0
			}
			sum += time.Duration(n) * units[c]
			digits = ""
		}
		if len(digits) > 6 || sum > 366*24*time.Hour {
			return 0
		}
	}
	return sum
}

// when is "2026-03-03 10:00–11:00 Europe/Oslo"; the end of days is the last of them.
func (e event) when() string {
	start, end := e.start, e.end
	if start.at.IsZero() {
		start, end = end, moment{}
	}
	if start.at.IsZero() {
		return ""
	}
	if end.at.IsZero() && e.duration > 0 {
		end = moment{start.at.Add(e.duration), start.zone, start.day}
	}
	const day, clock = "2006-01-02", "15:04"
	if start.day {
		last := end.at.AddDate(0, 0, -1)
		if end.at.IsZero() || !last.After(start.at) {
			return start.at.Format(day)
		}
		return start.at.Format(day) + " – " + last.Format(day)
	}
	s := start.at.Format(day + " " + clock)
	switch {
	case end.at.IsZero() || end.at.Equal(start.at) && end.zone == start.zone:
	case end.zone != start.zone:
		s += " " + start.zone + " – " + end.at.Format(day+" "+clock)
		return strings.TrimSpace(s + " " + end.zone)
	case end.at.Format(day) == start.at.Format(day):
		s += "–" + end.at.Format(clock)
	default:
		s += " – " + end.at.Format(day+" "+clock)
	}
	return strings.TrimSpace(s + " " + start.zone)
}
