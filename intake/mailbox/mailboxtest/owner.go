package mailboxtest

import (
	"fmt"
	"os"
	"os/user"
	"strconv"
)

// owner is the unprivileged user that the server runs as.
type owner struct {
	name, group string
	uid, gid    int
	// foreign is set when it is not the user who runs the test.
	foreign bool
}

func unprivileged() (owner, error) {
	var who *user.User
	var err error
	foreign := os.Geteuid() == 0
	if foreign {
		who, err = user.Lookup("nobody")
	} else {
		who, err = user.Current()
	}
	if err != nil {
		return owner{}, err
	}
	group, err := user.LookupGroupId(who.Gid)
	if err != nil {
		return owner{}, err
	}
	uid, err := strconv.Atoi(who.Uid)
	if err != nil {
		return owner{}, fmt.Errorf("the user %s: %w", who.Username, err)
	}
	gid, err := strconv.Atoi(who.Gid)
	if err != nil {
		return owner{}, fmt.Errorf("the group of %s: %w", who.Username, err)
	}
	return owner{name: who.Username, group: group.Name, uid: uid, gid: gid, foreign: foreign}, nil
}

// makeFolder makes a folder below the server's, and the server its owner.
func (s *Server) makeFolder(name string) {
	s.t.Helper()
	if err := os.MkdirAll(s.path(name), 0o700); err != nil {
		s.t.Fatalf("make the server's folder %q: %v", name, err)
	}
	s.give(name)
}

// write writes a file below the server's folder, whole or not at all.
func (s *Server) write(name, text string) {
	s.t.Helper()
	if err := os.WriteFile(s.path(name+".new"), []byte(text), 0o600); err != nil {
		s.t.Fatalf("write the server's %s: %v", name, err)
	}
	s.give(name + ".new")
	if err := os.Rename(s.path(name+".new"), s.path(name)); err != nil {
		s.t.Fatalf("write the server's %s: %v", name, err)
	}
}

func (s *Server) give(name string) {
	s.t.Helper()
	if !s.owner.foreign {
		return
	}
	if err := os.Chown(s.path(name), s.owner.uid, s.owner.gid); err != nil {
		s.t.Fatalf("give %q to %s: %v", name, s.owner.name, err)
	}
}
