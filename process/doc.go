// Package process is the sales process: the records, their states and
// transitions, money, numbers and the use cases. It knows no SQL, HTTP, IMAP
// or PDF; what it needs of the outside it declares as interfaces (Store,
// Documents), and both sides of the house import it.
//
// How an inquiry becomes a paid invoice:
//
//  1. ReceiveMail or FileSubmission decides what came in and makes a Lead.
//  2. QualifyLead links or makes the Customer and the Contact and makes the
//     Opportunity.
//  3. CreateQuote drafts, SendQuote numbers, freezes and mails the Quote.
//  4. AcceptQuote makes the Order and closes quote and opportunity, in one
//     transaction.
//  5. FulfilOrder counts what is delivered and drafts the Invoice; IssueInvoice
//     numbers, freezes and mails it; CreditInvoice takes it back.
//  6. CreatePayment settles it, or ImportStatement with a bank file.
//
// The state machines (machine.go is their one description):
//
//	Lead         new ─contact→ contacted ─qualify→ qualified
//	             new, contacted ─disqualify, not_a_lead→ disqualified
//	             disqualified, qualified (while nothing is built on it) ─reopen→ contacted
//	Opportunity  open ─win, accept of its quote→ won;  open ─lose→ lost;  ─reopen→ open
//	Quote        draft ─send→ active ─accept→ won
//	             active ─decline→ closed(lost);  draft, active ─cancel→ closed(cancelled)
//	             active ─revise→ closed(revised) + a new draft, revision + 1
//	Order        open ⇄ on_hold;  open, on_hold ─cancel→ cancelled (the state stays when a part is delivered)
//	             progress: to_deliver_and_invoice → to_deliver | to_invoice → completed
//	Invoice      draft ─issue→ issued;  payment: unpaid → partly_paid → paid | overpaid | settled
//	             issued: dispute ⇄ end_dispute, hold ⇄ release, write_off ⇄ reinstate beside its payment
//	Subscription active ⇄ paused;  active, paused ─end→ ended
//	Hours        open ⇄ invoiced, as its order's drafts and credit notes come and go
//	Payment      booked ─reverse→ reversed
//	BankEntry    unmatched ─match→ matched;  unmatched ─ignore→ ignored;  matched, ignored ─unmatch→ unmatched
//	Delivery     queued → sending → accepted | retrying | failed | unknown;  accepted → bounced
//
// Promise: every use case takes an Actor and is one transaction. State,
// timeline, audit link and jobs commit together or not at all.
package process
