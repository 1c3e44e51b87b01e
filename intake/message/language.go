package message

import "math/bits"

// maxLanguageBytes is how much of a text tells its language.
const maxLanguageBytes = 2 << 10

// languageNames are ISO 639-1 codes; the place of each is its bit in languageWords.
// Those without a name are there so that they are not taken for another.
var languageNames = [...]string{"nb", "sv", "da", "de", "en", "fr", "", "", "", "", "", "", ""}

const (
	nb = 1 << iota
	sv
	da
	de
	en
	fr
	it
	es
	pt
	nl
	fi
	pl
	la
)

// languageWords are frequent words with the languages that use them. A word of
// one language weighs more than one that two share.
var languageWords = map[string]uint16{
	"ikke": nb | da, "jeg": nb | da, "og": nb | da, "på": nb | sv | da, "er": nb | da | de | nl | sv, "det": nb | sv | da, "som": nb | sv | da,
	"en": nb | sv | da | fr | nl, "et": nb | da | fr | la, "vi": nb | sv | da, "av": nb | sv, "af": da, "til": nb | da, "till": sv, "att": sv, "at": nb | da | en,
	"hei": nb, "hej": sv | da, "takk": nb, "tack": sv, "tak": da | nb | sv, "hva": nb, "hvad": da, "vad": sv, "noe": nb, "noen": nb, "noget": da, "nogle": da, "något": sv, "några": sv,
	"meg": nb, "mig": sv | da, "deg": nb, "dig": sv | da, "etter": nb, "efter": sv | da, "fra": nb | da, "från": sv, "også": nb | da, "också": sv, "bare": nb | da, "bara": sv,
	"dere": nb, "deres": nb | da, "ni": sv | fr, "eller": nb | sv | da, "med": nb | sv | da, "kan": nb | sv | da, "har": nb | sv | da, "skal": nb | da, "ska": sv,
	"vil": nb | da, "vill": sv, "ønsker": nb | da, "trenger": nb, "gjerne": nb, "gerne": da, "gärna": sv, "tilbud": nb | da, "offert": sv, "pris": nb | sv | da, "vennlig": nb, "venlig": da, "vänlig": sv, "hilsen": nb | da,
	"hälsning": sv, "hälsningar": sv, "vår": nb | sv, "vores": da, "være": nb | da, "vara": sv, "jag": sv, "är": sv, "och": sv, "inte": sv, "för": sv, "den": nb | sv | da | de, "om": nb | sv | da, "hvor": nb | da, "var": nb | sv | da, "uke": nb, "uge": da, "vecka": sv, "mye": nb, "meget": da, "mycket": sv, "nå": nb, "nu": sv | da, "oss": nb | sv, "os": da | pt, "over": nb | da | en, "blir": nb, "bliver": da,
	"hvis": nb | da, "å": nb, "ut": nb | sv | la, "ud": da, "opp": nb, "op": da | nl, "sende": nb | da, "skicka": sv, "mellom": nb, "mellem": da, "gjøre": nb, "gøre": da, "bli": nb | sv, "blive": da, "forespørsel": nb, "forespørgsel": da, "mvh": nb | sv | da, "kunne": nb | da, "spørsmål": nb, "spørgsmål": da, "frem": nb | da, "fremover": nb, "dag": nb | sv | da, "snakke": nb, "snakkes": nb,
	"the": en, "and": en, "of": en | nl, "to": en, "is": en | nl, "you": en, "for": en | nb | da, "that": en, "we": en | nl, "with": en, "please": en, "your": en, "this": en, "are": en, "have": en, "would": en, "be": en, "on": en | fr | fi, "it": en, "our": en, "not": en, "can": en, "from": en, "hi": en, "hello": en, "thanks": en, "thank": en, "regards": en, "i": en | nb | sv | da | pl, "as": en | pt, "will": en | de, "if": en, "like": en, "need": en, "could": en, "my": en,
	"und": de, "der": de | nb | da, "die": de, "das": de, "ich": de, "nicht": de, "sie": de, "wir": de, "ist": de, "ein": de | nb, "eine": de, "einen": de, "für": de, "mit": de, "auf": de, "zu": de, "bitte": de, "hallo": de | nl, "grüße": de, "von": de, "im": de, "dem": de | nb | da, "des": de | fr, "sehr": de, "ihnen": de, "uns": de, "haben": de, "können": de, "danke": de, "oder": de, "wie": de, "auch": de, "es": de | fr | es, "bei": de, "an": de | en, "so": de | en,
	"le": fr | it | es, "la": fr | it | es, "les": fr, "une": fr, "un": fr | it | es, "est": fr, "pour": fr, "que": fr | es | pt, "vous": fr, "nous": fr, "je": fr | nl, "pas": fr, "avec": fr, "dans": fr, "bonjour": fr, "merci": fr, "du": fr | nb | sv | da | de, "ce": fr, "qui": fr, "votre": fr, "sur": fr, "au": fr, "à": fr, "cordialement": fr, "notre": fr, "il": fr | it, "ne": fr, "sont": fr, "ou": fr, "d'un": fr, "j'ai": fr,
	"eg": nb, "ikkje": nb, "frå": nb, "noko": nb, "vere": nb, "kva": nb, "dykk": nb, "eit": nb, "kvar": nb | sv, "kor": nb, "ynskjer": nb, "nokon": nb, "mykje": nb, "berre": nb,
	"di": it, "che": it, "è": it, "per": it, "non": it | la, "con": it | es, "sono": it, "una": it | es, "della": it, "gli": it, "del": it | es, "nel": it, "anche": it, "come": it | en, "più": it, "questo": it, "grazie": it, "buongiorno": it, "cordiali": it, "saluti": it, "si": it, "e": it, "ci": it, "al": it, "alla": it, "dei": it, "delle": it, "ho": it, "vorrei": it,
	"el": es, "los": es, "las": es, "por": es | pt, "para": es | pt, "se": es | fi, "lo": es, "su": es, "más": es, "como": es, "gracias": es, "hola": es, "saludos": es, "y": es, "nos": es, "está": es, "usted": es, "de": es | pt | nl,
	"o": pt | pl, "com": pt, "não": pt, "uma": pt, "um": pt | de, "do": pt | pl | en, "em": pt, "obrigado": pt, "olá": pt, "você": pt, "mais": pt, "é": pt, "no": pt, "na": pt | pl,
	"het": nl, "een": nl, "van": nl, "ik": nl, "niet": nl, "dat": nl, "te": nl, "voor": nl, "met": nl, "zijn": nl, "wij": nl, "aan": nl, "ook": nl, "bij": nl, "naar": nl, "graag": nl, "wordt": nl, "uw": nl, "als": nl | de, "kunnen": nl, "wat": nl, "deze": nl,
	"ja": fi, "ei": fi, "että": fi, "mutta": fi, "kun": fi, "niin": fi, "ovat": fi, "olen": fi, "kiitos": fi, "terveisin": fi, "tarjous": fi, "meille": fi, "teille": fi, "hyvää": fi, "päivää": fi, "myös": fi, "voitte": fi, "tarvitsemme": fi, "kaksi": fi,
	"w": pl, "nie": pl, "się": pl, "z": pl, "jest": pl, "że": pl, "dla": pl, "dzień": pl, "dobry": pl, "proszę": pl, "pozdrawiam": pl, "czy": pl,
	"lorem": la, "ipsum": la, "dolor": la, "sit": la, "amet": la, "sed": la, "nec": la, "vitae": la, "ac": la, "quis": la, "in": la | de, "consectetur": la, "nulla": la,
	"når": nb, "kommer": nb | sv | da, "komme": nb | da, "dette": nb | da, "fortsatt": nb, "ledig": nb, "nytt": nb | sv, "ny": nb | sv | da, "nye": nb | da, "hvordan": nb | da, "koster": nb | da, "bestille": nb | da, "tilbudet": nb, "hvilken": nb | da, "ringe": nb | da, "befaring": nb, "tid": nb | sv | da, "møte": nb, "ønske": nb, "hadde": nb, "bedrift": nb,
	"när": sv, "komma": sv, "behöver": sv, "önskar": sv, "besök": sv, "nästa": sv, "finns": sv, "ringa": sv, "hur": sv, "kostar": sv, "beställa": sv, "offerten": sv, "vilken": sv, "nya": sv, "era": sv, "möte": sv, "hade": sv, "företag": sv, "detta": sv, "snälla": sv, "hälsar": sv,
	"hvornår": da, "stadig": da, "nyt": da, "bruge": da, "tilbuddet": da, "jeres": da, "møde": da, "brug": da, "venligst": da, "havde": da, "virksomhed": da,
	"when": en, "price": en, "new": en, "about": en, "what": en, "how": en, "does": en, "quote": en, "order": en, "want": en, "me": en, "us": en, "call": en, "available": en, "still": en, "was": en | de, "by": en, "there": en, "has": en,
	"wann": de, "kommen": de, "brauche": de, "brauchen": de, "kostet": de, "haus": de, "wieviel": de, "bestellen": de, "angebot": de, "möchte": de, "möchten": de, "preis": de, "neue": de, "neues": de, "noch": de, "zum": de, "zur": de, "bestellung": de, "vielen": de, "dank": de,
	"quand": fr, "venir": fr, "combien": fr, "faut": fr, "prix": fr, "nouveau": fr, "nouvelle": fr, "devis": fr, "commander": fr, "voulons": fr, "voudrais": fr, "est-ce": fr, "c'est": fr, "s'il": fr, "plaît": fr, "bien": fr, "toujours": fr, "souhaitons": fr, "avez": fr, "pouvez": fr,
}

