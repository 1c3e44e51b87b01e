// Package mailbox reads IMAP accounts (RFC 3501, RFC 9051) and hands every new
// mail to the process, once.
//
//  1. Run keeps one connection to one folder: it dials, protects it with TLS
//     (never less than was asked for), signs in, by a password or by the tokens
//     of package oauth, and selects (connect.go). When
//     it breaks, it comes back after a pause that grows (retry.go).
//  2. At the first contact under a UIDVALIDITY it is noted which of the old
//     mail is taken; a UIDVALIDITY that changes starts the folder over, and the
//     process knows the mails that it has seen (session.go).
//  3. What lies above the cursor is listed with its size first, then fetched in
//     batches, one FETCH at a time; what is too large, and what does not come
//     however often it is asked for, is quarantined with a reason, while the
//     others go ahead (list.go, fetch.go, take.go, suspect.go).
//     A mail of a mebibyte or more goes into a file of the spool as it comes;
//     only what is being read of it takes memory, until it is recorded.
//  4. Mails are parsed beside each other and recorded in the order in which they
//     came, as many in one transaction as are ready; when that fails, each in its
//     own (record.go). The cursor moves only over an unbroken row of committed
//     ones (prefix.go).
//  5. Only what is committed is marked or moved on the server (after.go, move.go);
//     that it is still to be done is committed with it, so that the next
//     connection catches up.
//  6. Then IDLE (RFC 2177), ended before five minutes, and the scheduled poll
//     beside it wait for more (wait.go).
//
// The IMAP library has no deadlines between responses, so the connection under
// it has its own: while an answer is owed, silence breaks it (watch.go).
//
// The promise: a mail that lies in the folder is recorded exactly once, or its
// UID is still above the cursor, whatever breaks and whenever.
package mailbox
