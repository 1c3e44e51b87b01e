// Package bank reads what banks write about an account: CAMT.053 and CAMT.054
// (ISO 20022, versions 02 to 08 and later, whatever the namespace), Norwegian
// OCR giro (Mastercard Payment Services, formerly Nets/BBS), and CSV with a
// mapping.
//
//  1. Reader.ReadStatement finds out the format from the first bytes, unless it
//     is given.
//  2. The format's reader turns the file into process.StatementEntry: dates,
//     an exact amount with its sign, KID or structured reference, text,
//     counterparty, the bank's own id, and the place in the file.
//  3. Totals that the file itself states (OCR giro's end records, the parts of
//     a CAMT batch) are compared with what was read.
//
// It is tolerant of form (namespaces, character sets, line ends, missing
// columns, unknown elements) and strict about money: a file with an amount or
// a date that cannot be read is refused, with the line or element of the first
// ones.
//
// Promise: no input makes it panic, wait, or use more memory than a small
// multiple of the file, and no amount is rounded or guessed.
package bank
