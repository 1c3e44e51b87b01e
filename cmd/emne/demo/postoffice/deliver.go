package postoffice

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
)

// Deliver puts a mail, byte for byte, into the INBOX of every address in to.
func (o *Office) Deliver(to []string, raw []byte) error {
	if len(raw) > MaxMessage {
		return fmt.Errorf("deliver: %d octets are more than %d", len(raw), MaxMessage)
	}
	boxes := make([]string, 0, len(to))
	for _, addr := range to {
		box, err := mailboxAddress(addr)
		if err != nil {
			return fmt.Errorf("deliver to %q: %w", addr, err)
		}
		boxes = append(boxes, box)
	}
	return o.deliver(boxes, bytes.NewReader(raw))
}

// deliver spools a mail and files it in every mailbox once.
func (o *Office) deliver(boxes []string, readers ...io.Reader) error {
	if err := o.enter(); err != nil {
		return err
	}
	defer o.leave()
	l, err := o.spool(readers...)
	if err != nil {
		return fmt.Errorf("spool: %w", err)
	}
	defer o.discard(l)
	received := o.now()
	boxes = slices.Compact(slices.Sorted(slices.Values(boxes)))
	for _, box := range boxes {
		a, err := o.account(box)
		if err != nil {
			return fmt.Errorf("deliver to %s: %w", box, err)
		}
		f, err := a.folder(inboxName)
		if err != nil {
			return fmt.Errorf("deliver to %s: %w", box, err)
		}
		if err := f.file(&filing{letter: l, received: received}); err != nil {
			return fmt.Errorf("deliver to %s: %w", box, err)
		}
	}
	return nil
}

// spool makes a letter of what the readers give, one after the other.
func (o *Office) spool(readers ...io.Reader) (letter, error) {
	if o.dir == "" {
		raw, err := io.ReadAll(io.MultiReader(readers...))
		return letter{size: int64(len(raw)), raw: raw}, err
	}
	l := letter{path: filepath.Join(o.dir, spoolDirectory, strconv.FormatUint(o.spools.Add(1), 10))}
	if err := writeSynced(l.path, readers...); err != nil {
		return letter{}, err
	}
	info, err := os.Stat(l.path)
	if err != nil {
		return letter{}, err
	}
	l.size = info.Size()
	return l, nil
}

// discard forgets a spooled letter; folders have links of their own.
func (o *Office) discard(l letter) {
	if l.path == "" {
		return
	}
	if err := os.Remove(l.path); err != nil {
		o.log.Warn("spooled mail stays until the next start", "error", err)
	}
}
