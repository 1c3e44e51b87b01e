package store

import (
	"context"
	"database/sql/driver"
	"strings"
	"sync"

	sqlite3 "github.com/mattn/go-sqlite3"
)

// connector opens SQLite connections on which $1 means the first argument, as
// it does on PostgreSQL: the driver itself numbers $N by first appearance and
// so would swap arguments in silence.
type connector struct {
	driver *sqlite3.SQLiteDriver
	dsn    string
	texts  *rewrites
	// setup is run on each new connection.
	setup string
}

func (c *connector) Connect(context.Context) (driver.Conn, error) {
	conn, err := c.driver.Open(c.dsn)
	if err != nil {
		return nil, err
	}
	if c.setup != "" {
		if _, err := conn.(*sqlite3.SQLiteConn).Exec(c.setup, nil); err != nil {
			conn.Close()
			return nil, err
		}
	}
	return numberedConn{conn.(*sqlite3.SQLiteConn), c.texts}, nil
}

func (c *connector) Driver() driver.Driver { return c.driver }

type numberedConn struct {
	*sqlite3.SQLiteConn
	texts *rewrites
}

func (c numberedConn) Prepare(q string) (driver.Stmt, error) {
	return c.SQLiteConn.Prepare(c.texts.of(q))
}

func (c numberedConn) PrepareContext(ctx context.Context, q string) (driver.Stmt, error) {
	return c.SQLiteConn.PrepareContext(ctx, c.texts.of(q))
}

func (c numberedConn) ExecContext(ctx context.Context, q string, args []driver.NamedValue) (driver.Result, error) {
	return c.SQLiteConn.ExecContext(ctx, c.texts.of(q), args)
}

func (c numberedConn) QueryContext(ctx context.Context, q string, args []driver.NamedValue) (driver.Rows, error) {
	return c.SQLiteConn.QueryContext(ctx, c.texts.of(q), args)
}

// maxRewrites bounds the remembered texts; our own are a few hundred.
const maxRewrites = 1024

// rewrites remembers rewritten SQL texts.
type rewrites struct {
	mu    sync.RWMutex
	texts map[string]string
}

func newRewrites() *rewrites { return &rewrites{texts: map[string]string{}} }

func (r *rewrites) of(q string) string {
	if strings.IndexByte(q, '$') < 0 {
		return q
	}
	r.mu.RLock()
	out, ok := r.texts[q]
	r.mu.RUnlock()
	if ok {
		return out
	}
	out = numbered(q)
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.texts) < maxRewrites {
		r.texts[q] = out
	}
	return out
}

// numbered turns $N into ?N wherever it is a placeholder: not inside quotes or
// comments, and not in JSON paths such as $.x or $[0]. After = and LIMIT it
// becomes +?N, which means the same: SQLite looks whether the value of a bare
// one there is a small number, and then parses and plans the whole statement
// anew with each other value (sqlite3ExprIsInteger since 3.47).
func numbered(q string) string {
	var b strings.Builder
	b.Grow(len(q))
	for i := 0; i < len(q); {
		n := 1
		switch c := q[i]; {
		case c == '\'' || c == '"' || c == '`':
			n = span(q[i+1:], string(c)) + 1
		case c == '-' && strings.HasPrefix(q[i:], "--"):
			n = span(q[i:], "\n")
		case c == '/' && strings.HasPrefix(q[i:], "/*"):
			n = 2 + span(q[i+2:], "*/")
		case c == '$' && i+1 < len(q) && q[i+1] >= '0' && q[i+1] <= '9':
			if before := b.String(); strings.HasSuffix(before, "= ") || strings.HasSuffix(before, "LIMIT ") {
				b.WriteByte('+')
			}
			b.WriteByte('?')
			i++
			continue
		}
		b.WriteString(q[i : i+n])
		i += n
	}
	return b.String()
}

// span is the length up to and including end, or all of s.
func span(s, end string) int {
	if i := strings.Index(s, end); i >= 0 {
		return i + len(end)
	}
	return len(s)
}
