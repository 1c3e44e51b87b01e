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

// The formats of e-invoices.
const (
	FormatCII = "cii" // UN/CEFACT Cross Industry Invoice D16B, as in Factur-X
	FormatUBL = "ubl" // Peppol BIS Billing 3.0, EHF
)

// EInvoices writes issued invoices and credit notes as XML. It is pure, as
// Documents is, and implemented by the same room.
type EInvoices interface {
	// XML writes s as FormatCII or FormatUBL, or lists what the format misses in
	// it; then there are no bytes. Files are enclosed in UBL alone (BG-24).
	XML(s Snapshot, format string, enclosed ...File) ([]byte, []Problem, error)
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
