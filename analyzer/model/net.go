package model

// Package net: the listen calls, the address types and the functions that put
// addresses together and take them apart.

func netRows(m *Model) {
	m.addSinks([]Sink{
		{Func: "net.Listen", Network: Arg0, Address: Arg1, Recipe: Recipe{Kind: Replace, Func: "Listen"}},
		{Func: "net.ListenPacket", Network: Arg0, Address: Arg1, Recipe: Recipe{Kind: Replace, Func: "ListenPacket"}},
		{Func: "net.ListenTCP", Network: Arg0, Address: Arg1, NetAddr: true, Recipe: Recipe{Kind: Replace, Func: "ListenTCP"}},
		{Func: "net.ListenUDP", Network: Arg0, Address: Arg1, NetAddr: true, Recipe: Recipe{Kind: Replace, Func: "ListenUDP"}},
		{Func: "net.ListenUnix", Network: Arg0, Address: Arg1, NetAddr: true, Recipe: Recipe{Kind: Replace, Func: "ListenUnix"}},
		{Func: "net.ListenUnixgram", Network: Arg0, Address: Arg1, NetAddr: true, Recipe: Recipe{Kind: Replace, Func: "ListenUnixgram"}},
		{Func: "net.ListenIP", Network: Arg0, Address: Arg1,
			Reason: "raw IP sockets cannot be named in a .socket unit"},
		{Func: "net.ListenMulticastUDP", Network: Arg0, Address: Arg2,
			Reason: "the multicast group is joined by the call itself; bind with net.ListenUDP, join with golang.org/x/net/ipv4, then port that"},
		{Func: "(*net.ListenConfig).Listen", Network: Arg1, Address: Arg2, Recipe: Recipe{Kind: AfterContext, Func: "ListenContext"}},
		{Func: "(*net.ListenConfig).ListenPacket", Network: Arg1, Address: Arg2, Recipe: Recipe{Kind: AfterContext, Func: "ListenPacketContext"}},
		{Func: "net.FileListener", Inherited: true, File: Arg0},
		{Func: "net.FilePacketConn", Inherited: true, File: Arg0},
	})
	m.addCarriers([]Carrier{
		{Type: "net.Addr"},
		{Type: "net.TCPAddr", Fields: map[string]Part{"IP": Host, "Port": Port}},
		{Type: "net.UDPAddr", Fields: map[string]Part{"IP": Host, "Port": Port}},
		{Type: "net.UnixAddr", Fields: map[string]Part{"Name": Path}},
		{Type: "net.IPAddr", Fields: map[string]Part{"IP": Host}},
	})
	m.addTransfers([]Transfer{
		{Func: "net.JoinHostPort", From: []Arg{Arg0, Arg1}, Parts: []Part{Host, Port}, NeverEmpty: true},
		{Func: "net.SplitHostPort", From: []Arg{Arg0}, Results: []Part{Host, Port}, Rejects: true},
		{Func: "net.ResolveTCPAddr", From: []Arg{Arg1}, Rejects: true},
		{Func: "net.ResolveUDPAddr", From: []Arg{Arg1}, Rejects: true},
		{Func: "net.ResolveIPAddr", From: []Arg{Arg1}, Rejects: true},
		{Func: "net.ResolveUnixAddr", From: []Arg{Arg1}},
		{Func: "net.ParseIP", From: []Arg{Arg0}},
		{Func: "net.IPv4", From: []Arg{Arg0, Arg1, Arg2, Arg3}},
		{Func: "net.ParseCIDR", From: []Arg{Arg0}},
		{Func: "net.LookupPort", From: []Arg{Arg1}},
		{Func: "net.TCPAddrFromAddrPort", From: []Arg{Arg0}},
		{Func: "net.UDPAddrFromAddrPort", From: []Arg{Arg0}},
		{Func: "(net.IP).String", From: []Arg{Recv}},
		{Func: "(net.IP).To4", From: []Arg{Recv}},
		{Func: "(net.IP).To16", From: []Arg{Recv}},
		{Func: "(*net.TCPAddr).String", From: []Arg{Recv}},
		{Func: "(*net.UDPAddr).String", From: []Arg{Recv}},
		{Func: "(*net.UnixAddr).String", From: []Arg{Recv}},
		{Func: "(net.Addr).String", From: []Arg{Recv}},
		{Func: "net/netip.ParseAddr", From: []Arg{Arg0}, Rejects: true},
		{Func: "net/netip.MustParseAddr", From: []Arg{Arg0}, Rejects: true},
		{Func: "net/netip.ParseAddrPort", From: []Arg{Arg0}, Rejects: true},
		{Func: "net/netip.MustParseAddrPort", From: []Arg{Arg0}, Rejects: true},
		{Func: "net/netip.AddrPortFrom", From: []Arg{Arg0, Arg1}, Parts: []Part{Host, Port}},
		{Func: "(net/netip.Addr).String", From: []Arg{Recv}},
		{Func: "(net/netip.Addr).Unmap", From: []Arg{Recv}},
		{Func: "(net/netip.Addr).WithZone", From: []Arg{Recv}},
		{Func: "(net/netip.Addr).As4", From: []Arg{Recv}},
		{Func: "(net/netip.Addr).As16", From: []Arg{Recv}},
		{Func: "(net/netip.Addr).AsSlice", From: []Arg{Recv}},
		{Func: "net/netip.AddrFrom4", From: []Arg{Arg0}},
		{Func: "net/netip.AddrFrom16", From: []Arg{Arg0}},
		{Func: "net/netip.AddrFromSlice", From: []Arg{Arg0}},
		{Func: "(net/netip.AddrPort).String", From: []Arg{Recv}},
		{Func: "(net/netip.AddrPort).Addr", From: []Arg{Recv}, Results: []Part{Host}},
		{Func: "(net/netip.AddrPort).Port", From: []Arg{Recv}, Results: []Part{Port}},
	})
	m.addCarriers([]Carrier{
		{Type: "net/netip.Addr"},
		{Type: "net/netip.AddrPort"},
	})
}
