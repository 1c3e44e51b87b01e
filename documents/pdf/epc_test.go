package pdf

import (
	"image"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/qrcode"

	"github.com/emne/emne/process"
)

// euros is an invoice that is paid by SEPA.
func euros() process.Snapshot {
	s := document(process.KindInvoice, "en", "EUR", line("EUR", "Work", "1", "HUR", "100.05", "0", "S", "25"))
	s.Payment = process.PaymentMeans{Code: "58", IBAN: "DE89 3704 0044 0532 0130 00", BIC: "COBADEFFXXX", Reference: "10042"}
	return s
}

// What the code says (EPC069-12 version 3, section 2), and when there is none.
func TestEPCPayload(t *testing.T) {
	t.Parallel()
	const head = "BCD\n002\n1\nSCT\n"
	for name, c := range map[string]struct {
		change func(*process.Snapshot)
		want   string
	}{
		"usual":       {func(*process.Snapshot) {}, head + "COBADEFFXXX\nFjellheim Snekkeri AS\nDE89370400440532013000\nEUR125.06\n\n\n10042"},
		"without BIC": {func(s *process.Snapshot) { s.Payment.BIC = "" }, head + "\nFjellheim Snekkeri AS\nDE89370400440532013000\nEUR125.06\n\n\n10042"},
		"structured":  {func(s *process.Snapshot) { s.Payment.Reference = "RF18 5390 0754 7034" }, head + "COBADEFFXXX\nFjellheim Snekkeri AS\nDE89370400440532013000\nEUR125.06\n\nRF18539007547034"},
		"odd texts": {func(s *process.Snapshot) { s.Seller.Name, s.Payment.Reference = " Åse\n& Bø ", "" },
			head + "COBADEFFXXX\nÅse & Bø\nDE89370400440532013000\nEUR125.06"},
		"long name":   {func(s *process.Snapshot) { s.Seller.Name = strings.Repeat("ø", 90) }, head + "COBADEFFXXX\n" + strings.Repeat("ø", 70) + "\nDE89370400440532013000\nEUR125.06\n\n\n10042"},
		"kroner":      {func(s *process.Snapshot) { s.Currency = "NOK" }, ""},
		"no IBAN":     {func(s *process.Snapshot) { s.Payment.IBAN = "" }, ""},
		"nothing due": {func(s *process.Snapshot) { s.Payable.Minor = 0 }, ""},
		"too much":    {func(s *process.Snapshot) { s.Payable.Minor = 1_000_000_000_00 }, ""},
		"too long": {func(s *process.Snapshot) {
			s.Seller.Name, s.Payment.Reference = strings.Repeat("漢", 70), strings.Repeat("漢", 140)
		}, ""},
	} {
		s := euros()
		c.change(&s)
		if got := epcPayload(s); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

// The code on the printed page is read back by a reader; an invoice in kroner
// has none.
func TestEPCIsRead(t *testing.T) {
	t.Parallel()
	r := newRenderer(t)
	want := epcPayload(euros())
	if got := scan(t, render(t, r, euros())); got != want {
		t.Errorf("the page says %q, want %q", got, want)
	}
	s := euros()
	s.PaymentTerms = strings.Repeat("Payment within the agreed time. ", 10)
	if got := scan(t, render(t, r, s)); got != want {
		t.Errorf("beside long terms it says %q", got)
	}
	kroner := document(process.KindInvoice, "nb", "NOK", shortLines("NOK")...)
	kroner.Payment.IBAN = "NO9386011117947"
	if got := scan(t, render(t, r, kroner)); got != "" {
		t.Errorf("an invoice in kroner has the code %q", got)
	}
	c, _ := pages(t, r, s)
	inside(t, c)
}

// scan reads the QR code of a document's last page, empty when there is none.
func scan(t *testing.T, pdf []byte) string {
	t.Helper()
	dir := t.TempDir()
	write(t, filepath.Join(dir, "in.pdf"), pdf)
	if out, err := exec.Command("pdftoppm", "-png", "-r", "200", "-singlefile", filepath.Join(dir, "in.pdf"), filepath.Join(dir, "page")).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	f, err := os.Open(filepath.Join(dir, "page.png"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var img image.Image
	if img, err = png.Decode(f); err != nil {
		t.Fatal(err)
	}
	bitmap, err := gozxing.NewBinaryBitmapFromImage(img)
	if err != nil {
		t.Fatal(err)
	}
	result, err := qrcode.NewQRCodeReader().Decode(bitmap, map[gozxing.DecodeHintType]any{gozxing.DecodeHintType_TRY_HARDER: true, gozxing.DecodeHintType_CHARACTER_SET: "UTF-8"})
	if err != nil {
		return ""
	}
	return result.GetText()
}
