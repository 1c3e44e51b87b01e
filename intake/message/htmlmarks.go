package message

import "strings"

// attributes are those of an element that tell what its text is.
type attributes struct {
	class, id, kind, style string
}

func (r *renderer) attributes(hasAttr bool) attributes {
	var a attributes
	for hasAttr {
		var k, v []byte
		k, v, hasAttr = r.z.TagAttr()
		switch string(k) {
		case "class":
			a.class = strings.ToLower(string(v))
		case "id":
			a.id = strings.ToLower(string(v))
		case "type":
			a.kind = strings.ToLower(string(v))
		case "style":
			a.style = strings.ToLower(string(v))
		}
	}
	return a
}

// attr is the value of one attribute.
func (r *renderer) attr(name string, hasAttr bool) string {
	for hasAttr {
		var k, v []byte
		k, v, hasAttr = r.z.TagAttr()
		if string(k) == name {
			return string(v)
		}
	}
	return ""
}

// hides tells whether a browser shows nothing of the element.
func (a attributes) hides() bool {
	if a.style == "" {
		return false
	}
	s := strings.ReplaceAll(a.style, " ", "")
	return strings.Contains(s, "display:none") || strings.Contains(s, "visibility:hidden")
}

// isTight tells whether a paragraph has no space around it, as those of Word.
func (a attributes) isTight() bool {
	if strings.HasPrefix(a.class, "mso") || strings.HasPrefix(a.class, "x_mso") {
		return true
	}
	top, bottom := "", ""
	for part := range strings.SplitSeq(a.style, ";") {
		name, value, _ := strings.Cut(part, ":")
		switch sides := strings.Fields(value); {
		case len(sides) == 0:
		case strings.TrimSpace(name) == "margin":
			top, bottom = sides[0], sides[0]
			if len(sides) > 2 {
				bottom = sides[2]
			}
		case strings.TrimSpace(name) == "margin-top":
			top = sides[0]
		case strings.TrimSpace(name) == "margin-bottom":
			bottom = sides[0]
		}
	}
	return isZero(top) && isZero(bottom)
}

// isZero tells whether a length of CSS is none, such as 0cm or .0001pt.
func isZero(s string) bool {
	return s != "" && strings.Trim(strings.TrimPrefix(strings.TrimPrefix(s, "0"), ".0001"), "cmpxintre%") == ""
}

// quoteClasses are the containers of quoted replies: Gmail, Thunderbird, Yahoo,
// Proton, Zoho, Tuta, and Outlook's copies of them.
var quoteClasses = []string{
	"gmail_quote", "moz-cite-prefix", "yahoo_quoted", "protonmail_quote",
	"zmail_extra", "tutanota_quote", "quoted-message",
}

func (a attributes) marksQuote() bool {
	if a.class == "" {
		return false
	}
	for _, c := range strings.Fields(a.class) {
		c = strings.TrimPrefix(c, "x_")
		for _, q := range quoteClasses {
			if c == q {
				return true
			}
		}
	}
	return false
}

// marksRest tells whether the element opens the quoted rest of an Outlook mail.
func (a attributes) marksRest() bool {
	id := strings.TrimPrefix(a.id, "x_")
	return id == "divrplyfwdmsg" || id == "olk_src_body_section" || id == "mail-editor-reference-message-container"
}

func (a attributes) marksSignature() bool {
	id := strings.TrimPrefix(a.id, "x_")
	switch id {
	case "signature", "applemailsignature", "ms-outlook-mobile-signature", "linebreakatbeginningofsignature":
		return true
	}
	return strings.Contains(a.class, "gmail_signature") || strings.Contains(a.class, "moz-signature") ||
		strings.Contains(a.class, "protonmail_signature_block")
}
