// Package webform takes what web pages and programs post to /hooks/{source}.
//
// At once, in the request (Handler):
//
//  1. The source is looked up, and the sender verified: a token as Bearer or as
//     the last part of the path, or a Standard Webhooks signature. A source
//     with neither is open: it has caps for each network address, and traps
//     for robots, which are not told.
//  2. The body is read within its limits.
//  3. The event gets its id: webhook-id, Idempotency-Key, the provider's own id,
//     or the hash of the body, which counts for ten minutes.
//  4. Raw body and headers are committed, and a job with them. Only then is the
//     sender answered: 202 with the submission's id, the same bytes for the
//     same event, or a 303 to a thank-you page for a browser.
//
// Later, in the job (Filer): the body becomes fields (JSON, urlencoded,
// multipart, text), the fields become an inquiry by their names and values, and
// what fits nothing is kept as lines of its text. A body that says nothing, or
// cannot be read, goes to quarantine.
//
// The promise: what was answered with 2xx is stored once, with every byte, and
// becomes exactly one thing. Mapping never panics and never loses a value that
// a person typed.
//
// Sources: RFC 9457 (problem details), the Standard Webhooks specification 1.0,
// RFC 7578 (multipart/form-data), RFC 6454 (Origin).
package webform
