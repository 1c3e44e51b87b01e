//go:build unix

package intake

import (
	"os"

	"golang.org/x/sys/unix"
)

// unname removes the name of an open file: its bytes live as long as it is open.
func unname(f *os.File) error { return os.Remove(f.Name()) }

func removed(*os.File) error { return nil }

func mapFile(f *os.File, size int) ([]byte, error) {
	return unix.Mmap(int(f.Fd()), 0, size, unix.PROT_READ, unix.MAP_SHARED)
}

func unmapFile(pages []byte) error {
	if pages == nil {
		return nil
	}
	return unix.Munmap(pages)
}

// releasePages gives the memory back; a failure only costs memory.
func releasePages(pages []byte) { _ = unix.Madvise(pages, unix.MADV_DONTNEED) }
