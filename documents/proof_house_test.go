package documents_test

import (
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"github.com/emne/emne/documents"
	"github.com/emne/emne/documents/pdf"
	"github.com/emne/emne/process"
	"github.com/emne/emne/process/store"
	"github.com/emne/emne/templates"
)

// proofSeller is a company of a country, with its rates of VAT.
type proofSeller struct {
	currency string
	rates    []string
	company  process.Company
	buyer    process.CustomerInput // a business of the same country
}

// proofSellers have made-up names; their numbers have right check digits.
func proofSellers() []proofSeller {
	address := func(street, postcode, city, country string) process.Address {
		return process.Address{Street: street, Postcode: postcode, City: city, Country: country}
	}
	seller := func(currency, rates, name, scheme, number, vat, registration string, at process.Address, iban, bic string, endpoint process.Endpoint, buyer process.CustomerInput) proofSeller {
		return proofSeller{currency, strings.Fields(rates), process.Company{Name: name, OrganisationNumber: number, OrganisationScheme: scheme, VATNumber: vat, TaxRegistration: registration,
			Address: at, Email: "post@seller.example", Phone: "+47 22 33 44 55", IBAN: iban, BIC: bic, EInvoiceAddress: endpoint}, buyer}
	}
	business := func(name, number, vat string, at process.Address, endpoint process.Endpoint) process.CustomerInput {
		return process.CustomerInput{Name: name, Email: "faktura@buyer.example", OrganisationNumber: number, VATNumber: vat, Address: at, EInvoiceAddress: endpoint}
	}
	norwegian := seller("NOK", "25 15 12", "Fjellheim Snekkeri AS", "0192", "974760673", "NO974760673MVA", "Foretaksregisteret", address("Storgata 14", "2609", "Lillehammer", "NO"),
		"NO9386011117947", "DNBANOKKXXX", process.Endpoint{Scheme: "0192", ID: "974760673"},
		business(`Åsgård Hotell & Spa <AS> "Nord"`, "987654325", "NO987654325MVA", address("Fjellveien 2", "3550", "Gol", "NO"), process.Endpoint{Scheme: "0192", ID: "987654325"}))
	norwegian.company.BankAccount = "86011117947"
	return []proofSeller{norwegian,
		seller("SEK", "25 12 6", "Björkö Möbler AB", "0007", "5560160680", "SE556016068001", "Godkänd för F-skatt", address("Sveavägen 5", "111 57", "Stockholm", "SE"),
			"SE4550000000058398257466", "ESSESESSXXX", process.Endpoint{Scheme: "0007", ID: "5560160680"},
			business("Västkustens Bygg AB", "5564300142", "SE556430014201", address("Kungsgatan 1", "411 19", "Göteborg", "SE"), process.Endpoint{Scheme: "0007", ID: "5564300142"})),
		seller("DKK", "25", "Havnens Tømrer ApS", "0184", "DK12345674", "DK12345674", "", address("Nyhavn 3", "1051", "København", "DK"),
			"DK5000400440116243", "NDEADKKKXXX", process.Endpoint{Scheme: "0184", ID: "DK12345674"},
			business("Ærø Færger A/S", "DK13585628", "DK13585628", address("Vestergade 1", "5970", "Ærøskøbing", "DK"), process.Endpoint{Scheme: "0184", ID: "DK13585628"})),
		seller("EUR", "19 7", "Müller & Söhne Maschinenbau GmbH", "", "HRB 12345", "DE136695976", "", address("Hauptstraße 12", "10115", "Berlin", "DE"),
			"DE89370400440532013000", "COBADEFFXXX", process.Endpoint{Scheme: "9930", ID: "DE136695976"},
			business("Bäckerei Groß KG", "HRA 999", "DE811569869", address("Marktplatz 4", "80331", "München", "DE"), process.Endpoint{Scheme: "9930", ID: "DE811569869"})),
		seller("GBP", "20 5", "Thames Joinery Ltd", "", "01234567", "GB123456789", "", address("1 High Street", "SW1A 1AA", "London", "GB"),
			"GB29NWBK60161331926819", "NWBKGB2LXXX", process.Endpoint{Scheme: "9932", ID: "GB123456789"},
			business("Ashford & Sons plc", "07654321", "GB987654321", address("2 Mill Lane", "TN24 8AA", "Ashford", "GB"), process.Endpoint{Scheme: "9932", ID: "GB987654321"})),
		seller("EUR", "21 12 6", "Schrijnwerkerij Molen BV", "", "0202.239.951", "BE0202239951", "", address("Laan 1", "1000", "Brussel", "BE"),
			"BE68539007547034", "KREDBEBBXXX", process.Endpoint{Scheme: "0208", ID: "0202239951"},
			business("Café du Port SRL", "0400378485", "BE0400378485", address("Rue Haute 9", "4000", "Liège", "BE"), process.Endpoint{Scheme: "0208", ID: "0400378485"})),
		seller("EUR", "20 10 5.5", "Menuiserie Lac & Forêt SARL", "", "732 829 320", "FR44732829320", "", address("12 rue du Lac", "74000", "Annecy", "FR"),
			"FR1420041010050500013M02606", "PSSTFRPPXXX", process.Endpoint{Scheme: "0225", ID: "732829320"},
			business("Hôtel de l’Étoile SAS", "552 100 554", "FR96552100554", address("3 place Bellecour", "69002", "Lyon", "FR"), process.Endpoint{Scheme: "0225", ID: "552100554"})),
		seller("EUR", "21 9", "Houtwerk Zaan BV", "", "27375186", "NL123456789B01", "", address("Zaanweg 2", "1521 DN", "Wormerveer", "NL"),
			"NL91ABNA0417164300", "ABNANL2AXXX", process.Endpoint{Scheme: "0106", ID: "27375186"},
			business("Grachtenhuis BV", "33010101", "NL987654321B02", address("Singel 5", "1012 VC", "Amsterdam", "NL"), process.Endpoint{Scheme: "9944", ID: "NL987654321B02"})),
	}
}

