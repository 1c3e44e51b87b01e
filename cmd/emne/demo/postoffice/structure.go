package postoffice

import (
	"bytes"
	"fmt"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapserver"
)

// maxParts bounds the parts of a message that are taken apart; one that
// announces more is shown as a block of bytes.
const maxParts = 500

// deepStructure reports whether taking raw apart would cost too much.
func deepStructure(raw []byte) bool {
	lower := bytes.ToLower(raw)
	return bytes.Count(lower, []byte("boundary")) > maxParts || bytes.Count(lower, []byte("message/rfc822")) > maxParts
}

// bodyStructure is a message's BODYSTRUCTURE, fit for the library's writer,
// which panics at a multipart without parts.
func bodyStructure(raw []byte) (bs imap.BodyStructure) {
	opaque := &imap.BodyStructureSinglePart{
		Type: "application", Subtype: "octet-stream", Size: uint32(len(raw)), Extended: &imap.BodyStructureSinglePartExt{},
	}
	if deepStructure(raw) {
		return opaque
	}
	defer func() {
		if recover() != nil { // foreign bytes in a library that is in beta
			bs = opaque
		}
	}()
	return completed(imapserver.ExtractBodyStructure(bytes.NewReader(readable(raw))))
}

// completed fills what a strange message leaves empty.
func completed(bs imap.BodyStructure) imap.BodyStructure {
	switch bs := bs.(type) {
	case *imap.BodyStructureMultiPart:
		for i := range bs.Children {
			bs.Children[i] = completed(bs.Children[i])
		}
		if len(bs.Children) == 0 {
			bs.Children = []imap.BodyStructure{plainPart()}
		}
		if bs.Subtype == "" {
			bs.Subtype = "mixed"
		}
	case *imap.BodyStructureSinglePart:
		if bs.Type == "" || bs.Subtype == "" {
			bs.Type, bs.Subtype = "application", "octet-stream"
			bs.Text = nil
		}
		if bs.MessageRFC822 != nil {
			bs.MessageRFC822.BodyStructure = completed(bs.MessageRFC822.BodyStructure)
		}
	}
	return bs
}

func plainPart() *imap.BodyStructureSinglePart {
	return &imap.BodyStructureSinglePart{
		Type: "text", Subtype: "plain", Text: &imap.BodyStructureText{}, Extended: &imap.BodyStructureSinglePartExt{},
	}
}

// partOf extracts a section inside the message, without its <partial>.
func partOf(raw []byte, section *imap.FetchItemBodySection) (part []byte, err error) {
	defer func() {
		if v := recover(); v != nil {
			err = fmt.Errorf("section of a strange message: %v", v)
		}
	}()
	if deepStructure(raw) {
		return nil, nil
	}
	whole := *section
	whole.Partial = nil
	return imapserver.ExtractBodySection(bytes.NewReader(readable(raw)), &whole), nil
}

// binaryOf extracts a section with its transfer encoding undone, without its
// <partial>.
func binaryOf(raw []byte, part []int) (data []byte, err error) {
	defer func() {
		if v := recover(); v != nil {
			err = fmt.Errorf("section of a strange message: %v", v)
		}
	}()
	if deepStructure(raw) {
		return nil, nil
	}
	return imapserver.ExtractBinarySection(bytes.NewReader(readable(raw)), &imap.FetchItemBinarySection{Part: part}), nil
}
