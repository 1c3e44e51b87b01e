// Package storetest holds what every process.Store must do, in one suite that
// both engines run, and starts PostgreSQL for tests.
//
//  1. Run opens a store per test and works on it through process.Store alone;
//     the few things that lie outside of it (counting jobs, checking the audit
//     chain) are asked through the interface Inspect.
//  2. Postgres starts a cluster of the machine's PostgreSQL once for the test
//     binary and gives each caller a new database in it.
//
// It promises that a test never passes because something was missing.
package storetest
