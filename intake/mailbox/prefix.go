package mailbox

import (
	"sync"

	"github.com/emne/emne/intake"
)

// prefix knows which mails of an ascending list are handled, so that the cursor
// moves only over those before which nothing is missing.
type prefix struct {
	mu   sync.Mutex
	uids []uint32
	done map[uint32]bool
	next int // all before it are handled
}

func newPrefix(found []entry) *prefix {
	p := &prefix{done: make(map[uint32]bool), uids: make([]uint32, len(found))}
	for i, e := range found {
		p.uids[i] = e.uid
	}
	return p
}

// with is how far the cursor may move once the mails are handled too, 0 for not
// at all.
func (p *prefix) with(mails []intake.Mail) uint32 {
	p.mu.Lock()
	defer p.mu.Unlock()
	too := make(map[uint32]bool, len(mails))
	for i := range mails {
		too[mails[i].At.UID] = true
	}
	i := p.next
	for i < len(p.uids) && (too[p.uids[i]] || p.done[p.uids[i]]) {
		i++
	}
	return p.before(i)
}

// finish says that uid is handled.
func (p *prefix) finish(uid uint32) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.done[uid] = true
	for p.next < len(p.uids) && p.done[p.uids[p.next]] {
		delete(p.done, p.uids[p.next])
		p.next++
	}
}

// upTo is how far the cursor may move now, 0 for not at all.
func (p *prefix) upTo() uint32 {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.before(p.next)
}

func (p *prefix) before(i int) uint32 {
	if i == 0 {
		return 0
	}
	return p.uids[i-1]
}
