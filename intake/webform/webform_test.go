package webform

import (
	"bufio"
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emne/emne/intake"
)

func signature(id string, at time.Time, body string) []string {
	key, _ := base64.StdEncoding.DecodeString(strings.TrimPrefix(secret, "whsec_"))
	stamp := strconv.FormatInt(at.Unix(), 10)
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(id + "." + stamp + "." + body))
	return []string{"Webhook-Id: " + id, "Webhook-Timestamp: " + stamp, "Webhook-Signature: v1,b3RoZXI= v1," + base64.StdEncoding.EncodeToString(mac.Sum(nil))}
}

func TestVerify(t *testing.T) {
	h := newHouse(t)
	now := h.clock.tell()
	good := signature("msg_1", now, jsonBody)
	for _, c := range []struct {
		name, path string
		headers    []string
		body       string
		want       int
	}{
		{"bearer", "/hooks/website", []string{bearer()}, jsonBody, 202},
		{"bearer in small letters", "/hooks/website", []string{"Authorization: bearer " + token}, jsonBody, 202},
		{"token in the path", "/hooks/website/" + token, nil, jsonBody, 202},
		{"no token", "/hooks/website", nil, jsonBody, 401},
		{"wrong token", "/hooks/website", []string{"Authorization: Bearer wrong"}, jsonBody, 401},
		{"basic is no bearer", "/hooks/website", []string{"Authorization: Basic " + token}, jsonBody, 401},
		{"wrong token in the path", "/hooks/website/wrong", nil, jsonBody, 401},
		{"a signature where a token is asked for", "/hooks/website", good, jsonBody, 401},
		{"signed", "/hooks/signed", good, jsonBody, 202},
		{"not signed", "/hooks/signed", nil, jsonBody, 401},
		{"a token where a signature is asked for", "/hooks/signed", []string{bearer()}, jsonBody, 401},
		{"signed for another body", "/hooks/signed", good, jsonBody + " ", 401},
		{"signed with another id", "/hooks/signed", append([]string{}, "Webhook-Id: msg_2", good[1], good[2]), jsonBody, 401},
		{"signed too long ago", "/hooks/signed", signature("msg_3", now.Add(-6*time.Minute), jsonBody), jsonBody, 401},
		{"signed in the future", "/hooks/signed", signature("msg_3", now.Add(6*time.Minute), jsonBody), jsonBody, 401},
		{"either by token", "/hooks/either/" + token, nil, jsonBody, 202},
		{"either by signature", "/hooks/either", signature("msg_4", now, jsonBody), jsonBody, 202},
		{"neither", "/hooks/either", nil, jsonBody, 401},
		{"open", "/hooks/open", nil, jsonBody, 202},
		{"unknown source", "/hooks/unknown", []string{bearer()}, jsonBody, 404},
		{"no source", "/hooks/", []string{bearer()}, jsonBody, 404},
	} {
		t.Run(c.name, func(t *testing.T) {
			before := len(h.submissions())
			w := h.do(request(c.path, c.body, c.headers...))
			if w.Code != c.want {
				t.Fatalf("%d %s, want %d", w.Code, w.Body, c.want)
			}
			if c.want == 202 {
				idOf(t, w)
				return
			}
			if len(h.submissions()) != before {
				t.Error("what was refused is stored")
			}
			code := map[int]string{401: "unauthorized", 404: "not_found"}[c.want]
			if got := problemOf(t, w); got != code {
				t.Errorf("code %q", got)
			}
		})
	}
}

func TestRefusalsTellNothing(t *testing.T) {
	h := newHouse(t)
	a := h.do(request("/hooks/website", jsonBody))
	for _, r := range []*http.Request{
		request("/hooks/website/wrong", jsonBody), request("/hooks/signed", jsonBody),
		request("/hooks/signed", jsonBody, "Webhook-Id: x", "Webhook-Timestamp: 1", "Webhook-Signature: v1,aaaa"),
	} {
		if b := h.do(r); b.Body.String() != a.Body.String() || b.Header().Get("WWW-Authenticate") != "Bearer" {
			t.Errorf("%s answers %s", r.URL, b.Body)
		}
	}
}

