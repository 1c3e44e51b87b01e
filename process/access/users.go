package access

import (
	"context"
	"fmt"
	"net/mail"
	"strings"

	"github.com/emne/emne/process"
)

// The states of users and tokens.
const (
	StateActive   = "active"
	StateDisabled = "disabled"
	StateRevoked  = "revoked"
)

// NewUser is what a user begins with.
type NewUser struct {
	Email    string       `json:"email"`
	Name     string       `json:"name"`
	Role     process.Role `json:"role"`
	Language string       `json:"language,omitempty"` // nb or en; the company's when empty
	Password string       `json:"password"`
}

// CreateUser adds a user; CodeConflict when the address has one.
func (a *Access) CreateUser(ctx context.Context, by process.Actor, n NewUser) (*process.User, error) {
	if err := manages(by); err != nil {
		return nil, err
	}
	n.Email, n.Name = normalEmail(n.Email), strings.TrimSpace(n.Name)
	if problems := n.problems(); len(problems) > 0 {
		return nil, process.Invalid("user.invalid", "the user cannot be added like this", problems...)
	}
	hash, err := a.newHash(ctx, n.Password)
	if err != nil {
		return nil, err
	}
	var user *process.User
	err = a.store.InTx(ctx, func(tx process.Tx) error {
		taken, err := one(tx.Users(), "email", n.Email)
		if err != nil {
			return err
		}
		if taken != nil {
			return process.Conflict("user.email_taken", "there is a user with the address %s already: change that one, or take another address", n.Email)
		}
		language := n.Language
		if language == "" {
			settings, _, err := tx.Settings()
			if err != nil {
				return err
			}
			language = settings.Language
		}
		user = &process.User{Record: a.record(), State: StateActive, Email: n.Email, Name: n.Name, Role: n.Role, Language: language, PasswordHash: hash}
		if err := tx.Users().Insert(user); err != nil {
			return err
		}
		return a.note(tx, by, process.Activity{
			Type: "user.created", About: ref(user), To: StateActive,
			Data: map[string]string{"email": n.Email, "name": n.Name, "role": string(n.Role)},
		})
	})
	if err != nil {
		return nil, fmt.Errorf("add the user: %w", err)
	}
	return user, nil
}

func (n NewUser) problems() []process.Problem {
	var ps []process.Problem
	if address, err := mail.ParseAddress(n.Email); err != nil || address.Address != n.Email || len(n.Email) > 254 {
		ps = append(ps, process.Problem{Field: "email", Reason: "user.email", Message: "a user has one e-mail address, such as kari@firm.example"})
	}
	if n.Name == "" || len(n.Name) > 200 {
		ps = append(ps, process.Problem{Field: "name", Reason: "user.name", Message: "a user has a name of at most 200 bytes"})
	}
	if n.Language != "" && n.Language != "nb" && n.Language != "en" {
		ps = append(ps, process.Problem{Field: "language", Reason: "user.language", Message: "the language is nb or en"})
	}
	if !knownRole(n.Role) {
		ps = append(ps, roleProblem)
	}
	return ps
}

var roleProblem = process.Problem{Field: "role", Reason: "role.unknown", Message: "the role is owner, sales, accounting or reader"}

func knownRole(r process.Role) bool {
	switch r {
	case process.RoleOwner, process.RoleSales, process.RoleAccounting, process.RoleReader:
		return true
	}
	return false
}

// Users lists all users, newest first.
func (a *Access) Users(ctx context.Context, by process.Actor) ([]process.User, error) {
	if err := manages(by); err != nil {
		return nil, err
	}
	var users []process.User
	err := a.store.View(ctx, func(tx process.Tx) error {
		users = nil
		return each(tx.Users(), process.Filter{}, func(u *process.User) error {
			users = append(users, *u)
			return nil
		})
	})
	if err != nil {
		return nil, fmt.Errorf("list the users: %w", err)
	}
	return users, nil
}

// UserByEmail finds a user; CodeNotFound when there is none.
func (a *Access) UserByEmail(ctx context.Context, by process.Actor, email string) (*process.User, error) {
	if err := manages(by); err != nil {
		return nil, err
	}
	user, err := a.byEmail(ctx, email)
	if err == nil && user == nil {
		return nil, process.NotFound(process.TypeUser, email)
	}
	return user, err
}

