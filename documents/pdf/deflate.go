package pdf

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"sync"

	"github.com/klauspost/compress/zlib"
)

// A deflater is made once and used again: it holds most of a megabyte, which
// making one for each stream would cost each document several times.
type deflater struct {
	pool sync.Pool
	make func() *zlib.Writer
}

// Pages are packed fast, attachments well.
var (
	fast = &deflater{make: func() *zlib.Writer {
		w, _ := zlib.NewWriterLevel(nil, zlib.BestSpeed) // the level is one that exists
		return w
	}}
	well = &deflater{make: func() *zlib.Writer { return zlib.NewWriter(nil) }}
)

func (d *deflater) deflate(b []byte) ([]byte, error) {
	w, _ := d.pool.Get().(*zlib.Writer)
	if w == nil {
		w = d.make()
	}
	defer d.pool.Put(w)
	var out bytes.Buffer
	w.Reset(&out)
	if _, err := w.Write(b); err != nil {
		return nil, err
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

// copyObjects appends what gofpdf drew, up to the object end, and deflates the
// streams that have no filter yet: those of the pages.
func (w *objectWriter) copyObjects(in []byte, offsets []int, end int) error {
	order := make([]int, 0, end)
	for id := 1; id < end; id++ {
		order = append(order, id)
	}
	slices.SortFunc(order, func(a, b int) int { return cmp.Compare(offsets[a], offsets[b]) })
	w.offsets = make([]int, end)
	for i, id := range order {
		until := offsets[end]
		if i+1 < len(order) {
			until = offsets[order[i+1]]
		}
		if offsets[id] > until {
			return fmt.Errorf("read what was drawn: object %d stands after the last", id)
		}
		w.offsets[id] = w.Len()
		if err := w.copyObject(in[offsets[id]:until]); err != nil {
			return fmt.Errorf("copy object %d: %w", id, err)
		}
	}
	return nil
}

func (w *objectWriter) copyObject(object []byte) error {
	head, rest, ok := bytes.Cut(object, []byte(" 0 obj\n<</Length "))
	length, data, whole := bytes.Cut(rest, []byte(">>\nstream\n"))
	n, err := strconv.Atoi(string(length))
	if !ok || !whole || err != nil || n < 0 || n > len(data) {
		w.Write(object)
		return nil
	}
	packed, err := fast.deflate(data[:n])
	if err != nil {
		return err
	}
	fmt.Fprintf(w, "%s 0 obj\n<</Filter /FlateDecode /Length %d>>\nstream\n", head, len(packed))
	w.Write(packed)
	w.Write(data[n:])
	return nil
}
