package message

import (
	"bytes"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/emersion/go-message/charset"
)

// script is a charset that mail comes in without saying so, with the characters
// that are most frequent in its languages and the share that they usually have.
type script struct {
	charset  string
	frequent string
	share    float64
}

const (
	cyrillic    = "оеаинтсрвлкмдпуяы"
	traditional = "的一是不了在人有我他這個上們來到時大地為子中你說生國年著就那和要出也得後自以會家可下而過天去能對小多然於學之都好"
	simplified  = "的一是不了在人有我他这个们中来上大为和国地到以说时要就出会可也你对生能而子那得于着下自之年过发后作里用道行所然家"
	kana        = "あいうえおかがきくけこさしすせそただちっつてでとどなにのはひふまみめもやよらりるれろわをんアイコストフラリルレン"
	hangul      = "이다는을를의에가고하지은로한도기서사어나시리"
)

var scripts = []script{
	{"windows-1251", cyrillic, 0.75}, {"koi8-r", cyrillic, 0.75}, {"big5", traditional, 0.25}, {"gb18030", simplified, 0.25},
	{"shift_jis", kana, 0.5}, {"euc-jp", kana, 0.5}, {"euc-kr", hangul, 0.3},
}

// maxCharsetBytes is how much of a text tells its charset.
const maxCharsetBytes = 4 << 10

// guessCharset tells the charset of a text that names none, or a wrong one: one
// that is not of Latin letters in the main, and whose frequent characters are
// what they should be in one of the scripts. It is empty when none fits.
func guessCharset(b []byte) string {
	b = b[:min(len(b), maxCharsetBytes)]
	high, latin := 0, 0
	for _, c := range b {
		switch {
		case c >= utf8.RuneSelf:
			high++
		case isLetter(c):
			latin++
		}
	}
	if high < 12 || high*2 < latin {
		return ""
	}
	best, name := 0.4, ""
	for _, s := range scripts {
		if fit := s.fit(b); fit > best {
			best, name = fit, s.charset
		}
	}
	return name
}

// fit is the share of frequent characters to the usual one, 0 when the bytes
// are not of the charset.
func (s script) fit(b []byte) float64 {
	r, err := charset.Reader(s.charset, bytes.NewReader(b))
	if err != nil {
		return 0
	}
	d, err := io.ReadAll(io.LimitReader(r, 4*maxCharsetBytes))
	if err != nil {
		return 0
	}
	all, frequent, wrong := 0, 0, 0
	for _, c := range string(d) {
		switch {
		case c < utf8.RuneSelf:
			continue
		case c == utf8.RuneError:
			wrong++
		case strings.ContainsRune(s.frequent, c):
			frequent++
		}
		all++
	}
	if all == 0 || wrong*20 > all {
		return 0
	}
	return float64(frequent) / float64(all) / s.share
}
