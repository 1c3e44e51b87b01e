package einvoice

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/emne/emne/process"
)

// Texts are what people read in the XML, in the document's language.
type Texts struct {
	// Exemption says why a category has no VAT (BT-120).
	Exemption map[string]string
	// Deposit is the item of a deposit invoice, Deducted that of a line that
	// deducts one (BT-153); what the line says follows them.
	Deposit, Deducted string
	// Credited is the payment term of a credit note without one (BT-20):
	// BR-CO-25 asks for one wherever there is something to pay.
	Credited string
	// Mentions are what the law of the seller's country has every invoice say.
	Mentions []Note
}

// deposit is what stands before the text of a deposit's line.
func (t Texts) deposit(l process.Line) string {
	switch {
	case l.Deposit == "":
		return ""
	case l.Quantity.IsNegative():
		return t.Deducted
	}
	return t.Deposit
}

// vatex are the reasons that have a code (BT-121). E has none: its many
// reasons differ by country.
var vatex = map[string]string{"AE": "VATEX-EU-AE", "K": "VATEX-EU-IC", "G": "VATEX-EU-G", "O": "VATEX-EU-O"}

// reasonDiscount is UNTDID 5189: discount.
const reasonDiscount = "95"

// FromSnapshot builds the model of an invoice or a credit note. It fails for
// other documents, and when an amount is in another currency than the document.
func FromSnapshot(s process.Snapshot, t Texts) (Model, error) {
	m := Model{Number: s.Number, IssueDate: s.IssueDate, TypeCode: TypeInvoice, Currency: s.Currency, DueDate: s.DueDate,
		BuyerReference: strings.TrimSpace(s.BuyerReference), PurchaseOrder: strings.TrimSpace(s.CustomerReference), SalesOrder: strings.TrimSpace(s.OrderNumber),
		Project: strings.TrimSpace(s.Project), Contract: strings.TrimSpace(s.Contract), Period: Period{s.PeriodStart, s.PeriodEnd},
		PaymentTerms: strings.TrimSpace(s.PaymentTerms), Seller: party(s.Seller), Buyer: party(s.Buyer), Payment: payment(s)}
	switch s.Kind {
	case process.KindInvoice:
		if s.Deposit {
			m.TypeCode = TypeDeposit
		}
	case process.KindCreditNote:
		m.TypeCode = TypeCreditNote
		if m.PaymentTerms == "" && m.DueDate == "" {
			m.PaymentTerms = t.Credited
		}
	default:
		return m, fmt.Errorf("model of %s %s: only invoices and credit notes are e-invoices", s.Kind, s.Number)
	}
	for _, note := range append([]string{s.Title, s.Reason, s.Introduction, s.Terms}, s.Notes...) {
		if note = strings.TrimSpace(note); note != "" {
			m.Notes = append(m.Notes, Note{Text: note})
		}
	}
	m.Notes = append(m.Notes, t.Mentions...)
	m.Process = billing(s)
	if s.Preceding != nil {
		m.Preceding = []Reference{{s.Preceding.Number, s.Preceding.Date}}
	}
	for _, d := range s.Deposits {
		m.Preceding = append(m.Preceding, Reference{d.Number, d.Date})
	}
	if m.Seller.ContactName == "" && m.Seller.Address.Country == "DE" {
		m.Seller.ContactName = m.Seller.Name // DE-R-005 asks for a contact point: a person or an office
	}
	m.Delivery = Delivery{Date: s.SupplyDate, Address: s.DeliveryAddress}
	if m.Delivery == (Delivery{}) { // of a deposit: CII asks for the group, and nothing may be empty (PEPPOL-EN16931-R008)
		a := s.Buyer.Address
		m.Delivery.Address = &a
	}
	m.totals(s)
	for _, g := range s.VATGroups {
		v := VAT{Base: g.Base, Amount: g.VAT, Category: g.Category, Rate: g.Rate, Reason: t.Exemption[g.Category], ReasonCode: vatex[g.Category]}
		m.VAT = append(m.VAT, v)
		switch g.Category {
		case "O": // BR-O-02: who is not in the tax names no VAT numbers
			m.Seller.VATNumber, m.Buyer.VATNumber = "", ""
		case "K": // BR-IC-12
			if m.Delivery.Address == nil {
				a := s.Buyer.Address
				m.Delivery.Address = &a
			}
		}
	}
	for i, l := range s.Lines {
		if l.Sold() {
			out := line(i, l, s.Currency)
			if text := t.deposit(l); text != "" {
				out.Name = strings.TrimSpace(text + " " + out.Name)
			}
			out.Period = worked(s.Specification, l.ID)
			m.Lines = append(m.Lines, out)
		}
	}
	if field := m.foreign(); field != "" {
		return m, fmt.Errorf("model of %s %s: %s is not in %s", s.Kind, s.Number, field, s.Currency)
	}
	return m, nil
}

