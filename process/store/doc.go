// Package store keeps the records of package process in SQLite or PostgreSQL,
// with one text of SQL for both.
//
//  1. OpenSQLite and OpenPostgres open the pools, apply the migrations (goose,
//     a folder per dialect, then River's own) and give a *DB, which is a
//     process.Store.
//  2. InTx on SQLite queues at one writer goroutine. It begins, lets each
//     waiting caller run its function inside a SAVEPOINT, writes what they all
//     left for the end (audit links, jobs), commits once and answers. On
//     PostgreSQL every InTx is a transaction of its own, repeated after a
//     serialisation failure.
//  3. View is a read-only transaction on one consistent state, beside the writer.
//  4. A table[T] says for one record which columns hold which fields; Insert,
//     Update, Get and List are written once over it.
//  5. Blobs are content-addressed and compressed, the audit chain is append-only
//     by trigger, and issued documents refuse changes by trigger too.
//
// It promises that what InTx answered is on disk, wholly, and that what it
// refused has left no trace.
package store
