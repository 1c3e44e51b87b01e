package api

import (
	"context"
	"strings"

	"github.com/emne/emne/process"
)

// listLeads lists leads with the sender's address in a row once, under email:
// who counts addresses in a list counts leads. The texts are whole when the
// lead itself is read.
func listLeads(ctx context.Context, s *process.Service, a process.Actor, f process.Filter) (any, string, error) {
	leads, next, err := s.Leads().List(ctx, a, f)
	for i := range leads {
		l := &leads[i]
		if l.Email == "" {
			continue
		}
		texts := []*string{&l.Name, &l.Company, &l.Subject, &l.Message, &l.Source, &l.Phone}
		for k := range l.Attachments {
			texts = append(texts, &l.Attachments[k].Name)
		}
		for _, text := range texts {
			*text = without(*text, l.Email)
		}
	}
	return leads, next, err
}

// without puts … for every occurrence of the address in any case of letters; a
// text that is nothing else becomes empty.
func without(text, address string) string {
	if strings.EqualFold(strings.TrimSpace(text), address) {
		return ""
	}
	var b strings.Builder
	rest := text
	for {
		i := indexFold(rest, address)
		if i < 0 {
			break
		}
		b.WriteString(rest[:i])
		b.WriteString("…")
		rest = rest[i+len(address):]
	}
	if b.Len() == 0 {
		return text
	}
	b.WriteString(rest)
	return b.String()
}

// indexFold finds an address by its @, so that long texts are searched fast.
func indexFold(text, address string) int {
	local := strings.LastIndexByte(address, '@')
	if local < 0 {
		return -1
	}
	for from := 0; ; {
		at := strings.IndexByte(text[from:], '@')
		if at < 0 {
			return -1
		}
		start := from + at - local
		if start >= 0 && start+len(address) <= len(text) && strings.EqualFold(text[start:start+len(address)], address) {
			return start
		}
		from += at + 1
	}
}
