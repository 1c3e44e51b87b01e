package process

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"
)

// Service holds the use cases. Each of them is one transaction: the new state,
// the activity, the audit link and the jobs commit together or not at all.
type Service struct {
	store     Store
	documents Documents
	invoices  EInvoices
	register  Register
	answers   registerAnswers
	rules     Rules
	// statements is nil when no bank files are read.
	statements StatementReader
	// rates is nil when no files of exchange rates are read.
	rates RateReader
	// pictures is nil when products have none.
	pictures Pictures
	clock    func() time.Time
	key      []byte
	readMail ReadMail
	// accessPoint says that e-invoices can be sent.
	accessPoint bool
}

// Options are what a Service needs of the outside.
type Options struct {
	Store     Store
	Documents Documents
	// Invoices writes e-invoices; without it they are refused.
	Invoices EInvoices
	// Statements reads bank files; without it they are refused.
	Statements StatementReader
	// Rates reads files of exchange rates; without it they are refused.
	Rates RateReader
	// Pictures makes those of products; without it they are refused.
	Pictures Pictures
	// Rules reads the settings' expressions; without it no rule runs.
	Rules Rules
	// Register is asked for companies; nil when there is none.
	Register Register
	// Clock tells the time; time.Now when nil.
	Clock func() time.Time
	// Key signs Message-IDs and customers' references (HMAC-SHA-256); at least 32 bytes.
	Key []byte
	// ReadMail reads what was quarantined once more; without it that is refused.
	ReadMail ReadMail
	// AccessPoint says that e-invoices have somewhere to go; without it they are
	// not sent, and the PDF goes by mail.
	AccessPoint bool
}

// New wires the use cases.
func New(o Options) *Service {
	if o.Clock == nil {
		o.Clock = time.Now
	}
	return &Service{store: o.Store, documents: o.Documents, invoices: o.Invoices, statements: o.Statements, rates: o.Rates, pictures: o.Pictures, rules: o.Rules, register: o.Register, clock: o.Clock, key: o.Key, readMail: o.ReadMail, accessPoint: o.AccessPoint}
}

func (s *Service) now() time.Time { return s.clock().UTC().Truncate(time.Microsecond) }

// unit is one transaction of one actor.
type unit struct {
	Tx
	s        *Service
	actor    Actor
	now      time.Time
	settings Settings
	// whole asks for what is derived of a single record alone.
	whole bool
	// err is what a derivation met.
	err error
	// made is what came into being beside the record.
	made *Outcome
}

