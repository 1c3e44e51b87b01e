package oauthtest

import (
	"context"
	"errors"
	"sync"
)

// Vault keeps sealed tokens in memory.
type Vault struct {
	mu       sync.Mutex
	data     map[string][]byte
	versions map[string]int64
	full     bool
}

// NewVault gives an empty one.
func NewVault() *Vault { return &Vault{data: map[string][]byte{}, versions: map[string]int64{}} }

// Full makes it refuse to keep more, or take it again.
func (v *Vault) Full(is bool) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.full = is
}

// Sealed implements oauth.Vault.
func (v *Vault) Sealed(_ context.Context, name string) ([]byte, int64, error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.data[name], v.versions[name], nil
}

// PutSealed implements oauth.Vault.
func (v *Vault) PutSealed(_ context.Context, name string, data []byte, version int64) error {
	v.mu.Lock()
	defer v.mu.Unlock()
	switch {
	case v.full:
		return errors.New("no room")
	case v.versions[name] != version:
		return errors.New("another version is there")
	}
	v.data[name] = data
	v.versions[name]++
	return nil
}
