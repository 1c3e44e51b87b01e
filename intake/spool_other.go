//go:build !unix

package intake

import (
	"io"
	"os"
)

// Where files cannot be mapped and unnamed as on Unix, a spooled mail is read
// into memory, and its file removed in the end.

func unname(*os.File) error { return nil }

func removed(f *os.File) error { return os.Remove(f.Name()) }

func mapFile(f *os.File, size int) ([]byte, error) {
	data := make([]byte, size)
	_, err := io.ReadFull(io.NewSectionReader(f, 0, int64(size)), data)
	return data, err
}

func unmapFile([]byte) error { return nil }

func releasePages([]byte) {}
