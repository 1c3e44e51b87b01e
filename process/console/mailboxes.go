package console

import (
	"context"
	"slices"
	"strconv"
	"time"

	"github.com/shopspring/decimal"

	"github.com/emne/emne/process"
	"github.com/emne/emne/process/access"
)

// Mailboxes tells of the configured mailboxes, and lets people sign in to them.
type Mailboxes interface {
	// Mailboxes lists the folders that are read; it answers at once.
	Mailboxes(ctx context.Context) []Mailbox
	// SignIn begins a sign-in of one browser's session and gives the provider's
	// page; the browser comes back to /mailboxes/signed-in.
	SignIn(ctx context.Context, mailbox, session string) (page string, err error)
	// SignedIn ends it with what the browser brought: a code, or a refusal.
	SignedIn(ctx context.Context, session, state, code, refusal string) error
	// Wake makes a user's own mailboxes look at once whether they may be read.
	Wake(user string)
	// Address is the company's address that is extended for blind copies, ""
	// when there is none.
	Address() string
}

// Mailbox is a folder that is read, and how it does.
type Mailbox struct {
	// Name is the mailbox's, Folder that of a further folder.
	Name, Folder, Address string
	// User is whose own mailbox it is, empty for the company's.
	User string
	// State is ok, starting, failing or off; Reason the key of what is wrong,
	// Detail the same in English.
	State, Reason, Detail string
	LastSuccess           time.Time
	Lag                   time.Duration
	// Done of Total mails of the first contact are through, at Rate a second.
	Done, Total int64
	Rate        float64
	// SignsIn says that a person signs in to it.
	SignsIn bool
	// Expires is what ends soon, as client_secret or sign_in, empty for nothing.
	Expires   string
	ExpiresAt time.Time
}

type mailboxesPage struct {
	frame
	Rows []mailboxRow
	// Provider is the page to go on to, of the mailbox In.
	Provider, In string
	Problem      string
	// Bcc is the user's address for blind copies.
	Bcc string
	// Own says that the user has a mailbox of the own; Open since when it is read.
	Own            bool
	Open           string
	NoPlus, Person bool
}

type mailboxRow struct {
	Name, Address, Whose, Seen, Lag, Progress string
	State                                     badge
	Problem, Detail, Expires                  string
	SignIn                                    string
}

// mailboxes shows how the mailboxes do, and what the user decides about the own.
func (v *visit) mailboxes() error {
	if !v.may(process.MayRead) {
		return process.Forbidden("the role %q does not allow this (%s)", v.actor.Role, process.MayRead)
	}
	return v.mailboxesPage(200, mailboxesPage{})
}

func (v *visit) mailboxesPage(status int, p mailboxesPage) error {
	p.frame = v.frame(v.t("nav.mailboxes"))
	ms := v.c.o.Mailboxes
	for _, m := range ms.Mailboxes(v.ctx()) {
		mine := v.user != nil && m.User != "" && m.User == v.user.Email
		if m.User != "" && !mine && !v.may(process.MayManage) {
			continue
		}
		p.Own = p.Own || mine
		if mine {
			m.follow(v.user.OwnMailSince != nil)
		}
		r := mailboxRow{Name: m.Name, Address: m.Address, Whose: m.User, State: badge{Text: v.t("mailbox.state." + m.State), Tone: mailboxTones[m.State]}}
		if m.Folder != "" {
			r.Name += " / " + m.Folder
		}
		if !m.LastSuccess.IsZero() {
			r.Seen = v.moment(m.LastSuccess)
		}
		if m.Lag > 0 {
			r.Lag = v.lag(m.Lag)
		}
		if m.Done < m.Total {
			r.Progress = v.t("mailbox.progress", "done", strconv.FormatInt(m.Done, 10), "total", strconv.FormatInt(m.Total, 10), "rate", strconv.FormatFloat(m.Rate, 'f', 0, 64))
		}
		if r.Detail = m.Detail; slices.Contains(mailboxReasons, m.Reason) {
			r.Problem = v.t("mailbox.reason." + m.Reason)
		}
		if slices.Contains(mailboxExpiries, m.Expires) {
			r.Expires = v.t("mailbox.expires."+m.Expires, "date", v.date(process.DateOf(m.ExpiresAt, v.zone)))
		}
		if m.SignsIn && m.Folder == "" && (mine || v.may(process.MayManage)) {
			r.SignIn = "/mailboxes/" + m.Name + "/signin"
		}
		p.Rows = append(p.Rows, r)
	}
	if p.Person = v.user != nil; p.Person {
		p.NoPlus = !v.settings.Mail.PlusAddresses
		p.Bcc = v.s.BccAddress(ms.Address(), v.user.ID)
		if since := v.user.OwnMailSince; since != nil {
			p.Open = v.date(process.DateOf(*since, v.zone))
		}
	}
	return v.page(status, "mailboxes.html", p)
}

