package intake

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// SpoolFrom is the size in octets from which a mail is spooled.
const SpoolFrom = 1 << 20

const spoolPrefix = "mail-"

// Spool is the folder where large mails lie while they are fetched, read and
// stored. A file loses its name as soon as it is open, so that it goes with the
// process, however that ends.
type Spool struct{ dir string }

// OpenSpool makes the folder, and sweeps what a crash between the making and
// the unnaming of a file left there.
func OpenSpool(dir string) (*Spool, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("the spool: %w", err)
	}
	left, err := filepath.Glob(filepath.Join(dir, spoolPrefix+"*"))
	if err != nil {
		return nil, fmt.Errorf("sweeping the spool: %w", err)
	}
	for _, name := range left {
		if err := os.Remove(name); err != nil && !errors.Is(err, os.ErrNotExist) {
			return nil, fmt.Errorf("sweeping the spool: %w", err)
		}
	}
	return &Spool{dir}, nil
}

// SpoolError is a failure of the spool itself, which is not the mail's fault.
type SpoolError struct{ Err error }

func (e *SpoolError) Error() string { return "spooling a mail: " + e.Err.Error() }

// Unwrap gives the cause.
func (e *SpoolError) Unwrap() error { return e.Err }

// Keep reads a mail of size octets; a large one into a file. Without a spool
// (nil) everything is kept in memory. Whoever calls it closes what it gives.
func (s *Spool) Keep(from io.Reader, size int64) (Raw, error) {
	if s == nil || size < SpoolFrom {
		data := make([]byte, size)
		_, err := io.ReadFull(from, data)
		return InMemory(data), err
	}
	file, err := os.CreateTemp(s.dir, spoolPrefix)
	if err != nil {
		return Raw{}, &SpoolError{err}
	}
	kept := &spooled{file: file}
	if err := kept.fill(from, size); err != nil {
		return Raw{}, errors.Join(err, kept.Close())
	}
	return Raw{data: kept.pages, file: kept}, nil
}

// spooled is an open file without a name.
type spooled struct {
	file   *os.File
	sha256 string
	size   int64
	pages  []byte // the file's bytes, read when they are touched
}

func (f *spooled) fill(from io.Reader, size int64) error {
	if err := unname(f.file); err != nil {
		return &SpoolError{err}
	}
	sum := sha256.New()
	to := &spoolWriter{to: io.MultiWriter(f.file, sum)}
	n, err := io.CopyBuffer(struct{ io.Writer }{to}, io.LimitReader(from, size), make([]byte, 64<<10))
	switch {
	case to.err != nil:
		return &SpoolError{to.err}
	case err == nil && n < size:
		return io.ErrUnexpectedEOF
	case err != nil:
		return err
	}
	f.size, f.sha256 = size, hex.EncodeToString(sum.Sum(nil))
	if f.pages, err = mapFile(f.file, int(size)); err != nil {
		return &SpoolError{err}
	}
	return nil
}

// spoolWriter tells the file's failures from the reader's.
type spoolWriter struct {
	to  io.Writer
	err error
}

func (w *spoolWriter) Write(p []byte) (n int, err error) {
	n, w.err = w.to.Write(p)
	return n, w.err
}

// WriteTo reads the file, not its pages.
func (f *spooled) WriteTo(w io.Writer) (int64, error) {
	return io.CopyBuffer(struct{ io.Writer }{w}, struct{ io.Reader }{io.NewSectionReader(f.file, 0, f.size)}, make([]byte, 64<<10))
}

func (f *spooled) release() { releasePages(f.pages) }

func (f *spooled) Close() error {
	err := unmapFile(f.pages)
	f.pages = nil
	return errors.Join(err, f.file.Close(), removed(f.file))
}
