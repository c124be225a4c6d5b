package model

// Packages syscall and golang.org/x/sys/unix. Bind is the site: it is the
// call that takes the address.

const rawReason = "a raw socket: take the descriptor from inherit.Sockets() before Socket, or listen through package net"

func syscallRows(m *Model) {
	m.addSinks([]Sink{
		{Func: "syscall.Bind", Address: Arg1, Raw: true, Reason: rawReason},
		{Func: "golang.org/x/sys/unix.Bind", Address: Arg1, Raw: true, Reason: rawReason},
	})
	m.addCarriers([]Carrier{
		{Type: "syscall.SockaddrInet4", Fields: map[string]Part{"Addr": Host, "Port": Port}},
		{Type: "syscall.SockaddrInet6", Fields: map[string]Part{"Addr": Host, "Port": Port}},
		{Type: "syscall.SockaddrUnix", Fields: map[string]Part{"Name": Path}},
		{Type: "golang.org/x/sys/unix.SockaddrInet4", Fields: map[string]Part{"Addr": Host, "Port": Port}},
		{Type: "golang.org/x/sys/unix.SockaddrInet6", Fields: map[string]Part{"Addr": Host, "Port": Port}},
		{Type: "golang.org/x/sys/unix.SockaddrUnix", Fields: map[string]Part{"Name": Path}},
	})
}
