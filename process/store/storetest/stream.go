package storetest

import (
	"bytes"
	"io"
	"slices"

	"github.com/emne/emne/process"
)

// source writes bytes in pieces of an odd size.
type source []byte

func (b source) WriteTo(w io.Writer) (total int64, err error) {
	for piece := range slices.Chunk(b, 70_001) {
		n, err := w.Write(piece)
		total += int64(n)
		if err != nil {
			return total, err
		}
	}
	return total, nil
}

// streamed stages blobs that are nowhere in memory, and reads them in pieces.
func streamed(s suite, noise []byte) {
	for name, data := range map[string][]byte{
		"empty": {}, "1 byte": {7}, "256 KiB": noise[7 : 256<<10+7], "700 KB": noise[5:700_000],
		"compressible": bytes.Repeat([]byte("emne, and "), 1<<17),
	} {
		b := process.NewBlob(data)
		b.Data, b.Source = nil, source(data)
		if err := s.InTx(background(), func(tx process.Tx) error { return tx.KeepBlob(b) }); err == nil && name != "empty" && name != "1 byte" {
			s.Errorf("%s: it was kept before it was there", name)
		}
		s.ok(s.StageBlob(background(), b))
		if !b.Staged {
			s.Errorf("%s: it is not staged", name)
		}
		if _, err := s.OpenBlob(background(), b.SHA256); process.CodeOf(err) != process.CodeNotFound && name != "empty" && name != "1 byte" {
			s.Errorf("%s: before it is kept: %v", name, err)
		}
		s.tx(func(tx process.Tx) error { return tx.KeepBlob(b) })
		s.readsPieces(name, b.SHA256, data)
	}
	// Others than were announced are refused.
	for name, data := range map[string][]byte{"others": noise[11:900_011], "fewer": noise[10:800_000], "more": noise[10:900_011]} {
		b := process.NewBlob(noise[10:900_010])
		b.Data, b.Source = nil, source(data)
		if err := s.StageBlob(background(), b); err == nil || b.Staged {
			s.Errorf("%s bytes than were announced were staged", name)
		}
	}
}

func (s suite) readsPieces(name, sum string, data []byte) {
	r, err := s.OpenBlob(background(), sum)
	if err != nil {
		s.Errorf("%s: %v", name, err)
		return
	}
	defer r.Close()
	if all, err := io.ReadAll(r); err != nil || !bytes.Equal(all, data) || r.Size() != int64(len(data)) {
		s.Errorf("%s: %d bytes came back as %d others, %v", name, len(data), len(all), err)
	}
	size := int64(len(data))
	for _, at := range []int64{size / 2, 0, size - size/7, size, size + 10, size / 3} {
		if _, err := r.Seek(at-size, io.SeekEnd); err != nil {
			s.Errorf("%s: %v", name, err)
		}
		want := data[min(at, size):min(at+1000, size)]
		got := make([]byte, 1000)
		n, err := io.ReadFull(r, got)
		if !bytes.Equal(got[:n], want) || n == 1000 && err != nil {
			s.Errorf("%s: from %d on %d bytes came that are others, %v", name, at, n, err)
		}
	}
}
