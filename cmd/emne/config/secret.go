package config

import (
	"fmt"
	"io"
	"log/slog"
)

const hidden = "[secret]"

// Secret is a text that no way of printing shows. The pointer keeps it out of
// reflection's sight when it sits in an unexported field of somebody's struct.
type Secret struct{ value *string }

// NewSecret hides text; an empty text is a Secret that is not set.
func NewSecret(text string) Secret {
	if text == "" {
		return Secret{}
	}
	return Secret{value: &text}
}

// Reveal gives the text, or "" when there is none.
func (s Secret) Reveal() string {
	if s.value == nil {
		return ""
	}
	return *s.value
}

// IsSet reports whether there is a text.
func (s Secret) IsSet() bool { return s.value != nil }

// String does not give the text.
func (Secret) String() string { return hidden }

// GoString does not give the text.
func (Secret) GoString() string { return hidden }

// Format does not give the text, whatever the verb.
func (Secret) Format(state fmt.State, _ rune) { _, _ = io.WriteString(state, hidden) }

// LogValue does not give the text.
func (Secret) LogValue() slog.Value { return slog.StringValue(hidden) }

// MarshalText does not give the text.
func (Secret) MarshalText() ([]byte, error) { return []byte(hidden), nil }

// MarshalJSON does not give the text.
func (Secret) MarshalJSON() ([]byte, error) { return []byte(`"` + hidden + `"`), nil }
