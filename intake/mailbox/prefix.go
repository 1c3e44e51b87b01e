package mailbox

import "sync"

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

// with is how far the cursor may move once uid is handled too, 0 for not at all.
func (p *prefix) with(uid uint32) uint32 {
	p.mu.Lock()
	defer p.mu.Unlock()
	i := p.next
	for i < len(p.uids) && (p.uids[i] == uid || p.done[p.uids[i]]) {
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
