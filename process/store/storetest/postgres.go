package storetest

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// cluster is started by the first test of the binary that asks for it. It ends
// with the process: a shell that waits for the end of its standard input stops
// it then, whatever ended the process.
var cluster = sync.OnceValues(start)

// held keeps the ends of pipes from being collected and so closed.
var held []io.Closer

// Postgres gives the address of a new, empty database, which goes with the
// test. Without PostgreSQL on the machine the test fails.
func Postgres(t testing.TB) string {
	t.Helper()
	base, err := cluster()
	if err != nil {
		t.Fatalf("PostgreSQL for the tests: %v", err)
	}
	name := "t" + strings.ToLower(rand.Text())
	run := func(sql string) error {
		ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
		defer cancel()
		c, err := pgx.Connect(ctx, base+"/postgres")
		if err != nil {
			return err
		}
		defer c.Close(ctx)
		_, err = c.Exec(ctx, sql)
		return err
	}
	if err := run("CREATE DATABASE " + name); err != nil {
		t.Fatalf("creating a database: %v", err)
	}
	t.Cleanup(func() {
		if err := run("DROP DATABASE " + name + " WITH (FORCE)"); err != nil {
			t.Errorf("dropping the database: %v", err)
		}
	})
	return base + "/" + name
}

// programs finds the folder of initdb and postgres.
func programs() (string, error) {
	found, err := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	if err != nil {
		return "", err
	}
	if len(found) > 0 {
		return filepath.Dir(found[len(found)-1]), nil
	}
	p, err := exec.LookPath("initdb")
	if err != nil {
		return "", errors.New("it is not installed: apt-get install postgresql")
	}
	return filepath.Dir(p), nil
}

// unprivileged is who runs the server, because it refuses to be root.
func unprivileged() (*syscall.SysProcAttr, error) {
	if os.Geteuid() != 0 {
		return &syscall.SysProcAttr{}, nil
	}
	for _, name := range []string{"postgres", "nobody"} {
		u, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, err := strconv.ParseUint(u.Uid, 10, 32)
		if err != nil {
			return nil, err
		}
		gid, err := strconv.ParseUint(u.Gid, 10, 32)
		if err != nil {
			return nil, err
		}
		return &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}}, nil
	}
	return nil, errors.New("there is no user postgres or nobody to run it")
}

// start makes a cluster and gives its address without a database.
func start() (string, error) {
	bin, err := programs()
	if err != nil {
		return "", err
	}
	who, err := unprivileged()
	if err != nil {
		return "", err
	}
	dir, err := os.MkdirTemp("", "emne-postgres-")
	if err != nil {
		return "", err
	}
	if who.Credential != nil {
		if err := os.Chown(dir, int(who.Credential.Uid), int(who.Credential.Gid)); err != nil {
			return "", err
		}
	}
	init := exec.Command(bin+"/initdb", "-D", dir+"/data", "-U", "emne", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync")
	init.SysProcAttr, init.Dir = who, dir
	if out, err := init.CombinedOutput(); err != nil {
		os.RemoveAll(dir)
		return "", fmt.Errorf("initdb: %w: %s", err, out)
	}
	for range 3 {
		base, err := serve(bin, dir, who)
		if err == nil {
			return base, nil
		}
		if !errors.Is(err, errPort) {
			return "", err
		}
	}
	return "", errPort
}

var errPort = errors.New("no free port was found for it")

// untilEnd runs the server until standard input ends, then removes the folder.
const untilEnd = `"$0" -D "$1/data" -p "$2" -c listen_addresses=127.0.0.1 -c unix_socket_directories= \
 -c fsync=off -c synchronous_commit=off -c full_page_writes=off -c max_connections=200 -c shared_buffers=64MB \
 -c autovacuum_naptime=10s </dev/null & pid=$!
read end; kill -QUIT $pid; wait $pid; cd /; rm -rf "$1"`

func serve(bin, dir string, who *syscall.SysProcAttr) (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	port := l.Addr().(*net.TCPAddr).Port
	l.Close()
	log, err := os.Create(dir + "/log")
	if err != nil {
		return "", err
	}
	defer log.Close()
	cmd := exec.Command("/bin/sh", "-c", untilEnd, bin+"/postgres", dir, strconv.Itoa(port))
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: who.Credential, Setpgid: true}
	cmd.Dir, cmd.Stdout, cmd.Stderr = dir, log, log
	in, err := cmd.StdinPipe()
	if err != nil {
		return "", err
	}
	if err := cmd.Start(); err != nil {
		return "", err
	}
	base := fmt.Sprintf("postgres://emne@127.0.0.1:%d", port)
	deadline := time.Now().Add(20 * time.Second)
	for time.Now().Before(deadline) {
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		c, err := pgx.Connect(ctx, base+"/postgres")
		if err == nil {
			// The pipe's end stays open as long as this process lives.
			held = append(held, in)
			err = c.Close(ctx)
			cancel()
			return base, err
		}
		cancel()
		text, _ := os.ReadFile(dir + "/log")
		if strings.Contains(string(text), "could not bind") {
			in.Close()
			return "", errPort
		}
		time.Sleep(20 * time.Millisecond)
	}
	in.Close()
	text, _ := os.ReadFile(dir + "/log")
	return "", fmt.Errorf("the server did not come up: %s", text)
}
