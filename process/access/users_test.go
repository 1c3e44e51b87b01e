package access

import (
	"strings"
	"testing"

	"github.com/emne/emne/process"
)

func TestCreateUser(t *testing.T) {
	h := newHouse(t)
	u := h.user("  Kari@Firma.Example ", process.RoleOwner)
	if u.Email != "kari@firma.example" || u.State != StateActive || u.Language != "nb" {
		t.Errorf("the user is %+v", u)
	}
	if !strings.HasPrefix(u.PasswordHash, "$argon2id$v=19$m=64,t=1,p=1$") {
		t.Errorf("the password's hash is %q", u.PasswordHash)
	}
	if got := h.history(u.ID); got != "user.created" {
		t.Errorf("the timeline has %q", got)
	}
	found, err := h.UserByEmail(t.Context(), process.System(), "KARI@firma.example")
	if err != nil || found.ID != u.ID {
		t.Errorf("find the user: %v, %v", found, err)
	}
	_, err = h.UserByEmail(t.Context(), process.System(), "ola@firma.example")
	refused(t, "an unknown address", err, process.CodeNotFound, "")

	good := NewUser{Email: "ola@firma.example", Name: "Ola", Role: process.RoleSales, Password: password}
	for _, c := range []struct {
		name   string
		by     process.Actor
		change func(*NewUser)
		code   process.Code
		reason string
	}{
		{"no address", process.System(), func(n *NewUser) { n.Email = "" }, process.CodeInvalid, "user.invalid"},
		{"an address with a name", process.System(), func(n *NewUser) { n.Email = "Ola <ola@firma.example>" }, process.CodeInvalid, "user.invalid"},
		{"no name", process.System(), func(n *NewUser) { n.Name = " " }, process.CodeInvalid, "user.invalid"},
		{"no such role", process.System(), func(n *NewUser) { n.Role = "king" }, process.CodeInvalid, "user.invalid"},
		{"no such language", process.System(), func(n *NewUser) { n.Language = "sv" }, process.CodeInvalid, "user.invalid"},
		{"a short password", process.System(), func(n *NewUser) { n.Password = "ni tegn.." }, process.CodeInvalid, "password.invalid"},
		{"a long password", process.System(), func(n *NewUser) { n.Password = strings.Repeat("x", 257) }, process.CodeInvalid, "password.invalid"},
		{"a password that is no text", process.System(), func(n *NewUser) { n.Password = "\xff\xfe binary bytes" }, process.CodeInvalid, "password.invalid"},
		{"a taken address", process.System(), func(n *NewUser) { n.Email = "KARI@firma.example" }, process.CodeConflict, "user.email_taken"},
		{"by sales", actor(process.RoleSales), func(*NewUser) {}, process.CodeForbidden, ""},
		{"by a rule", process.Actor{Kind: process.ActorRule}, func(*NewUser) {}, process.CodeForbidden, ""},
		{"by nobody", process.Actor{}, func(*NewUser) {}, process.CodeUnauthorized, ""},
	} {
		n := good
		c.change(&n)
		_, err := h.CreateUser(t.Context(), c.by, n)
		refused(t, c.name, err, c.code, c.reason)
	}
	if _, err := h.CreateUser(t.Context(), actor(process.RoleOwner), good); err != nil {
		t.Errorf("by an owner: %v", err)
	}
	users, err := h.Users(t.Context(), process.System())
	if err != nil || len(users) != 2 || users[0].Email != good.Email {
		t.Errorf("the users are %v (%v), want ola and kari", users, err)
	}
}

func TestPasswordsAndSessions(t *testing.T) {
	h := newHouse(t)
	u := h.user("kari@firma.example", process.RoleOwner)
	one, two := h.signIn(u.Email), h.signIn(u.Email)

	if err := h.SetPassword(t.Context(), process.System(), u.ID, "noe helt annet"); err != nil {
		t.Fatalf("set the password: %v", err)
	}
	for _, secret := range []string{one, two} {
		_, _, err := h.SessionActor(t.Context(), secret)
		refused(t, "a session from before the new password", err, process.CodeUnauthorized, "session.over")
	}
	_, _, err := h.SignIn(t.Context(), u.Email, password, "192.0.2.1", "")
	refused(t, "the old password", err, process.CodeUnauthorized, "signin.refused")

	self := actorOf(u)
	refused(t, "change it without the present one", h.ChangePassword(t.Context(), self, password, "enda et annet"), process.CodeUnauthorized, "signin.refused")
	refused(t, "change it to a short one", h.ChangePassword(t.Context(), self, "noe helt annet", "kort"), process.CodeInvalid, "password.invalid")
	refused(t, "a token's password", h.ChangePassword(t.Context(), process.Actor{Kind: process.ActorToken}, "a", "b"), process.CodeForbidden, "")
	if err := h.ChangePassword(t.Context(), self, "noe helt annet", password); err != nil {
		t.Fatalf("change the password: %v", err)
	}
	h.signIn(u.Email)
	refused(t, "a reader sets a password", h.SetPassword(t.Context(), actor(process.RoleReader), u.ID, password), process.CodeForbidden, "")
	refused(t, "of nobody", h.SetPassword(t.Context(), process.System(), "nobody", password), process.CodeNotFound, "")
	if got := h.history(u.ID); got != "user.created user.password_changed user.password_changed" {
		t.Errorf("the timeline has %q", got)
	}
}

func TestDisableAndRoles(t *testing.T) {
	h := newHouse(t)
	owner := h.user("kari@firma.example", process.RoleOwner)
	sales := h.user("ola@firma.example", process.RoleSales)
	secret := h.signIn(sales.Email)

	_, err := h.DisableUser(t.Context(), process.System(), owner.ID)
	refused(t, "disable the last owner", err, process.CodeConflict, "user.last_owner")
	_, err = h.SetRole(t.Context(), process.System(), owner.ID, process.RoleReader)
	refused(t, "the last owner becomes a reader", err, process.CodeConflict, "user.last_owner")
	_, err = h.SetRole(t.Context(), process.System(), owner.ID, "king")
	refused(t, "a role that is none", err, process.CodeInvalid, "role.unknown")
	_, err = h.DisableUser(t.Context(), actor(process.RoleAccounting), sales.ID)
	refused(t, "disabled by accounting", err, process.CodeForbidden, "")

	for range 2 { // the second time changes nothing
		if u, err := h.DisableUser(t.Context(), actorOf(owner), sales.ID); err != nil || u.State != StateDisabled {
			t.Fatalf("disable: %+v, %v", u, err)
		}
	}
	_, _, err = h.SessionActor(t.Context(), secret)
	refused(t, "a disabled user's session", err, process.CodeUnauthorized, "session.over")
	_, _, err = h.SignIn(t.Context(), sales.Email, password, "192.0.2.1", "")
	refused(t, "a disabled user signs in", err, process.CodeUnauthorized, "signin.refused")

	if _, err := h.EnableUser(t.Context(), process.System(), sales.ID); err != nil {
		t.Fatalf("enable: %v", err)
	}
	if _, err := h.SetRole(t.Context(), process.System(), sales.ID, process.RoleOwner); err != nil {
		t.Fatalf("make an owner: %v", err)
	}
	if _, err := h.DisableUser(t.Context(), process.System(), owner.ID); err != nil {
		t.Errorf("disable an owner when there is another: %v", err)
	}
	if got := h.history(sales.ID); got != "user.created user.disabled user.enabled user.role_changed" {
		t.Errorf("the timeline has %q", got)
	}
}
