// Package intake is where inquiries enter the house: Inquiry, the one form of a
// thing that came in, and the small interfaces through which the rooms below
// record it. They see the process through the names of this package alone.
//
//  1. intake/mailbox reads IMAP accounts, intake/message turns a mail's bytes
//     into a Mail, and MailRecorder keeps it and moves the mailbox's cursor.
//     A large mail lies in a file of the spool meanwhile (spool.go, raw.go).
//  2. intake/webform verifies a hook's request and FormRecorder keeps its raw
//     body before it is answered; its job maps the body to an Inquiry later and
//     hands it to FormFiler.
//  3. The process decides what each becomes: a lead, an entry on a record, a
//     quarantine entry.
//
// The promise: nothing is acknowledged to the outside, neither by a flag on a
// server nor by a 2xx, before it is committed.
package intake
