package model

import (
	"slices"
	"strings"
)

// Packages syscall and golang.org/x/sys/unix. Bind is the site: it is the
// call that takes the address.

const rawReason = "a raw socket: take the descriptor from inherit.Sockets() before Socket, or listen through package net"

func syscallRows(m *Model) {
	m.addSinks([]Sink{
		{Func: "syscall.Bind", Address: Arg1, Raw: true, Reason: rawReason},
		{Func: "golang.org/x/sys/unix.Bind", Address: Arg1, Raw: true, Reason: rawReason},
	})
	m.addCarriers([]Carrier{
		{Type: "syscall.Sockaddr"},
		{Type: "syscall.SockaddrInet4", Fields: map[string]Part{"Addr": Host, "Port": Port}},
		{Type: "syscall.SockaddrInet6", Fields: map[string]Part{"Addr": Host, "Port": Port}},
		{Type: "syscall.SockaddrUnix", Fields: map[string]Part{"Name": Path}},
		{Type: "golang.org/x/sys/unix.Sockaddr"},
		{Type: "golang.org/x/sys/unix.SockaddrInet4", Fields: map[string]Part{"Addr": Host, "Port": Port}},
		{Type: "golang.org/x/sys/unix.SockaddrInet6", Fields: map[string]Part{"Addr": Host, "Port": Port}},
		{Type: "golang.org/x/sys/unix.SockaddrUnix", Fields: map[string]Part{"Name": Path}},
	})
}

// MakesDescriptor reports whether a function returns a descriptor that is the
// program's own.
func MakesDescriptor(callee string) bool {
	pkg, name := PkgOf(callee), callee[strings.LastIndexByte(callee, '.')+1:]
	return (pkg == "syscall" || pkg == "golang.org/x/sys/unix") && slices.Contains([]string{"Socket", "Socketpair", "Dup", "FcntlInt", "Accept", "Accept4", "Open"}, name)
}

// HandsOn reports whether a field holds the descriptors that a new process gets.
func HandsOn(field string) bool {
	return slices.Contains([]string{"os/exec.Cmd.ExtraFiles", "os.ProcAttr.Files", "syscall.ProcAttr.Files"}, field)
}
