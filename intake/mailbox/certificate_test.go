package mailbox

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"fmt"
	"math/big"
	"net"
	"strings"
	"testing"
	"time"
)

// certified is a server's certificate for 127.0.0.1, and its authority.
func certified(t *testing.T, change func(*x509.Certificate), itself bool) (tls.Certificate, *x509.CertPool) {
	t.Helper()
	key := func() *ecdsa.PrivateKey {
		k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		return k
	}
	make := func(form, by *x509.Certificate, of *ecdsa.PrivateKey, with *ecdsa.PrivateKey) *x509.Certificate {
		der, err := x509.CreateCertificate(rand.Reader, form, by, &of.PublicKey, with)
		if err != nil {
			t.Fatal(err)
		}
		c, err := x509.ParseCertificate(der)
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	now := time.Now()
	authority := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "an authority"}, NotBefore: now.Add(-1000 * time.Hour),
		NotAfter: now.Add(1000 * time.Hour), IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign}
	theirs, mine := key(), key()
	root := make(authority, authority, theirs, theirs)
	form := &x509.Certificate{SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: "mail"}, NotBefore: now.Add(-time.Hour), NotAfter: now.Add(time.Hour),
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}}
	if change != nil {
		change(form)
	}
	var leaf *x509.Certificate
	if itself {
		leaf = make(form, form, mine, mine)
	} else {
		leaf = make(form, root, mine, theirs)
	}
	trusted := x509.NewCertPool()
	trusted.AddCert(root)
	return tls.Certificate{Certificate: [][]byte{leaf.Raw}, PrivateKey: mine}, trusted
}

// TestBadCertificatesAreSaidInWords, each with what is to be done about it.
func TestBadCertificatesAreSaidInWords(t *testing.T) {
	ago, soon := time.Now().Add(-48*time.Hour).UTC(), time.Now().Add(48*time.Hour).UTC()
	for _, c := range []struct {
		name   string
		change func(*x509.Certificate)
		itself bool
		words  string
	}{
		{"another name", func(c *x509.Certificate) { c.IPAddresses, c.DNSNames = nil, []string{"mx.other.example"} }, false, `certificate is not for "127.0.0.1"`},
		{"run out", func(c *x509.Certificate) { c.NotBefore, c.NotAfter = ago.Add(-time.Hour), ago }, false, "expired on " + ago.Format(time.DateOnly)},
		{"not yet good", func(c *x509.Certificate) { c.NotBefore, c.NotAfter = soon, soon.Add(time.Hour) }, false, "not valid before " + soon.Format(time.DateOnly) + ": look at the clock"},
		{"signed by itself", nil, true, "signed by itself alone: give it as ca_file"},
		{"not for servers", func(c *x509.Certificate) { c.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth} }, false, "certificate is not good"},
	} {
		t.Run(c.name, func(t *testing.T) {
			own, trusted := certified(t, c.change, c.itself)
			l, err := tls.Listen("tcp", "127.0.0.1:0", &tls.Config{Certificates: []tls.Certificate{own}})
			if err != nil {
				t.Fatal(err)
			}
			served := make(chan struct{})
			go func() {
				defer close(served)
				conn, err := l.Accept()
				if err != nil {
					return
				}
				defer conn.Close()
				fmt.Fprint(conn, "* OK hello\r\n") // which shakes hands first
			}()
			t.Cleanup(func() {
				l.Close()
				<-served
			})
			a := Account{Name: "sales", Address: "sales", Host: "127.0.0.1", Port: l.Addr().(*net.TCPAddr).Port, RootCAs: trusted, Password: "secret"}
			if err := check(t.Context(), a, patience); reasonOf(err) != ReasonCertificate || !strings.Contains(err.Error(), c.words) {
				t.Errorf("reason %q: %v", reasonOf(err), err)
			}
		})
	}
}
