// Package jobs carries out the slow work that transitions cause: mails to send,
// submissions to map, and what the clock says.
//
//  1. A transition enqueues its job in its own transaction (process.Tx.Enqueue).
//  2. Start makes the jobs available again that this worker had begun when its
//     process ended, then River fetches and runs them, several at a time.
//  3. A job that fails runs again with growing waits; each handler is written so
//     that running twice does no harm.
//  4. Schedules are robfig/cron expressions in the company's time zone; each
//     time of a schedule runs once, on one of the processes.
//
// Promise: a job whose transition committed runs at least once, also after
// kill -9, and never before the commit.
package jobs
