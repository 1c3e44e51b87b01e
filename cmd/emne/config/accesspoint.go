package config

import "time"

// AccessPoint is where e-invoices go, by a folder or by an HTTPS address. It may
// be left out: see Configured.
type AccessPoint struct {
	// Folder is one that the access point's program reads.
	Folder string `yaml:"folder"`
	// URL is the address that each e-invoice is posted to.
	URL string `yaml:"url"`
	// Token authenticates as a Bearer token (RFC 6750); set whether it came
	// inline or from TokenFile.
	Token     Secret `yaml:"token"`
	TokenFile string `yaml:"token_file"`
	// Username and Password authenticate instead of a token (RFC 7617).
	Username     string `yaml:"username"`
	Password     Secret `yaml:"password"`
	PasswordFile string `yaml:"password_file"`
	// CAFile is a PEM file of the authorities to trust instead of the system's.
	CAFile string `yaml:"ca_file"`
	// Timeout bounds one attempt.
	Timeout time.Duration `yaml:"timeout"`
}

// Configured reports whether e-invoices can be sent at all.
func (a AccessPoint) Configured() bool { return a.Folder != "" || a.URL != "" }

func (r *reader) checkAccessPoint(a *AccessPoint) {
	if !r.given("access_point") {
		return
	}
	const at = "access_point."
	r.wantFolder(at+"folder", &a.Folder, false)
	r.secret(at+"token", &a.Token, &a.TokenFile)
	r.secret(at+"password", &a.Password, &a.PasswordFile)
	r.certificates(at+"ca_file", &a.CAFile)
	hasToken := a.Token.IsSet() || r.given(at+"token_file")
	hasPassword := a.Password.IsSet() || r.given(at+"password_file") || r.bad[at+"password"]
	switch {
	case a.Folder == "" && a.URL == "":
		r.require(at+"folder", false, "the folder that the access point reads, or url")
	case a.Folder != "" && a.URL != "":
		r.problem(at+"url", "keep one of them", "e-invoices go to a folder or to an address, not to both")
	case a.URL != "":
		r.webURL(at+"url", a.URL, true)
	}
	switch {
	case hasToken && (a.Username != "" || hasPassword):
		r.problem(at+"username", "keep one of them", "the access point is told a token or a name with a password, not both")
	case a.Username != "":
		r.require(at+"password", hasPassword, "give password_file, or password: ${NAME} for an environment variable")
	case hasPassword:
		r.require(at+"username", false, "the name that the password belongs to")
	}
	if a.Timeout < time.Second || a.Timeout > 4*time.Minute {
		r.problem(at+"timeout", "", "%s is not between 1s and 4m", a.Timeout)
	}
}
