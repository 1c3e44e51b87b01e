package process

import "time"

// User is a person who signs in.
type User struct {
	Record
	State        string `json:"state"` // active, disabled
	Email        string `json:"email"`
	Name         string `json:"name"`
	Role         Role   `json:"role"`
	Language     string `json:"language"`
	PasswordHash string `json:"-"`
	// OwnMailSince is from when on the user lets emne file the mail of the own
	// mailbox, nil when it is not to be read.
	OwnMailSince *time.Time `json:"own_mail_since,omitempty"`
}

// Session is a signed-in browser; only the hash of its secret is kept.
type Session struct {
	Record
	TokenHash string    `json:"-"`
	User      string    `json:"user"`
	ExpiresAt time.Time `json:"expires_at"`
	Address   string    `json:"address,omitempty"`
	UserAgent string    `json:"user_agent,omitempty"`
}

// Token lets a program in; only its hash is kept.
type Token struct {
	Record
	State     string     `json:"state"` // active, revoked
	TokenHash string     `json:"-"`
	Name      string     `json:"name"`
	Role      Role       `json:"role"`
	ExpiresAt *time.Time `json:"expires_at,omitempty"`
}

// Link opens one record to a customer; only the hash of its token is kept. A
// record may have several.
type Link struct {
	Record
	TokenHash string `json:"-"`
	About     Ref    `json:"about"`
}
