// Package year lets a business live for a year, so that a demo, a screenshot
// or a benchmark has data that came about as in a company.
//
//  1. An agenda of acts in the order of their moments, drawn from a seed: leads
//     come in by mail, form and telephone, are qualified or not, quoted, revised,
//     accepted, declined or forgotten, delivered in whole and in parts.
//  2. Each act is a use case of process, at its moment on a Clock that the whole
//     house is given. Nothing is written past the use cases.
//  3. Customers pay through a bank that writes CAMT.053, OCR giro and CSV files,
//     which are imported as a person would; what the import leaves open is
//     matched by what the payer meant.
//  4. Every day reminders, follow-ups and subscriptions run, and the day's mails
//     are carried.
//  5. Books sums what came of it and says where two sums of the same money differ.
//
// Promise: the same seed, number of leads and last day make the same business,
// up to record ids.
package year