func TestStoredAsItCame(t *testing.T) {
	h := newHouse(t)
	id := idOf(t, h.do(request("/hooks/website", jsonBody, bearer(), "Idempotency-Key: k1", "Cookie: s=1", "User-Agent: Test/1", "Referer: https://example.no/a?secret=1#x")))
	sub, body, err := h.service.SubmissionOf(t.Context(), intake.Recording("form"), id)
	if err != nil || string(body) != jsonBody {
		t.Fatalf("stored %q: %v", body, err)
	}
	if sub.EventID != "idempotency-key:k1" || sub.ContentType != "application/json" || sub.Address != "192.0.2.1" || sub.State != "pending" {
		t.Errorf("stored %+v", sub)
	}
	for name, want := range map[string]string{"User-Agent": "Test/1", "Referer": "https://example.no/a", "Authorization": "", "Cookie": ""} {
		if sub.Headers[name] != want {
			t.Errorf("header %s is kept as %q", name, sub.Headers[name])
		}
	}
}

func TestSameEvent(t *testing.T) {
	other := strings.Replace(jsonBody, "Hei", "Hallo", 1)
	for _, c := range []struct {
		name           string
		first, second  []string
		body           string
		pass           time.Duration
		want           int
		same, distinct bool
	}{
		{name: "the key with the same body", first: []string{"Idempotency-Key: k"}, second: []string{"Idempotency-Key: k"}, body: jsonBody, pass: 48 * time.Hour, want: 202, same: true},
		{name: "the key with another body", first: []string{"Idempotency-Key: k"}, second: []string{"Idempotency-Key: k"}, body: other, want: 422},
		{name: "another key with the same body", first: []string{"Idempotency-Key: k"}, second: []string{"Idempotency-Key: l"}, body: jsonBody, want: 202},
		{name: "webhook-id goes first", first: []string{"Webhook-Id: w", "Idempotency-Key: k"}, second: []string{"Webhook-Id: w", "Idempotency-Key: l"}, body: jsonBody, want: 202, same: true},
		{name: "a key of any length", first: []string{"Idempotency-Key: " + strings.Repeat("k", 5000)}, second: []string{"Idempotency-Key: " + strings.Repeat("k", 5000)}, body: jsonBody, want: 202, same: true},
		{name: "no id, the same body at once", body: jsonBody, want: 202, same: true},
		{name: "no id, the same body across the border of a window", body: jsonBody, pass: 9*time.Minute + 59*time.Second, want: 202, same: true},
		{name: "no id, the same body later", body: jsonBody, pass: 10 * time.Minute, want: 202},
		{name: "no id, another body", body: other, want: 202},
	} {
		t.Run(c.name, func(t *testing.T) {
			h := newHouse(t)
			first := h.do(request("/hooks/website", jsonBody, append(c.first, bearer())...))
			idOf(t, first)
			h.clock.pass(c.pass)
			second := h.do(request("/hooks/website", c.body, append(c.second, bearer())...))
			if second.Code != c.want {
				t.Fatalf("%d %s, want %d", second.Code, second.Body, c.want)
			}
			if c.want == 422 {
				if got := problemOf(t, second); got != "invalid" {
					t.Errorf("code %q", got)
				}
				return
			}
			if same := bytes.Equal(first.Body.Bytes(), second.Body.Bytes()); same != c.same {
				t.Errorf("the answers %s and %s", first.Body, second.Body)
			}
		})
	}
}

