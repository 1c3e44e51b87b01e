package main

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/url"

	"github.com/emne/emne/cmd/emne/config"
	"github.com/emne/emne/intake/mailbox/oauth"
	"github.com/emne/emne/process"
)

// signIns makes a source of tokens for each mailbox that signs in by OAuth2.
func signIns(boxes map[string]config.Mailbox, vault oauth.Vault, key []byte) (map[string]*oauth.Source, error) {
	sources := map[string]*oauth.Source{}
	for name, m := range boxes {
		if !m.OAuth.Configured() {
			continue
		}
		o := m.OAuth
		source, err := oauth.New(oauth.Options{Vault: vault, Key: key, Settings: oauth.Settings{
			Account: name, Username: m.Username, Provider: string(o.Provider), ClientID: o.ClientID, ClientSecret: o.ClientSecret.Reveal(),
			Tenant: o.Tenant, Scopes: o.Scopes, AuthURL: o.AuthURL, TokenURL: o.TokenURL, DeviceURL: o.DeviceURL, Flow: string(o.Flow),
			SecretExpires: o.SecretExpires(), UnusedDays: o.UnusedDays}})
		if err != nil {
			return nil, usageError{err}
		}
		sources[name] = source
	}
	return sources, nil
}

// signIns are those of an installation for the command line. Tokens are kept
// through the server when one runs. done ends their use.
func (p *place) signIns(ctx context.Context, cfg *config.Config) (sources map[string]*oauth.Source, done func(), err error) {
	none := true
	for _, m := range cfg.Mailboxes {
		none = none && !m.OAuth.Configured()
	}
	if none {
		return nil, func() {}, nil
	}
	c, err := p.client(ctx)
	if err != nil {
		return nil, nil, err
	}
	key, err := readKey(cfg.Data)
	if err == nil {
		sources, err = signIns(cfg.Mailboxes, farVault{c}, key)
	}
	if err != nil {
		c.close()
		return nil, nil, err
	}
	return sources, c.close, nil
}

// sealedPath is where sealed tokens are kept for the command line. What goes
// over it is encrypted, and the socket is open to this user alone.
const sealedPath = "/local/sealed/"

// sealed is a sealed token on the way.
type sealed struct {
	Data    []byte `json:"data"`
	Version int64  `json:"version"`
}

// maxSealed bounds a sealed token.
const maxSealed = 64 << 10

func (h *house) getSealed(w http.ResponseWriter, r *http.Request) {
	data, version, err := h.store.Sealed(r.Context(), r.PathValue("name"))
	if err != nil {
		refuseSealed(w, err)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(sealed{data, version}) // the asker has gone
}

func (h *house) putSealed(w http.ResponseWriter, r *http.Request) {
	var s sealed
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxSealed))
	if err == nil {
		err = json.Unmarshal(body, &s)
	}
	if err != nil {
		refuseSealed(w, process.Invalid("sealed", "not a sealed token: "+err.Error()))
		return
	}
	if err := h.store.PutSealed(r.Context(), r.PathValue("name"), s.Data, s.Version); err != nil {
		refuseSealed(w, err)
		return
	}
	w.WriteHeader(http.StatusNoContent)
}

// refuseSealed answers in the form that the client reads (RFC 9457).
func refuseSealed(w http.ResponseWriter, err error) {
	status := map[process.Code]int{process.CodeConflict: http.StatusConflict, process.CodeInvalid: http.StatusUnprocessableEntity}[process.CodeOf(err)]
	if status == 0 {
		status = http.StatusInternalServerError
	}
	w.Header().Set("Content-Type", "application/problem+json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(map[string]any{"code": process.CodeOf(err), "detail": err.Error()})
}

// farVault keeps sealed tokens through the client.
type farVault struct{ c *client }

func (v farVault) Sealed(ctx context.Context, name string) ([]byte, int64, error) {
	var s sealed
	body, err := v.c.call(ctx, "GET", sealedPath+url.PathEscape(name), nil, "")
	if err == nil {
		err = json.Unmarshal(body, &s)
	}
	return s.Data, s.Version, err
}

func (v farVault) PutSealed(ctx context.Context, name string, data []byte, version int64) error {
	body, err := json.Marshal(sealed{data, version})
	if err != nil {
		return err
	}
	_, err = v.c.call(ctx, "PUT", sealedPath+url.PathEscape(name), body, "")
	return err
}
