package postoffice

import (
	"bytes"
	"io"

	"github.com/emersion/go-imap/v2"
)

// source reads a message as far as it is asked to: nothing, its header, or all
// of it, each at most once.
type source struct {
	folder  *folder
	message *message

	opened content
	head   []byte
	all    []byte
}

func (s *source) close() {
	if s.opened != nil {
		_ = s.opened.Close() // only read from
	}
}

func (s *source) content() (content, error) {
	if s.opened != nil {
		return s.opened, nil
	}
	c, err := s.folder.vault.open(s.message)
	if err == nil {
		s.opened = c
	}
	return c, err
}

// header returns the header with the empty line after it.
func (s *source) header() ([]byte, error) {
	if s.head != nil {
		return s.head, nil
	}
	c, err := s.content()
	if err != nil {
		return nil, err
	}
	s.head, err = readHeader(c, s.message.size)
	return s.head, err
}

// whole returns all of the message, at most MaxMessage octets and some header.
func (s *source) whole() ([]byte, error) {
	if s.all != nil {
		return s.all, nil
	}
	c, err := s.content()
	if err != nil {
		return nil, err
	}
	s.all, err = readAll(c, s.message.size)
	return s.all, err
}

// section returns BODY[section] without its <partial>. The sections of the
// message itself are its very bytes, whatever is wrong with them; only parts
// inside it go through the MIME reader.
func (s *source) section(section *imap.FetchItemBodySection) (*io.SectionReader, error) {
	if len(section.Part) > 0 {
		raw, err := s.whole()
		if err != nil {
			return nil, err
		}
		part, err := partOf(raw, section)
		return inMemory(part), err
	}
	c, err := s.content()
	if err != nil {
		return nil, err
	}
	if section.Specifier == imap.PartSpecifierNone {
		return io.NewSectionReader(c, 0, s.message.size), nil
	}
	header, err := s.header()
	if err != nil {
		return nil, err
	}
	end := int64(len(header))
	switch {
	case section.Specifier == imap.PartSpecifierText:
		return io.NewSectionReader(c, end, s.message.size-end), nil
	case len(section.HeaderFields) > 0:
		return inMemory(selectFields(header, section.HeaderFields, false)), nil
	case len(section.HeaderFieldsNot) > 0:
		return inMemory(selectFields(header, section.HeaderFieldsNot, true)), nil
	}
	return io.NewSectionReader(c, 0, end), nil
}

func (s *source) binary(part []int) (*io.SectionReader, error) {
	raw, err := s.whole()
	if err != nil {
		return nil, err
	}
	data, err := binaryOf(raw, part)
	return inMemory(data), err
}

func inMemory(data []byte) *io.SectionReader {
	return io.NewSectionReader(bytes.NewReader(data), 0, int64(len(data)))
}
