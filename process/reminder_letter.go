package process

import "fmt"

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

// reminderLetter is a claim and the PDF that says it, under the key of its snapshot.
type reminderLetter struct {
	*Claim
	key, sha256 string
}

// freezeReminder makes the letter of a step.
func (u *unit) freezeReminder(i *Invoice, step ReminderStep) (reminderLetter, error) {
	snap, err := u.reminderSnapshot(i, step)
	if err != nil {
		return reminderLetter{}, err
	}
	pdf, err := u.s.documents.Render(snap)
	if err != nil {
		return reminderLetter{}, fmt.Errorf("rendering the reminder: %w", err)
	}
	blob, key := NewBlob(pdf), "reminder-"+NewID(u.now)
	return reminderLetter{snap.Claim, key, blob.SHA256}, u.freeze(key, snap, blob)
}

// reminderSnapshot is the letter of a step: parties and payment as they stand on
// the invoice, the figures as they are today.
func (u *unit) reminderSnapshot(i *Invoice, step ReminderStep) (Snapshot, error) {
	of, err := u.Snapshot(i.ID)
	if err != nil {
		return Snapshot{}, err
	}
	payBy := Date("")
	if days := u.settings.Reminders.PayWithin; step.Days > 0 && days > 0 {
		payBy = u.settings.working(u.today().AddDays(days))
	}
	fees, interest := i.claimed()
	total := i.Open.Add(fees).Add(interest)
	zero := Money{Currency: i.Currency}
	return Snapshot{Kind: KindReminder, Number: of.Number, Title: of.Title, Language: i.Language, MadeAt: u.now, IssueDate: u.today(), DueDate: i.DueDate,
		Currency: i.Currency, Seller: of.Seller, Buyer: of.Buyer, BuyerReference: of.BuyerReference, CustomerReference: of.CustomerReference, OrderNumber: of.OrderNumber,
		Totals: Totals{Net: zero, VAT: zero, Gross: zero, Rounding: zero, Adjusted: zero}, Prepaid: zero, Payable: total, Payment: of.Payment,
		Claim: &Claim{Text: step.Text, InvoiceDate: of.IssueDate, PayBy: payBy, Amount: of.Payable, Settled: of.Payable.Sub(i.Open), Open: i.Open, Fees: fees, Interest: interest, Total: total}}, nil
}
