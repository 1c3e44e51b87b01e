package main

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/emne/emne/cmd/emne/config"
)

// place is which installation a command is about: a config.yaml, or the data
// folder of a demo.
type place struct{ config, data string }

// load reads the configuration; a demo's data folder has the defaults.
func (p *place) load() (*config.Config, error) {
	switch {
	case p.config != "" && p.data != "":
		return nil, usageError{errors.New("give --config or --data, not both")}
	case p.data != "":
		cfg, err := config.Parse("(demo)", nil, os.LookupEnv)
		if err != nil {
			return nil, err
		}
		if cfg.Data, err = filepath.Abs(p.data); err != nil {
			return nil, err
		}
		cfg.Register = demoRegister
		return cfg, demoStore(cfg)
	case p.config == "":
		return nil, usageError{errors.New("say which installation: --config config.yaml, or --data DIR for a demo's data")}
	}
	return config.Load(p.config, os.LookupEnv)
}

// demoStore finds the database of a demo that was told to keep its records in
// PostgreSQL.
func demoStore(cfg *config.Config) error {
	url, err := os.ReadFile(filepath.Join(cfg.Data, postgresFile))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("reading which database the demo uses: %w", err)
	}
	cfg.Store.Engine, cfg.Store.URL = config.EnginePostgres, config.NewSecret(strings.TrimSpace(string(url)))
	return nil
}

// The files in a data folder.
const (
	postgresFile = "postgres.url" // of a demo alone
	databaseFile = "emne.db"
	keyFile      = "secret.key"
	lockFile     = "emne.lock"
	socketFile   = "emne.sock"
)

// errLocked says that another emne works on the data folder.
var errLocked = errors.New("another emne is running on this data folder")

// lock holds a data folder for one process. The kernel lets go of it when the
// process ends, however it ends.
func lock(dir string) (unlock func(), err error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("making the data folder: %w", err)
	}
	f, err := os.OpenFile(filepath.Join(dir, lockFile), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("locking the data folder: %w", err)
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		f.Close()
		if errors.Is(err, syscall.EWOULDBLOCK) {
			return nil, fmt.Errorf("%s: %w", dir, errLocked)
		}
		return nil, fmt.Errorf("locking the data folder: %w", err)
	}
	return func() { f.Close() }, nil
}

// keySize is of HMAC-SHA-256's block-independent full strength.
const keySize = 32

// readKey reads the installation's secret, making it the first time.
func readKey(dir string) ([]byte, error) {
	path := filepath.Join(dir, keyFile)
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return newKey(path)
	}
	if err != nil {
		return nil, fmt.Errorf("reading the key: %w", err)
	}
	key, err := hex.DecodeString(strings.TrimSpace(string(text)))
	if err != nil || len(key) < keySize {
		return nil, fmt.Errorf("%s is no key of emne: restore it from the backup", path)
	}
	return key, nil
}

func newKey(path string) ([]byte, error) {
	key := make([]byte, keySize)
	rand.Read(key)
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, fmt.Errorf("making the key: %w", err)
	}
	_, err = f.WriteString(hex.EncodeToString(key) + "\n")
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return nil, fmt.Errorf("writing the key: %w", err)
	}
	return key, nil
}
