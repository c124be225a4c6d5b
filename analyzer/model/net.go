package model

// Package net: the listen calls, the address types and the functions that put
// addresses together and take them apart.

func init() {
	addSinks([]Sink{
		{Func: "net.Listen", Network: 0, Address: 1, Recipe: Recipe{Replace, "Listen"}},
		{Func: "net.ListenPacket", Network: 0, Address: 1, Recipe: Recipe{Replace, "ListenPacket"}},
		{Func: "net.ListenTCP", Network: 0, Address: 1, Recipe: Recipe{Replace, "ListenTCP"}},
		{Func: "net.ListenUDP", Network: 0, Address: 1, Recipe: Recipe{Replace, "ListenUDP"}},
		{Func: "net.ListenUnix", Network: 0, Address: 1, Recipe: Recipe{Replace, "ListenUnix"}},
		{Func: "net.ListenUnixgram", Network: 0, Address: 1, Recipe: Recipe{Replace, "ListenUnixgram"}},
		{Func: "net.ListenIP", Network: 0, Address: 1,
			Reason: "raw IP sockets cannot be named in a .socket unit"},
		{Func: "net.ListenMulticastUDP", Network: 0, Address: 2,
			Reason: "the multicast group is joined by the call itself; bind with net.ListenUDP, join with golang.org/x/net/ipv4, then port that"},
		{Func: "(*net.ListenConfig).Listen", Network: 1, Address: 2, Recipe: Recipe{AfterContext, "ListenContext"}},
		{Func: "(*net.ListenConfig).ListenPacket", Network: 1, Address: 2, Recipe: Recipe{AfterContext, "ListenPacketContext"}},
		{Func: "net.FileListener", Network: None, Address: None, Inherited: true},
		{Func: "net.FilePacketConn", Network: None, Address: None, Inherited: true},
	})
	addCarriers([]Carrier{
		{Type: "net.TCPAddr", Fields: map[string]Part{"IP": Host, "Port": Port}},
		{Type: "net.UDPAddr", Fields: map[string]Part{"IP": Host, "Port": Port}},
		{Type: "net.UnixAddr", Fields: map[string]Part{"Name": Path}},
		{Type: "net.IPAddr", Fields: map[string]Part{"IP": Host}},
	})
	addTransfers([]Transfer{
		{Func: "net.JoinHostPort", From: []int{0, 1}, Parts: []Part{Host, Port}},
		{Func: "net.SplitHostPort", From: []int{0}, Results: []Part{Host, Port}, Rejects: true},
		{Func: "net.ResolveTCPAddr", From: []int{1}, Rejects: true},
		{Func: "net.ResolveUDPAddr", From: []int{1}, Rejects: true},
		{Func: "net.ResolveIPAddr", From: []int{1}, Rejects: true},
		{Func: "net.ResolveUnixAddr", From: []int{1}},
		{Func: "net.ParseIP", From: []int{0}},
		{Func: "net.IPv4", From: []int{0, 1, 2, 3}},
		{Func: "net.ParseCIDR", From: []int{0}},
		{Func: "net.LookupPort", From: []int{1}},
		{Func: "net.TCPAddrFromAddrPort", From: []int{0}},
		{Func: "net.UDPAddrFromAddrPort", From: []int{0}},
		{Func: "(net.IP).String", From: []int{Recv}},
		{Func: "(net.IP).To4", From: []int{Recv}},
		{Func: "(net.IP).To16", From: []int{Recv}},
		{Func: "(*net.TCPAddr).String", From: []int{Recv}},
		{Func: "(*net.UDPAddr).String", From: []int{Recv}},
		{Func: "(*net.UnixAddr).String", From: []int{Recv}},
		{Func: "(net.Addr).String", From: []int{Recv}},
		{Func: "net/netip.ParseAddr", From: []int{0}, Rejects: true},
		{Func: "net/netip.MustParseAddr", From: []int{0}, Rejects: true},
		{Func: "net/netip.ParseAddrPort", From: []int{0}, Rejects: true},
		{Func: "net/netip.MustParseAddrPort", From: []int{0}, Rejects: true},
		{Func: "net/netip.AddrPortFrom", From: []int{0, 1}, Parts: []Part{Host, Port}},
		{Func: "(net/netip.Addr).String", From: []int{Recv}},
		{Func: "(net/netip.AddrPort).String", From: []int{Recv}},
		{Func: "(net/netip.AddrPort).Addr", From: []int{Recv}, Results: []Part{Host}},
		{Func: "(net/netip.AddrPort).Port", From: []int{Recv}, Results: []Part{Port}},
	})
	addCarriers([]Carrier{
		{Type: "net/netip.Addr"},
		{Type: "net/netip.AddrPort"},
	})
}
