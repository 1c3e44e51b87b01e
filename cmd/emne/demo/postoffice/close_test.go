package postoffice_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-sasl"

	"github.com/emne/emne/cmd/emne/demo/postoffice"
)

func TestCloseEndsIdleConnections(t *testing.T) {
	s := serve(t, t.TempDir())
	reader := s.login(t, "a@x.example", nil)
	selectBox(t, reader, "INBOX")
	if _, err := reader.Idle(); err != nil {
		t.Fatal(err)
	}
	sender := s.dialSMTP(t)
	if err := sender.Noop(); err != nil {
		t.Fatal(err)
	}
	s.stop()
	select {
	case <-reader.Closed():
	case <-time.After(patience):
		t.Fatal("the IDLE connection lives on")
	}
	if err := sender.Noop(); err == nil {
		t.Fatal("the SMTP connection lives on")
	}
	if err := s.Deliver([]string{"a@x.example"}, nil); !errors.Is(err, postoffice.ErrClosed) {
		t.Fatalf("deliver after close: %v", err)
	}
	if err := s.Close(context.Background()); err != nil {
		t.Fatalf("close again: %v", err)
	}
}

func TestAnyAuthIsAccepted(t *testing.T) {
	s := serve(t, "")
	for _, client := range []sasl.Client{
		sasl.NewPlainClient("", "anybody", "anything"),
		sasl.NewLoginClient("anybody", "anything"),
	} {
		c := s.dialSMTP(t)
		if err := c.Auth(client); err != nil {
			t.Fatal(err)
		}
		if err := c.SendMail("a@b.example", []string{"a@x.example"}, strings.NewReader(mailText("m"))); err != nil {
			t.Fatal(err)
		}
	}
	if n := len(s.Messages("a@x.example")); n != 2 {
		t.Fatalf("%d mails", n)
	}
	raw, err := s.Messages("a@x.example")[0].Raw()
	if err != nil || !strings.Contains(string(raw), "with ESMTPA\r\n") {
		t.Fatalf("%q, %v", raw, err)
	}
}
