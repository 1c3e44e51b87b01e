package mailboxtest

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"strings"
	"text/template"
	"time"
)

// configurationText is for Dovecot 2.3. Nothing is synced to disk, a wrong
// password is answered at once, and no limit is nearer than a test's.
var configurationText = template.Must(template.New("dovecot.conf").Parse(`
instance_name = emne
base_dir = {{.Folder}}/run
state_dir = {{.Folder}}/state
log_path = {{.Folder}}/dovecot.log
listen = {{.Host}}
protocols = imap
login_greeting = {{.Greeting}}

default_internal_user = {{.User}}
default_internal_group = {{.Group}}
default_login_user = {{.User}}
first_valid_uid = 1
first_valid_gid = 1

ssl = yes
ssl_cert = <{{.Folder}}/certificate.pem
ssl_key = <{{.Folder}}/key.pem
disable_plaintext_auth = no
auth_mechanisms = plain login{{if .Introspection}} xoauth2 oauthbearer{{end}}
auth_failure_delay = 0
auth_worker_max_count = 4

passdb {
  driver = passwd-file
  args = scheme=PLAIN username_format=%u {{.Folder}}/users/%u
}
{{if .Introspection}}
passdb {
  driver = oauth2
  mechanisms = xoauth2 oauthbearer
  args = {{.Folder}}/oauth2.conf
}
{{end}}
userdb {
  driver = static
  args = uid={{.UID}} gid={{.GID}} home={{.Folder}}/mail/%u
}

{{if .Capability}}
imap_capability = {{.Capability}}
{{end}}
mail_location = maildir:~/Maildir
mail_fsync = never
mail_max_userip_connections = 10000
mailbox_idle_check_interval = 1 secs

namespace inbox {
  inbox = yes
  separator = /
  mailbox Sent {
    auto = subscribe
    special_use = \Sent
  }
}

service anvil {
  chroot =
  unix_listener anvil-auth-penalty {
    mode = 0
  }
}
service imap-login {
  chroot =
  service_count = 0
  client_limit = 1000
  inet_listener imap {
    port = {{.Port}}
  }
  inet_listener imaps {
    port = {{.TLSPort}}
    ssl = yes
  }
}
service imap {
  process_limit = 1000
}
service stats {
  chroot =
}
`))

func (s *Server) configuration() string {
	var b strings.Builder
	err := configurationText.Execute(&b, map[string]any{
		"Folder": s.folder, "Host": s.Host, "Port": s.Port, "TLSPort": s.TLSPort, "Greeting": s.greeting,
		"Introspection": s.introspection != "", "Capability": s.capability,
		"User": s.owner.name, "Group": s.owner.group, "UID": s.owner.uid, "GID": s.owner.gid,
	})
	if err != nil {
		s.t.Fatalf("write the server's configuration: %v", err)
	}
	return b.String()
}

// certificate makes one that is its own authority.
func (s *Server) certificate() (*x509.CertPool, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	now := time.Now()
	form := &x509.Certificate{
		SerialNumber: big.NewInt(now.UnixNano()),
		Subject:      pkix.Name{CommonName: "emne test"},
		NotBefore:    now.Add(-time.Hour), NotAfter: now.Add(24 * time.Hour),
		KeyUsage:    x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
		IsCA:        true, BasicConstraintsValid: true,
		DNSNames: []string{"localhost"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
	}
	der, err := x509.CreateCertificate(rand.Reader, form, form, &key.PublicKey, key)
	if err != nil {
		return nil, err
	}
	secret, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, err
	}
	var public bytes.Buffer
	if err := pem.Encode(&public, &pem.Block{Type: "CERTIFICATE", Bytes: der}); err != nil {
		return nil, err
	}
	s.write("certificate.pem", public.String())
	s.write("key.pem", string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: secret})))
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(public.Bytes())
	return pool, nil
}
