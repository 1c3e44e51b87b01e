package postoffice

import (
	"errors"
	"fmt"
	"io"
	"io/fs"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapserver"
)

func (s *imapSession) Fetch(w *imapserver.FetchWriter, set imap.NumSet, options *imap.FetchOptions) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	v := s.view
	v.grow()
	places := v.resolve(set)
	reads := false
	for _, section := range options.BodySection {
		reads = reads || !section.Peek
	}
	for _, section := range options.BinarySection {
		reads = reads || !section.Peek
	}
	seen := make(map[imap.UID]bool) // marked by this command
	if reads && !v.readOnly {
		edit := flagEdit(imap.StoreFlagsAdd, []imap.Flag{imap.FlagSeen})
		var unseen []imap.UID
		for _, uid := range v.uidsAt(places) {
			if m, flags := v.folder.get(uid); m != nil && !hasFlag(flags, imap.FlagSeen) {
				unseen = append(unseen, uid)
				seen[uid] = true
			}
		}
		if err := v.folder.setFlags(unseen, edit, v); err != nil {
			return s.answer(err)
		}
	}
	for _, place := range places {
		uid := v.uids[place]
		m, flags := v.folder.get(uid)
		if m == nil {
			continue // removed by another client; poll tells
		}
		o := *options
		o.Flags = o.Flags || seen[uid]
		err := v.folder.fetch(w, uint32(place+1), m, flags, &o)
		if errors.Is(err, fs.ErrNotExist) {
			if gone, _ := v.folder.get(uid); gone == nil {
				continue
			}
		}
		if err != nil {
			return s.answer(fmt.Errorf("fetch message %d: %w", uid, err))
		}
	}
	return nil
}

// answered is a section of a message, ready to be written. Whole messages and
// their bodies are streamed, not loaded.
type answered struct {
	section *imap.FetchItemBodySection
	data    *io.SectionReader
}

// fetch writes one FETCH response. All that can fail for the message's sake is
// read before the response begins.
func (f *folder) fetch(w *imapserver.FetchWriter, seq uint32, m *message, flags []imap.Flag, options *imap.FetchOptions) error {
	src := &source{folder: f, message: m}
	defer src.close()

	var envelope *imap.Envelope
	if options.Envelope {
		header, err := src.header()
		if err != nil {
			return err
		}
		envelope = imapserver.ExtractEnvelope(parsedHeader(header))
	}
	var structure imap.BodyStructure
	if options.BodyStructure != nil {
		raw, err := src.whole()
		if err != nil {
			return err
		}
		structure = bodyStructure(raw)
	}
	var sections []answered
	for _, section := range options.BodySection {
		data, err := src.section(section)
		if err != nil {
			return err
		}
		sections = append(sections, answered{section, partial(data, section.Partial)})
	}
	binaries := make([]*io.SectionReader, len(options.BinarySection))
	for i, section := range options.BinarySection {
		data, err := src.binary(section.Part)
		if err != nil {
			return err
		}
		binaries[i] = partial(data, section.Partial)
	}
	sizes := make([]uint32, len(options.BinarySectionSize))
	for i, section := range options.BinarySectionSize {
		data, err := src.binary(section.Part)
		if err != nil {
			return err
		}
		sizes[i] = uint32(data.Size())
	}

	r := w.CreateMessage(seq)
	if options.UID {
		r.WriteUID(m.uid)
	}
	if options.Flags {
		r.WriteFlags(flags)
	}
	if options.InternalDate {
		r.WriteInternalDate(m.received)
	}
	if options.RFC822Size {
		r.WriteRFC822Size(m.size)
	}
	if options.Envelope {
		r.WriteEnvelope(envelope)
	}
	if options.BodyStructure != nil {
		r.WriteBodyStructure(structure)
	}
	var failed error
	for _, s := range sections {
		failed = errors.Join(failed, stream(r.WriteBodySection(s.section, s.data.Size()), s.data))
	}
	for i, section := range options.BinarySection {
		failed = errors.Join(failed, stream(r.WriteBinarySection(section, binaries[i].Size()), binaries[i]))
	}
	for i, section := range options.BinarySectionSize {
		r.WriteBinarySectionSize(section, sizes[i])
	}
	// The response must be closed in any case, it holds the connection's lock.
	return errors.Join(failed, r.Close())
}

func stream(w io.WriteCloser, r io.Reader) error {
	_, err := io.Copy(w, r)
	return errors.Join(err, w.Close())
}

// partial cuts <offset.size> out of data (RFC 9051 section 6.4.5).
func partial(data *io.SectionReader, p *imap.SectionPartial) *io.SectionReader {
	if p == nil {
		return data
	}
	offset := min(max(p.Offset, 0), data.Size())
	return io.NewSectionReader(data, offset, min(max(p.Size, 0), data.Size()-offset))
}
