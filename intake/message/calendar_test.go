package message

import (
	"strings"
	"testing"
	"time"
)

func calendar(method string, ls ...string) string {
	return strings.Join(append([]string{"BEGIN:VCALENDAR", "VERSION:2.0", "METHOD:" + method,
		"BEGIN:VTIMEZONE", "TZID:Europe/Oslo", "BEGIN:STANDARD", "DTSTART:19701025T030000", "SUMMARY:not this", "END:STANDARD", "END:VTIMEZONE",
		"BEGIN:VEVENT"}, append(ls, "BEGIN:VALARM", "DESCRIPTION:nor this", "END:VALARM", "END:VEVENT", "END:VCALENDAR", "")...), "\r\n")
}

func TestInvitation(t *testing.T) {
	oslo := []string{"SUMMARY:Befaring", "DTSTART;TZID=Europe/Oslo:20260303T100000", "DTEND;TZID=Europe/Oslo:20260303T113000"}
	for _, tt := range []struct{ name, in, want string }{
		{"whole", calendar("REQUEST", append(oslo, `ORGANIZER;CN="Nordmann, Ola":mailto:ola@example.no`, `LOCATION:Storgata 1\, Oslo`, `DESCRIPTION:Hei\nVi ser på d`, " ører.", "ATTENDEE;CN=Kari:mailto:kari@demo.example")...),
			"Befaring\n2026-03-03 10:00–11:30 Europe/Oslo\nStorgata 1, Oslo\nNordmann, Ola <ola@example.no>\n\nHei\nVi ser på dører."},
		{"cancelled", calendar("CANCEL", oslo...), "Befaring (CANCELLED)\n2026-03-03 10:00–11:30 Europe/Oslo"},
		{"answered", calendar("REPLY", append(oslo, "ORGANIZER:mailto:ola@example.no", "ATTENDEE;PARTSTAT=DECLINED;CN=Kari:mailto:kari@demo.example")...),
			"Befaring\n2026-03-03 10:00–11:30 Europe/Oslo\nKari <kari@demo.example>: DECLINED"},
		{"UTC with a duration", calendar("REQUEST", "SUMMARY:x", "DTSTART:20260303T230000Z", "DURATION:PT1H30M"), "x\n2026-03-03 23:00 – 2026-03-04 00:30 UTC"},
		{"no zone", calendar("REQUEST", "SUMMARY:x", "DTSTART:20260303T100000"), "x\n2026-03-03 10:00"},
		{"two zones", calendar("REQUEST", "SUMMARY:x", "DTSTART;TZID=Europe/Oslo:20260303T100000", "DTEND;TZID=Europe/London:20260303T110000"), "x\n2026-03-03 10:00 Europe/Oslo – 2026-03-03 11:00 Europe/London"},
		{"a day", calendar("REQUEST", "SUMMARY:x", "DTSTART;VALUE=DATE:20260303", "DTEND;VALUE=DATE:20260304"), "x\n2026-03-03"},
		{"days", calendar("REQUEST", "SUMMARY:x", "DTSTART;VALUE=DATE:20260303", "DTEND;VALUE=DATE:20260306"), "x\n2026-03-03 – 2026-03-05"},
		{"repeated", calendar("REQUEST", "SUMMARY:x", "DTSTART;VALUE=DATE:20260303", "RRULE:FREQ=WEEKLY;COUNT=4"), "x\n2026-03-03\nFREQ=WEEKLY;COUNT=4"},
		{"Windows' zone, quoted", calendar("REQUEST", "SUMMARY:x", `DTSTART;TZID="(UTC+01:00) Amsterdam; Berlin":20260303T100000`), "x\n2026-03-03 10:00 (UTC+01:00) Amsterdam; Berlin"},
		{"vCalendar 1.0", calendar("REQUEST", "SUMMARY;ENCODING=QUOTED-PRINTABLE;CHARSET=ISO-8859-1:Bl=E5b=E6r"), "Blåbær"},
		{"broken", "BEGIN:VEVENT\nSUMMARY:x\nDTSTART:tomorrow\nDURATION:P99999999D\nno colon\n;:\nEND:VEVENT\nEND:VEVENT", "x"},
		{"none", "Hei", ""},
	} {
		if got := invitation(tt.in); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
	if got := invitation(strings.Repeat("BEGIN:VEVENT\nSUMMARY:x\nEND:VEVENT\n", 100)); strings.Count(got, "x") != maxEvents {
		t.Errorf("%d events", strings.Count(got, "x"))
	}
}

// An invitation's text is that of a mail without any other; it stays an
// attachment in any case.
func TestCalendarParts(t *testing.T) {
	ics := calendar("REQUEST", "SUMMARY:Befaring", "DTSTART:20260303T100000Z")
	for _, tt := range []struct {
		name        string
		raw         []byte
		text, names string
	}{
		{"alone", lines("From: ola@example.no", "Content-Type: text/calendar; method=REQUEST; charset=utf-8", "", ics), "Befaring\n2026-03-03 10:00 UTC", "attachment.ics"},
		{"behind a blank text", lines("From: ola@example.no", "Content-Type: multipart/alternative; boundary=b", "", "--b", "", " ", "--b", "Content-Type: text/calendar", "", ics, "--b--"), "Befaring\n2026-03-03 10:00 UTC", "attachment.ics"},
		{"behind a text", lines("From: ola@example.no", "Content-Type: multipart/alternative; boundary=b", "", "--b", "", "Hei", "--b", "Content-Type: text/calendar", "", ics, "--b--"), "Hei", "attachment.ics"},
		{"as a file", lines("From: ola@example.no", "Content-Type: application/octet-stream; name=invite.ics", "", ics), "Befaring\n2026-03-03 10:00 UTC", "invite.ics"},
		{"that says nothing", lines("From: ola@example.no", "Content-Type: text/calendar", "", "BEGIN:VCALENDAR", "END:VCALENDAR"), "", "attachment.ics"},
	} {
		if m := parseNO(tt.raw); m.FullText != tt.text || names(m) != tt.names {
			t.Errorf("%s: text %q, attachments %q", tt.name, m.FullText, names(m))
		}
	}
	start := time.Now()
	for _, s := range []string{"BEGIN:VEVENT\n", " x\n", "A;", `A;B="`, "SUMMARY:x\n", "DURATION:" + strings.Repeat("P1D", 1000)} {
		invitation(strings.Repeat(s, MaxCalendarBytes/len(s)))
	}
	if d := time.Since(start); d > 20*time.Second {
		t.Errorf("took %v", d)
	}
}

func FuzzInvitation(f *testing.F) {
	f.Add(calendar("REQUEST", "SUMMARY:x", "DTSTART;TZID=Europe/Oslo:20260303T100000", "DTEND;TZID=Europe/London:20260303T110000", `ORGANIZER;CN="A, B":mailto:a@b.no`, `LOCATION:a\, b`, " c"))
	f.Add(calendar("REPLY", "DTSTART;VALUE=DATE:20260303", "DURATION:P1DT2H", "ATTENDEE;PARTSTAT=ACCEPTED:mailto:a@b.no", "SUMMARY;ENCODING=QUOTED-PRINTABLE:=E5"))
	f.Fuzz(func(t *testing.T, s string) {
		if got := invitation(s); !clean(got) {
			t.Errorf("%q", got)
		}
	})
}
