package postoffice

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/emersion/go-imap/v2"
)

const (
	spoolDirectory = ".spool"
	accountFile    = "account.json"
)

// load reads the index of every folder below o.dir and sweeps what a crash left.
func (o *Office) load() error {
	spool := filepath.Join(o.dir, spoolDirectory)
	if err := os.RemoveAll(spool); err != nil {
		return fmt.Errorf("sweep spool: %w", err)
	}
	if err := os.MkdirAll(spool, 0o700); err != nil {
		return fmt.Errorf("create spool: %w", err)
	}
	accounts, err := os.ReadDir(o.dir)
	if err != nil {
		return fmt.Errorf("list accounts: %w", err)
	}
	for _, entry := range accounts {
		if !entry.IsDir() || entry.Name() == spoolDirectory {
			continue
		}
		if err := o.loadAccount(filepath.Join(o.dir, entry.Name())); err != nil {
			return fmt.Errorf("load account %s: %w", entry.Name(), err)
		}
	}
	return nil
}

func (o *Office) loadAccount(dir string) error {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	var kept accountState
	switch err := readJSON(filepath.Join(dir, accountFile), &kept); {
	case err == nil:
		a, err := o.account(kept.Address)
		if err != nil {
			return err
		}
		a.lastValidity = max(a.lastValidity, kept.LastUIDValidity)
	case !errors.Is(err, fs.ErrNotExist):
		return err
	}
	for _, entry := range entries {
		if !entry.IsDir() {
			continue
		}
		path := filepath.Join(dir, entry.Name())
		var s state
		err := readJSON(filepath.Join(path, stateFile), &s)
		if errors.Is(err, fs.ErrNotExist) {
			if err := sweepFolder(path); err != nil {
				return err
			}
			continue
		}
		if err != nil {
			return err
		}
		f, err := loadFolder(path, s)
		if err != nil {
			return fmt.Errorf("load folder %s: %w", entry.Name(), err)
		}
		a, err := o.account(s.Address)
		if err != nil {
			return err
		}
		a.folders[s.Folder] = f
		a.lastValidity = max(a.lastValidity, s.UIDValidity)
	}
	return nil
}

// sweepFolder removes what is left of a folder that was being made or removed
// when the process ended: nothing in it was ever acknowledged, or it was to go.
// A directory with anything else in it is left alone.
func sweepFolder(dir string) error {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	for _, entry := range entries {
		name := entry.Name()
		_, _, isMessage := uidOf(name)
		if !entry.Type().IsRegular() || !isMessage && name != flagsFile && !strings.HasSuffix(name, ".part") {
			return nil
		}
	}
	for _, entry := range entries {
		if err := os.Remove(filepath.Join(dir, entry.Name())); err != nil {
			return err
		}
	}
	return os.Remove(dir)
}

func readJSON(path string, into any) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(text, into); err != nil {
		return fmt.Errorf("read %s: %w", path, err)
	}
	return nil
}

func loadFolder(dir string, s state) (*folder, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	v := diskVault{dir}
	f := newFolder(s, v)
	for _, entry := range entries {
		if strings.HasSuffix(entry.Name(), ".part") {
			if err := os.Remove(filepath.Join(dir, entry.Name())); err != nil {
				return nil, err
			}
			continue
		}
		uid, micros, ok := uidOf(entry.Name())
		if !ok {
			continue
		}
		info, err := entry.Info()
		if err != nil {
			return nil, err
		}
		f.messages = append(f.messages, &message{uid: uid, received: time.UnixMicro(micros).UTC(), size: info.Size()})
		f.next = max(f.next, uid+1)
	}
	slices.SortFunc(f.messages, func(a, b *message) int { return int(int64(a.uid) - int64(b.uid)) })
	for i := 1; i < len(f.messages); i++ {
		if f.messages[i].uid == f.messages[i-1].uid {
			return nil, fmt.Errorf("UID %d stands for two messages", f.messages[i].uid)
		}
	}
	if err := readFlags(filepath.Join(dir, flagsFile), f); err != nil {
		return nil, fmt.Errorf("read flags: %w", err)
	}
	return f, nil
}

// readFlags replays flags.log and compacts it, so that no line outlives its
// message. A last line that was cut off was never acknowledged.
func readFlags(path string, f *folder) error {
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	lines := strings.Split(string(text), "\n")
	for _, line := range lines[:len(lines)-1] {
		number, list, ok := strings.Cut(line, "\t")
		uid, err := strconv.ParseUint(number, 10, 32)
		if !ok || err != nil {
			continue
		}
		m := f.find(imap.UID(uid))
		if m == nil {
			continue
		}
		m.flags = nil
		for flag := range strings.FieldsSeq(list) {
			m.flags = append(m.flags, imap.Flag(flag))
		}
	}
	flagged := 0
	for _, m := range f.messages {
		if len(m.flags) > 0 {
			flagged++
		}
	}
	if flagged == len(lines)-1 && lines[len(lines)-1] == "" {
		return nil
	}
	return diskVault{filepath.Dir(path)}.rewriteFlags(f.messages)
}
