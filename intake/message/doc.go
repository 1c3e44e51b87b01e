// Package message turns the bytes of a mail into what a person needs to know
// of it: who wrote, when, about what, which words are theirs, what is attached,
// whether a person or a machine wrote it, and which delivery it reports on.
//
// [Parse] keeps one promise: it never fails, never panics, and its time and
// memory are bounded by [MaxSize] and the other limits of this package. Mail
// that breaks the rules is repaired, and what was repaired is named in
// [Message.Defects]; mail that passes a limit, or that holds no header at all,
// has a [Message.Problem] and belongs into quarantine. No text is lost:
// [Message.FullText] holds every readable line, and Text, Quoted and Signature
// share its lines out among them. The caller keeps the raw bytes.
//
// How a mail is read:
//
//  1. The header is split into fields, whatever stands between them (header.go).
//  2. Addresses, dates, encoded words and parameters are read tolerantly
//     (address.go, date.go, words.go, mediatype.go).
//  3. The body is split at its boundaries, declared or found (split.go), each
//     part is decoded (decode.go, uuencode.go) and brought to UTF-8
//     (charset.go, charsetguess.go, clean.go), and the parts become text, HTML and
//     attachments (body.go). A winmail.dat is opened (tnef.go, mapi.go, rtf.go),
//     an invitation is the text of a mail that has no other (calendar.go).
//     The large files of a spooled mail stay in its file: they are decoded
//     piece by piece each time they are read (large.go).
//  4. HTML without a plain alternative becomes text with its links (text.go).
//  5. Quoted reply and signature are folded away (quote.go, signature.go).
//  6. The mail is classified: automated or not (automation.go), a delivery
//     report (report.go, bounce.go), its language (language.go).
//  7. Name, phone, company, organisation number and postal address are guessed,
//     each with the place that the guess came from (guess.go, guesscard.go).
//  8. A hash of content tells the same mail in two mailboxes (hash.go).
//
// Sources: RFC 5322 (format), RFC 2045–2047 and 2231 (MIME), RFC 3676
// (format=flowed), RFC 3834 (automatic answers), RFC 3464 (delivery reports),
// RFC 5545 (calendars), MS-OXTNEF, MS-OXRTFCP and MS-OXRTFEX (winmail.dat).
package message
