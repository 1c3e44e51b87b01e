package oauth

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"golang.org/x/oauth2"
)

// Vault keeps sealed bytes.
type Vault interface {
	// Sealed gives what is kept under a name, and its version; version 0 when
	// nothing is.
	Sealed(ctx context.Context, name string) (data []byte, version int64, err error)
	// PutSealed replaces a version, 0 for nothing; it fails when another one is
	// there.
	PutSealed(ctx context.Context, name string, data []byte, version int64) error
}

// safe seals tokens for a Vault.
type safe struct{ aead cipher.AEAD }

// newSafe derives its key from the installation's (RFC 5869).
func newSafe(key []byte) (safe, error) {
	if len(key) < 32 {
		return safe{}, errors.New("the installation's key is too short")
	}
	own, err := hkdf.Key(sha256.New, key, nil, "emne oauth tokens", 32)
	if err != nil {
		return safe{}, err
	}
	block, err := aes.NewCipher(own)
	if err != nil {
		return safe{}, err
	}
	aead, err := cipher.NewGCM(block)
	return safe{aead}, err
}

// sealedForm begins every sealed token.
const sealedForm = 1

// keptToken is a token in the vault.
type keptToken struct {
	*oauth2.Token
	// KeptAt is when it came.
	KeptAt time.Time `json:"kept_at,omitzero"`
}

func (s safe) seal(name string, t keptToken) ([]byte, error) {
	plain, err := json.Marshal(t)
	if err != nil {
		return nil, err
	}
	out := make([]byte, 1+s.aead.NonceSize(), 1+s.aead.NonceSize()+len(plain)+s.aead.Overhead())
	out[0] = sealedForm
	rand.Read(out[1:])
	return s.aead.Seal(out, out[1:], plain, []byte(name)), nil
}

func (s safe) open(name string, data []byte) (keptToken, error) {
	n := s.aead.NonceSize()
	if len(data) < 1+n || data[0] != sealedForm {
		return keptToken{}, errors.New("the kept token is not in a form of emne's")
	}
	plain, err := s.aead.Open(nil, data[1:1+n], data[1+n:], []byte(name))
	if err != nil {
		return keptToken{}, errors.New("the kept token was sealed with another key")
	}
	t := keptToken{Token: new(oauth2.Token)}
	if err := json.Unmarshal(plain, &t); err != nil {
		return keptToken{}, fmt.Errorf("reading the kept token: %w", err)
	}
	return t, nil
}
