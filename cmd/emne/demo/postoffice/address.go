package postoffice

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxAddress bounds an address in octets: RFC 5321 section 4.5.3.1 allows 64 of
// local part and 255 of domain.
const maxAddress = 320

var errBadAddress = errors.New("not a mail address")

// mailboxAddress returns the address of the mailbox that mail to addr goes to:
// lower case, without the +tag of a plus-address.
func mailboxAddress(addr string) (string, error) {
	addr = strings.ToLower(strings.TrimSpace(addr))
	if addr == "" || len(addr) > maxAddress || !utf8.ValidString(addr) ||
		strings.ContainsFunc(addr, unicode.IsControl) {
		return "", errBadAddress
	}
	at := strings.LastIndexByte(addr, '@')
	if at < 0 {
		// RFC 5321 section 4.5.1: postmaster needs no domain.
		if addr != "postmaster" {
			return "", errBadAddress
		}
		return addr, nil
	}
	local, domain := addr[:at], addr[at+1:]
	if local == "" || domain == "" {
		return "", errBadAddress
	}
	if plus := strings.IndexByte(local, '+'); plus > 0 {
		local = local[:plus]
	}
	return local + "@" + domain, nil
}

// directoryName turns a name into one that every file system takes. A name that
// had to be changed carries a digest of the original, so that no two names meet.
func directoryName(name string) string {
	const longest = 100
	safe := strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9', r == '@', r == '.', r == '-', r == '_':
			return r
		}
		return '_'
	}, name)
	safe = safe[:min(len(safe), longest)]
	if strings.HasPrefix(safe, ".") {
		safe = "_" + safe[1:]
	}
	if safe == name {
		return safe
	}
	digest := sha256.Sum256([]byte(name))
	return safe + "-" + hex.EncodeToString(digest[:8])
}
