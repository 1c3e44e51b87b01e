package process

// Role is what a user or token may do.
type Role string

// The roles, from most to least.
const (
	RoleOwner      Role = "owner"      // everything, users and settings included
	RoleSales      Role = "sales"      // the process from lead to payment
	RoleAccounting Role = "accounting" // invoices, credit notes, payments, customers
	RoleReader     Role = "reader"     // looks, changes nothing
)

// ActorKind says what kind of actor it is.
type ActorKind string

// The kinds of actors.
const (
	ActorUser     ActorKind = "user"
	ActorToken    ActorKind = "token"
	ActorCustomer ActorKind = "customer" // somebody with a customer's link
	ActorSender   ActorKind = "sender"   // somebody who wrote in
	ActorRule     ActorKind = "rule"
	ActorSystem   ActorKind = "system"
)

// Actor is who does something. Every use case takes one and decides itself,
// inside its transaction, what the actor may do.
type Actor struct {
	Kind ActorKind `json:"kind"`
	// ID is the user's or token's id, the rule's name or the link's id.
	ID   string `json:"id,omitempty"`
	Name string `json:"name,omitempty"`
	Role Role   `json:"role,omitempty"`
	// Channel is where the act came in: console, api, cli, portal, mail, form, job.
	Channel string `json:"channel,omitempty"`
	// Depth is how many rules set each other off, this one's act included.
	Depth int `json:"-"`
	// Link is the one record that a customer's link opens.
	Link Ref `json:"-"`
	// Address and UserAgent are kept with an acceptance.
	Address   string `json:"-"`
	UserAgent string `json:"-"`
}

// System is emne itself.
func System() Actor { return Actor{Kind: ActorSystem, Name: "emne", Channel: "job"} }

// Permission is a thing that roles allow.
type Permission string

// The permissions.
const (
	MaySell     Permission = "sell"     // leads, opportunities, quotes, orders, tasks
	MayKeep     Permission = "keep"     // customers and contacts
	MayInvoice  Permission = "invoice"  // invoices, credit notes, payments
	MayManage   Permission = "manage"   // settings, users, tokens
	MayRead     Permission = "read"     // all records
	MayAccept   Permission = "accept"   // accept or decline a quote
	MayIntake   Permission = "intake"   // record what comes in
	MaySendMail Permission = "delivery" // deliveries' states
)

// May reports whether the actor has the permission; for a customer's link the
// use case also compares the record.
func (a Actor) May(p Permission) bool {
	switch a.Kind {
	case ActorSystem, ActorRule:
		return p != MayManage || a.Kind == ActorSystem
	case ActorCustomer:
		return p == MayAccept
	case ActorUser, ActorToken:
	default:
		return false
	}
	switch a.Role {
	case RoleOwner:
		return true
	case RoleSales:
		return p == MaySell || p == MayKeep || p == MayInvoice || p == MayRead || p == MayAccept || p == MayIntake || p == MaySendMail
	case RoleAccounting:
		return p == MayInvoice || p == MayKeep || p == MayRead || p == MaySendMail
	case RoleReader:
		return p == MayRead
	}
	return false
}

func (a Actor) must(p Permission) error {
	if a.May(p) {
		return nil
	}
	if a.Kind == "" {
		return &Error{Code: CodeUnauthorized, Reason: "unauthorized", Message: "sign in or send a token first"}
	}
	return Forbidden("the role %q does not allow this (%s)", a.Role, p)
}