// follow shows what the user has just decided, which the mailbox itself learns a
// moment later.
func (m *Mailbox) follow(open bool) {
	switch {
	case open && m.State == "off":
		m.State, m.Reason, m.Detail = "starting", "", ""
	case !open && m.State != "off":
		m.State, m.Reason, m.Detail = "off", "closed", ""
	}
}

// lag words how late the last mail was: in tenths of seconds, minutes or hours.
func (v *visit) lag(d time.Duration) string {
	key, unit := "mailbox.lag", time.Second
	switch {
	case d >= 2*time.Hour:
		key, unit = "mailbox.lag_hours", time.Hour
	case d >= 2*time.Minute:
		key, unit = "mailbox.lag_minutes", time.Minute
	}
	return v.t(key, "n", v.number(decimal.NewFromFloat(d.Seconds()/unit.Seconds()).Round(1)))
}

var mailboxTones = map[string]string{"ok": "good", "starting": "", "failing": "bad", "off": "warn"}

// What may be wrong with a mailbox, and what of its sign-in may end, in the
// keys of those who read it.
var (
	mailboxReasons = []string{"host_unknown", "unreachable", "silent", "no_tls", "no_starttls", "certificate", "password", "sign_in", "folder",
		"move_to", "no_move", "no_keyword", "no_uidvalidity", "refused", "broken", "store", "closed"}
	mailboxExpiries = []string{"client_secret", "sign_in"}
)

// mayBegin reports whether the visitor may sign in to a mailbox: a manager to
// each, a user to the own.
func (v *visit) mayBegin(name string) error {
	for _, m := range v.c.o.Mailboxes.Mailboxes(v.ctx()) {
		if m.Name == name && (v.may(process.MayManage) || v.user != nil && m.User != "" && m.User == v.user.Email) {
			return nil
		}
	}
	return process.NotFound("mailbox", name)
}

// signInMailbox begins a sign-in. The way to the provider is a link: a form may
// send a browser to no other site.
func (v *visit) signInMailbox() error {
	name := v.r.PathValue("name")
	if err := v.mayBegin(name); err != nil {
		return err
	}
	page, err := v.c.o.Mailboxes.SignIn(v.ctx(), name, access.SessionSecret(v.r))
	if err != nil {
		return v.mailboxesPage(409, mailboxesPage{Problem: v.t("mailbox.sign_in_failed", "why", err.Error())})
	}
	return v.mailboxesPage(200, mailboxesPage{Provider: page, In: name})
}

// signedInMailbox takes the browser back from the provider.
func (v *visit) signedInMailbox() error {
	q := v.r.URL.Query()
	if err := v.c.o.Mailboxes.SignedIn(v.ctx(), access.SessionSecret(v.r), q.Get("state"), q.Get("code"), q.Get("error")); err != nil {
		return v.mailboxesPage(409, mailboxesPage{Problem: v.t("mailbox.sign_in_failed", "why", err.Error())})
	}
	return v.mailboxDone("mailbox_signed_in")
}

// openMailbox and closeMailbox are the user's own decision.
func (v *visit) openMailbox() error {
	_, err := v.s.OpenOwnMail(v.ctx(), v.actor, v.actor.ID, process.Date(v.r.PostFormValue("from")))
	if e := refusal(err); e != nil && e.Code == process.CodeInvalid {
		problem := v.say(e)
		for _, p := range e.Problems {
			problem += " " + v.problem(p)
		}
		return v.mailboxesPage(access.Status(e.Code), mailboxesPage{Problem: problem})
	}
	return v.ownMailChanged(err, "own_mail_opened")
}

func (v *visit) closeMailbox() error {
	_, err := v.s.CloseOwnMail(v.ctx(), v.actor, v.actor.ID)
	return v.ownMailChanged(err, "own_mail_closed")
}

func (v *visit) ownMailChanged(err error, done string) error {
	if err != nil {
		return err
	}
	if v.user != nil {
		v.c.o.Mailboxes.Wake(v.user.Email)
	}
	return v.mailboxDone(done)
}

func (v *visit) mailboxDone(done string) error {
	v.redirect("/mailboxes?done=" + done)
	return nil
}