func TestSameEventOfAProvider(t *testing.T) {
	for _, c := range []struct {
		name, one, two string
		want           int
	}{
		{"typeform", `{"event_id":"1","event_type":"f","form_response":{"answers":[]}}`, `{"event_id":"1","event_type":"f","form_response":{"answers":[{}]}}`, 422},
		{"tally", `{"eventId":"1","eventType":"f","createdAt":"x","data":{}}`, `{"eventId":"1","eventType":"f","createdAt":"y","data":{}}`, 422},
		{"a visitor's choice of an event", `{"event_id":"party","name":"Kari"}`, `{"event_id":"party","name":"Ola"}`, 202},
	} {
		t.Run(c.name, func(t *testing.T) {
			h := newHouse(t)
			idOf(t, h.do(request("/hooks/website", c.one, bearer())))
			if w := h.do(request("/hooks/website", c.two, bearer())); w.Code != c.want {
				t.Errorf("%d %s", w.Code, w.Body)
			}
		})
	}
}

func TestCopiesAtOnce(t *testing.T) {
	h := newHouse(t)
	var work sync.WaitGroup
	answers := make([]string, 16)
	for i := range answers {
		work.Go(func() { answers[i] = h.do(request("/hooks/website", jsonBody, bearer())).Body.String() })
	}
	work.Wait()
	for _, a := range answers {
		if a != answers[0] || !strings.HasPrefix(a, `{"id":"`) {
			t.Fatalf("answers %q", answers)
		}
	}
	if n := len(h.submissions()); n != 1 {
		t.Errorf("%d submissions are stored", n)
	}
}

func TestLimits(t *testing.T) {
	h := newHouse(t)
	big := func(n int) string { return `{"message":"` + strings.Repeat("x", n-14) + `"}` }
	part := func(n int) string {
		head := "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"f\"\r\n\r\n"
		return head + strings.Repeat("x", n-len(head)-9) + "\r\n--b--\r\n"
	}
	for _, c := range []struct {
		name, contentType, body string
		want                    int
	}{
		{"JSON up to the limit", "application/json", big(MaxBody), 202},
		{"JSON beyond it", "application/json", big(MaxBody + 1), 413},
		{"urlencoded beyond it", "application/x-www-form-urlencoded", "message=" + strings.Repeat("x", MaxBody), 413},
		{"unknown beyond it", "application/octet-stream", strings.Repeat("x", MaxBody+1), 413},
		{"multipart up to the limit", "multipart/form-data; boundary=b", part(MaxMultipart), 202},
		{"multipart beyond it", "multipart/form-data; boundary=b", part(MaxMultipart + 1), 413},
	} {
		for _, chunked := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s, chunked %v", c.name, chunked), func(t *testing.T) {
				r := request("/hooks/website", c.body, bearer(), "Content-Type: "+c.contentType)
				if chunked {
					r.ContentLength = -1
				}
				w := h.do(r)
				if w.Code != c.want {
					t.Fatalf("%d %s", w.Code, w.Body)
				}
				if c.want == 413 && problemOf(t, w) != "too_large" {
					t.Error("the code is another")
				}
			})
		}
	}
}

