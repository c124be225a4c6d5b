package model

// Package dns, versions 1 and 2. The network is udp, tcp or, in version 1,
// tcp-tls, each with a 4 or 6 for one family.

func dnsRows(m *Model) {
	m.speaks("dns", "github.com/miekg/dns", "codeberg.org/miekg/dns")
	const v1, v2 = "github.com/miekg/dns.", "codeberg.org/miekg/dns."
	const activate = "which socket is wanted depends on the network: set Server.PacketConn to one of inherit.ListenPacket, or Server.Listener to one of inherit.Listen (inherit.ListenTLS for tcp-tls), and call Server.ActivateAndServe"
	const given = "ReusePort and ReuseAddr have no effect on a socket that the server is given, and a Shutdown at that very moment may miss it"
	m.addSinks([]Sink{
		{Func: v1 + "ListenAndServe", Network: Arg1, Address: Arg0, Empty: ":domain", Reason: activate,
			ByNetwork: map[string]Recipe{
				"udp": {Kind: Wrap, Func: "ServePacket",
					Serve: "func(c {net}.PacketConn) error { return {pkg}.ActivateAndServe(nil, c, {2}) }"},
				"tcp": {Kind: Wrap, Func: "Serve",
					Serve: "func(l {net}.Listener) error { return {pkg}.ActivateAndServe(l, nil, {2}) }"},
			}},
		{Func: v1 + "ListenAndServeTLS", Fixed: "tcp", Address: Arg0, Empty: ":domain",
			Reason: "pass a listener of inherit.ListenTLS with the certificate to dns.ActivateAndServe"},
		{Func: "(*" + v1 + "Server).ListenAndServe", Receiver: true, Empty: ":domain", Reason: activate,
			ByNetwork: map[string]Recipe{
				"udp": {Kind: Wrap, Func: "ServePacket", Network: "{x}.Net", Address: "{x}.Addr", Differs: given,
					Serve: "func(c {net}.PacketConn) error {\n\t{x}.PacketConn = c\n\treturn {x}.ActivateAndServe()\n}"},
				"tcp": {Kind: Wrap, Func: "Serve", Network: "{x}.Net", Address: "{x}.Addr", Differs: given,
					Serve: "func(l {net}.Listener) error {\n\t{x}.Listener = l\n\treturn {x}.ActivateAndServe()\n}"},
			}},
		{Func: v2 + "ListenAndServe", Network: Arg1, Address: Arg0, Empty: ":domain",
			Reason: "which socket is wanted depends on the network: set PacketConn or Listener of a dns.Server to one of package inherit, and call its ListenAndServe"},
		{Func: "(*" + v2 + "Server).ListenAndServe", Receiver: true, Empty: ":domain",
			Reason: "which socket is wanted depends on the network: set Server.PacketConn to one of inherit.ListenPacket, or Server.Listener to one of inherit.Listen (inherit.ListenTLS if there is a TLSConfig), first"},
	})
	m.addCarriers([]Carrier{
		{Type: "github.com/miekg/dns.Server", Fields: map[string]Part{"Addr": Whole, "Net": Network}},
		{Type: "codeberg.org/miekg/dns.Server", Fields: map[string]Part{"Addr": Whole, "Net": Network}},
	})
}
