package pdf

import (
	"fmt"
	"image/color"
	"strings"

	"github.com/boombuler/barcode/qr"

	"github.com/emne/emne/process"
)

// The limits of EPC069-12 version 3: bytes of the payload (QR version 13 at
// level M), the payee's name, the two kinds of remittance information, and the
// amount in cents.
const (
	epcBytes       = 331
	epcName        = 70
	epcStructured  = 35
	epcFree        = 140
	epcMost        = 999_999_999_99
	epcSize        = 92.0 // points, the quiet zone included
	epcQuiet       = 4    // modules of quiet zone (ISO/IEC 18004 section 9.1)
	epcDarkest     = 0x8000
	epcServiceTag  = "BCD"
	epcVersion     = "002" // the BIC may be left out within the EEA
	epcUTF8        = "1"
	epcCreditOrder = "SCT"
)

// epcPayload is the SEPA credit transfer that pays an invoice, as EPC069-12
// writes it; empty when there is none: in another currency than EUR, without an
// IBAN, or when its texts are too long.
func epcPayload(s process.Snapshot) string {
	iban := strings.ToUpper(strings.ReplaceAll(s.Payment.IBAN, " ", ""))
	if s.Currency != "EUR" || iban == "" || s.Payable.Minor <= 0 || s.Payable.Minor > epcMost {
		return ""
	}
	reference := oneLine(s.Payment.Reference, epcFree)
	structured := ""
	if compact := strings.ReplaceAll(reference, " ", ""); strings.HasPrefix(compact, "RF") && len(compact) <= epcStructured { // ISO 11649
		structured, reference = compact, ""
	}
	payload := strings.TrimRight(strings.Join([]string{epcServiceTag, epcVersion, epcUTF8, epcCreditOrder, strings.ReplaceAll(s.Payment.BIC, " ", ""),
		oneLine(s.Seller.Name, epcName), iban, fmt.Sprintf("EUR%d.%02d", s.Payable.Minor/100, s.Payable.Minor%100), "", structured, reference}, "\n"), "\n")
	if len(payload) > epcBytes {
		return ""
	}
	return payload
}

// oneLine is a text without line ends, of at most so many characters.
func oneLine(s string, most int) string {
	r := []rune(strings.Join(strings.Fields(s), " "))
	return strings.TrimSpace(string(r[:min(len(r), most)]))
}

// epc draws the QR code with its upper left corner at (x, y), each row's dark
// modules as rectangles.
func (c *composer) epc(payload string, x, y float64) error {
	code, err := qr.Encode(payload, qr.M, qr.Unicode)
	if err != nil {
		return fmt.Errorf("drawing the payment code: %w", err)
	}
	n := code.Bounds().Dx()
	module := epcSize / float64(n+2*epcQuiet)
	c.box(x, y, epcSize, epcSize, colour{255, 255, 255})
	for row := range n {
		for from := 0; from < n; from++ {
			to := from
			for to < n && dark(code.At(to, row)) {
				to++
			}
			if to > from {
				c.box(x+float64(from+epcQuiet)*module, y+float64(row+epcQuiet)*module, float64(to-from)*module, module, colour{})
				from = to
			}
		}
	}
	return nil
}

func dark(c color.Color) bool {
	r, _, _, _ := c.RGBA()
	return r < epcDarkest
}
