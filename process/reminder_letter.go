package process

// Claim is what a reminder asks for, in the invoice's currency: Open is Amount
// less Settled, Total is Open with Fees and Interest.
type Claim struct {
	// Text is upcoming, reminder or notice.
	Text        string `json:"text"`
	InvoiceDate Date   `json:"invoice_date"`
	// PayBy is the day that the reminder gives; empty when it gives none.
	PayBy  Date  `json:"pay_by,omitempty"`
	Amount Money `json:"amount"`
	// Settled is what was paid, credited and written off.
	Settled  Money `json:"settled"`
	Open     Money `json:"open"`
	Fees     Money `json:"fees"`
	Interest Money `json:"interest"`
	Total    Money `json:"total"`
}

// reminderSnapshot is the letter of a step: parties and payment as they stand on
// the invoice, the figures as they are today.
func (u *unit) reminderSnapshot(i *Invoice, step ReminderStep, payBy Date) (Snapshot, error) {
	of, err := u.Snapshot(i.ID)
	if err != nil {
		return Snapshot{}, err
	}
	fees, interest := i.claimed()
	total := i.Open.Add(fees).Add(interest)
	zero := Money{Currency: i.Currency}
	return Snapshot{Kind: KindReminder, Number: of.Number, Title: of.Title, Language: i.Language, MadeAt: u.now, IssueDate: u.today(), DueDate: i.DueDate,
		Currency: i.Currency, Seller: of.Seller, Buyer: of.Buyer, BuyerReference: of.BuyerReference, CustomerReference: of.CustomerReference, OrderNumber: of.OrderNumber,
		Totals: Totals{Net: zero, VAT: zero, Gross: zero, Rounding: zero, Adjusted: zero}, Prepaid: zero, Payable: total, Payment: of.Payment,
		Claim: &Claim{Text: step.Text, InvoiceDate: of.IssueDate, PayBy: payBy, Amount: of.Payable, Settled: of.Payable.Sub(i.Open), Open: i.Open, Fees: fees, Interest: interest, Total: total}}, nil
}
