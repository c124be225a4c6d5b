package model

// Packages that make connections out of UDP datagrams: kcp, and dtls of pion.

func kcpRows(m *Model) {
	const kcp, dtls2, dtls3 = "github.com/xtaci/kcp-go/v5.", "github.com/pion/dtls/v2.", "github.com/pion/dtls/v3."
	const open = "the socket stays open when the listener is closed"
	const reason = "binds the socket that its listener sorts datagrams of, and takes none: pass dtls.NewListener a listener of your own over one of inherit.ListenPacket"
	m.addSinks([]Sink{
		{Func: kcp + "Listen", Fixed: "udp", Address: Arg0,
			Recipe: Recipe{Kind: Wrap, Func: "StartPacket", Differs: open,
				Serve: "func(c {net}.PacketConn) ({net}.Listener, error) { return {pkg}.ServeConn(nil, 0, 0, c) }"}},
		{Func: kcp + "ListenWithOptions", Fixed: "udp", Address: Arg0,
			Recipe: Recipe{Kind: Wrap, Func: "StartPacket", Differs: open,
				Serve: "func(c {net}.PacketConn) (*{pkg}.Listener, error) { return {pkg}.ServeConn({1}, {2}, {3}, c) }"}},
		{Func: dtls2 + "Listen", Network: Arg0, Address: Arg1, Reason: reason},
		{Func: dtls3 + "Listen", Network: Arg0, Address: Arg1, Reason: reason},
		{Func: dtls3 + "ListenWithOptions", Network: Arg0, Address: Arg1, Reason: reason},
	})
}
