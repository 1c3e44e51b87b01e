package message

import (
	"math/bits"
	"slices"
	"unicode"
	"unicode/utf8"
)

// maxFrequentWord is the length in bytes of the longest of languageWords, at most.
const maxFrequentWord = 16

// frequentWord is a word in two numbers, so that it is looked up without a copy.
type frequentWord struct {
	first, second uint64 // its bytes, eight in each
	n             int    // its length, which can pass maxFrequentWord
}

func (w *frequentWord) add(c byte) {
	switch {
	case w.n < 8:
		w.first |= uint64(c) << (w.n * 8)
	case w.n < maxFrequentWord:
		w.second |= uint64(c) << (w.n*8 - 64)
	}
	w.n++
}

func (w *frequentWord) addRune(r rune) {
	var b [utf8.UTFMax]byte
	for _, c := range b[:utf8.EncodeRune(b[:], r)] {
		w.add(c)
	}
}

// shortWord is the word at the start of s when it is of up to seven letters of
// ASCII and another character of ASCII ends it, which no apostrophe is: eight
// bytes looked at as one number. n is how many bytes are read with the character
// behind it.
func shortWord(s string) (w frequentWord, n int, ok bool) {
	if len(s) < 8 {
		return w, 0, false
	}
	lower := eight(s) | ('a'-'A')*eachByte // letters; no other character becomes one
	n = bits.TrailingZeros64(^within(lower, 'a', 'z')&highBytes) / 8
	if n == 8 || s[n] == '\'' || s[n] >= utf8.RuneSelf {
		return w, 0, false
	}
	return frequentWord{first: lower & (1<<(8*n) - 1), n: n}, n + 1, true
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

// wordTable finds which languages use a word. Words that fall on one place stand
// behind each other; it is never more than half full.
type wordTable struct {
	places [2048]wordPlace
	sets   []uint16 // the different sets of languages; the first is empty
}

type wordPlace struct {
	word frequentWord
	set  uint8 // the place in sets; 0 when there is no word
}

// find is where the word stands, or where it would.
func (t *wordTable) find(w frequentWord) *wordPlace {
	i := (w.first*0x9e3779b97f4a7c15 ^ w.second*0xc2b2ae3d27d4eb4f) >> 53
	for ; ; i++ {
		if p := &t.places[i%uint64(len(t.places))]; p.set == 0 || p.word == w {
			return p
		}
	}
}

// set is the place in sets of the languages that use the word as a frequent one.
func (t *wordTable) set(w frequentWord) uint8 {
	if w.n == 0 || w.n > maxFrequentWord {
		return 0
	}
	return t.find(w).set
}

// frequentWords are languageWords as such a table.
var frequentWords = func() *wordTable {
	t := &wordTable{sets: []uint16{0}}
	for word, languages := range languageWords {
		var w frequentWord
		for _, c := range []byte(word) {
			w.add(c)
		}
		set := slices.Index(t.sets, languages)
		if set < 0 {
			set = len(t.sets)
			t.sets = append(t.sets, languages)
		}
		*t.find(w) = wordPlace{w, uint8(set)}
	}
	return t
}()
