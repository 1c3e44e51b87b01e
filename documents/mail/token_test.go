package mail

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"

	"github.com/emne/emne/intake/mailbox/oauth"
	"github.com/emne/emne/intake/mailbox/oauth/oauthtest"
)

// tokenVisitor signs in with a token alone.
type tokenVisitor struct {
	visitor
	provider  *oauthtest.Server
	mechanism string
}

func (v *tokenVisitor) AuthMechanisms() []string { return []string{v.mechanism} }

func (v *tokenVisitor) Auth(string) (sasl.Server, error) { return &tokenServer{visitor: v}, nil }

// tokenServer is the other side of XOAUTH2 and OAUTHBEARER (RFC 7628).
type tokenServer struct {
	visitor *tokenVisitor
	refused bool
}

func (s *tokenServer) Next(response []byte) (challenge []byte, done bool, err error) {
	if s.refused {
		return nil, true, &smtp.SMTPError{Code: 535, EnhancedCode: smtp.EnhancedCode{5, 7, 8}, Message: "the token is not good"}
	}
	if response == nil {
		return []byte{}, false, nil
	}
	user, token := "", ""
	for field := range strings.SplitSeq(string(response), "\x01") {
		if who, is := strings.CutPrefix(field, "user="); is {
			user = who
		}
		if who, is := strings.CutPrefix(field, "n,a="); is {
			user = strings.TrimSuffix(who, ",")
		}
		if of, is := strings.CutPrefix(field, "auth=Bearer "); is {
			token = of
		}
	}
	if user != userName || !s.visitor.provider.Holds(token) {
		s.refused = true
		return []byte(`{"status":"401"}`), false, nil
	}
	s.visitor.mail.user = user
	return nil, true, nil
}

func TestSubmitWithToken(t *testing.T) {
	a := newAuthority(t, time.Now().Add(time.Hour))
	for _, mechanism := range []string{"XOAUTH2", "OAUTHBEARER"} {
		t.Run(mechanism, func(t *testing.T) {
			provider := oauthtest.New(t, userName)
			p := &postOffice{}
			s := startOfficeOf(t, "implicit", a, smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) {
				return &tokenVisitor{visitor: visitor{office: p}, provider: provider, mechanism: mechanism}, nil
			}))
			client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
			source, err := oauth.New(oauth.Options{Settings: provider.Settings("sales", oauth.FlowApp), Vault: oauthtest.NewVault(), Key: bytes.Repeat([]byte{1}, 32), HTTP: client})
			if err != nil {
				t.Fatal(err)
			}
			s.Username, s.Password, s.Auth = "", "", source.Client
			if err := s.Check(t.Context()); err != nil {
				t.Fatal(err)
			}
			if got := s.Submit(t.Context(), "kari@kunde.example", aMail); got.State != "accepted" || len(p.taken()) != 1 {
				t.Fatalf("got %+v", got)
			}
			provider.Forget()
			if got := s.Submit(t.Context(), "kari@kunde.example", aMail); got.State != "retrying" || !strings.Contains(got.Reply, "although the provider gave a token") {
				t.Errorf("a forgotten token: %+v", got)
			}
			if got := s.Submit(t.Context(), "kari@kunde.example", aMail); got.State != "accepted" {
				t.Errorf("a new token: %+v", got)
			}
			s.Auth = func(context.Context, func(string) bool) (sasl.Client, error) { return nil, errors.New("sign in again") }
			if got := s.Submit(t.Context(), "kari@kunde.example", aMail); got.State != "retrying" || !strings.Contains(got.Reply, "sign in again") {
				t.Errorf("no token: %+v", got)
			}
		})
	}
}
