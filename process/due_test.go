package process

import "testing"

func TestEaster(t *testing.T) {
	t.Parallel()
	for year, want := range map[int]string{1818: "03-22", 1943: "04-25", 2000: "04-23", 2024: "03-31", 2025: "04-20", 2026: "04-05", 2027: "03-28", 2038: "04-25", 2285: "03-22"} {
		if got := easter(year).Format("01-02"); got != want {
			t.Errorf("Easter %d is on %s, want %s", year, got, want)
		}
	}
}

func TestDueDates(t *testing.T) {
	t.Parallel()
	norway := DefaultSettings()
	with := func(rule string, days int, working bool, country string, holidays ...Date) Settings {
		s := norway
		s.Terms.PaymentRule, s.Terms.PaymentDays, s.Terms.WorkingDays, s.Terms.Holidays = rule, days, working, holidays
		s.Company.Address.Country = country
		return s
	}
	for _, c := range []struct {
		name        string
		settings    Settings
		customer    Customer
		issue, want Date
	}{
		{"the company's days", with("", 14, false, "NO"), Customer{}, "2026-03-02", "2026-03-16"},
		{"the customer's days", with("", 14, false, "NO"), Customer{PaymentDays: 30}, "2026-03-02", "2026-04-01"},
		{"end of month", with("end_of_month", 0, false, "NO"), Customer{}, "2026-02-03", "2026-02-28"},
		{"end of month in a leap year", with("end_of_month", 0, false, "NO"), Customer{}, "2028-02-29", "2028-02-29"},
		{"end of month and days", with("end_of_month", 15, false, "NO"), Customer{}, "2026-01-31", "2026-02-15"},
		{"the company's rule with the customer's days", with("end_of_month", 15, false, "NO"), Customer{PaymentDays: 10}, "2026-01-01", "2026-02-10"},
		{"the customer's rule goes with its own days", with("net", 14, false, "NO"), Customer{PaymentRule: "end_of_month"}, "2026-01-05", "2026-01-31"},
		{"the customer pays at once", with("end_of_month", 14, false, "NO"), Customer{PaymentRule: "net"}, "2026-01-05", "2026-01-05"},
		{"Sunday moves to Monday", with("", 13, true, "NO"), Customer{}, "2026-03-02", "2026-03-16"},
		{"the whole of Easter", with("", 0, true, "NO"), Customer{}, "2026-04-02", "2026-04-07"},
		{"1 May and the weekend after it", with("", 0, true, "NO"), Customer{}, "2026-05-01", "2026-05-04"},
		{"Ascension", with("", 0, true, "NO"), Customer{}, "2026-05-14", "2026-05-15"},
		{"17 May on a Sunday", with("", 0, true, "NO"), Customer{}, "2026-05-17", "2026-05-18"},
		{"Whit Monday", with("", 0, true, "NO"), Customer{}, "2026-05-25", "2026-05-26"},
		{"Christmas", with("", 0, true, "NO"), Customer{}, "2026-12-25", "2026-12-28"},
		{"New Year into the next year", with("", 0, true, "NO"), Customer{}, "2027-01-01", "2027-01-04"},
		{"no Maundy Thursday in Germany", with("", 0, true, "DE"), Customer{}, "2026-04-02", "2026-04-02"},
		{"the settings' own holidays", with("", 0, true, "DE", "2026-10-05", "2026-10-06"), Customer{}, "2026-10-03", "2026-10-07"},
	} {
		if got := c.settings.due(c.issue, &c.customer); got != c.want {
			t.Errorf("%s: issued %s, due %s, want %s", c.name, c.issue, got, c.want)
		}
	}
}

// A calendar in which every day is a holiday ends the search all the same.
func TestDueDateAlwaysComes(t *testing.T) {
	t.Parallel()
	s := DefaultSettings()
	s.Terms.WorkingDays = true
	for d := Date("2026-01-01"); d < "2027-01-01"; d = d.AddDays(1) {
		s.Terms.Holidays = append(s.Terms.Holidays, d)
	}
	if got := s.due("2026-02-01", &Customer{}); got <= "2026-02-01" || !got.Valid() {
		t.Errorf("due %q", got)
	}
}