func (m *Model) totals(s process.Snapshot) {
	m.Totals = Totals{Lines: process.Money{Currency: s.Currency}, Net: s.Net, VAT: s.VAT, Gross: s.Gross, Prepaid: s.Prepaid, Rounding: s.Rounding, Payable: s.Payable}
	for _, l := range s.Lines {
		m.Totals.Lines.Minor += l.Net.Minor
	}
	for _, a := range s.Adjustments {
		for _, share := range a.Shares {
			m.adjust(a, share)
		}
	}
	for _, zero := range []*process.Money{&m.Totals.Net, &m.Totals.VAT, &m.Totals.Gross, &m.Totals.Prepaid, &m.Totals.Rounding, &m.Totals.Payable} {
		if zero.IsZero() {
			zero.Currency = s.Currency // nothing is nothing in any currency
		}
	}
	if s.TaxCurrency != "" && s.TaxCurrency != s.Currency && s.TaxTotal != nil {
		m.TaxCurrency, m.Totals.TaxVAT = s.TaxCurrency, s.TaxTotal
	}
}

// adjust adds a discount (BG-20) or a charge (BG-21) of the document and counts
// it (BR-CO-11, BR-CO-12). The percentage is stated where the amount follows
// from it: a part invoice takes what the others left.
func (m *Model) adjust(a process.Adjustment, share process.Share) {
	out := Adjustment{Amount: share.Amount, VAT: share.VAT, Reason: strings.TrimSpace(a.Reason)}
	if !a.Percent.IsZero() && process.RoundMoney(share.Base.Decimal().Mul(a.Percent).Shift(-2), m.Currency) == share.Amount {
		base := share.Base
		out.Base, out.Percent = &base, a.Percent
	}
	list, sum := &m.Allowances, &m.Totals.Allowances
	if a.Charge {
		list, sum = &m.Charges, &m.Totals.Charges
	}
	if !a.Charge && out.Reason == "" {
		out.ReasonCode = reasonDiscount
	}
	*list = append(*list, out)
	if *sum == nil {
		*sum = &process.Money{Currency: share.Amount.Currency}
	}
	(*sum).Minor += share.Amount.Minor
}

// line is line i. Its id is its place: ids of records say nothing to the buyer.
func line(i int, l process.Line, currency string) Line {
	out := Line{ID: strconv.Itoa(i + 1), Quantity: l.Quantity, Unit: l.Unit, Net: l.Net, Price: l.UnitPrice, VAT: l.VAT, SellersItem: strings.TrimSpace(l.Product)}
	name, rest, _ := strings.Cut(strings.TrimSpace(l.Description), "\n")
	out.Name, out.Description = strings.TrimSpace(name), strings.TrimSpace(rest)
	base := process.RoundMoney(l.Quantity.Mul(l.UnitPrice), currency)
	if !l.Allowance.IsZero() {
		out.Allowances = []Adjustment{{Amount: l.Allowance, Base: &base, Percent: l.DiscountPercent, ReasonCode: reasonDiscount}}
	}
	if !l.Charge.IsZero() {
		out.Charges = []Adjustment{{Amount: l.Charge, Base: &base, Percent: l.ChargePercent, Reason: strings.TrimSpace(l.ChargeReason)}}
	}
	return out
}

// billing is what France calls the cadre de facturation (BR-FR-08): goods and
// services mixed, M1, which is right for either; M4 after a deposit.
func billing(s process.Snapshot) string {
	switch {
	case s.Seller.Address.Country != "FR":
		return ""
	case len(s.Deposits) > 0:
		return "M4"
	}
	return "M1"
}

