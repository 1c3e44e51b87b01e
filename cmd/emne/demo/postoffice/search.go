package postoffice

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/mail"
	"strings"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapserver"
	gomessage "github.com/emersion/go-message"
)

func (s *imapSession) Search(kind imapserver.NumKind, criteria *imap.SearchCriteria, options *imap.SearchOptions) (*imap.SearchData, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	v := s.view
	v.grow()
	var (
		data imap.SearchData
		seqs imap.SeqSet
		uids imap.UIDSet
	)
	for place, uid := range v.uids {
		m, flags := v.folder.get(uid)
		if m == nil {
			continue
		}
		c := &candidate{view: v, place: place, flags: flags, source: source{folder: v.folder, message: m}}
		ok, err := c.matches(criteria)
		c.close()
		if errors.Is(err, fs.ErrNotExist) {
			continue // removed meanwhile
		}
		if err != nil {
			return nil, s.answer(fmt.Errorf("search message %d: %w", uid, err))
		}
		if !ok {
			continue
		}
		number := uint32(uid)
		uids.AddNum(uid)
		if kind == imapserver.NumKindSeq {
			number = uint32(place + 1)
			seqs.AddNum(number)
		}
		if data.Min == 0 {
			data.Min = number
		}
		data.Max = number
		data.Count++
	}
	if options.ReturnSave {
		v.saved = uids
	}
	data.All = uids
	if kind == imapserver.NumKindSeq {
		data.All = seqs
	}
	return &data, nil
}

// candidate is a message that a search looks at. Its file is opened only for a
// key that needs it.
type candidate struct {
	source
	view   *view
	place  int
	flags  []imap.Flag
	parsed []field
}

// matches tells whether all keys match, the cheap ones first.
func (c *candidate) matches(k *imap.SearchCriteria) (bool, error) {
	for _, set := range k.SeqNum {
		if !c.in(set) {
			return false, nil
		}
	}
	for _, set := range k.UID {
		if !c.in(set) {
			return false, nil
		}
	}
	for _, flag := range k.Flag {
		if !hasFlag(c.flags, flag) {
			return false, nil
		}
	}
	for _, flag := range k.NotFlag {
		if hasFlag(c.flags, flag) {
			return false, nil
		}
	}
	if k.Larger != 0 && c.message.size <= k.Larger || k.Smaller != 0 && c.message.size >= k.Smaller {
		return false, nil
	}
	if !within(c.message.received, k.Since, k.Before) {
		return false, nil
	}
	if ok, err := c.matchesContent(k); !ok || err != nil {
		return false, err
	}
	for i := range k.Not {
		if ok, err := c.matches(&k.Not[i]); ok || err != nil {
			return false, err
		}
	}
	for i := range k.Or {
		left, err := c.matches(&k.Or[i][0])
		if err != nil {
			return false, err
		}
		if left {
			continue
		}
		if right, err := c.matches(&k.Or[i][1]); !right || err != nil {
			return false, err
		}
	}
	return true, nil
}

func (c *candidate) matchesContent(k *imap.SearchCriteria) (bool, error) {
	for _, key := range k.Header {
		if ok, err := c.hasField(key.Key, key.Value); !ok || err != nil {
			return false, err
		}
	}
	if !k.SentSince.IsZero() || !k.SentBefore.IsZero() {
		sent, err := c.sent()
		if err != nil {
			return false, err
		}
		if sent.IsZero() || !within(sent, k.SentSince, k.SentBefore) {
			return false, nil
		}
	}
	for _, text := range k.Text {
		ok, err := c.hasField("", text)
		if err != nil {
			return false, err
		}
		if ok {
			continue
		}
		if ok, err := c.hasText(text); !ok || err != nil {
			return false, err
		}
	}
	for _, text := range k.Body {
		if ok, err := c.hasText(text); !ok || err != nil {
			return false, err
		}
	}
	return true, nil
}

func (c *candidate) in(set imap.NumSet) bool {
	if len(c.view.uids) == 0 {
		return false
	}
	uid := c.view.uids[c.place]
	if imap.IsSearchRes(set) {
		return c.view.saved.Contains(uid)
	}
	switch set := set.(type) {
	case imap.SeqSet:
		for _, r := range set {
			first, last := fixRange(r.Start, r.Stop, uint32(len(c.view.uids)))
			if n := uint32(c.place + 1); n >= first && n <= last {
				return true
			}
		}
	case imap.UIDSet:
		for _, r := range set {
			first, last := fixRange(uint32(r.Start), uint32(r.Stop), uint32(c.view.uids[len(c.view.uids)-1]))
			if n := uint32(uid); n >= first && n <= last {
				return true
			}
		}
	}
	return false
}

// within compares days and leaves out time and zone (RFC 9051 section 6.4.4).
func within(t, since, before time.Time) bool {
	day := time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, time.UTC)
	return (since.IsZero() || !day.Before(since)) && (before.IsZero() || day.Before(before))
}

func (c *candidate) fields() ([]field, error) {
	if c.parsed == nil {
		header, err := c.header()
		if err != nil {
			return nil, err
		}
		c.parsed = fields(header)
	}
	return c.parsed, nil
}

// hasField looks for value in the fields of a name, or of any with name "". An
// empty value asks whether the field is there.
func (c *candidate) hasField(name, value string) (bool, error) {
	list, err := c.fields()
	if err != nil {
		return false, err
	}
	for _, f := range list {
		if (name == "" || strings.EqualFold(f.name, name)) && containsFold(f.text(), value) {
			return true, nil
		}
	}
	return false, nil
}

// sent is the day of the Date field in its own zone, zero when there is none.
func (c *candidate) sent() (time.Time, error) {
	list, err := c.fields()
	if err != nil {
		return time.Time{}, err
	}
	for _, f := range list {
		if strings.EqualFold(f.name, "Date") {
			if t, err := mail.ParseDate(f.text()); err == nil {
				return t, nil
			}
		}
	}
	return time.Time{}, nil
}

// hasText looks into the bytes of the body and into its decoded text parts.
func (c *candidate) hasText(text string) (bool, error) {
	raw, err := c.whole()
	if err != nil {
		return false, err
	}
	end, _ := headerEnd(raw)
	if containsFold(string(raw[end:]), text) {
		return true, nil
	}
	return !deepStructure(raw) && decodedContains(readable(raw), text), nil
}

func decodedContains(raw []byte, text string) bool {
	entity, err := gomessage.Read(bytes.NewReader(raw))
	if entity == nil || err != nil && !gomessage.IsUnknownCharset(err) && !gomessage.IsUnknownEncoding(err) {
		return false
	}
	found := errors.New("found")
	err = entity.Walk(func(_ []int, part *gomessage.Entity, err error) error {
		if err != nil || part == nil || part.MultipartReader() != nil {
			return nil // a part that cannot be decoded has no text to find
		}
		kind, _, _ := part.Header.ContentType()
		if !strings.HasPrefix(kind, "text/") && !strings.HasPrefix(kind, "message/") {
			return nil
		}
		body, err := io.ReadAll(part.Body)
		if containsFold(string(body), text) {
			return found
		}
		return err
	})
	return errors.Is(err, found)
}

func containsFold(s, part string) bool {
	return strings.Contains(strings.ToLower(s), strings.ToLower(part))
}
