package message

import "strings"

// firstID is the id of a Message-ID field without its angle brackets.
func firstID(v string) string {
	if ids := messageIDs(v); len(ids) > 0 {
		return ids[0]
	}
	return ""
}

// messageIDs reads the ids of a References or In-Reply-To field (RFC 5322
// section 3.6.4), at most MaxReferences, the last ones. Ids without brackets
// are taken when they look like one; phrases as in old In-Reply-To are not.
func messageIDs(v string) []string {
	v = cleanText(v)
	var ids []string
	rest := v
	for {
		i := strings.IndexByte(rest, '<')
		if i < 0 {
			break
		}
		j := strings.IndexByte(rest[i:], '>')
		if j < 0 {
			break
		}
		id := rest[i+1 : i+j]
		if !isOneLine(id) || strings.Contains(id, " ") {
			id = strings.Join(strings.Fields(id), "")
		}
		id = strings.TrimLeft(id, "<")
		if id != "" {
			ids = append(ids, id)
		}
		rest = rest[i+j+1:]
	}
	if len(ids) == 0 {
		ids = bareIDs(v)
	}
	if len(ids) > MaxReferences {
		ids = ids[len(ids)-MaxReferences:]
	}
	return ids
}

// bareIDs reads ids that lost their brackets. A phrase holds none.
func bareIDs(v string) []string {
	tokens := strings.FieldsFunc(v, func(r rune) bool { return r == ' ' || r == '\t' || r == ',' || r == '\n' })
	var ids []string
	for _, t := range tokens {
		t = strings.Trim(t, "<>\"")
		if t == "" || len(tokens) > 1 && !strings.Contains(t, "@") {
			return nil
		}
		ids = append(ids, t)
	}
	return ids
}