// TestSenderReadsTheRefusal posts over a real connection with a client that
// sends everything before it reads.
func TestSenderReadsTheRefusal(t *testing.T) {
	h := newHouse(t)
	server := httptest.NewServer(h.handler)
	defer server.Close()
	for path, want := range map[string]int{"/hooks/website/" + token: 413, "/hooks/website": 401, "/hooks/unknown": 404} {
		c, err := net.Dial("tcp", server.Listener.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		if err := c.SetDeadline(time.Now().Add(20 * time.Second)); err != nil {
			t.Fatal(err)
		}
		const size = 30 << 20
		fmt.Fprintf(c, "POST %s HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n", path, size)
		if _, err := io.Copy(c, bytes.NewReader(make([]byte, size))); err != nil {
			t.Fatalf("%s: sending: %v", path, err)
		}
		res, err := http.ReadResponse(bufio.NewReader(c), nil)
		if err != nil {
			t.Fatalf("%s: reading the answer: %v", path, err)
		}
		res.Body.Close()
		if res.StatusCode != want {
			t.Errorf("%s answers %d, want %d", path, res.StatusCode, want)
		}
	}
}

func TestMethods(t *testing.T) {
	h := newHouse(t)
	for _, method := range []string{http.MethodGet, http.MethodPut, http.MethodDelete} {
		r := request("/hooks/website", "", bearer())
		r.Method = method
		if w := h.do(r); w.Code != 405 || w.Header().Get("Allow") != "POST, OPTIONS" || problemOf(t, w) != "invalid" {
			t.Errorf("%s: %d %v", method, w.Code, w.Header())
		}
	}
	for _, c := range []struct{ path, origin, allowed string }{
		{"/hooks/own", "https://www.example.no", "https://www.example.no"}, {"/hooks/own", "https://evil.example", ""},
		{"/hooks/open", "https://any.example", "https://any.example"}, {"/hooks/website", "https://any.example", ""},
	} {
		r := request(c.path, "", "Origin: "+c.origin)
		r.Method = http.MethodOptions
		if w := h.do(r); w.Code != 204 || w.Header().Get("Access-Control-Allow-Origin") != c.allowed {
			t.Errorf("preflight of %s from %s: %d %v", c.path, c.origin, w.Code, w.Header())
		}
	}
}

func TestVisitorsAreThanked(t *testing.T) {
	h := newHouse(t)
	form := "name=Kari&email=kari%40example.no&message=Hei&_redirect=https%3A%2F%2Fevil.example"
	for _, c := range []struct {
		name, path, location string
		headers              []string
	}{
		{"html source", "/hooks/signup", "/hooks/signup/thanks", nil},
		{"own page", "/hooks/own", "https://www.example.no/takk", []string{"Origin: https://www.example.no"}},
		{"a browser at a generic source", "/hooks/open", "/hooks/open/thanks", []string{"Accept: text/html,application/xhtml+xml", "Sec-Fetch-Mode: navigate"}},
		{"a script at a generic source", "/hooks/open", "", []string{"Accept: text/html", "Sec-Fetch-Mode: cors"}},
		{"a program at a generic source", "/hooks/open", "", []string{"Accept: */*"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			for range 2 { // a second click
				w := h.do(request(c.path, form, append(c.headers, "Content-Type: application/x-www-form-urlencoded")...))
				if c.location == "" {
					idOf(t, w)
				} else if w.Code != 303 || w.Header().Get("Location") != c.location {
					t.Errorf("%d to %q", w.Code, w.Header().Get("Location"))
				}
			}
		})
	}
	w := h.do(httptest.NewRequest(http.MethodGet, "/hooks/signup/thanks", nil))
	if w.Code != 200 || w.Body.String() != "<p lang=nb>thanks</p>" || !strings.HasPrefix(w.Header().Get("Content-Type"), "text/html") {
		t.Errorf("the page is %d %s", w.Code, w.Body)
	}
	if w := h.do(httptest.NewRequest(http.MethodGet, "/hooks/unknown/thanks", nil)); w.Code != 404 {
		t.Errorf("the page of no source is %d", w.Code)
	}
}

func TestRobotsAreNotTold(t *testing.T) {
	h := newHouse(t)
	now := h.clock.tell().Unix()
	for i, c := range []struct {
		name, path, body string
		headers          []string
		robot            bool
	}{
		{"a person", "/hooks/open", "name=Kari&email=a%40example.no&_gotcha=", nil, false},
		{"honeypot", "/hooks/open", "name=Kari&email=b%40example.no&_gotcha=x", nil, true},
		{"filled in a second", "/hooks/open", fmt.Sprintf("name=Kari&email=c%%40example.no&_t=%d", now-1), nil, true},
		{"filled in a minute", "/hooks/open", fmt.Sprintf("name=Kari&email=d%%40example.no&_t=%d", (now-60)*1000), nil, false},
		{"a stamp that is none", "/hooks/open", "name=Kari&email=e%40example.no&_t=yesterday", nil, false},
		{"from the page", "/hooks/own", "name=Kari&email=f%40example.no", []string{"Origin: https://www.example.no"}, false},
		{"from another page", "/hooks/own", "name=Kari&email=g%40example.no", []string{"Origin: https://evil.example"}, true},
		{"from no page", "/hooks/own", "name=Kari&email=h%40example.no", nil, true},
		{"a page's form with its token", "/hooks/page/" + token, "name=Kari&email=j%40example.no&_gotcha=x", nil, true},
		{"a program with a token fills everything", "/hooks/website", "name=Kari&email=i%40example.no&_gotcha=x", []string{bearer()}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			h.clock.pass(time.Millisecond) // so that the newest is the first of a list
			w := h.do(request(c.path, c.body, append(c.headers, "Content-Type: application/x-www-form-urlencoded")...))
			if w.Code != 202 && w.Code != 303 {
				t.Fatalf("%d %s", w.Code, w.Body)
			}
			all := h.submissions()
			if len(all) != i+1 || (all[0].State == "spam") != c.robot {
				t.Errorf("%d submissions, the last %q", len(all), all[0].State)
			}
			if err := h.filer.File(t.Context(), all[0].ID); err != nil {
				t.Error(err)
			}
		})
	}
	if n := len(h.leads()); n != 5 {
		t.Errorf("%d leads, want 5", n)
	}
}

