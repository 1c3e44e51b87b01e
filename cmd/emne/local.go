package main

import (
	"encoding/json"
	"io"
	"net/http"
	"sync"
	"time"

	"github.com/emne/emne/intake/message"
	"github.com/emne/emne/process"
	"github.com/emne/emne/process/access"
	"github.com/emne/emne/process/api"
)

// localHandler is what the command line reaches over the socket in the data
// folder, or in its own process when no server runs: the API, and what only
// the installation's administrator does. Whoever may open the folder owns it.
//
// It is put together at the first request: most servers never get one.
func (h *house) localHandler() http.Handler {
	handler := sync.OnceValue(h.wireLocal)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { handler().ServeHTTP(w, r) })
}

func (h *house) wireLocal() http.Handler {
	mux := http.NewServeMux()
	mux.Handle("/api/", api.New(api.Options{Service: h.service, Authenticate: localOwner{}, Version: version, Logger: h.log, Sources: h.sources}))
	answer := func(pattern string, f func(*http.Request) (any, error)) {
		mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
			v, err := f(r)
			w.Header().Set("Content-Type", "application/json")
			if err != nil {
				w.WriteHeader(localStatus(err))
				v = localProblem{process.CodeOf(err), err.Error()}
			}
			// Nobody is left to tell when the command line has gone.
			_ = json.NewEncoder(w).Encode(v)
		})
	}
	answer("POST /local/users", h.addUser)
	answer("POST /local/users/{email}/password", h.setPassword)
	answer("POST /local/users/{email}/disable", h.disableUser)
	answer("POST /local/users/{email}/own-mail", h.changeOwnMail)
	answer("GET /local/users/{email}/bcc", h.bccAddress)
	answer("POST /local/tokens", h.addToken)
	answer("GET /local/tokens", func(r *http.Request) (any, error) {
		return h.access.Tokens(r.Context(), administrator())
	})
	answer("POST /local/tokens/{id}/revoke", func(r *http.Request) (any, error) {
		return h.access.RevokeToken(r.Context(), administrator(), r.PathValue("id"))
	})
	answer("POST /local/mails", h.importMail)
	mux.HandleFunc("GET "+sealedPath+"{name}", h.getSealed)
	mux.HandleFunc("PUT "+sealedPath+"{name}", h.putSealed)
	return mux
}

// localProblem is a refusal in the form that client.go reads back.
type localProblem struct {
	Code   process.Code `json:"code"`
	Detail string       `json:"detail"`
}

func localStatus(err error) int {
	if process.CodeOf(err) == process.CodeInternal {
		return http.StatusInternalServerError
	}
	return http.StatusUnprocessableEntity
}

// maxLocal bounds what the command line sends at once.
const maxLocal = message.MaxSize + 1<<20

func readBody(r *http.Request, into any) error {
	body, err := io.ReadAll(io.LimitReader(r.Body, maxLocal))
	if err != nil {
		return err
	}
	return process.Decode(body, into)
}

// newUser is access.NewUser on the wire.
type newUser struct {
	Email    string       `json:"email"`
	Name     string       `json:"name"`
	Role     process.Role `json:"role"`
	Language string       `json:"language"`
	Password string       `json:"password"`
}

func (h *house) addUser(r *http.Request) (any, error) {
	var u newUser
	if err := readBody(r, &u); err != nil {
		return nil, err
	}
	return h.access.CreateUser(r.Context(), administrator(), access.NewUser{Email: u.Email, Name: u.Name, Role: u.Role, Language: u.Language, Password: u.Password})
}

func (h *house) setPassword(r *http.Request) (any, error) {
	var in struct {
		Password string `json:"password"`
	}
	if err := readBody(r, &in); err != nil {
		return nil, err
	}
	u, err := h.access.UserByEmail(r.Context(), administrator(), r.PathValue("email"))
	if err != nil {
		return nil, err
	}
	return u, h.access.SetPassword(r.Context(), administrator(), u.ID, in.Password)
}

func (h *house) disableUser(r *http.Request) (any, error) {
	u, err := h.access.UserByEmail(r.Context(), administrator(), r.PathValue("email"))
	if err != nil {
		return nil, err
	}
	return h.access.DisableUser(r.Context(), administrator(), u.ID)
}

// ownMail is what a user decides about the own mailbox.
type ownMail struct {
	Open bool         `json:"open"`
	From process.Date `json:"from,omitempty"`
}

func (h *house) changeOwnMail(r *http.Request) (any, error) {
	var in ownMail
	if err := readBody(r, &in); err != nil {
		return nil, err
	}
	u, err := h.access.UserByEmail(r.Context(), administrator(), r.PathValue("email"))
	if err != nil {
		return nil, err
	}
	change := func() (*process.Outcome, error) { return h.service.CloseOwnMail(r.Context(), administrator(), u.ID) }
	if in.Open {
		change = func() (*process.Outcome, error) {
			return h.service.OpenOwnMail(r.Context(), administrator(), u.ID, in.From)
		}
	}
	out, err := change()
	if err != nil {
		return nil, err
	}
	if h.wake != nil {
		h.wake(u.Email)
	}
	return out.Record, nil
}

// bcc is a user's address for blind copies.
type bcc struct {
	Address string `json:"address"`
}

func (h *house) bccAddress(r *http.Request) (any, error) {
	u, err := h.access.UserByEmail(r.Context(), administrator(), r.PathValue("email"))
	if err != nil {
		return nil, err
	}
	address := h.service.BccAddress(companyAddress(accounts(h.cfg.Mailboxes, nil), h.cfg.Submission.From), u.ID)
	if address == "" {
		return nil, process.Conflict("bcc.none", "no mailbox of the company could take blind copies")
	}
	return bcc{address}, nil
}

// newToken is a token to make, and made is the answer: its secret, this once.
type newToken struct {
	Name string       `json:"name"`
	Role process.Role `json:"role"`
	Days int          `json:"days"`
}

type madeToken struct {
	Secret string `json:"secret"`
}

func (h *house) addToken(r *http.Request) (any, error) {
	var in newToken
	if err := readBody(r, &in); err != nil {
		return nil, err
	}
	var expiry *time.Time
	if in.Days > 0 {
		at := h.clock().AddDate(0, 0, in.Days)
		expiry = &at
	}
	secret, _, err := h.access.CreateToken(r.Context(), administrator(), in.Name, in.Role, expiry)
	return madeToken{secret}, err
}

// importMail records a mail's bytes as if they had come in by a mailbox.
func (h *house) importMail(r *http.Request) (any, error) {
	if r.ContentLength < 0 {
		return nil, process.Invalid("mail.length", "the mail's length is missing")
	}
	mail, done, err := h.readMail(r.Body, min(r.ContentLength, message.MaxSize+1), process.MailboxUID{}, h.clock())
	if err != nil {
		return nil, err
	}
	defer done()
	return h.service.ReceiveMail(r.Context(), administrator(), mail)
}

// administrator is who works on the installation's own machine.
func administrator() process.Actor {
	return process.Actor{Kind: process.ActorSystem, Name: "administrator", Channel: "cli"}
}
