// Package card turns business cards into inquiries: vCard files of version 2.1,
// 3.0 and 4.0, and lists of contacts as CSV.
//
//  1. Bytes become text: UTF-8, UTF-16 by its mark, else windows-1252.
//  2. vCards, like calendars, consist of content lines (line.go); each card's
//     lines become a [Card] (vcard.go).
//  3. Of a CSV file the first row says what the columns are, in the six languages
//     of the mail intake and in the words of Outlook and Google (csv.go).
//  4. [Card.Inquiry] brings the phone to E.164 and the country to its code.
//
// The promise: reading never fails on a card and never panics; what cannot be
// read is left out, and size and number are bounded. CSV whose columns nobody
// knows is refused, because guessing them would make leads of nonsense.
//
// Sources: RFC 2426 (3.0), RFC 6350 (4.0), vCard 2.1 of the Internet Mail
// Consortium, RFC 5545 section 3.1 (content lines), RFC 4180 (CSV).
package card