// change runs f in one transaction for an actor who has the permission. When
// the context carries an idempotency key, the answer commits with the change.
func (s *Service) change(ctx context.Context, a Actor, p Permission, f func(*unit) (*Outcome, error)) (*Outcome, error) {
	if err := a.must(p); err != nil {
		return nil, err
	}
	once := onceOf(ctx)
	var out *Outcome
	err := s.store.InTx(ctx, func(tx Tx) error {
		u, err := s.unit(tx, a)
		if err != nil {
			return err
		}
		if once != nil {
			answer, err := tx.Claim(once.Key, u.now)
			if err != nil {
				return err
			}
			if answer != nil {
				return &Replayed{Answer: *answer}
			}
		}
		if out, err = f(u); err != nil || once == nil {
			return err
		}
		answer, err := once.Encode(out)
		if err != nil {
			return fmt.Errorf("encoding the answer: %w", err)
		}
		return tx.Answered(once.Key, answer)
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

func (s *Service) unit(tx Tx, a Actor) (*unit, error) {
	settings, _, err := tx.Settings()
	if err != nil {
		return nil, err
	}
	return &unit{Tx: tx, s: s, actor: a, now: s.now(), settings: settings}, nil
}

// view runs f on one consistent state.
func (s *Service) view(ctx context.Context, a Actor, p Permission, f func(*unit) error) error {
	if err := a.must(p); err != nil {
		return err
	}
	return s.store.View(ctx, func(tx Tx) error {
		u, err := s.unit(tx, a)
		if err != nil {
			return err
		}
		return f(u)
	})
}

// record starts a new record.
func (u *unit) record() Record {
	return Record{ID: NewID(u.now), Version: 1, CreatedAt: u.now, UpdatedAt: u.now}
}

// today is the present day in the company's time zone.
func (u *unit) today() Date { return DateOf(u.now, u.settings.Location()) }

// note puts an activity on the timeline and a link on the audit chain.
func (u *unit) note(act Activity) error {
	act.ID, act.At, act.Actor = NewID(u.now), u.now, u.actor
	if err := u.AddActivity(act); err != nil {
		return err
	}
	payload, err := json.Marshal(act)
	if err != nil {
		return err
	}
	if err := u.setOff(act); err != nil {
		return err
	}
	return u.Audit(AuditEntry{At: u.now, Actor: u.actor, Kind: act.Type, About: act.About, Payload: payload})
}

// touch marks a record as changed now, after checking the version that the
// caller saw.
func (u *unit) touch(r *Record, typ string, t Target) error {
	if t.Version != nil && *t.Version != r.Version {
		return Stale(typ, r.ID)
	}
	r.UpdatedAt = u.now
	return nil
}

// Once makes a use case happen once for an idempotency key.
type Once struct {
	Key IdempotencyKey
	// Encode makes the answer that will be given again, without time or
	// request id in it.
	Encode func(*Outcome) (Answer, error)
}

// Replayed is returned instead of an outcome when the key was answered before.
type Replayed struct{ Answer Answer }

func (r *Replayed) Error() string { return "answered before" }

type onceKey struct{}

// WithOnce makes the next use case that is called with the context idempotent.
func WithOnce(ctx context.Context, o Once) context.Context {
	return context.WithValue(ctx, onceKey{}, &o)
}

// withoutOnce lets use cases of one idempotent request commit on the way to the
// one that carries the answer.
func withoutOnce(ctx context.Context) context.Context {
	return context.WithValue(ctx, onceKey{}, (*Once)(nil))
}

func onceOf(ctx context.Context) *Once {
	o, _ := ctx.Value(onceKey{}).(*Once)
	return o
}

// Refuse stores the refusal that a key got, so that it is given again. When
// another copy was answered in the meantime, that answer comes back.
func (s *Service) Refuse(ctx context.Context, key IdempotencyKey, a Answer) (Answer, error) {
	err := s.store.InTx(ctx, func(tx Tx) error {
		before, err := tx.Claim(key, s.now())
		if err != nil {
			return err
		}
		if before != nil {
			a = *before
			return nil
		}
		return tx.Answered(key, a)
	})
	return a, err
}

// Collection reads one kind of record.
type Collection[T any] struct {
	s      *Service
	typ    string
	of     func(Tx) Records[T]
	derive func(*unit, *T)
}

// Get reads a record with its derived fields.
func (c Collection[T]) Get(ctx context.Context, a Actor, id string) (r *T, err error) {
	err = c.s.view(ctx, a, MayRead, func(u *unit) error {
		if r, err = c.of(u).Get(id); err == nil && c.derive != nil {
			u.whole = true
			c.derive(u, r)
			err = u.err
		}
		return err
	})
	return r, err
}

// List reads a page, newest first.
func (c Collection[T]) List(ctx context.Context, a Actor, f Filter) (rs []T, next string, err error) {
	err = c.s.view(ctx, a, MayRead, func(u *unit) error {
		rs, next, err = c.of(u).List(f)
		for i := range rs {
			if c.derive != nil {
				c.derive(u, &rs[i])
			}
		}
		return errors.Join(err, u.err)
	})
	return rs, next, err
}

// The collections.
func (s *Service) Leads() Collection[Lead] {
	return Collection[Lead]{s, TypeLead, Tx.Leads, (*unit).deriveLead}
}
func (s *Service) Customers() Collection[Customer] {
	return Collection[Customer]{s, TypeCustomer, Tx.Customers, (*unit).deriveCustomer}
}
func (s *Service) Contacts() Collection[Contact] {
	return Collection[Contact]{s, TypeContact, Tx.Contacts, nil}
}
func (s *Service) Opportunities() Collection[Opportunity] {
	return Collection[Opportunity]{s, TypeOpportunity, Tx.Opportunities, (*unit).deriveOpportunity}
}
func (s *Service) Quotes() Collection[Quote] {
	return Collection[Quote]{s, TypeQuote, Tx.Quotes, (*unit).deriveQuote}
}
func (s *Service) Orders() Collection[Order] {
	return Collection[Order]{s, TypeOrder, Tx.Orders, (*unit).deriveOrder}
}
func (s *Service) Invoices() Collection[Invoice] {
	return Collection[Invoice]{s, TypeInvoice, Tx.Invoices, (*unit).deriveInvoice}
}
func (s *Service) CreditNotes() Collection[CreditNote] {
	return Collection[CreditNote]{s, TypeCreditNote, Tx.CreditNotes, nil}
}
func (s *Service) Payments() Collection[Payment] {
	return Collection[Payment]{s, TypePayment, Tx.Payments, nil}
}
func (s *Service) BankEntries() Collection[BankEntry] {
	return Collection[BankEntry]{s, TypeBankEntry, Tx.BankEntries, nil}
}
func (s *Service) Subscriptions() Collection[Subscription] {
	return Collection[Subscription]{s, TypeSubscription, Tx.Subscriptions, nil}
}
func (s *Service) Products() Collection[Product] {
	return Collection[Product]{s, TypeProduct, Tx.Products, nil}
}
func (s *Service) PriceLists() Collection[PriceList] {
	return Collection[PriceList]{s, TypePriceList, Tx.PriceLists, (*unit).derivePriceList}
}
func (s *Service) Rates() Collection[Rate] {
	return Collection[Rate]{s, TypeRate, Tx.Rates, nil}
}
func (s *Service) Tasks() Collection[Task] {
	return Collection[Task]{s, TypeTask, Tx.Tasks, nil}
}
func (s *Service) TimeEntries() Collection[Hours] {
	return Collection[Hours]{s, TypeHours, Tx.TimeEntries, nil}
}
func (s *Service) Deliveries() Collection[Delivery] {
	return Collection[Delivery]{s, TypeDelivery, Tx.Deliveries, nil}
}
func (s *Service) Messages() Collection[Message] {
	return Collection[Message]{s, TypeMessage, Tx.Messages, nil}
}
func (s *Service) Quarantine() Collection[Quarantine] {
	return Collection[Quarantine]{s, TypeQuarantine, Tx.Quarantine, nil}
}
func (s *Service) Submissions() Collection[Submission] {
	return Collection[Submission]{s, TypeSubmission, Tx.Submissions, nil}
}
func (s *Service) SenderRules() Collection[SenderRule] {
	return Collection[SenderRule]{s, TypeSenderRule, Tx.SenderRules, nil}
}
func (s *Service) Users() Collection[User] {
	return Collection[User]{s, TypeUser, Tx.Users, nil}
}

// Timeline lists activities, newest first.
func (s *Service) Timeline(ctx context.Context, a Actor, f Filter) (as []Activity, next string, err error) {
	err = s.view(ctx, a, MayRead, func(u *unit) error {
		as, next, err = u.Activities(f)
		return err
	})
	return as, next, err
}

// Settings reads the company's settings and their version. They are the
// caller's own.
func (s *Service) Settings(ctx context.Context, a Actor) (st Settings, version int64, err error) {
	err = s.view(ctx, a, MayRead, func(u *unit) error {
		shared, v, err := u.Tx.Settings()
		if err != nil {
			return err
		}
		version = v
		text, err := json.Marshal(shared)
		if err != nil {
			return fmt.Errorf("copying the settings: %w", err)
		}
		return json.Unmarshal(text, &st)
	})
	return st, version, err
}

// PutSettings replaces the settings; version is the one that was read.
func (s *Service) PutSettings(ctx context.Context, a Actor, version int64, st Settings) (*Outcome, error) {
	return s.change(ctx, a, MayManage, func(u *unit) (*Outcome, error) {
		ps := st.Problems()
		if s.rules != nil {
			ps = append(ps, s.rules.Check(st)...)
		}
		if len(ps) > 0 {
			return nil, Invalid("settings.invalid", "the settings cannot be used as they are", ps...)
		}
		if err := u.Tx.PutSettings(st, version, a, u.now); err != nil {
			return nil, err
		}
		err := u.note(Activity{Type: "settings.changed", About: Ref{TypeSettings, "company"}})
		return &Outcome{Record: st, Created: []Ref{}}, err
	})
}

// Blob reads an attachment's or a raw mail's bytes.
func (s *Service) Blob(ctx context.Context, a Actor, sha256 string) ([]byte, error) {
	if err := a.must(MayRead); err != nil {
		return nil, err
	}
	return s.store.Blob(ctx, sha256)
}

// OpenBlob reads them piece by piece.
func (s *Service) OpenBlob(ctx context.Context, a Actor, sha256 string) (BlobReader, error) {
	if err := a.must(MayRead); err != nil {
		return nil, err
	}
	return s.store.OpenBlob(ctx, sha256)
}

// first is the only or newest record of a list, nil when there is none.
func first[T any](r Records[T], match map[string]string, state string) (*T, error) {
	rs, _, err := r.List(Filter{Match: match, State: state, Limit: 1})
	if err != nil || len(rs) == 0 {
		return nil, err
	}
	return &rs[0], nil
}

// optional turns "there is none" into nil.
func optional[T any](r *T, err error) (*T, error) {
	var e *Error
	if errors.As(err, &e) && e.Code == CodeNotFound {
		return nil, nil
	}
	return r, err
}
