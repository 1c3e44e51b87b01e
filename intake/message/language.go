package message

import (
	"unicode"
	"unicode/utf8"
)

// maxLanguageBytes is how much of a text tells its language.
const maxLanguageBytes = 2 << 10

// languageNames are ISO 639-1 codes; the place of each is its bit in languageWords.
var languageNames = [...]string{"nb", "sv", "da", "de", "en", "fr"}

const (
	nb = 1 << iota
	sv
	da
	de
	en
	fr
)

// languageWords are frequent words with the languages that use them. A word of
// one language weighs more than one that two share.
var languageWords = map[string]uint8{
	"ikke": nb | da, "jeg": nb | da, "og": nb | da, "på": nb | sv | da, "er": nb | da | de, "det": nb | sv | da, "som": nb | sv | da,
	"en": nb | sv | da | fr, "et": nb | da | fr, "vi": nb | sv | da, "av": nb | sv, "af": da, "til": nb | da, "till": sv, "att": sv, "at": nb | da | en,
	"hei": nb, "hej": sv | da, "takk": nb, "tack": sv, "tak": da, "hva": nb, "hvad": da, "vad": sv, "noe": nb, "noen": nb, "noget": da, "nogle": da, "något": sv, "några": sv,
	"meg": nb, "mig": sv | da, "deg": nb, "dig": sv | da, "etter": nb, "efter": sv | da, "fra": nb | da, "från": sv, "også": nb | da, "också": sv, "bare": nb | da, "bara": sv,
	"dere": nb, "deres": nb | da, "ni": sv | fr, "eller": nb | sv | da, "med": nb | sv | da, "kan": nb | sv | da, "har": nb | sv | da, "skal": nb | da, "ska": sv,
	"vil": nb | da, "vill": sv, "ønsker": nb | da, "trenger": nb, "gjerne": nb, "gerne": da, "gärna": sv, "tilbud": nb | da, "offert": sv, "pris": nb | sv | da, "vennlig": nb, "venlig": da, "vänlig": sv, "hilsen": nb | da,
	"hälsning": sv, "hälsningar": sv, "vår": nb | sv, "vores": da, "være": nb | da, "vara": sv, "jag": sv, "är": sv, "och": sv, "inte": sv, "för": sv, "den": nb | sv | da | de, "om": nb | sv | da, "hvor": nb | da, "var": nb | sv | da, "uke": nb, "uge": da, "vecka": sv, "mye": nb, "meget": da, "mycket": sv, "nå": nb, "nu": sv | da, "oss": nb | sv, "os": da, "over": nb | da | en, "blir": nb, "bliver": da,
	"hvis": nb | da, "å": nb, "ut": nb | sv, "ud": da, "opp": nb, "op": da, "sende": nb | da, "skicka": sv, "mellom": nb, "mellem": da, "gjøre": nb, "gøre": da, "bli": nb | sv, "blive": da, "forespørsel": nb, "forespørgsel": da, "mvh": nb | sv | da, "kunne": nb | da, "spørsmål": nb, "spørgsmål": da, "frem": nb | da, "fremover": nb, "dag": nb | sv | da, "snakke": nb, "snakkes": nb,
	"the": en, "and": en, "of": en, "to": en, "is": en, "you": en, "for": en | nb | da, "that": en, "we": en, "with": en, "please": en, "your": en, "this": en, "are": en, "have": en, "would": en, "be": en, "on": en | fr, "it": en, "our": en, "not": en, "can": en, "from": en, "hi": en, "hello": en, "thanks": en, "thank": en, "regards": en, "i": en | nb | sv | da, "as": en, "will": en | de, "if": en, "like": en, "need": en, "could": en, "my": en,
	"und": de, "der": de | nb | da, "die": de, "das": de, "ich": de, "nicht": de, "sie": de, "wir": de, "ist": de, "ein": de, "eine": de, "einen": de, "für": de, "mit": de, "auf": de, "zu": de, "bitte": de, "hallo": de, "grüße": de, "von": de, "im": de, "dem": de | nb | da, "des": de | fr, "sehr": de, "ihnen": de, "uns": de, "haben": de, "können": de, "danke": de, "oder": de, "wie": de, "auch": de, "es": de | fr, "bei": de, "an": de | en, "so": de | en,
	"le": fr, "la": fr, "les": fr, "une": fr, "un": fr, "est": fr, "pour": fr, "que": fr, "vous": fr, "nous": fr, "je": fr, "pas": fr, "avec": fr, "dans": fr, "bonjour": fr, "merci": fr, "du": fr | nb | sv | da | de, "ce": fr, "qui": fr, "votre": fr, "sur": fr, "au": fr, "à": fr, "cordialement": fr, "notre": fr, "il": fr, "ne": fr, "sont": fr, "ou": fr, "d'un": fr, "j'ai": fr,
}

// language scores the frequent words of a text. It is empty when no language
// is clearly ahead.
func language(text string) string {
	if len(text) > maxLanguageBytes {
		text = text[:maxLanguageBytes]
	}
	var scores [len(languageNames)]int
	word := make([]byte, 0, 64)
	for i := 0; i < len(text); {
		word = word[:0]
		for i < len(text) {
			c := text[i]
			if 'A' <= c && c <= 'Z' {
				c += 'a' - 'A'
			}
			if 'a' <= c && c <= 'z' || c == '\'' {
				word = append(word, c)
				i++
				continue
			}
			r, size := utf8.DecodeRuneInString(text[i:])
			i += size
			if !unicode.IsLetter(r) {
				break
			}
			word = utf8.AppendRune(word, unicode.ToLower(r))
		}
		bits := languageWords[string(word)]
		if bits == 0 {
			continue
		}
		shared := 0
		for b := bits; b != 0; b &= b - 1 {
			shared++
		}
		for i := range scores {
			if bits&(1<<i) != 0 {
				scores[i] += 6 / shared
			}
		}
	}
	best, second := 0, -1
	for i := 1; i < len(scores); i++ {
		switch {
		case scores[i] > scores[best]:
			best, second = i, best
		case second < 0 || scores[i] > scores[second]:
			second = i
		}
	}
	if scores[best] < 9 || scores[best] <= scores[second] {
		return ""
	}
	return languageNames[best]
}
