package console

import (
	"net/http"
	"time"

	"github.com/emne/emne/process"
	"github.com/emne/emne/process/access"
	"github.com/emne/emne/templates"
)

type signInForm struct {
	frame
	To    string
	Email string
	Error string
}

func (v *visit) signInPage() error {
	return v.showSignIn(http.StatusOK, signInForm{To: local(v.r.URL.Query().Get("to"))})
}

func (v *visit) showSignIn(status int, p signInForm) error {
	if v.c.o.Sessions == nil {
		v.redirect("/")
		return nil
	}
	p.frame = v.frame(v.t("signin.title"))
	return v.page(status, "signin.html", p)
}

func (v *visit) signIn() error {
	if v.c.o.Sessions == nil {
		return process.NotFound("page", "/signin")
	}
	in, err := v.sent("")
	if err != nil {
		return err
	}
	to, email := local(in.sent.Get("to")), in.sent.Get("email")
	secret, _, err := v.c.o.Sessions.SignIn(v.ctx(), email, in.sent.Get("password"), v.c.o.Site.Address(v.r), v.r.UserAgent())
	if err != nil {
		e := refusal(err)
		if e == nil {
			return err
		}
		if e.Code == process.CodeRateLimited {
			v.w.Header().Set("Retry-After", "60")
		}
		return v.showSignIn(access.Status(e.Code), signInForm{To: to, Email: email, Error: v.say(e)})
	}
	access.SetSession(v.w, v.r, secret)
	v.redirect(to)
	return nil
}

func (v *visit) signOut() error {
	if secret := access.SessionSecret(v.r); secret != "" && v.c.o.Sessions != nil {
		if err := v.c.o.Sessions.SignOut(v.ctx(), secret); err != nil {
			return err
		}
		access.SetSession(v.w, v.r, "")
	}
	v.redirect("/signin")
	return nil
}

// switchLanguage keeps a choice for this browser; the user's own is the default.
func (v *visit) switchLanguage() error {
	in, err := v.sent("")
	if err != nil {
		return err
	}
	http.SetCookie(v.w, &http.Cookie{Name: languageCookie, Value: v.c.o.Templates.Labels(templates.Pages, in.sent.Get("language")).Language(), Path: "/",
		HttpOnly: true, SameSite: http.SameSiteLaxMode, MaxAge: int((365 * 24 * time.Hour).Seconds())})
	v.redirect(local(in.sent.Get("to")))
	return nil
}
