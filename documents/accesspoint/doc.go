// Package accesspoint hands e-invoices to an access point, which carries them
// into Peppol. What happens to one process.Delivery of an e-invoice, as the
// handler of its job (Sender):
//
//  1. fix: the UBL with the PDF enclosed is stored before the first attempt;
//     every attempt hands over the same bytes under the same key, which is the
//     document's id.
//  2. start: the attempt is counted and the state is sending.
//  3. drop: a Folder gets a file, whole or not at all; an Endpoint gets a POST
//     with the key as Idempotency-Key.
//  4. record what became of it:
//     accepted when the file is there, or after a 2xx;
//     failed after an answer that will not change by waiting;
//     retrying after everything else, a cut connection included, since the key
//     tells the receiver what it has already.
//
// Promise: each e-invoice is handed over at least once, always under the same
// key with the same bytes, or a person is told why not.
//
// Sources: RFC 9110 (HTTP), RFC 6585 section 4 (429), RFC 6750 (Bearer), RFC
// 7617 (Basic), and the Internet-Draft of the Idempotency-Key header field.
package accesspoint
