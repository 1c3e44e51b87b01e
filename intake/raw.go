package intake

import "io"

// Raw is the bytes of a mail as they came: a small one's in memory, a large
// one's in a file of the spool, of which only what is being read takes memory.
type Raw struct {
	data []byte
	file *spooled
}

// InMemory is a mail whose bytes are in memory.
func InMemory(data []byte) Raw { return Raw{data: data} }

// Bytes are those of the mail. They must not be changed, and a spooled mail's
// not be touched after Close.
func (r Raw) Bytes() []byte { return r.data }

// Spooled tells whether the bytes lie in a file.
func (r Raw) Spooled() bool { return r.file != nil }

// Release gives back the memory of what was read of a spooled mail; it can be
// read again. It is to be called for every mebibyte or so.
func (r Raw) Release() {
	if r.file != nil {
		r.file.release()
	}
}

// Blob addresses the bytes.
func (r Raw) Blob() *Blob {
	if r.file == nil {
		return NewBlob(r.data)
	}
	return &Blob{SHA256: r.file.sha256, Size: int64(len(r.data)), Source: r.file}
}

// Close forgets a spooled mail.
func (r Raw) Close() error {
	if r.file == nil {
		return nil
	}
	return r.file.Close()
}

var _ io.WriterTo = (*spooled)(nil)
