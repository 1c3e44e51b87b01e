package pdf

import (
	"bytes"
	"image"
	"image/color"
	"image/png"

	"github.com/shopspring/decimal"

	"github.com/emne/emne/process"
)

func nok(minor int64) process.Money { return process.Money{Minor: minor, Currency: "NOK"} }

// kinds are samples of what the first ones lack: sections and pictures, discounts
// and charges, prices with VAT, deposits, and the documents outside the accounts.
func kinds() map[string]process.Snapshot {
	out := map[string]process.Snapshot{}
	standard := process.VAT{Category: "S", Rate: decimal.NewFromInt(25)}
	section := func(text string) process.Line { return process.Line{Kind: process.LineSection, Description: text} }
	product := func(sku string, l process.Line) process.Line { l.Product = sku; return l }
	option := func(ticked bool, l process.Line) process.Line { l.Option, l.Ticked = true, ticked; return l }

	lines := []process.Line{section("Garderobe"),
		product("SKAP", line("NOK", "Garderobeskap i ask, oljet\nHøyde 2100 mm, bredde 600 mm, med hylle, stang og lås. Sokkel i eik, dører med demping.", "12", "H87", "4890", "10", "S", "25")),
		product("BENK", line("NOK", "Benk i ask, 1800 mm", "4", "H87", "3250", "0", "S", "25")),
		section("Montering"), line("NOK", "Montering på stedet", "16.5", "HUR", "890", "0", "S", "25"),
		{Kind: process.LineText, Description: "Strøm til låsene trekkes av hotellets egen elektriker før montering."},
		section("Tillegg"), product("SPEIL", option(true, line("NOK", "Speil med lys, 600 × 900 mm", "6", "H87", "2190", "0", "S", "25"))),
		option(false, line("NOK", "Serviceavtale", "12", "MON", "490", "0", "S", "25"))}
	illustrated := document(process.KindQuote, "nb", "NOK", lines...)
	illustrated.Prepayment = &process.Prepayment{Percent: new(decimal.NewFromInt(30))}
	for i, sku := range []string{"SKAP", "BENK", "SPEIL"} {
		b, err := SmallPicture(furniture(i))
		if err != nil {
			panic(err)
		}
		illustrated.Pictures = append(illustrated.Pictures, process.ProductPicture{Product: sku, SHA256: sku, Data: b})
	}
	out["quote-illustrated"] = illustrated

	adjusted := document(process.KindInvoice, "nb", "NOK", shortLines("NOK")...)
	share := func(amount int64) []process.Share {
		return []process.Share{{VAT: standard, Base: adjusted.VATGroups[0].Base, Amount: nok(amount)}}
	}
	adjusted.Adjustments = []process.Adjustment{{Reason: "Kunderabatt", Percent: decimal.NewFromInt(5), Amount: nok(348720), Shares: share(348720)}, {Charge: true, Reason: "Frakt og emballasje", Amount: nok(145000), Shares: share(145000)}}
	adjusted.Totals = adjusted.Sum(adjusted.Lines, "NOK")
	adjusted.Prepaid = nok(2500000)
	adjusted.Payable = adjusted.Gross.Sub(adjusted.Prepaid)
	out["invoice-adjusted"] = adjusted

	retail := document(process.KindInvoice, "nb", "NOK", shortLines("NOK")[:2]...)
	retail.Buyer = process.Party{Name: "Kari Nordmann", Address: process.Address{Street: "Storgata 4", Postcode: "2609", City: "Lillehammer", Country: "NO"}, Kind: "consumer"}
	retail.PricesIncludeVAT, retail.CustomerReference, retail.BuyerReference = true, "", ""
	for i, price := range []string{"6112.50", "1112.50"} {
		retail.Lines[i].UnitPriceWithVAT = dec(price)
	}
	out["invoice-with-vat"] = retail

	deposit := document(process.KindInvoice, "nb", "NOK", line("NOK", "O-1007", "1", "C62", "20000", "0", "S", "25"))
	deposit.Deposit, deposit.Lines[0].Deposit = true, "d"
	out["invoice-deposit"] = deposit
	deducted := line("NOK", "10041", "-1", "C62", "20000", "0", "S", "25")
	deducted.Deposit = "d"
	out["invoice-deducting"] = document(process.KindInvoice, "nb", "NOK", append(shortLines("NOK"), deducted)...)

	request := document(process.KindPaymentRequest, "nb", "NOK")
	request.Number, request.OrderNumber, request.Payable, request.DueDate = "900042", "O-1007", nok(2500000), "2026-12-07"
	request.Payment = process.PaymentMeans{Code: "30", Account: "15034012345", Reference: "9000424"}
	out["payment-request"] = request

	reminder := document(process.KindInvoice, "nb", "NOK")
	reminder.Kind, reminder.IssueDate, reminder.Payable = process.KindReminder, "2026-12-21", nok(6250875)
	reminder.Claim = &process.Claim{Text: "reminder", InvoiceDate: "2026-11-23", Amount: nok(8710575), Settled: nok(2500000), Open: nok(6210575), Fees: nok(3800), Interest: nok(36500), Total: nok(6250875), PayBy: "2027-01-04"}
	out["reminder"] = reminder

	statement := document(process.KindStatement, "nb", "NOK")
	statement.Number, statement.Payment = "", process.PaymentMeans{Account: "15034012345"}
	entries := []process.AccountEntry{{Date: "2026-11-03", Type: process.TypePayment, Number: "B-2001", Amount: nok(-1250000), Balance: nok(0)},
		{Date: "2026-11-12", Type: process.TypeInvoice, Number: "10042", DueDate: "2026-11-26", Amount: nok(8710575), Balance: nok(8710575)},
		{Date: "2026-11-20", Type: process.TypeCreditNote, Number: "K-1003", Amount: nok(-92500), Balance: nok(8618075)}}
	statement.Account = &process.Account{Name: statement.Buyer.Name, From: "2026-11-01", To: "2026-11-30", Sections: []process.AccountSection{{Currency: "NOK", Opening: nok(1250000), Closing: nok(8618075), Entries: entries,
		Open: []process.OpenItem{{Number: "10042", DueDate: "2026-11-26", Open: nok(8618075), Claims: nok(3500), Overdue: true, Reference: "100420"}}}}}
	out["statement"] = statement
	return out
}

// furniture is a picture of a simple thing, light on grey.
func furniture(kind int) []byte {
	w, h := 400, []int{400, 240, 400}[kind]
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			c := color.RGBA{232, 230, 226, 255}
			if x > w/5 && x < w*4/5 && y > h/8 && y < h*7/8 {
				c = color.RGBA{uint8(196 - 20*kind), 164, uint8(120 + 30*kind), 255}
				if x == w/2 || y == h/2 && kind == 1 {
					c = color.RGBA{120, 96, 70, 255}
				}
			}
			img.SetRGBA(x, y, c)
		}
	}
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		panic(err)
	}
	return b.Bytes()
}
