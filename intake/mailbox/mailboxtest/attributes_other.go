//go:build unix && !linux

package mailboxtest

import "syscall"

// attributes makes the server the owner's and a group of its own.
func attributes(o owner) *syscall.SysProcAttr {
	a := &syscall.SysProcAttr{Setpgid: true}
	if o.foreign {
		a.Credential = &syscall.Credential{Uid: uint32(o.uid), Gid: uint32(o.gid)}
	}
	return a
}