// proofHouse issues random documents through the use cases, in a database.
type proofHouse struct {
	t      *testing.T
	random *rand.Rand
	seller proofSeller
	db     *store.DB
	s      *process.Service
	papers *documents.Documents
	text   *pdf.Renderer
	owner  process.Actor
	now    time.Time
	langs  []string
	// buyers are customers by what they are: home, consumer, union, abroad.
	buyers map[string][]string
}

func newProofHouse(t *testing.T, seller proofSeller, seed uint64) *proofHouse {
	t.Helper()
	set, err := templates.Open("")
	if err != nil {
		t.Fatal(err)
	}
	h := &proofHouse{t: t, random: rand.New(rand.NewPCG(seed, 10)), seller: seller, langs: set.Languages(templates.Documents), now: time.Date(2026, 11, 23, 8, 30, 0, 0, time.UTC),
		owner: process.Actor{Kind: process.ActorUser, Name: "Proof", Role: process.RoleOwner, Channel: "api"}, buyers: map[string][]string{}}
	if h.text, err = pdf.New(set, pdf.Options{}); err != nil {
		t.Fatal(err)
	}
	h.papers = documents.New(h.text)
	clock := func() time.Time { h.now = h.now.Add(time.Millisecond); return h.now }
	if h.db, err = store.OpenSQLite(t.Context(), filepath.Join(t.TempDir(), "emne.db"), store.Options{Clock: clock}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = h.db.Close() })
	h.s = process.New(process.Options{Store: h.db, Documents: h.papers, Invoices: h.papers, Clock: clock, Key: make([]byte, 32)})
	_, version, err := h.s.Settings(t.Context(), h.owner)
	h.check(err)
	st := process.DefaultSettings()
	st.Company, st.Currency = seller.company, seller.currency
	st.VAT = process.VAT{Category: "S", Rate: decimal.RequireFromString(seller.rates[0])}
	switch {
	case seller.company.Address.Country == "BE":
		st.PaymentReference = process.ReferenceOGM
	case seller.currency != "NOK":
		st.PaymentReference = process.ReferenceNumber
	}
	st.Terms.Invoice = map[string]string{"nb": "Ved forsinket betaling beregnes rente.", "en": "Interest is charged on late payments."}
	_, err = h.s.PutSettings(t.Context(), h.owner, version, st)
	h.check(err)
	h.customers()
	return h
}

func (h *proofHouse) check(err error) {
	h.t.Helper()
	if err != nil {
		h.t.Fatal(err)
	}
}

// references makes up what a Norwegian seller's customers give the bank: a KID
// of MOD10, of MOD11, or of MOD11 whose check digit may be a dash.
func (h *proofHouse) references(way int) {
	h.t.Helper()
	st, version, err := h.s.Settings(h.t.Context(), h.owner)
	h.check(err)
	if st.Currency != "NOK" || way == 0 {
		return
	}
	st.PaymentReference, st.KID = process.ReferenceMOD11, process.KID{CustomerDigits: 6, Length: 16}
	if way == 2 {
		st.KID = process.KID{AllowDash: true}
	}
	_, err = h.s.PutSettings(h.t.Context(), h.owner, version, st)
	h.check(err)
}

