// Package mailboxtest gives tests a real IMAP server: Debian's Dovecot 2.3,
// private to one test.
//
// How it works:
//
//  1. Dovecot writes a configuration, a certificate and a password file into a
//     temporary folder and starts the server in the foreground, as nobody when
//     the test runs as root and as oneself otherwise, on two free loopback
//     ports: plain with STARTTLS, and implicit TLS.
//  2. The greeting of the server is the test's own, so that no other server on
//     the port is mistaken for it.
//  3. Mail is dropped into the user's Maildir as a delivery agent does: written
//     aside, then renamed.
//  4. When the test ends, the server is stopped and waited for, and the folder
//     is removed; a failed test shows the end of the server's log.
//
// The promise: a test either talks to its own, running Dovecot, or fails.
package mailboxtest
