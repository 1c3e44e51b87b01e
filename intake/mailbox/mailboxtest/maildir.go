package mailboxtest

import (
	"bufio"
	"errors"
	"fmt"
	"net"
	"os"
	"path"
	"strconv"
	"strings"
	"time"
)

// AddUser adds an account, or changes its password. The server knows it when
// AddUser is back, or when it is started again.
func (s *Server) AddUser(name, password string) {
	s.t.Helper()
	if name == "" || strings.ContainsAny(name, "/:%\r\n") || strings.ContainsAny(password, ":\r\n") {
		s.t.Fatalf("%q with that password cannot stand in a password file", name)
	}
	s.makeFolder("mail/" + name)
	s.makeMaildir("mail/" + name + "/Maildir")
	s.write("users/"+name, name+":{PLAIN}"+password+"::::::\n")
	// A file is read again when its time differs, in whole seconds.
	s.changes++
	at := time.Now().Add(-time.Hour).Add(time.Duration(s.changes) * time.Second)
	if err := os.Chtimes(s.path("users/"+name), at, at); err != nil {
		s.t.Fatalf("write the password file of %s: %v", name, err)
	}
	if s.command == nil {
		return
	}
	for start := time.Now(); ; {
		err := s.admits(name, password)
		if err == nil {
			return
		}
		if time.Since(start) > startWait {
			s.t.Fatalf("the server does not know %s: %v", name, err)
		}
	}
}

// admits logs in and out.
func (s *Server) admits(name, password string) error {
	connection, err := net.DialTimeout("tcp", s.Addr(), time.Second)
	if err != nil {
		return err
	}
	defer connection.Close()
	if err := connection.SetDeadline(time.Now().Add(startWait)); err != nil {
		return err
	}
	quote := strings.NewReplacer(`\`, `\\`, `"`, `\"`)
	if _, err := fmt.Fprintf(connection, "1 LOGIN \"%s\" \"%s\"\r\n2 LOGOUT\r\n", quote.Replace(name), quote.Replace(password)); err != nil {
		return err
	}
	for lines := bufio.NewScanner(connection); lines.Scan(); {
		if answer, is := strings.CutPrefix(lines.Text(), "1 "); is && !strings.HasPrefix(answer, "OK") {
			return errors.New(answer)
		} else if is {
			return nil
		}
	}
	return errors.New("the connection ended without an answer")
}

func (s *Server) makeMaildir(name string) {
	s.t.Helper()
	for _, part := range []string{"", "/cur", "/new", "/tmp"} {
		s.makeFolder(name + part)
	}
}

// Deliver drops a mail into the user's inbox, so that the server sees it whole
// or not at all. Later mails get greater UIDs.
func (s *Server) Deliver(user string, raw []byte) {
	s.t.Helper()
	s.DeliverTo(user, "INBOX", raw)
}

// DeliverTo is Deliver into a folder, which is there.
func (s *Server) DeliverTo(user, folder string, raw []byte) {
	s.t.Helper()
	s.mails++
	at := time.Now()
	name := fmt.Sprintf("%d.M%06dP%dQ%09d.emne", at.Unix(), at.Nanosecond()/1000, os.Getpid(), s.mails)
	maildir := s.maildir(user, folder)
	if err := os.WriteFile(s.path(maildir+"/tmp/"+name), raw, 0o600); err != nil {
		s.t.Fatalf("deliver to %s: %v", user, err)
	}
	s.give(maildir + "/tmp/" + name)
	if err := os.Rename(s.path(maildir+"/tmp/"+name), s.path(maildir+"/new/"+name)); err != nil {
		s.t.Fatalf("deliver to %s: %v", user, err)
	}
}

// Count is the number of mails in a folder (INBOX, Archive/2026; ASCII names),
// those included that are marked as deleted; 0 when there is no such folder.
func (s *Server) Count(user, folder string) int {
	s.t.Helper()
	n := 0
	for _, part := range []string{"cur", "new"} {
		entries, err := os.ReadDir(s.path(s.maildir(user, folder) + "/" + part))
		if err != nil && !errors.Is(err, os.ErrNotExist) {
			s.t.Fatalf("count the mails in %s of %s: %v", folder, user, err)
		}
		n += len(entries)
	}
	return n
}

// ResetUIDValidity gives the inbox a new UIDVALIDITY and all its mails new
// UIDs from 1, as a server does that was rebuilt from its files. It restarts
// the server.
func (s *Server) ResetUIDValidity(user string) {
	s.t.Helper()
	s.Stop()
	maildir := s.maildir(user, "INBOX")
	before, err := s.uidValidity(maildir)
	if err != nil {
		s.t.Fatalf("read the UIDVALIDITY of %s: %v", user, err)
	}
	entries, err := os.ReadDir(s.path(maildir))
	if err != nil {
		s.t.Fatalf("reset the UIDVALIDITY of %s: %v", user, err)
	}
	for _, entry := range entries {
		if !strings.HasPrefix(entry.Name(), "dovecot") {
			continue
		}
		if err := os.Remove(s.path(maildir + "/" + entry.Name())); err != nil {
			s.t.Fatalf("reset the UIDVALIDITY of %s: %v", user, err)
		}
	}
	s.write(maildir+"/dovecot-uidlist", fmt.Sprintf("3 V%d N1\n", before+1))
	s.Start()
}

// uidValidity reads the head of dovecot-uidlist, such as "3 V1700000000 N5
// G01ab…". When no client has opened the mailbox yet, there is none: then any
// past value serves.
func (s *Server) uidValidity(maildir string) (uint32, error) {
	file, err := os.Open(s.path(maildir + "/dovecot-uidlist"))
	if errors.Is(err, os.ErrNotExist) {
		return uint32(time.Now().Unix()), nil
	}
	if err != nil {
		return 0, err
	}
	defer file.Close()
	head, err := bufio.NewReader(file).ReadString('\n')
	if err != nil {
		return 0, err
	}
	for _, field := range strings.Fields(head) {
		if digits, is := strings.CutPrefix(field, "V"); is {
			n, err := strconv.ParseUint(digits, 10, 32)
			return uint32(n), err
		}
	}
	return 0, fmt.Errorf("no UIDVALIDITY in %q", head)
}

// maildir is where Maildir++ keeps a folder.
func (s *Server) maildir(user, folder string) string {
	top := path.Join("mail", user, "Maildir")
	if strings.EqualFold(folder, "INBOX") {
		return top
	}
	return top + "/." + strings.ReplaceAll(folder, "/", ".")
}