// checked reports whether a KID's last digit follows from the others: by sums
// of digits in MOD10, by weights 2 to 7 from the right in MOD11, where a dash
// is ten.
func checked(kid string, elevens bool) bool {
	sum := 0
	for k := range len(kid) {
		digit := strings.IndexByte("0123456789-", kid[len(kid)-1-k])
		switch {
		case digit < 0 || digit == 10 && (k > 0 || !elevens):
			return false
		case k == 0:
			sum += digit
		case elevens:
			sum += digit * ((k-1)%6 + 2)
		case k%2 == 1:
			sum += digit*2/10 + digit*2%10
		default:
			sum += digit
		}
	}
	if elevens {
		return sum%11 == 0
	}
	return sum%10 == 0
}

// customers adds buyers of each kind, one in each language of the documents.
func (h *proofHouse) customers() {
	h.t.Helper()
	union := process.CustomerInput{Name: "Dupont & Fils SARL", Email: "compta@buyer.example", OrganisationNumber: "732829320", VATNumber: "FR44732829320",
		Address: process.Address{Street: "12 rue de l’Église", Postcode: "75015", City: "Paris", Country: "FR"}, EInvoiceAddress: process.Endpoint{Scheme: "9957", ID: "FR44732829320"}}
	abroad := process.CustomerInput{Name: "Ōsaka Trading K.K.", Email: "ap@buyer.example", OrganisationNumber: "1234567890123",
		Address: process.Address{Street: "1-2-3 Umeda", Postcode: "530-0001", City: "Ōsaka", Country: "JP"}, EInvoiceAddress: process.Endpoint{Scheme: "0188", ID: "1234567890123"}}
	greek := union
	greek.Name, greek.VATNumber, greek.OrganisationNumber = "Κατάστημα Αθηνών ΑΕ", "EL094014201", "094014201"
	greek.Address = process.Address{Street: "Ερμού 1", Postcode: "105 63", City: "Αθήνα", Country: "GR"}
	greek.EInvoiceAddress = process.Endpoint{Scheme: "9933", ID: "EL094014201"}
	consumer := process.CustomerInput{Name: "Kari Øygard-Nordmann", Kind: "consumer", Email: "kari@buyer.example", Address: h.seller.buyer.Address}
	located := h.seller.buyer // a department that a GLN names
	located.EInvoiceAddress = process.Endpoint{Scheme: "0088", ID: "7300010000001"}
	for _, lang := range h.langs {
		for kind, inputs := range map[string][]process.CustomerInput{"home": {h.seller.buyer, h.seller.buyer, located}, "consumer": {consumer}, "union": {union, greek}, "abroad": {abroad}} {
			for _, in := range inputs {
				in.Language = lang
				out, err := h.s.CreateCustomer(h.t.Context(), h.owner, in)
				h.check(err)
				id := out.Record.(*process.Customer).ID
				_, err = h.s.CreateContact(h.t.Context(), h.owner, process.ContactInput{Customer: id, Name: "Åse Ødegård", Email: in.Email})
				h.check(err)
				h.buyers[kind] = append(h.buyers[kind], id)
			}
		}
	}
}

// one draws one of the choices; more weight is more copies.
func one[T any](h *proofHouse, of ...T) T { return of[h.random.IntN(len(of))] }

func (h *proofHouse) chance(percent int) bool { return h.random.IntN(100) < percent }

// deal is what a document is made of.
type deal struct {
	customer, currency, lang string
	lines                    []process.LineInput
	adjustments              []process.AdjustmentInput
	withVAT                  bool
	exchange                 *process.Exchange
}

