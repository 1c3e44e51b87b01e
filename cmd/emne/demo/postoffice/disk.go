package postoffice

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/emersion/go-imap/v2"
)

const (
	stateFile   = "state.json"
	flagsFile   = "flags.log"
	messageType = ".eml"
)

// diskVault keeps a folder in one directory.
type diskVault struct{ dir string }

func messageFile(m *message) string {
	return fmt.Sprintf("%010d.%d%s", uint32(m.uid), m.received.UnixMicro(), messageType)
}

func (v diskVault) path(m *message) string { return filepath.Join(v.dir, messageFile(m)) }

func (v diskVault) put(m *message, l letter) error {
	target := v.path(m)
	err := os.Link(l.path, target)
	if err == nil || errors.Is(err, fs.ErrExist) || errors.Is(err, fs.ErrNotExist) {
		return err
	}
	// Some file systems have no hard links.
	return copyFile(l.path, target)
}

// copyFile copies a file; the copy has its name only once its bytes are safe.
func copyFile(source, target string) (err error) {
	in, err := os.Open(source)
	if err != nil {
		return err
	}
	defer in.Close()
	part := target + ".part"
	if err := writeSynced(part, in); err != nil {
		return err
	}
	if err := os.Rename(part, target); err != nil {
		return errors.Join(err, os.Remove(part))
	}
	return nil
}

// writeSynced writes r to a new file, syncs it, and removes it when that fails.
func writeSynced(path string, readers ...io.Reader) (err error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer func() {
		if closeErr := f.Close(); err == nil {
			err = closeErr
		}
		if err != nil {
			err = errors.Join(err, os.Remove(path))
		}
	}()
	for _, r := range readers {
		if _, err := io.Copy(f, r); err != nil {
			return err
		}
	}
	return f.Sync()
}

func (v diskVault) take(m *message) error {
	err := os.Remove(v.path(m))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

func (v diskVault) sync() error { return syncDirectory(v.dir) }

// syncDirectory makes the names in a directory last. Windows cannot and need not.
func syncDirectory(dir string) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	err = d.Sync()
	if closeErr := d.Close(); err == nil {
		err = closeErr
	}
	return err
}

// flagLines is the form of changes in flags.log: UID, tab, flags with a space
// between. IMAP flags are atoms and have no space in them.
func flagLines(changes []flagChange) string {
	var lines strings.Builder
	for _, c := range changes {
		fmt.Fprintf(&lines, "%d\t", uint32(c.uid))
		for i, flag := range c.flags {
			if i > 0 {
				lines.WriteByte(' ')
			}
			lines.WriteString(string(flag))
		}
		lines.WriteByte('\n')
	}
	return lines.String()
}

func (v diskVault) logFlags(changes []flagChange) (err error) {
	f, err := os.OpenFile(filepath.Join(v.dir, flagsFile), os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer func() {
		if closeErr := f.Close(); err == nil {
			err = closeErr
		}
	}()
	end, err := f.Seek(0, io.SeekEnd)
	if err != nil {
		return err
	}
	if _, err := io.WriteString(f, flagLines(changes)); err != nil {
		return errors.Join(err, f.Truncate(end))
	}
	if err := f.Sync(); err != nil {
		return err
	}
	if end == 0 {
		return v.sync()
	}
	return nil
}

// rewriteFlags replaces flags.log by the flags as they are.
func (v diskVault) rewriteFlags(messages []*message) error {
	var changes []flagChange
	for _, m := range messages {
		if len(m.flags) > 0 {
			changes = append(changes, flagChange{m.uid, m.flags})
		}
	}
	return replaceFile(filepath.Join(v.dir, flagsFile), flagLines(changes))
}

// replaceFile gives a file new text, wholly or not at all, and makes it last.
func replaceFile(path, text string) error {
	part := path + ".part"
	if err := os.Remove(part); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if err := writeSynced(part, strings.NewReader(text)); err != nil {
		return err
	}
	if err := os.Rename(part, path); err != nil {
		return err
	}
	return syncDirectory(filepath.Dir(path))
}

func replaceJSON(path string, value any) error {
	text, err := json.Marshal(value)
	if err != nil {
		return err
	}
	return replaceFile(path, string(text)+"\n")
}

func (v diskVault) saveState(s state) error { return replaceJSON(filepath.Join(v.dir, stateFile), s) }

func (v diskVault) drop() error {
	// The state goes first: a directory without one is nobody's folder.
	if err := os.Remove(filepath.Join(v.dir, stateFile)); err != nil {
		return err
	}
	if err := syncDirectory(v.dir); err != nil {
		return err
	}
	return os.RemoveAll(v.dir)
}

func (v diskVault) letter(m *message) letter { return letter{size: m.size, path: v.path(m)} }

func (v diskVault) open(m *message) (content, error) {
	f, err := os.Open(v.path(m))
	if err != nil {
		return nil, err
	}
	return f, nil
}

// uidOf reads the UID and the date, in microseconds, from a message's file name.
func uidOf(name string) (uid imap.UID, micros int64, ok bool) {
	var n uint32
	if !strings.HasSuffix(name, messageType) {
		return 0, 0, false
	}
	if _, err := fmt.Sscanf(name, "%d.%d.eml", &n, &micros); err != nil || n == 0 {
		return 0, 0, false
	}
	return imap.UID(n), micros, true
}
