package accesspoint

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/emne/emne/process"
)

// Folder is a folder that an access point's program reads. A file appears in it
// under its own name at once and whole; until then it is hidden (.NAME.part).
type Folder string

// Drop writes the file. When it lies there already with the same bytes, an
// earlier attempt was cut off after the last step.
func (f Folder) Drop(_ context.Context, d *process.Dispatch) process.Sent {
	target := filepath.Join(string(f), d.Name)
	same, err := holds(target, d.Raw)
	switch {
	case err != nil:
		return retrying(fmt.Errorf("reading %s: %w", target, err))
	case same:
		return process.Sent{State: "accepted", Reply: d.Name + " lies in the folder"}
	}
	if _, err := os.Lstat(target); !errors.Is(err, fs.ErrNotExist) {
		return process.Sent{State: "failed", Reply: "another file of that name lies in the folder: " + target}
	}
	if err := place(target, d.Raw); err != nil {
		return retrying(err)
	}
	return process.Sent{State: "accepted", Reply: d.Name + " was put into the folder"}
}

// holds reports whether the file is there with these bytes.
func holds(name string, want []byte) (bool, error) {
	file, err := os.Open(name)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	defer file.Close()
	have, err := io.ReadAll(io.LimitReader(file, int64(len(want))+1))
	return bytes.Equal(have, want), err
}

// place makes a file appear whole: it is written beside its place, flushed to
// the disk and moved, and then the folder is flushed.
func place(target string, raw []byte) (err error) {
	folder := filepath.Dir(target)
	part := filepath.Join(folder, "."+filepath.Base(target)+".part")
	file, err := os.OpenFile(part, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o640)
	if err != nil {
		return fmt.Errorf("writing into %s: %w", folder, err)
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.Remove(part))
		}
	}()
	_, err = file.Write(raw)
	if err == nil {
		err = file.Sync()
	}
	if err = errors.Join(err, file.Close()); err != nil {
		return fmt.Errorf("writing %s: %w", part, err)
	}
	if err = os.Rename(part, target); err != nil {
		return fmt.Errorf("naming %s: %w", target, err)
	}
	return flush(folder)
}

// flush brings the folder's entries to the disk; where folders cannot be
// flushed, the system does it by itself.
func flush(folder string) error {
	dir, err := os.Open(folder)
	if err != nil {
		return nil
	}
	_ = dir.Sync()
	return dir.Close()
}

func retrying(err error) process.Sent { return process.Sent{State: "retrying", Reply: err.Error()} }

// Check asks that the folder takes files.
func (f Folder) Check(context.Context) error {
	file, err := os.CreateTemp(string(f), ".emne-check-*.part")
	if err != nil {
		return fmt.Errorf("writing into %s: %w", string(f), err)
	}
	return errors.Join(file.Close(), os.Remove(file.Name()))
}
