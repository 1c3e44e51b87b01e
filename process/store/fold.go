package store

import (
	"bytes"
	"encoding/binary"
	"math/bits"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// searchText is what is searched and searched for: each word once, in lower
// case of all alphabets, which SQLite's own does not know, and in one form of
// composed letters. A search looks for each of its words by itself, anywhere in
// the text, so that neither order nor repetition matters.
func searchText(texts []string) string {
	n := 0
	for _, s := range texts {
		n += len(s) + 1
	}
	f := folder{out: make([]byte, 0, min(n, 4<<10))}
	for _, s := range texts {
		f.add(clean(s))
	}
	return string(f.out)
}

// longText is the length in octets from which a text is not folded twice.
const longText = 1 << 10

// foldedText is a long text and what was made of it.
type foldedText struct {
	text  string
	words folder
}

func foldText(text string) foldedText {
	f := foldedText{text: text, words: folder{out: make([]byte, 0, min(len(text), 4<<10))}}
	f.words.add(clean(text))
	return f
}

// searchText folds the texts of a record, a long one first: two records of one
// transaction may have the same, as a mail and its lead do.
func (t *txn) searchText(texts []string) string {
	i := slices.IndexFunc(texts, func(s string) bool { return len(s) >= longText })
	if i < 0 {
		return searchText(texts)
	}
	if t.long.text != texts[i] {
		var staged bool
		if t.long, staged = t.db.staged.take(texts[i]); !staged {
			t.long = foldText(texts[i])
		}
	}
	var rest folder
	for k, s := range texts {
		if k != i {
			rest.add(clean(s))
		}
	}
	return t.long.words.with(rest)
}

// The bounds of what is staged, in octets: one text, and all of them.
const maxStagedText, maxStagedTexts = 64 << 10, 8 << 20

// stagedTexts were folded ahead of their transactions. Each is taken once; of
// those that never are, the oldest goes first.
type stagedTexts struct {
	mu    sync.Mutex
	texts map[string]foldedText
	order []string
	size  int // of the texts, in octets
}

// StageText implements process.Store.
func (db *DB) StageText(text string) {
	if len(text) < longText || len(text) > maxStagedText {
		return
	}
	f := foldText(text)
	s := &db.staged
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, known := s.texts[text]; known {
		return
	}
	for s.size+len(text) > maxStagedTexts {
		s.size -= len(s.order[0])
		delete(s.texts, s.order[0])
		s.order = s.order[1:]
	}
	s.size += len(text)
	if s.texts == nil {
		s.texts = map[string]foldedText{}
	}
	s.texts[text] = f
	s.order = append(s.order, text)
}

func (s *stagedTexts) take(text string) (foldedText, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f, staged := s.texts[text]
	if !staged {
		return foldedText{}, false
	}
	s.size -= len(text)
	delete(s.texts, text)
	s.order = slices.DeleteFunc(s.order, func(o string) bool { return o == text })
	return f, true
}

// folder gathers words: out has each once. Most words are up to
// eight ASCII characters; those are known by their bytes as one number.
type folder struct {
	out   []byte
	short []uint64 // by hash, 0 for a free place; a power of two
	count int      // of short words
	seed  uint64
	long  map[string]struct{} // all other words
	word  []byte              // the long one that is being read
}

// The bytes of a number each by itself: their highest and their lowest bits.
const highBits, lowBits = 0x8080808080808080, 0x0101010101010101

// shortWord reads a word of ASCII characters that ends at white space or at the
// end of s, as a number in lower case. n is its length, 0 for any other word.
func shortWord(s string) (word uint64, n int) {
	var next byte
	if len(s) > 8 {
		word = uint64(s[0]) | uint64(s[1])<<8 | uint64(s[2])<<16 | uint64(s[3])<<24 | uint64(s[4])<<32 | uint64(s[5])<<40 | uint64(s[6])<<48 | uint64(s[7])<<56
		next = s[8]
	} else {
		for i := len(s); i > 0; i-- {
			word = word<<8 | uint64(s[i-1])
		}
		if len(s) < 8 {
			word |= ' ' << (8 * len(s))
		}
		next = ' '
	}
	// Without its highest bit, a byte that is c or more keeps a bit of its own
	// when c is taken from it; none borrows from its neighbour.
	low := word | highBits
	other := (word | ^(low - '!'*lowBits)) & highBits // white space, control characters, not ASCII
	if n = bits.TrailingZeros64(other) / 8; n < 8 {
		next = byte(word >> (8 * n))
		word &= 1<<(8*n) - 1
	}
	if !isSpace(next) {
		return 0, 0
	}
	capital := (low - 'A'*lowBits) &^ (low - ('Z'+1)*lowBits) & highBits
	return word | capital>>2&(1<<(8*n)-1), n
}

func isSpace(c byte) bool { return c == ' ' || c >= '\t' && c <= '\r' }

func (f *folder) add(s string) {
	for i := 0; i < len(s); {
		if isSpace(s[i]) {
			i++
			continue
		}
		if word, n := shortWord(s[i:]); n > 0 {
			f.keepShort(word, n)
			i += n
			continue
		}
		i += f.addLong(s[i:])
	}
}

// addLong adds the word that s begins with, and gives its length in s.
func (f *folder) addLong(s string) (n int) {
	composed := true
	f.word = f.word[:0]
	for n < len(s) {
		r, size := utf8.DecodeRuneInString(s[n:])
		if unicode.IsSpace(r) {
			break
		}
		r = unicode.ToLower(r)
		f.word = utf8.AppendRune(f.word, r)
		composed = composed && r < 0x300 // below there is nothing to compose
		n += size
	}
	if n == 0 { // white space beyond ASCII
		_, n = utf8.DecodeRuneInString(s)
		return n
	}
	if !composed {
		f.word = norm.NFC.Append(f.word[:0], bytes.Clone(f.word)...)
	}
	if short, size := shortWord(string(f.word)); size == len(f.word) { // in lower case
		f.keepShort(short, size)
		return n
	}
	if _, known := f.long[string(f.word)]; !known {
		if f.long == nil {
			f.long = map[string]struct{}{}
		}
		f.long[string(f.word)] = struct{}{}
		f.begin()
		f.out = append(f.out, f.word...)
	}
	return n
}

// begin puts a space between two words.
func (f *folder) begin() {
	if len(f.out) > 0 {
		f.out = append(f.out, ' ')
	}
}

func (f *folder) keepShort(word uint64, n int) {
	if 2*f.count >= len(f.short) {
		f.grow()
	}
	at := f.place(word)
	if f.short[at] != 0 {
		return
	}
	f.short[at] = word
	f.count++
	f.begin()
	f.out = binary.LittleEndian.AppendUint64(f.out, word)[:len(f.out)+n]
}

// place is where a short word stands, or is free for it. The seed is another one
// in each folder, so that nobody can write a mail whose words all meet.
func (f *folder) place(word uint64) int {
	mask := len(f.short) - 1
	hash := (word ^ f.seed) * 0x9e3779b97f4a7c15
	at := int(hash>>40) & mask
	for f.short[at] != 0 && f.short[at] != word {
		at = (at + 1) & mask
	}
	return at
}

// grow doubles the table of short words.
func (f *folder) grow() {
	if f.short == nil {
		f.seed = rand.Uint64()
	}
	before := f.short
	f.short = make([]uint64, max(64, 2*len(before)))
	for _, word := range before {
		if word != 0 {
			f.short[f.place(word)] = word
		}
	}
}

// has tells whether a folded word is there.
func (f *folder) has(word string) bool {
	if short, n := shortWord(word); n > 0 && n == len(word) {
		return f.count > 0 && f.short[f.place(short)] != 0
	}
	_, known := f.long[word]
	return known
}

// with are the words, and after them those that only other has.
func (f *folder) with(other folder) string {
	var b strings.Builder
	b.Grow(len(f.out) + 1 + len(other.out))
	b.Write(f.out)
	for word := range strings.SplitSeq(string(other.out), " ") {
		if word != "" && !f.has(word) {
			if b.Len() > 0 {
				b.WriteByte(' ')
			}
			b.WriteString(word)
		}
	}
	return b.String()
}
