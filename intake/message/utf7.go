package message

import (
	"encoding/base64"
	"strings"
	"unicode/utf16"
)

// decodeUTF7 reads UTF-7 (RFC 2152). Shift sequences that make no sense stay
// as they are.
func decodeUTF7(b []byte) string {
	var s strings.Builder
	s.Grow(len(b))
	for i := 0; i < len(b); {
		if b[i] != '+' {
			s.WriteByte(b[i])
			i++
			continue
		}
		j := i + 1
		for j < len(b) && isBase64(b[j]) {
			j++
		}
		d, err := base64.RawStdEncoding.DecodeString(string(b[i+1 : j]))
		switch {
		case j == i+1:
			s.WriteByte('+')
		case err != nil || len(d) < 2:
			s.Write(b[i:j])
			i = j
			continue
		default:
			units := make([]uint16, 0, len(d)/2)
			for k := 0; k+1 < len(d); k += 2 {
				units = append(units, uint16(d[k])<<8|uint16(d[k+1]))
			}
			s.WriteString(string(utf16.Decode(units)))
		}
		if j < len(b) && b[j] == '-' {
			j++
		}
		i = j
	}
	return strings.ToValidUTF8(s.String(), "\ufffd")
}
