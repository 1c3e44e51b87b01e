// Package documents checks and renders quotes, invoices and credit notes for
// the process.
//
//  1. Check lists what the law or EN 16931-1 misses in a snapshot, before a
//     number is taken: what a person can break and mend, and the sums, exactly.
//     What only Peppol or the Norwegian rules ask for closes the e-invoice
//     alone, and says so by its channel.
//  2. Render makes the PDF of a snapshot that was checked, with the e-invoice
//     inside (Factur-X) when it is an invoice or a credit note.
//  3. XML writes the e-invoice by itself, as CII or as UBL.
//
// All are pure: no clock, no I/O, the same snapshot gives the same answer. The
// promise: what passes Check can be issued as an electronic invoice too, apart
// from what a single channel asks for beyond the standard.
package documents
