package mailbox

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net"
	"strconv"
	"testing"
	"time"

	toxiproxy "github.com/Shopify/toxiproxy/v2"
	"github.com/rs/zerolog"
)

// network is the way to a server, which faults on demand.
type network struct {
	t      *testing.T
	server *toxiproxy.ApiServer
	proxy  *toxiproxy.Proxy
	addr   string // where it listens
	to     string
	// counts has how often each fault was brought about.
	counts map[string]int
	toxics int // so far; each has a name of its own
}

// toxicTime bounds a change of a running proxy: the library can wait for ever
// for a connection that ends at the same moment, and is replaced then.
const toxicTime = 2 * time.Second

func newNetwork(t *testing.T, to string) *network {
	t.Helper()
	zerolog.SetGlobalLevel(zerolog.Disabled) // some toxics log to standard error
	n := &network{t: t, server: toxiproxy.NewServer(toxiproxy.NewMetricsContainer(nil), zerolog.Nop()), addr: "127.0.0.1:0", to: to, counts: map[string]int{}}
	n.mend()
	t.Cleanup(func() { n.proxy.Stop() })
	return n
}

func (n *network) port() int {
	_, port, err := net.SplitHostPort(n.addr)
	if err != nil {
		n.t.Fatal(err)
	}
	p, err := strconv.Atoi(port)
	if err != nil {
		n.t.Fatal(err)
	}
	return p
}

// down cuts all connections and takes no new ones.
func (n *network) down() { n.proxy.Stop() }

// mend cuts all connections; from now on new ones are served well.
func (n *network) mend() {
	n.t.Helper()
	if n.proxy != nil {
		n.proxy.Stop()
	}
	for try := 0; ; try++ {
		n.proxy = toxiproxy.NewProxy(n.server, "imap", n.addr, n.to)
		err := n.proxy.Start()
		if err == nil {
			break
		}
		if try == 50 {
			n.t.Fatalf("the proxy does not start again: %v", err)
		}
		time.Sleep(10 * time.Millisecond) // a connection of ours may have the port for its own end
	}
	n.addr = n.proxy.Listen
}

// poison adds a toxic to the present connections and to new ones.
func (n *network) poison(kind, direction string, toxicity float64, attributes map[string]int) {
	n.t.Helper()
	n.toxics++
	text, err := json.Marshal(map[string]any{"name": fmt.Sprint(kind, n.toxics), "type": kind, "stream": direction, "toxicity": toxicity, "attributes": attributes})
	if err != nil {
		n.t.Fatal(err)
	}
	toxics, done := n.proxy.Toxics, make(chan error, 1)
	go func() {
		_, err := toxics.AddToxicJson(bytes.NewReader(text))
		done <- err
	}()
	select {
	case err := <-done:
		if err != nil {
			n.t.Fatalf("the toxic %s: %v", text, err)
		}
	case <-time.After(toxicTime):
		n.mend()
	}
}

// fault breaks something at random. It lasts until the next mend; where later
// is not nil, that ends it by breaking more.
func (n *network) fault(r *rand.Rand) (name string, later func()) {
	direction := []string{"downstream", "upstream"}[r.IntN(2)]
	switch name = []string{"cut", "slow", "sliced", "reset", "black hole", "cut after some octets"}[r.IntN(6)]; name {
	case "cut":
		n.down()
	case "slow":
		n.poison("bandwidth", "downstream", 1, map[string]int{"rate": 10 + r.IntN(200)})
		n.poison("latency", direction, 1, map[string]int{"latency": r.IntN(60), "jitter": r.IntN(40)})
	case "sliced":
		n.poison("slicer", "downstream", 1, map[string]int{"average_size": 2 + r.IntN(60), "size_variation": 1, "delay": r.IntN(50)})
		n.poison("slicer", "upstream", 1, map[string]int{"average_size": 2 + r.IntN(6), "size_variation": 1, "delay": r.IntN(50)})
	case "reset":
		// The toxic itself is asleep, but its new connections end by RST.
		n.mend()
		n.poison("reset_peer", "downstream", 0, nil)
		later = n.down
	case "black hole":
		n.poison("timeout", direction, 1, map[string]int{"timeout": 0})
	case "cut after some octets":
		n.poison("limit_data", "downstream", 1, map[string]int{"bytes": r.IntN(200_000)})
	}
	n.counts[name]++
	return name, later
}

func (n *network) String() string { return fmt.Sprint(n.counts) }
