package process

// Documents checks and renders what the process issues. It is pure: no clock,
// no I/O, the same snapshot gives the same bytes. The room `documents`
// implements it.
type Documents interface {
	// Check lists what the law or EN 16931 misses in the snapshot. A problem
	// without a channel stands in the way of issuing.
	Check(Snapshot) []Problem
	// Render gives the bytes of the PDF.
	Render(Snapshot) ([]byte, error)
}

// blocking are the problems that close every channel.
func blocking(ps []Problem) []Problem {
	var b []Problem
	for _, p := range ps {
		if p.Channel == "" {
			b = append(b, p)
		}
	}
	return b
}
