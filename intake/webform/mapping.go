package webform

import (
	"net/mail"
	"regexp"
	"slices"
	"strings"

	"github.com/emne/emne/intake"
)

// mapping is a form on its way to an inquiry: which field fills which role.
type mapping struct {
	form  form
	taken map[role]int // index of the field
	sure  map[role]int
	used  []bool
}

// inquiry makes an inquiry of a form; false when it says nothing that a person
// could follow up.
func inquiry(f form, language string) (intake.Inquiry, bool) {
	m := mapping{form: f, taken: map[role]int{}, sure: map[role]int{}, used: make([]bool, len(f.fields))}
	m.byName()
	guessed := m.byValue()
	for _, i := range m.taken {
		m.used[i] = true
	}
	in := intake.Inquiry{
		Name:               m.name(),
		Email:              strings.ToLower(address(m.value(roleEmail))),
		Phone:              oneLine(m.value(rolePhone), 50),
		Company:            oneLine(m.value(roleCompany), 200),
		OrganisationNumber: oneLine(m.value(roleNumber), 50),
		Subject:            oneLine(m.value(roleSubject), 300),
		Language:           language,
		Guessed:            guessed,
		Attachments:        f.files,
		Address: intake.Address{Street: oneLine(m.value(roleStreet), 200), Postcode: oneLine(m.value(rolePostcode), 20), City: oneLine(m.value(roleCity), 100),
			Country: strings.ToUpper(m.value(roleCountry))},
	}
	if l := m.value(roleLanguage); l != "" {
		in.Language = strings.ToLower(l)
	}
	if in.Subject == "" {
		in.Subject = f.title
	}
	in.Text = m.text()
	said := m.value(roleMessage) != "" || len(f.files) > 0
	return in, said || in.Email != "" || in.Phone != "" || in.Name != ""
}

func (m *mapping) value(r role) string {
	if i, ok := m.taken[r]; ok {
		return m.form.fields[i].value
	}
	return ""
}

// byName gives each role to the first field whose label asks for it most surely.
func (m *mapping) byName() {
	for i, f := range m.form.fields {
		r, sure := roleOf(f.label)
		if hinted := hintRole(f.hint); hinted != "" && sure < 3 {
			r, sure = hinted, 2
		}
		if f.meta && r != roleEmail || sure == 0 || !fits(r, f.value) {
			continue
		}
		if f.meta {
			sure = 1
		}
		if sure > m.sure[r] {
			m.taken[r], m.sure[r] = i, sure
		}
	}
	m.numbered()
}

func hintRole(hint string) role {
	hint = strings.ToLower(hint)
	switch {
	case strings.Contains(hint, "email"):
		return roleEmail
	case strings.Contains(hint, "phone"):
		return rolePhone
	case hint == "name":
		return roleName
	case hint == "textarea" || hint == "long_text":
		return roleMessage
	}
	return ""
}

// fits keeps values out of roles that they cannot fill.
func fits(r role, value string) bool {
	switch r {
	case roleEmail:
		return address(value) != ""
	case rolePhone:
		return isPhone(value)
	case roleCountry:
		return len(value) == 2
	case roleLanguage:
		return len(value) <= 10 && languageTag.MatchString(value)
	case roleName, roleFirst, roleLast:
		return len(value) <= 300 && !strings.ContainsAny(value, "\n@") && !isPhone(value)
	case roleCompany:
		return len(value) <= 300 && !strings.Contains(value, "\n")
	case roleNumber, rolePostcode:
		return len(value) <= 50
	}
	return true
}

var (
	languageTag = regexp.MustCompile(`^[A-Za-z]{2,3}([-_][A-Za-z]{2,4})?$`)
	phoneForm   = regexp.MustCompile(`^\(?\+?[0-9][0-9 ()./\x{a0}-]{4,28}(x|ext\.? ?)?[0-9]$`)
	entryForm   = regexp.MustCompile(`^([0-9]+)\.([36])$`)
	numberForm  = regexp.MustCompile(`^[0-9]+(\.[0-9]+)?$`)
)

func isPhone(s string) bool { return phoneForm.MatchString(strings.TrimSpace(s)) }

// address is the mail address that a value is, "" when it is none.
func address(s string) string {
	s = strings.TrimSpace(strings.TrimPrefix(strings.TrimSpace(s), "mailto:"))
	if len(s) > 320 {
		return ""
	}
	a, err := mail.ParseAddress(s)
	if err != nil || len(a.Address) > 254 || strings.ContainsAny(a.Address, " \"") {
		return ""
	}
	return a.Address
}

// numbered reads names in parts that are known by numbers alone: N.3 is a first
// and N.6 a last name.
func (m *mapping) numbered() {
	for i, f := range m.form.fields {
		part := entryForm.FindStringSubmatch(f.label)
		if part == nil {
			continue
		}
		r := map[string]role{"3": roleFirst, "6": roleLast}[part[2]]
		if _, known := m.taken[r]; !known {
			m.taken[r], m.sure[r] = i, 1
		}
	}
}

// byValue looks for what no label asked for, and names what it found.
func (m *mapping) byValue() (guessed []string) {
	for _, one := range []struct {
		role role
		is   func(string) bool
	}{
		{roleEmail, func(v string) bool { return address(v) != "" && !strings.Contains(v, " ") }},
		{rolePhone, func(v string) bool { return isPhone(v) && strings.HasPrefix(strings.TrimSpace(v), "+") }},
	} {
		if _, known := m.taken[one.role]; known {
			continue
		}
		i := slices.IndexFunc(m.form.fields, func(f field) bool { return !f.meta && one.is(f.value) })
		if i < 0 || m.isTaken(i) {
			continue
		}
		m.taken[one.role] = i
		guessed = append(guessed, string(one.role))
	}
	return guessed
}

func (m *mapping) isTaken(i int) bool {
	for _, k := range m.taken {
		if k == i {
			return true
		}
	}
	return false
}

// name joins first and last name; where the last is asked for as "Nom" or
// "Name" beside the first, too.
func (m *mapping) name() string {
	whole, first, last := m.value(roleName), m.value(roleFirst), m.value(roleLast)
	switch {
	case first != "" && last != "":
		if whole != "" {
			m.used[m.taken[roleName]] = false // something else has that name: keep it in the text
		}
		return oneLine(first+" "+last, 200)
	case first != "" && whole != "" && !strings.Contains(strings.ToLower(whole), strings.ToLower(first)):
		return oneLine(first+" "+whole, 200)
	case whole != "":
		return oneLine(whole, 200)
	}
	return oneLine(first+" "+last, 200)
}

// text is the message and, below it, a line for everything that has no place of its own.
func (m *mapping) text() string {
	var b strings.Builder
	b.WriteString(m.value(roleMessage))
	rest := 0
	for i, f := range m.form.fields {
		if m.used[i] || f.meta {
			continue
		}
		if b.Len() > 0 {
			b.WriteByte('\n')
		}
		if rest == 0 && b.Len() > 0 {
			b.WriteByte('\n')
		}
		rest++
		if f.label != "" && !numberForm.MatchString(f.label) {
			b.WriteString(f.label)
			b.WriteString(": ")
		}
		b.WriteString(f.value)
		if b.Len() > maxText {
			break
		}
	}
	return cutAt(b.String(), maxText)
}