// byEmail gives nil when there is none.
func (a *Access) byEmail(ctx context.Context, email string) (user *process.User, err error) {
	err = a.store.View(ctx, func(tx process.Tx) error {
		user, err = one(tx.Users(), "email", normalEmail(email))
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("find the user: %w", err)
	}
	return user, nil
}

// SetPassword gives a user a new password and ends the user's sessions.
func (a *Access) SetPassword(ctx context.Context, by process.Actor, id, password string) error {
	if err := manages(by); err != nil {
		return err
	}
	return a.setPassword(ctx, by, id, password, nil)
}

// ChangePassword is a user's own; it asks for the present password, counts as
// an attempt to sign in, and ends the user's sessions, this one too.
func (a *Access) ChangePassword(ctx context.Context, by process.Actor, present, password string) error {
	if by.Kind != process.ActorUser {
		return process.Forbidden("only a user has a password to change")
	}
	var email string
	err := a.store.View(ctx, func(tx process.Tx) error {
		user, err := tx.Users().Get(by.ID)
		if err == nil {
			email = user.Email
		}
		return err
	})
	if err != nil {
		return fmt.Errorf("change the password: %w", err)
	}
	user, _, err := a.authenticate(ctx, email, present, by.Address)
	if err != nil {
		return err
	}
	return a.setPassword(ctx, by, user.ID, password, user)
}

// setPassword writes the hash; expected, when given, is the user as it was when
// the present password was checked.
func (a *Access) setPassword(ctx context.Context, by process.Actor, id, password string, expected *process.User) error {
	hash, err := a.newHash(ctx, password)
	if err != nil {
		return err
	}
	err = a.store.InTx(ctx, func(tx process.Tx) error {
		user, err := tx.Users().Get(id)
		if err != nil {
			return err
		}
		if expected != nil && (user.PasswordHash != expected.PasswordHash || user.State != StateActive) {
			return process.Stale(process.TypeUser, id)
		}
		user.PasswordHash, user.UpdatedAt = hash, a.now()
		if err := tx.Users().Update(user); err != nil {
			return err
		}
		if err := endSessions(tx, id); err != nil {
			return err
		}
		return a.note(tx, by, process.Activity{Type: "user.password_changed", About: ref(user)})
	})
	if err != nil {
		return fmt.Errorf("change the password: %w", err)
	}
	return nil
}

// SetRole gives a user another role. The last active owner keeps theirs.
func (a *Access) SetRole(ctx context.Context, by process.Actor, id string, role process.Role) (*process.User, error) {
	if !knownRole(role) {
		return nil, process.Invalid("role.unknown", "there is no such role", roleProblem)
	}
	return a.changeUser(ctx, by, id, func(user *process.User) process.Activity {
		act := process.Activity{Type: "user.role_changed", From: string(user.Role), To: string(role)}
		user.Role = role
		return act
	})
}

// DisableUser shuts a user out and ends the user's sessions. The last active
// owner stays.
func (a *Access) DisableUser(ctx context.Context, by process.Actor, id string) (*process.User, error) {
	return a.changeUser(ctx, by, id, func(user *process.User) process.Activity {
		act := process.Activity{Type: "user.disabled", From: user.State, To: StateDisabled}
		user.State = StateDisabled
		return act
	})
}

// EnableUser lets a disabled user in again.
func (a *Access) EnableUser(ctx context.Context, by process.Actor, id string) (*process.User, error) {
	return a.changeUser(ctx, by, id, func(user *process.User) process.Activity {
		act := process.Activity{Type: "user.enabled", From: user.State, To: StateActive}
		user.State = StateActive
		return act
	})
}

// changeUser applies a change; when it changes nothing, nothing is written.
func (a *Access) changeUser(ctx context.Context, by process.Actor, id string, change func(*process.User) process.Activity) (*process.User, error) {
	if err := manages(by); err != nil {
		return nil, err
	}
	var user *process.User
	err := a.store.InTx(ctx, func(tx process.Tx) (err error) {
		if user, err = tx.Users().Get(id); err != nil {
			return err
		}
		before := *user
		act := change(user)
		if *user == before {
			return nil
		}
		if isOwner(before) && !isOwner(*user) {
			if err := anotherOwner(tx, id); err != nil {
				return err
			}
		}
		user.UpdatedAt = a.now()
		if err := tx.Users().Update(user); err != nil {
			return err
		}
		if user.State != StateActive {
			if err := endSessions(tx, id); err != nil {
				return err
			}
		}
		act.About = ref(user)
		return a.note(tx, by, act)
	})
	if err != nil {
		return nil, fmt.Errorf("change the user: %w", err)
	}
	return user, nil
}

func isOwner(u process.User) bool { return u.State == StateActive && u.Role == process.RoleOwner }

// anotherOwner refuses when the user is the only active owner. The owners are
// read under lock, so that two owners cannot disable each other.
func anotherOwner(tx process.Tx, id string) error {
	others := 0
	err := each(tx.Users(), process.Filter{State: StateActive}, func(u *process.User) error {
		if u.ID == id || !isOwner(*u) {
			return nil
		}
		locked, err := tx.Users().Get(u.ID)
		if err == nil && isOwner(*locked) {
			others++
		}
		return err
	})
	if err == nil && others == 0 {
		return process.Conflict("user.last_owner", "this is the only owner: make somebody else an owner first")
	}
	return err
}

func ref(u *process.User) process.Ref { return process.Ref{Type: process.TypeUser, ID: u.ID} }

func normalEmail(s string) string { return strings.ToLower(strings.TrimSpace(s)) }