func TestCapForEachAddress(t *testing.T) {
	h := newHouse(t)
	post := func(address string, n int) *httptest.ResponseRecorder {
		r := request("/hooks/signup", fmt.Sprintf("name=Kari+%d&email=kari%%40example.no", n), "Content-Type: application/x-www-form-urlencoded")
		r.RemoteAddr = address
		return h.do(r)
	}
	for i := range 5 {
		if w := post("192.0.2.7:1234", i); w.Code != 303 {
			t.Fatalf("number %d: %d", i, w.Code)
		}
	}
	h.clock.pass(10 * time.Minute)
	w := post("192.0.2.7:9999", 6)
	if w.Code != 429 || w.Header().Get("Retry-After") != "3000" || problemOf(t, w) != "rate_limited" {
		t.Errorf("the sixth: %d, retry after %q", w.Code, w.Header().Get("Retry-After"))
	}
	if w := post("192.0.2.8:1234", 7); w.Code != 303 {
		t.Errorf("another address: %d", w.Code)
	}
	for i := range 6 { // one IPv6 visitor has many addresses
		if w := post(fmt.Sprintf("[2001:db8::%d]:1", i+1), 10+i); (w.Code == 429) != (i == 5) {
			t.Errorf("IPv6 number %d: %d", i, w.Code)
		}
	}
	h.clock.pass(50 * time.Minute)
	if w := post("192.0.2.7:1234", 8); w.Code != 303 {
		t.Errorf("an hour later: %d", w.Code)
	}
}

type failing struct{ err error }

func (f failing) ReceiveSubmission(context.Context, intake.Actor, intake.Form) (*intake.Submission, bool, error) {
	return nil, false, f.err
}

func TestStoreIsDown(t *testing.T) {
	h := newHandler(t, failing{errors.New("disk full")}, &clock{})
	w := httptest.NewRecorder()
	h.ServeHTTP(w, request("/hooks/open", jsonBody))
	if w.Code != 503 || w.Header().Get("Retry-After") == "" || strings.Contains(w.Body.String(), "disk") {
		t.Errorf("%d %v %s", w.Code, w.Header(), w.Body)
	}
}

func TestBadSources(t *testing.T) {
	for _, s := range []string{"whsec_not base64!", "c2hvcnQ="} {
		if _, err := New(Options{Recorder: failing{}, Sources: map[string]Source{"x": {Secret: s}}}); err == nil {
			t.Errorf("the secret %q passes", s)
		}
	}
}