// worked is from the first to the last day of the time that a line is for.
func worked(rows []process.WorkLine, line string) Period {
	var p Period
	for _, w := range rows {
		if w.Line != line {
			continue
		}
		if p.Start == "" || w.Date < p.Start {
			p.Start = w.Date
		}
		p.End = max(p.End, w.Date)
	}
	return p
}

func party(p process.Party) Party {
	out := Party{Name: strings.TrimSpace(p.Name), VATNumber: vatNumber(p.VATNumber, p.Address.Country), TaxRegistration: strings.TrimSpace(p.TaxRegistration),
		Address: p.Address, ContactName: strings.TrimSpace(p.ContactName), Phone: strings.TrimSpace(p.Phone), Email: strings.TrimSpace(p.Email)}
	if p.OrganisationNumber != "" {
		out.Legal = registered(p.OrganisationScheme, p.OrganisationNumber, p.Address.Country)
	}
	if p.Endpoint.ID != "" {
		out.Endpoint = identifier(p.Endpoint.Scheme, p.Endpoint.ID)
	}
	return out
}

// payment names one account: the IBAN for SEPA and across borders, the national
// number at home, whichever there is otherwise. Without an account there is
// nothing to say (BR-61).
func payment(s process.Snapshot) Payment {
	p := Payment{Code: s.Payment.Code, Reference: strings.TrimSpace(s.Payment.Reference), IBAN: compact(s.Payment.IBAN), Account: compact(s.Payment.Account), BIC: compact(s.Payment.BIC)}
	if p.Code == "" {
		p.Code = "30"
	}
	if p.Code == "58" && s.Currency != "EUR" {
		p.Code = "30" // SEPA carries euros alone
	}
	if s.Seller.Address.Country == "DK" && p.Code == "30" && p.IBAN != "" {
		p.Code = "58" // DK-R-005 allows no 30
	}
	switch {
	case p.IBAN == "" && p.Account == "":
		return Payment{}
	case p.IBAN == "" && p.Code == "58":
		p.Code = "30"
	case p.IBAN == "" && s.Seller.Address.Country == "SE":
		p.BIC = giro(s.Payment.Account)
		return p
	case p.IBAN != "" && (p.Account == "" || p.Code == "58" || s.Seller.Address.Country != s.Buyer.Address.Country):
		p.Account = ""
		return p
	}
	p.IBAN, p.BIC = "", ""
	return p
}

// giro says in Sweden whose an account is, which stands where a bank's code does
// (BT-86, SE-R-007 to -010): a dash before the last four digits is bankgirot's,
// before the last one plusgirot's.
func giro(account string) string {
	number, check, _ := strings.Cut(strings.TrimSpace(account), "-")
	switch plain := compact(number); {
	case !digits(plain) || !digits(check):
		return ""
	case len(check) == 4 && len(plain) >= 3 && len(plain) <= 4:
		return "SE:BANKGIRO"
	case len(check) == 1 && len(plain) <= 7:
		return "SE:PLUSGIRO"
	}
	return ""
}

// foreign is the first amount that is not in the document's currency.
func (m Model) foreign() string {
	for i, l := range m.Lines {
		if l.Net.Currency != m.Currency {
			return fmt.Sprintf("lines[%d].net", i)
		}
		for _, a := range l.Allowances {
			if a.Amount.Currency != m.Currency {
				return fmt.Sprintf("lines[%d].allowance", i)
			}
		}
	}
	for i, v := range m.VAT {
		if v.Base.Currency != m.Currency || v.Amount.Currency != m.Currency {
			return fmt.Sprintf("vat_groups[%d]", i)
		}
	}
	for _, a := range slices.Concat(m.Allowances, m.Charges) {
		if a.Amount.Currency != m.Currency {
			return "adjustments"
		}
	}
	t := m.Totals
	for _, a := range []struct {
		field  string
		amount process.Money
	}{{"net", t.Net}, {"vat", t.VAT}, {"gross", t.Gross}, {"prepaid", t.Prepaid}, {"rounding", t.Rounding}, {"payable", t.Payable}} {
		if a.amount.Currency != m.Currency {
			return a.field
		}
	}
	if t.TaxVAT != nil && t.TaxVAT.Currency != m.TaxCurrency {
		return "tax_total"
	}
	return ""
}
