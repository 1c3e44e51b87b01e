// Package postoffice is the demo's mail server: SMTP in, IMAP out, one mailbox
// for every address at any domain, in the same process as the rest of the demo.
//
// A mail goes through it in these steps:
//
//  1. SMTP (or Deliver) takes the bytes. Every recipient is accepted; a
//     plus-address (sales+tag@demo.example) is delivered to its plain one.
//  2. The bytes, with Return-Path and Received in front, are spooled: streamed
//     to one file and synced.
//  3. The file is linked into the INBOX of every recipient under the next UID.
//     Mails that arrive at one folder at the same time share one sync of its
//     directory (group commit).
//  4. The folder's index in memory (UID, size, date, flags; never the bytes)
//     grows and wakes every session that has the folder selected, so that IDLE
//     announces the mail.
//  5. Only then does SMTP answer 250.
//
// IMAP sessions read the index and open a message's file when its content is
// asked for. The user name is the address, the password is Password.
//
// The promise: a mail that was answered with 250 is there after a crash, once,
// under the same UIDVALIDITY and UID and with its flags; no UID is used twice.
// Without a folder on disk the same holds for as long as the process lives.
//
// On disk an account is a directory and each of its folders a directory below,
// with state.json (address, name, UIDVALIDITY, UIDNEXT, subscription), flags.log
// (one line for each change of flags, compacted when the folder is opened) and
// one file a message, UID.MICROSECONDS.eml, the second number being the
// INTERNALDATE. An account from which a folder was deleted has account.json with
// its highest UIDVALIDITY. The directory must not be used by two processes at once; the
// caller holds the lock.
package postoffice
