package store

import (
	"bytes"
	"slices"
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
	f := foldedText{text, folder{out: make([]byte, 0, min(len(text), 4<<10))}}
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
	f := t.long.words.clone()
	for k, s := range texts {
		if k != i {
			f.add(clean(s))
		}
	}
	return string(f.out)
}

// The bounds of what is staged: how many texts, and how long one is at most.
const maxStagedTexts, maxStagedText = 512, 64 << 10

// stagedTexts were folded ahead of their transactions. Each is taken once; of
// those that never are, the oldest goes first.
type stagedTexts struct {
	mu    sync.Mutex
	texts map[string]foldedText
	order []string
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
	if len(s.order) == maxStagedTexts {
		delete(s.texts, s.order[0])
		s.order = s.order[1:]
	}
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
	delete(s.texts, text)
	s.order = slices.DeleteFunc(s.order, func(o string) bool { return o == text })
	return f, true
}

// folder gathers words; slots is a table of those that it has, as their end in
// out plus one, 0 for a free one.
type folder struct {
	out   []byte
	begun []int32 // where the words begin, in their order
	slots []int32 // index into begun plus one, by hash; a power of two
}

func (f *folder) clone() folder {
	return folder{slices.Clone(f.out), slices.Clone(f.begun), slices.Clone(f.slots)}
}

// lower has a byte's lower case, 0 for what does not belong to a word and for
// what is not ASCII.
var lower = func() (t [256]byte) {
	for c := byte(0x21); c < 0x7f; c++ {
		t[c] = byte(unicode.ToLower(rune(c)))
	}
	for c := range byte(0x20) {
		if !unicode.IsSpace(rune(c)) {
			t[c] = c
		}
	}
	t[0x7f] = 0x7f
	return t
}()

const hashSeed, hashPrime = 2166136261, 16777619 // FNV-1a

func (f *folder) add(s string) {
	for i := 0; i < len(s); {
		start, hash, composed := f.begin(), uint32(hashSeed), true
		for i < len(s) {
			i, hash = f.ascii(s, i, hash)
			if i == len(s) {
				break
			}
			if s[i] < utf8.RuneSelf {
				if s[i] != 0 {
					break
				}
			}
			r, size := utf8.DecodeRuneInString(s[i:])
			if unicode.IsSpace(r) {
				break
			}
			at := len(f.out)
			r = unicode.ToLower(r)
			f.out = utf8.AppendRune(f.out, r)
			for _, c := range f.out[at:] {
				hash = (hash ^ uint32(c)) * hashPrime
			}
			composed = composed && r < 0x300 // below there is nothing to compose
			i += size
		}
		if i < len(s) { // the space that ended the word
			_, size := utf8.DecodeRuneInString(s[i:])
			i += size
		}
		if !composed {
			hash = f.compose(start)
		}
		f.end(start, hash)
	}
}

// ascii takes over the run of a word's ASCII characters that begins at i, and
// gives its end.
func (f *folder) ascii(s string, i int, hash uint32) (int, uint32) {
	out := f.out
	for i < len(s) {
		c := lower[s[i]]
		if c == 0 {
			break
		}
		out = append(out, c)
		hash = (hash ^ uint32(c)) * hashPrime
		i++
	}
	f.out = out
	return i, hash
}

// begin puts a space between two words and gives the place of the next.
func (f *folder) begin() int {
	if len(f.out) > 0 {
		f.out = append(f.out, ' ')
	}
	return len(f.out)
}

// compose gives the word its composed form (NFC), and its hash.
func (f *folder) compose(start int) uint32 {
	f.out = append(f.out[:start], norm.NFC.Bytes(bytes.Clone(f.out[start:]))...)
	hash := uint32(hashSeed)
	for _, c := range f.out[start:] {
		hash = (hash ^ uint32(c)) * hashPrime
	}
	return hash
}

// end keeps the word that begins at start, unless it is there already.
func (f *folder) end(start int, hash uint32) {
	drop := func() { f.out = f.out[:max(0, start-1)] }
	if start == len(f.out) {
		drop()
		return
	}
	if 2*len(f.begun) >= len(f.slots) {
		f.grow()
	}
	word := f.out[start:]
	mask := uint32(len(f.slots) - 1)
	for at := mix(hash) & mask; ; at = (at + 1) & mask {
		n := f.slots[at]
		if n == 0 {
			f.begun = append(f.begun, int32(start))
			f.slots[at] = int32(len(f.begun))
			return
		}
		if string(f.word(int(n-1), start-1)) == string(word) {
			drop()
			return
		}
	}
}

// word is the n-th one; all ends where the last of them ends.
func (f *folder) word(n, all int) []byte {
	from, to := int(f.begun[n]), all
	if n+1 < len(f.begun) {
		to = int(f.begun[n+1]) - 1
	}
	return f.out[from:to]
}

func (f *folder) grow() {
	size := max(64, 2*len(f.slots))
	f.slots = make([]int32, size)
	mask := uint32(size - 1)
	for n, from := range f.begun {
		hash := uint32(hashSeed)
		for _, c := range f.out[from:] {
			if c == ' ' {
				break
			}
			hash = (hash ^ uint32(c)) * hashPrime
		}
		at := mix(hash) & mask
		for f.slots[at] != 0 {
			at = (at + 1) & mask
		}
		f.slots[at] = int32(n + 1)
	}
}

// mix spreads the upper bits over the lower ones.
func mix(h uint32) uint32 { return h ^ h>>15 }
