package model

// Package redcon, a server of the Redis protocol.

func redconRows(m *Model) {
	m.speaks("redis", "github.com/tidwall/redcon")
	const p = "github.com/tidwall/redcon."
	const server, tls = "(*" + p + "Server).", "(*" + p + "TLSServer)."
	const made = "the address went into the constructor: pass a listener of inherit.Listen to Server.Serve"
	const madeTLS = "the address went into the constructor, and TLSServer takes no listener: pass one of inherit.ListenTLS to the Serve of a redcon.Server"
	m.addSinks([]Sink{
		{Func: p + "ListenAndServe", Fixed: "tcp", Address: Arg0,
			Recipe: Recipe{Kind: Wrap, Func: "Serve", Serve: "func(l {net}.Listener) error { return {pkg}.Serve(l, {1}, {2}, {3}) }"}},
		{Func: p + "ListenAndServeNetwork", Network: Arg0, Address: Arg1,
			Recipe: Recipe{Kind: Wrap, Func: "Serve", Serve: "func(l {net}.Listener) error { return {pkg}.Serve(l, {2}, {3}, {4}) }"}},
		{Func: p + "ListenAndServeTLS", Fixed: "tcp", Address: Arg0,
			Reason: "pass a listener of inherit.ListenTLS to redcon.Serve"},
		{Func: p + "ListenAndServeNetworkTLS", Network: Arg0, Address: Arg1,
			Reason: "pass a listener of inherit.ListenTLS to redcon.Serve"},
		{Func: server + "ListenAndServe", Fixed: "tcp", Receiver: true, Reason: made},
		{Func: server + "ListenServeAndSignal", Fixed: "tcp", Receiver: true, Reason: made},
		{Func: tls + "ListenAndServe", Fixed: "tcp", Receiver: true, Reason: madeTLS},
		{Func: tls + "ListenServeAndSignal", Fixed: "tcp", Receiver: true, Reason: madeTLS},
	})
	m.addCarriers([]Carrier{{Type: p + "Server"}, {Type: p + "TLSServer"}})
	m.addTransfers([]Transfer{
		{Func: p + "NewServer", From: []Arg{Arg0}},
		{Func: p + "NewServerTLS", From: []Arg{Arg0}},
		{Func: p + "NewServerNetwork", From: []Arg{Arg0, Arg1}, Parts: []Part{Network, Whole}},
		{Func: p + "NewServerNetworkTLS", From: []Arg{Arg0, Arg1}, Parts: []Part{Network, Whole}},
	})
}
