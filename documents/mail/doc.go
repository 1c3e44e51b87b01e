// Package mail brings mails out of the house and tells the truth about them.
//
// What happens to one process.Delivery, as the handler of its job (Sender):
//
//  1. compose (Composer): subject, text, HTML and the frozen PDF become the
//     bytes of the mail. Its Message-ID is signed, so that a reply leads back
//     to the record.
//  2. fix: bytes, Message-ID and the hash of the customer's link are stored
//     before the first attempt; every later attempt sends the same bytes.
//  3. start: the attempt is counted and the state is sending.
//  4. submit (Submission): RFC 6409 submission with implicit TLS or STARTTLS
//     and AUTH. The server gets the stored bytes, no other ones.
//  5. record what became of it:
//     accepted after the server's 2xx to the final dot;
//     failed after its 5xx to MAIL, RCPT, DATA or the final dot;
//     retrying after a 4xx, a refused sign-in, and any error before the final dot;
//     unknown when the connection was lost after the final dot: nobody can
//     know, so a person decides and nothing is sent silently.
//
// A crash between 3 and 5 leaves the state sending: the job runs again and the
// same bytes go out once more, noted on the timeline.
//
// Promise: each mail is accepted by the server at least once and at most once
// more than there were crashes in step 4, or a person is told why not.
//
// Sources: RFC 5321 (SMTP), RFC 6409 (submission), RFC 8314 (TLS), RFC 4954
// (AUTH), RFC 6531 (addresses beyond ASCII), RFC 3834 (automatic answers).
package mail
