package main

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"

	"github.com/emne/emne/cmd/emne/demo"
	"github.com/emne/emne/process"
)

// A still house is open and nothing works in it: its mails are where the test,
// which is their mail server, has put them.

// openStill opens one, for the command line and for the API, until the test ends.
func openStill(t *testing.T) *world {
	t.Helper()
	w := &world{t: t, token: testToken, data: t.TempDir()}
	cfg, err := (&place{data: w.data}).load()
	if err != nil {
		t.Fatal(err)
	}
	if w.house, err = openHouse(t.Context(), cfg, quietLogger()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(w.house.close)
	socket, err := listenSocket(cfg.Data)
	if err != nil {
		t.Fatal(err)
	}
	local := http.Server{Handler: w.house.localHandler(), ReadHeaderTimeout: slowest}
	ended := make(chan error, 1)
	go func() { ended <- local.Serve(socket) }()
	t.Cleanup(func() {
		local.Close()
		<-ended
	})
	site := httptest.NewServer(w.house.localHandler())
	t.Cleanup(site.Close)
	w.base = site.URL
	w.api("PUT", "settings", demo.Settings("nb"))
	return w
}

// queued is a quote's mail to an address of its own.
func (w *world) queued() string {
	w.t.Helper()
	quote := w.madeBy("quotes", `{"customer":%q,"recipient":%q,"lines":[%s]}`, w.buyer(), w.fresh()+"@kunde.example", labour)
	return created(w.t, w.api("POST", "quotes/"+quote+"/send", nil), "delivery")
}

// sending is a mail that the server is being told.
func (w *world) sending() string {
	w.t.Helper()
	id := w.queued()
	if begun, err := w.house.service.StartSending(w.t.Context(), process.System(), process.SendDelivery{Delivery: id, Attempt: 1}); err != nil || !begun {
		w.t.Fatalf("the mail is not sent: %v", err)
	}
	return id
}

// sent makes mails whose first attempt ended in a state.
func sent(state string) func(*world) string {
	return func(w *world) string {
		w.t.Helper()
		id := w.sending()
		if err := w.house.service.FinishSending(w.t.Context(), process.System(), id, process.Sent{State: state, Reply: "the server's answer", RetryAfter: slowest}); err != nil {
			w.t.Fatal(err)
		}
		return id
	}
}

// bounced is a mail that was accepted and came back.
func (w *world) bounced() string {
	w.t.Helper()
	id := sent("accepted")(w)
	report := filepath.Join(w.t.TempDir(), "report.eml")
	to := w.shown(process.TypeDelivery, id)["to"]
	if err := os.WriteFile(report, fmt.Appendf(nil, "From: postmaster@kunde.example\nTo: sales@demo.example\nSubject: Undeliverable\nMessage-ID: <%s@kunde.example>\n\n"+
		"Delivery has failed to these recipients or groups:\n\n%s\n\nRemote Server returned '550 5.1.10 RESOLVER.ADR.RecipientNotFound'\n", w.fresh(), to), 0o600); err != nil {
		w.t.Fatal(err)
	}
	w.cli(exitDone, "import", report)
	return id
}
