package webform

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"mime"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// maxEventID is the length of an id that is kept as it is; a longer one is hashed.
const maxEventID = 200

// keptHeaders are stored with a body. Authorization and cookies never are.
var keptHeaders = []string{"Content-Type", "Content-Encoding", "User-Agent", "Origin", "Referer", "Accept-Language",
	"Webhook-Id", "Webhook-Timestamp", "Idempotency-Key"}

func kept(h http.Header) map[string]string {
	out := map[string]string{}
	for _, name := range keptHeaders {
		v := h.Get(name)
		if name == "Referer" { // its query may hold secrets
			if u, err := url.Parse(v); err == nil && v != "" {
				u.RawQuery, u.Fragment, u.User = "", "", nil
				v = u.String()
			} else {
				v = ""
			}
		}
		if v != "" {
			out[name] = bounded(v, 500)
		}
	}
	return out
}

// bounded is s as valid UTF-8 without control characters, at most so long.
func bounded(s string, most int) string { return oneLine(s, most) }

// eventID names the event. window is set when the name was made of the body.
func eventID(h http.Header, contentType string, body []byte, hash string, now time.Time) (id string, window time.Duration) {
	for _, name := range []string{"Webhook-Id", "Idempotency-Key"} {
		if v := h.Get(name); v != "" {
			return named(strings.ToLower(name), v), 0
		}
	}
	if provider, v := providerID(contentType, body); v != "" {
		return named(provider, v), 0
	}
	// A row of windows has unique names, so that of two copies at once one is
	// refused by the store; the window reaches across the border of two.
	return "body:" + hash + ":" + strconv.FormatInt(now.Unix()/int64(sameBody/time.Second), 10), sameBody
}

func named(kind, id string) string {
	if len(id) > maxEventID || bounded(id, maxEventID) != id {
		sum := sha256.Sum256([]byte(id))
		id = "sha256:" + hex.EncodeToString(sum[:])
	}
	return kind + ":" + id
}

// providerID finds the event's id in bodies whose shape is a provider's: a
// field that merely has such a name may be a visitor's choice.
func providerID(contentType string, body []byte) (provider, id string) {
	media, _, _ := mime.ParseMediaType(contentType)
	if strings.HasPrefix(media, "multipart/") || media == "application/x-www-form-urlencoded" {
		return jotformID(contentType, body)
	}
	var top map[string]json.RawMessage
	if json.Unmarshal(body, &top) != nil {
		return "", ""
	}
	has := func(names ...string) bool {
		for _, n := range names {
			if _, ok := top[n]; !ok {
				return false
			}
		}
		return true
	}
	switch {
	case has("event_id", "event_type", "form_response"):
		return "typeform", text(top["event_id"])
	case has("eventId", "eventType", "createdAt", "data"):
		return "tally", text(top["eventId"])
	case has("responseId", "formId", "namedValues"):
		return "google", text(top["responseId"])
	case has("triggerType", "payload"):
		var payload map[string]json.RawMessage
		if json.Unmarshal(top["payload"], &payload) == nil {
			return "webflow", text(payload["id"])
		}
	}
	return "", ""
}

func jotformID(contentType string, body []byte) (provider, id string) {
	f, err := read(contentType, body)
	if err != nil || f.raw["formID"] == "" || f.raw["rawRequest"] == "" {
		return "", ""
	}
	return "jotform", f.raw["submissionID"]
}

func text(raw json.RawMessage) string {
	var s string
	_ = json.Unmarshal(raw, &s) // not a string: no id
	return s
}
