package year

import (
	"fmt"
	"strings"

	"github.com/shopspring/decimal"

	"github.com/emne/emne/process"
	"github.com/emne/emne/templates"
)

func number(n int64) decimal.Decimal { return decimal.NewFromInt(n) }

func amount(s string) *decimal.Decimal { return new(decimal.RequireFromString(s)) }

// person writes in, for a company or at home.
type person struct {
	name, email, phone, company, organisation string
	address                                   process.Address
	customer, contact                         string // once qualified
}

// payer is the name that the bank knows.
func (p *person) payer() string {
	if p.company != "" {
		return p.company
	}
	return p.name
}

// people are those who have written so far.
type people struct {
	texts templates.Labels
	known []*person
	made  int
}

var (
	firstNames = []string{"Anne", "Kari", "Ola", "Per", "Ingrid", "Nora", "Jakob", "Emma", "Lars", "Siri", "Even", "Marit", "Tor", "Hilde", "Jonas", "Sofie", "Erik", "Ida", "Geir", "Astrid"}
	lastNames  = []string{"Hansen", "Berg", "Dahl", "Lie", "Moen", "Haugen", "Solberg", "Bakken", "Strand", "Vik", "Eide", "Lund", "Myhre", "Holm", "Ruud", "Aas", "Nygaard", "Tangen", "Brekke", "Foss"}
	trades     = []string{"Bygg", "Regnskap", "Kafe", "Transport", "Eiendom", "Hage", "Data", "Trykk", "Elektro", "Bakeri", "Marine", "Reise", "Arkitekt", "Helse", "Sport"}
	streets    = []string{"Storgata", "Kirkegata", "Strandveien", "Nygata", "Skolegata", "Havnegata", "Parkveien", "Torget"}
	cities     = [][2]string{{"0150", "OSLO"}, {"5013", "BERGEN"}, {"7010", "TRONDHEIM"}, {"4006", "STAVANGER"}, {"9008", "TROMSO"}, {"4611", "KRISTIANSAND"}, {"2317", "HAMAR"}, {"3044", "DRAMMEN"}}
)

func pick[T any](y *year, of []T) T { return of[y.r.IntN(len(of))] }

// stranger is somebody who has not written before.
func (y *year) stranger() *person {
	y.people.made++
	n := y.people.made
	first, last := pick(y, firstNames), pick(y, lastNames)
	city := pick(y, cities)
	p := &person{name: first + " " + last, phone: fmt.Sprintf("+47 9%07d", 1000000+n),
		address: process.Address{Street: fmt.Sprintf("%s %d", pick(y, streets), 1+y.r.IntN(90)), Postcode: city[0], City: city[1], Country: "NO"}}
	if y.chance(70) {
		p.company = fmt.Sprintf("%s %s %d AS", last, pick(y, trades), n)
		p.organisation = organisationNumber(y.r.IntN(10_000_000))
		p.email = fmt.Sprintf("%s@%s-%d.example", strings.ToLower(first), strings.ToLower(last), n)
	} else {
		p.email = fmt.Sprintf("%s.%s.%d@gmail.com", strings.ToLower(first), strings.ToLower(last), n)
	}
	y.people.known = append(y.people.known, p)
	return p
}

// organisationNumber has the check digit of Norwegian numbers (MOD11).
func organisationNumber(n int) string {
	for ; ; n++ {
		digits := fmt.Sprintf("9%07d", n%10_000_000)
		sum := 0
		for i, w := range []int{3, 2, 7, 6, 5, 4, 3, 2} {
			sum += w * int(digits[i]-'0')
		}
		if check := (11 - sum%11) % 11; check < 10 {
			return fmt.Sprintf("%s%d", digits, check)
		}
	}
}

// The numbers of texts in templates/demo.
const (
	subjects = 8
	messages = 6
	works    = 10
	reasons  = 4
	sources  = 3
)

// text is one of the numbered texts of a kind.
func (y *year) text(kind string, of int) string {
	return y.people.texts.Say(fmt.Sprintf("year.%s.%d", kind, 1+y.r.IntN(of)))
}

// lines are what a customer wants: of the catalogue and of free text, some with
// a discount, with options, at several rates.
func (y *year) lines() []process.LineInput {
	quantity := func(most int) *decimal.Decimal { return new(number(int64(1 + y.r.IntN(most)))) }
	var ls []process.LineInput
	for range 1 + y.r.IntN(4) {
		var l process.LineInput
		switch y.r.IntN(6) {
		case 0, 1:
			l = process.LineInput{Product: "DESIGN", Quantity: new(decimal.New(int64(1+y.r.IntN(160)), 0).Mul(decimal.New(25, -2)))}
		case 2:
			l = process.LineInput{Product: "PRINT", Quantity: new(number(int64(50 * (1 + y.r.IntN(40)))))}
		case 3:
			l = process.LineInput{Product: "SITE", Quantity: new(number(1))}
		default:
			rate := pick(y, []int64{25, 25, 25, 15, 12})
			l = process.LineInput{Description: y.text("work", works), Quantity: quantity(12), Unit: "C62",
				UnitPrice: new(decimal.New(int64(1000+y.r.IntN(500_000)), -2)), VAT: &process.VAT{Category: "S", Rate: number(rate)}}
		}
		if y.chance(20) {
			l.DiscountPercent = pick(y, []*decimal.Decimal{amount("5"), amount("10"), amount("12.5"), amount("33.333")})
		}
		ls = append(ls, l)
	}
	if y.chance(25) {
		ls = append(ls, process.LineInput{Description: y.text("work", works), Quantity: quantity(3), Unit: "C62", UnitPrice: amount("1490.00"), Option: true, Ticked: y.chance(50)})
	}
	return ls
}

// adjustments are a discount or freight on the whole, on some.
func (y *year) adjustments() []process.AdjustmentInput {
	switch y.r.IntN(10) {
	case 0:
		return []process.AdjustmentInput{{Reason: y.people.texts.Say("year.discount"), Percent: amount("5")}}
	case 1:
		return []process.AdjustmentInput{{Charge: true, Reason: y.people.texts.Say("year.freight"), Amount: &process.Money{Minor: 24900, Currency: "NOK"}}}
	}
	return nil
}
