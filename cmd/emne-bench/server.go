package main

import (
	"fmt"
	"os"
	"testing"

	"github.com/emne/emne/intake/mailbox/mailboxtest"
)

// bench stands where the servers for tests want a test: what fails there ends
// the measurement.
type bench struct {
	testing.TB
	cleanups []func()
	failed   bool
}

// stopped is what a failure panics with.
type stopped struct{ error }

func (*bench) Helper() {}

func (b *bench) Logf(format string, args ...any) { fmt.Fprintf(os.Stderr, format+"\n", args...) }

func (b *bench) Errorf(format string, args ...any) {
	b.failed = true
	b.Logf(format, args...)
}

func (b *bench) Fatal(args ...any) {
	b.failed = true
	panic(stopped{fmt.Errorf("%s", fmt.Sprint(args...))})
}

func (b *bench) Fatalf(format string, args ...any) { b.Fatal(fmt.Sprintf(format, args...)) }

func (b *bench) Failed() bool { return b.failed }

func (b *bench) Cleanup(f func()) { b.cleanups = append(b.cleanups, f) }

func (b *bench) end() {
	for i := len(b.cleanups) - 1; i >= 0; i-- {
		b.cleanups[i]()
	}
}

const user, password = "sales", "secret"

// withDovecot runs f beside a real server and ends it.
func withDovecot(f func(*mailboxtest.Server) error) (err error) {
	b := &bench{}
	defer b.end()
	defer func() {
		if p, is := recover().(stopped); is {
			err = p.error
		}
	}()
	s := mailboxtest.Dovecot(b)
	s.AddUser(user, password)
	return f(s)
}
