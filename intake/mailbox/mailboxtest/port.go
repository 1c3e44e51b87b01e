package mailboxtest

import (
	"math/rand/v2"
	"net"
	"strconv"
	"testing"
)

// The ports that systems do not give to outgoing connections by themselves, and
// few servers have.
const (
	firstPort = 15_000
	afterPort = 32_000
)

// FreePort is a port of 127.0.0.1 on which nobody listens. It stays free, also
// over a restart of what listens there, because no connection gets it by chance.
func FreePort(t testing.TB) int {
	t.Helper()
	for range 1000 {
		port := firstPort + rand.IntN(afterPort-firstPort)
		l, err := net.Listen("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(port)))
		if err != nil {
			continue
		}
		if err := l.Close(); err != nil {
			t.Fatal(err)
		}
		return port
	}
	t.Fatal("there is no free port")
	return 0
}
