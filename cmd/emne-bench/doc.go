// Emne-bench measures emne against the limits of the machine and against its
// peers, side by side in one run, so that the ratios mean something on a busy
// or a slow machine too. It is a module of its own: peers never enter emne.
//
//	make bench                            everything
//	make bench ARGS="mail -mails 2000"    one part, smaller
//	make bench ARGS="mail -flush 1ms"     on a disk that flushes slower
//
// Parts: mail (mail.go) reads one mailbox of a real Dovecot over a bare socket,
// with emne, and with mbsync when it is installed, into an empty database and
// into one that has many mails (fill.go), beside bare rows of SQLite (rows.go);
// latency (latency.go) measures how soon a mail is a lead on the API of a running
// daemon; chain (chain.go) goes the whole way from a lead to a payment, beside
// bare durable commits of the same database, in an empty house and beside 100,000
// finished ones; documents (papers.go) makes one-page hybrid invoices beside bare
// gofpdf, wkhtmltopdf, WeasyPrint and Chromium.
package main
