package webform

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"testing"
	"time"
)

// FuzzSigned holds every header against the one signature that is right.
func FuzzSigned(f *testing.F) {
	secret := base64.StdEncoding.EncodeToString(make([]byte, 24))
	s, err := newSource("x", Source{Secret: "whsec_" + secret})
	if err != nil {
		f.Fatal(err)
	}
	now := time.Unix(1_767_322_800, 0)
	right := func(id, stamp string, body []byte) string {
		mac := hmac.New(sha256.New, make([]byte, 24))
		mac.Write([]byte(id + "." + stamp + "." + string(body)))
		return "v1," + base64.StdEncoding.EncodeToString(mac.Sum(nil))
	}
	f.Add("msg_1", "1767322800", right("msg_1", "1767322800", []byte("{}")), []byte("{}"))
	f.Add("msg_1", "1767322800", "v1a,x v1,"+base64.StdEncoding.EncodeToString([]byte("no"))+" "+right("msg_1", "1767322800", nil), []byte(nil))
	f.Add("", "-9223372036854775808", "v1, v1 ,,", []byte("x"))
	f.Add("msg_1", "1", right("msg_1", "1", nil), []byte(nil))
	f.Fuzz(func(t *testing.T, id, stamp, signature string, body []byte) {
		r := &http.Request{Header: http.Header{"Webhook-Id": {id}, "Webhook-Timestamp": {stamp}, "Webhook-Signature": {signature}}}
		if s.signed(r, body, now) {
			found := false
			for n := 0; n+len(right(id, stamp, body)) <= len(signature); n++ {
				found = found || signature[n:n+len(right(id, stamp, body))] == right(id, stamp, body)
			}
			if !found {
				t.Errorf("%q is taken for %q.%q", signature, id, stamp)
			}
		}
		r.Header.Set("Webhook-Signature", right(id, stamp, body))
		if s.signed(r, body, now.Add(time.Hour)) && s.signed(r, body, now) {
			t.Errorf("the time of %q does not count", stamp)
		}
	})
}