// deal draws lines, VAT, currency, discounts and charges that fit together.
func (h *proofHouse) deal() deal {
	kind := one(h, "home", "home", "home", "consumer", "union", "abroad")
	d := deal{customer: one(h, h.buyers[kind]...), currency: one(h, h.seller.currency, h.seller.currency, h.seller.currency, "EUR", "USD", "JPY", "ISK", "KWD")}
	if d.currency != h.seller.currency {
		d.exchange = &process.Exchange{Rate: one(h, "11.7320", "0.0712", "1.0"), Date: "2026-11-20"}
	}
	d.withVAT = h.chance(25)
	vats := h.vats(kind)
	whole := process.Decimals(d.currency) == 0
	for i := range one(h, 1, 2, 3, 4, 6, 9, 45) {
		d.lines = append(d.lines, h.line(i, vats, whole))
		switch {
		case h.chance(8):
			d.lines = append(d.lines, process.LineInput{Kind: process.LineSection, Description: fmt.Sprintf("Del %d: Κεφάλαιο", i)})
		case h.chance(5):
			d.lines = append(d.lines, process.LineInput{Kind: process.LineText, Description: "Levert i uke 46, " + strings.Repeat("med varelift ", 1+h.random.IntN(30))})
		}
	}
	for range one(h, 0, 0, 0, 1, 2, 3) {
		a := process.AdjustmentInput{Charge: h.chance(50), Reason: one(h, "Frakt", "Kundefordel, fast avtale", "Gebühr für Verpackung")}
		if whole || h.chance(50) {
			m := process.Money{Minor: 100 + h.random.Int64N(900), Currency: d.currency}
			a.Amount = &m
		} else {
			a.Percent = new(decimal.New(1+h.random.Int64N(2500), -2))
		}
		if h.chance(30) {
			a.VAT = d.lines[0].VAT
		}
		if !a.Charge && h.chance(40) {
			a.Reason = ""
		}
		d.adjustments = append(d.adjustments, a)
	}
	return d
}

// vats are the categories that a document for such a buyer may mix.
func (h *proofHouse) vats(kind string) []process.VAT {
	zero := func(category string) process.VAT { return process.VAT{Category: category} }
	var out []process.VAT
	for _, r := range h.seller.rates {
		out = append(out, process.VAT{Category: "S", Rate: decimal.RequireFromString(r)})
	}
	if h.chance(7) {
		return []process.VAT{zero("O")}
	}
	switch kind {
	case "home":
		if h.chance(10) {
			return []process.VAT{zero("AE")}
		}
	case "union":
		return []process.VAT{zero("K"), zero(one(h, "K", "AE", "E"))}
	case "abroad":
		return []process.VAT{zero("G"), zero(one(h, "G", "Z", "E"))}
	}
	if h.chance(30) {
		out = append(out, zero("E"), zero("Z"))
	}
	return out
}

// line is the i-th; the first is large enough for the deductions of others.
func (h *proofHouse) line(i int, vats []process.VAT, whole bool) process.LineInput {
	l := process.LineInput{Description: fmt.Sprintf("%s %d", one(h, "Rådgivning", "Stål, høvlet", "Überarbeitung", "Ποιότητα", "Łódź: część", "Доставка"), i),
		Unit: one(h, "HUR", "C62", "MTK", "DAY", "KGM"), VAT: new(one(h, vats...))}
	quantity, price := decimal.New(1+h.random.Int64N(5000), -h.random.Int32N(4)), decimal.New(1+h.random.Int64N(500_000), -h.random.Int32N(5))
	if whole {
		quantity, price = decimal.NewFromInt(1+h.random.Int64N(50)), decimal.NewFromInt(100*(1+h.random.Int64N(900)))
	}
	switch {
	case i == 0:
		quantity, price = decimal.NewFromInt(40), decimal.NewFromInt(40_000)
	case h.chance(10):
		quantity, price = decimal.NewFromInt(-1), decimal.NewFromInt(100)
	}
	if i > 0 && h.chance(25) {
		l.DiscountPercent = new(decimal.New(one(h, int64(10), 15, 50, 3333, 100), 0))
		if l.DiscountPercent.GreaterThan(decimal.NewFromInt(100)) {
			l.DiscountPercent = new(decimal.RequireFromString("33.33"))
		}
		if whole {
			l.DiscountPercent = new(decimal.NewFromInt(50))
		}
	}
	if h.chance(10) {
		l.ChargePercent, l.ChargeReason = new(decimal.New(one(h, int64(25), 150, 333), -1)), "Frakt & emballasje"
		if whole {
			l.ChargePercent = new(decimal.NewFromInt(50))
		}
	}
	if h.chance(10) {
		l.Description += one(h, " 🎉 «ønske» – ½ ﬁ ✓", " a\u0308\u00ad\u200b]]> &amp; '")
	}
	if h.chance(10) {
		l.Description += "\n" + strings.Repeat("Alt arbeid utføres etter avtale, med stål fra Łódź & «beste» kvalitet <1 %>. ", 1+h.random.IntN(40))
	}
	l.Quantity, l.UnitPrice = &quantity, &price
	return l
}
