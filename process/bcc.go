package process

import (
	"crypto/hmac"
	"slices"
	"strings"
)

// bccMark begins the tag of a user's own address for blind copies.
const bccMark = "bcc-"

// bccTag is the signed part of the plus-address (RFC 5233) that files what a
// user sends a blind copy of: sales+TAG@seller.example.
func (s *Service) bccTag(user string) string { return bccMark + user + "." + s.sign("bcc "+user) }

// BccAddress is a user's address for blind copies, made of one of the
// company's; "" when that cannot be extended.
func (s *Service) BccAddress(company, user string) string {
	local, domain, ok := strings.Cut(company, "@")
	if !ok || user == "" || strings.Contains(local, "+") {
		return ""
	}
	return local + "+" + s.bccTag(user) + "@" + domain
}

// bccUserOf is the user whose address for blind copies this is, "" for other
// addresses and forged ones. Servers may change the case of a local part.
func (s *Service) bccUserOf(address string) string {
	local, _, _ := strings.Cut(normalEmail(address), "@")
	_, tag, _ := strings.Cut(local, "+")
	named, ok := strings.CutPrefix(tag, bccMark)
	id, signature, _ := strings.Cut(named, ".")
	if !ok || !hmac.Equal([]byte(signature), []byte(s.sign("bcc "+id))) {
		return ""
	}
	return id
}

// blindCopy files what a user sent a blind copy of on the records of those whom
// it was written to, or who wrote it when the user passed it on. Nothing becomes
// a lead by it; what belongs to nobody known is other mail.
func (u *unit) blindCopy(m *IncomingMail, msg *Message) (bool, error) {
	var user *User
	for _, address := range slices.Concat(m.DeliveredTo, m.To, m.Bcc) {
		if id := u.s.bccUserOf(address); id != "" && user == nil {
			var err error
			if user, err = optional(u.Users().Get(id)); err != nil {
				return false, err
			}
		}
	}
	if user == nil || user.State != "active" || m.Report != nil {
		return false, nil
	}
	places, _, err := u.placesOf(m)
	if err != nil {
		return false, err
	}
	writer, err := u.knownAddress(m.From)
	if err != nil {
		return false, err
	}
	if writer == nil {
		msg.wrote(user)
		u.actor = user.writing()
	}
	switch {
	case len(places) == 0:
		return true, msg.other(DecidedBcc, user.Email)
	case writer != nil:
		return true, u.fileOn(msg, DecidedBcc, places)
	}
	if err := u.fileOn(msg, DecidedBcc, places); err != nil {
		return false, err
	}
	return true, u.contacted(m, msg)
}
