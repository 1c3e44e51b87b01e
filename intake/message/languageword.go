package message

import (
	"math/bits"
	"unicode"
	"unicode/utf8"
)

// maxFrequentWord is the length in bytes of the longest of languageWords, at most.
const maxFrequentWord = 16

// frequentWord is a word in two numbers, so that it is looked up without a copy.
type frequentWord struct {
	bytes [2]uint64
	n     int // its length, which can pass maxFrequentWord
}

func (w *frequentWord) add(c byte) {
	if w.n < maxFrequentWord {
		w.bytes[w.n/8] |= uint64(c) << (w.n % 8 * 8)
	}
	w.n++
}

func (w *frequentWord) addRune(r rune) {
	var b [utf8.UTFMax]byte
	for _, c := range b[:utf8.EncodeRune(b[:], r)] {
		w.add(c)
	}
}

// shortWord is the word at the start of s when it is of
// up to seven letters of ASCII and another ASCII character ends it, which no
// apostrophe is: eight bytes looked at as one number. n is its length.
func shortWord(s string) (w frequentWord, n int, ok bool) {
	if len(s) < 8 {
		return w, 0, false
	}
	lower := eight(s) | ('a'-'A')*eachByte // letters; no other character becomes one
	n = bits.TrailingZeros64(^within(lower, 'a', 'z')&highBytes) / 8
	if n == 8 || s[n] == '\'' || s[n] >= utf8.RuneSelf {
		return w, 0, false
	}
	w.bytes[0], w.n = lower&(1<<(8*n)-1), n
	return w, n, true
}

// anyWord is the word at the start of s, with the languages that use its
// letters beyond ASCII, and n how many bytes are read with the character behind it.
func anyWord(s string) (w frequentWord, n int, used uint16) {
	for n < len(s) {
		c := s[n]
		if 'A' <= c && c <= 'Z' {
			c += 'a' - 'A'
		}
		if 'a' <= c && c <= 'z' || c == '\'' {
			w.add(c)
			n++
			continue
		}
		r, size := utf8.DecodeRuneInString(s[n:])
		n += size
		if !unicode.IsLetter(r) {
			break
		}
		r = lowerLetter(r)
		if int(r) < len(letterLanguages) {
			used |= letterLanguages[r]
		}
		w.addRune(r)
	}
	return w, n, used
}

// lowerLetter is unicode.ToLower of a letter, without a search for those of Latin-1.
func lowerLetter(r rune) rune {
	switch {
	case r > unicode.MaxLatin1:
		return unicode.ToLower(r)
	case 'À' <= r && r <= 'Þ':
		return r + 'à' - 'À'
	}
	return r
}

// letterLanguages are languageLetters as a table.
var letterLanguages = func() (t [0x180]uint16) {
	for r, languages := range languageLetters {
		t[r] = languages
	}
	return t
}()

// wordTable finds a word's languages; words that fall on one place stand behind
// each other. It is never more than half full.
type wordTable [2048]struct {
	word      [2]uint64
	languages uint16 // none: the place is free
}

// place is where a word is looked for first.
func (t *wordTable) place(w [2]uint64) uint {
	return uint((w[0]*0x9e3779b97f4a7c15 ^ w[1]*0xc2b2ae3d27d4eb4f) >> 53)
}

// languages are those that use the word as a frequent one.
func (t *wordTable) languages(w frequentWord) uint16 {
	if w.n == 0 || w.n > maxFrequentWord {
		return 0
	}
	for i := t.place(w.bytes); ; i++ {
		switch e := &t[i%uint(len(t))]; {
		case e.languages == 0 || e.word == w.bytes:
			return e.languages
		}
	}
}

// frequentWords are languageWords as such a table.
var frequentWords = func() *wordTable {
	t := &wordTable{}
	for word, languages := range languageWords {
		var w frequentWord
		for _, c := range []byte(word) {
			w.add(c)
		}
		i := t.place(w.bytes)
		for t[i%uint(len(t))].languages != 0 {
			i++
		}
		e := &t[i%uint(len(t))]
		e.word, e.languages = w.bytes, languages
	}
	return t
}()
