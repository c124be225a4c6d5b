package model

// Package quic, and its package http3. A quic.Transport takes its connection
// from the program, and so do the functions without Addr in their name.

func quicRows(m *Model) {
	m.speaks("http3", "github.com/quic-go/quic-go/http3")
	m.speaks("quic", "github.com/quic-go/quic-go")
	const p, http3 = "github.com/quic-go/quic-go.", "github.com/quic-go/quic-go/http3."
	const open = "the socket stays open when the listener is closed"
	m.addSinks([]Sink{
		{Func: p + "ListenAddr", Fixed: "udp", Address: Arg0,
			Recipe: Recipe{Kind: Wrap, Func: "StartPacket", Differs: open,
				Serve: "func(c {net}.PacketConn) (*{pkg}.Listener, error) { return {pkg}.Listen(c, {1}, {2}) }"}},
		{Func: p + "ListenAddrEarly", Fixed: "udp", Address: Arg0,
			Recipe: Recipe{Kind: Wrap, Func: "StartPacket", Differs: open,
				Serve: "func(c {net}.PacketConn) (*{pkg}.EarlyListener, error) { return {pkg}.ListenEarly(c, {1}, {2}) }"}},
		{Func: "(*" + http3 + "Server).ListenAndServe", Fixed: "udp", Receiver: true, Empty: ":https",
			Recipe: Recipe{Kind: Wrap, Func: "ServePacket", Serve: "{x}.Serve", Address: "{x}.Addr",
				Differs: "the socket stays open when the server is closed"}},
		{Func: "(*" + http3 + "Server).ListenAndServeTLS", TLS: true, Fixed: "udp", Receiver: true, Empty: ":https",
			Reason: "Serve takes no certificate: put it in Server.TLSConfig, and call ListenAndServe or Serve"},
		{Func: http3 + "ListenAndServeQUIC", Fixed: "udp", Address: Arg0, Empty: ":https",
			Reason: "takes no packet connection: make an http3.Server with the certificate in TLSConfig, and pass one of inherit.ListenPacket to its Serve"},
		{Func: http3 + "ListenAndServeTLS", TLS: true, Fixed: "tcp udp", Address: Arg0, Empty: ":https",
			Reason: "listens on TCP and UDP: pass a connection of inherit.ListenPacket to the Serve of an http3.Server, and call inherit.ListenAndServeTLS next to it"},
	})
	m.addCarriers([]Carrier{
		{Type: "github.com/quic-go/quic-go/http3.Server", Fields: map[string]Part{"Addr": Whole}},
	})
}
