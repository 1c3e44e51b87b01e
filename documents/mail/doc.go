// Package mail brings mails out of the house and tells the truth about them.
//
// What happens to one process.Delivery, as the handler of its job:
//
//  1. compose: subject, text, HTML and the frozen PDF become the bytes of the
//     mail. Its Message-ID is signed, so that a reply leads back to the record.
//  2. fix: bytes, Message-ID and the hash of the customer's link are stored
//     before the first attempt; every later attempt sends the same bytes.
//  3. start: the attempt is counted and the state is sending.
//  4. submit: RFC 6409 submission with STARTTLS or implicit TLS and AUTH.
//  5. record what the server said:
//     accepted after its 250 to the final dot;
//     failed after a 5xx to MAIL, RCPT or DATA;
//     retrying after a 4xx, and after any error before the final dot;
//     unknown when the connection was lost after the final dot: nobody can
//     know, so a person decides and nothing is sent silently.
//
// A crash between 3 and 5 leaves the state sending: the job runs again and the
// same bytes go out once more, noted on the timeline.
//
// Promise: each mail is accepted by the server at least once and at most once
// more than there were crashes in step 4.
package mail
