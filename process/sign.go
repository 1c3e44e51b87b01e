package process

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"strings"
)

// messageID is the Message-ID (RFC 5322 section 3.6.4) of a delivery, signed
// so that a forged reference leads nowhere.
func (s *Service) messageID(delivery, domain string) string {
	return delivery + "." + s.sign(delivery) + "@" + domain
}

// deliveryOf is the delivery that a Message-ID of ours names, "" for foreign
// and forged ones.
func (s *Service) deliveryOf(messageID string) string {
	local, _, ok := strings.Cut(strings.Trim(messageID, "<> "), "@")
	if !ok {
		return ""
	}
	id, signature, ok := strings.Cut(local, ".")
	if !ok || !hmac.Equal([]byte(signature), []byte(s.sign(id))) {
		return ""
	}
	return id
}

// SignedBy reports whether a Message-ID was made with the key.
func SignedBy(key []byte, messageID string) bool {
	return (&Service{key: key}).deliveryOf(messageID) != ""
}

func (s *Service) sign(text string) string {
	mac := hmac.New(sha256.New, s.key)
	mac.Write([]byte(text))
	return idEncoding.EncodeToString(mac.Sum(nil)[:10])
}

// NewLinkToken is the secret of a customer's link: 192 random bits.
func NewLinkToken() string {
	var b [24]byte
	rand.Read(b[:])
	return base64.RawURLEncoding.EncodeToString(b[:])
}

// hashToken is how secrets are stored.
func hashToken(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}
