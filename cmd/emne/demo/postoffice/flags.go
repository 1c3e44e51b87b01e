package postoffice

import (
	"slices"
	"strings"

	"github.com/emersion/go-imap/v2"
)

const (
	maxFlags   = 100 // of a message
	maxKeyword = 100 // octets
)

func imapUID(uid uint32) imap.UID { return imap.UID(uid) }

// systemFlags are the flags of RFC 9051 section 2.3.2 that clients may set.
func systemFlags() []imap.Flag {
	return []imap.Flag{imap.FlagAnswered, imap.FlagFlagged, imap.FlagDeleted, imap.FlagSeen, imap.FlagDraft}
}

func hasFlag(flags []imap.Flag, flag imap.Flag) bool {
	return slices.ContainsFunc(flags, func(f imap.Flag) bool { return strings.EqualFold(string(f), string(flag)) })
}

func sameFlags(a, b []imap.Flag) bool {
	return len(a) == len(b) && !slices.ContainsFunc(a, func(f imap.Flag) bool { return !hasFlag(b, f) })
}

// cleanFlags leaves the flags that can be kept, each once: \Recent and unknown
// system flags cannot.
func cleanFlags(flags []imap.Flag) []imap.Flag {
	var kept []imap.Flag
	for _, flag := range flags {
		if strings.HasPrefix(string(flag), `\`) {
			i := slices.IndexFunc(systemFlags(), func(f imap.Flag) bool { return strings.EqualFold(string(f), string(flag)) })
			if i < 0 {
				continue
			}
			flag = systemFlags()[i]
		}
		if flag != "" && len(flag) <= maxKeyword && len(kept) < maxFlags && !hasFlag(kept, flag) {
			kept = append(kept, flag)
		}
	}
	return kept
}

// flagEdit returns what a STORE does to a message's flags. The result is a new
// slice.
func flagEdit(op imap.StoreFlagsOp, given []imap.Flag) func([]imap.Flag) []imap.Flag {
	given = cleanFlags(given)
	return func(present []imap.Flag) []imap.Flag {
		switch op {
		case imap.StoreFlagsAdd:
			return cleanFlags(slices.Concat(present, given))
		case imap.StoreFlagsDel:
			return slices.DeleteFunc(slices.Clone(present), func(f imap.Flag) bool { return hasFlag(given, f) })
		default:
			return slices.Clone(given)
		}
	}
}