// languageLetters are letters with the languages that use them.
var languageLetters = map[rune]uint16{
	'æ': nb | da, 'ø': nb | da, 'å': nb | sv | da, 'ä': sv | de | fi, 'ö': sv | de | fi, 'ü': de, 'ß': de,
	'ç': fr | pt, 'è': fr | it, 'ê': fr | pt, 'œ': fr, 'ñ': es, 'ã': pt, 'ł': pl, 'ż': pl, 'ę': pl, 'ą': pl,
}

// language scores the frequent words of a text. It is empty when no language
// is clearly ahead, or one that emne does not write.
func language(text string) string {
	if len(text) > maxLanguageBytes {
		text = text[:maxLanguageBytes]
	}
	var counts [256]int // of words, by the set of languages that use them
	letters := uint16(0)
	for i := 0; i < len(text); {
		word, n, ok := shortWord(text[i:])
		if !ok {
			var used uint16
			word, n, used = anyWord(text[i:])
			letters |= used
		}
		i += n
		counts[frequentWords.set(word)]++
	}
	var scores [len(languageNames)]int
	for set, languages := range frequentWords.sets {
		for b := languages; b != 0; b &= b - 1 {
			scores[bits.TrailingZeros16(b)] += counts[set] * (6 / bits.OnesCount16(languages))
		}
	}
	for i := range scores {
		if letters&(1<<i) != 0 {
			scores[i] += 3
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
