package store

import (
	"context"
	"database/sql"
	"log/slog"
	"time"
)

const (
	// checkpointAfter is how many transactions the log takes in before it is
	// written back beside them: some 10 MiB.
	checkpointAfter = 256
	// checkpointPages is how long the log may become, in pages (32 MiB), before
	// the writing connection writes back what is left of it and begins it anew.
	checkpointPages = 8192
	checkpointTime  = time.Minute
)

// checkpointer writes SQLite's log back into the file on a connection of its
// own, which keeps no writer waiting. Only the writer can begin the log anew, at
// a moment when all of it is written back: that is little then, since most is.
type checkpointer struct {
	pool *sql.DB
	log  *slog.Logger
	// parts are those since the log was last asked to be written back; they
	// belong to the group writer.
	parts int
	due   chan struct{}
	done  chan struct{}
}

func startCheckpointer(pool *sql.DB, log *slog.Logger) *checkpointer {
	c := &checkpointer{pool: pool, log: log, due: make(chan struct{}, 1), done: make(chan struct{})}
	go c.loop()
	return c
}

// committed counts transactions. After stop it is not called.
func (c *checkpointer) committed(parts int) {
	if c.parts += parts; c.parts < checkpointAfter {
		return
	}
	c.parts = 0
	select {
	case c.due <- struct{}{}:
	default:
	}
}

func (c *checkpointer) loop() {
	defer close(c.done)
	for range c.due {
		pages, err := c.write()
		if err != nil {
			c.log.Warn("the log of the database was not written back; the next commits do it", "error", err)
		}
		if pages > checkpointPages { // the next time is the writer's, or the log would never begin anew
			<-c.due
		}
	}
}

// write gives the pages that the log has.
func (c *checkpointer) write() (pages int, err error) {
	ctx, cancel := context.WithTimeout(context.Background(), checkpointTime)
	defer cancel()
	var busy, written int
	err = c.pool.QueryRowContext(ctx, "PRAGMA wal_checkpoint(PASSIVE)").Scan(&busy, &pages, &written)
	return pages, err
}

func (c *checkpointer) stop() error {
	close(c.due)
	<-c.done
	return nil
}
