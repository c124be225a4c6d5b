package model

// Packages that shut HTTP servers down, or start them anew, without breaking
// connections: graceful of tylerb and of goji, grace, tableflip and endless.

func gracefulRows(m *Model) {
	m.speaks("http", "github.com/tylerb/graceful", "gopkg.in/tylerb/graceful.v1", "github.com/zenazn/goji", "github.com/fvbock/endless", "github.com/facebookgo/grace")
	const goji = "github.com/zenazn/goji/graceful."
	for _, p := range []string{"github.com/tylerb/graceful.", "gopkg.in/tylerb/graceful.v1."} {
		const tls = "set Server.TLSConfig, and pass a listener of inherit.ListenTLS with it to Server.Serve"
		m.addSinks([]Sink{
			{Func: p + "Run", Fixed: "tcp", Address: Arg0, Empty: ":http",
				Reason: "returns no error: pass a listener of inherit.Listen to graceful.Serve, and log what that returns"},
			{Func: p + "RunWithErr", Fixed: "tcp", Address: Arg0, Empty: ":http",
				Reason: "makes the http.Server itself: pass one with the handler, and a listener of inherit.Listen, to graceful.Serve"},
			{Func: p + "ListenAndServe", Fixed: "tcp", Address: Arg0, Empty: ":http",
				Recipe: Recipe{Kind: Wrap, Func: "Serve", Address: "{0}.Addr",
					Serve: "func(l {net}.Listener) error { return {pkg}.Serve({0}, l, {1}) }"}},
			{Func: p + "ListenAndServeTLS", TLS: true, Fixed: "tcp", Address: Arg0, Empty: ":https",
				Reason: "pass a listener of inherit.ListenTLS to graceful.Serve"},
			{Func: "(*" + p + "Server).ListenAndServe", Fixed: "tcp", Receiver: true, Empty: ":http",
				Recipe: Recipe{Kind: Wrap, Func: "Serve", Serve: "{x}.Serve", Address: "{x}.Addr",
					Differs: "TCPKeepAlive of the server has no effect on a listener"}},
			{Func: "(*" + p + "Server).ListenAndServeTLS", TLS: true, Fixed: "tcp", Receiver: true, Empty: ":https", Reason: tls},
			{Func: "(*" + p + "Server).ListenAndServeTLSConfig", TLS: true, Fixed: "tcp", Receiver: true, Empty: ":https", Reason: tls},
			{Func: "(*" + p + "Server).ListenTLS", TLS: true, Fixed: "tcp", Receiver: true, Empty: ":https",
				Reason: "set Server.TLSConfig, with h2 in NextProtos, and call inherit.ListenTLS with it"},
		})
		m.addCarriers([]Carrier{{Type: p + "Server", Fields: map[string]Part{"Server": Whole}}})
	}
	m.addSinks([]Sink{
		{Func: goji + "ListenAndServe", Fixed: "tcp", Address: Arg0, Empty: ":http",
			Recipe: Recipe{Kind: Wrap, Func: "Serve", Serve: "func(l {net}.Listener) error { return {pkg}.Serve(l, {1}) }",
				Differs: "connections get the keep-alive of package net, not 3 minutes"}},
		{Func: goji + "ListenAndServeTLS", TLS: true, Fixed: "tcp", Address: Arg0, Empty: ":https",
			Reason: "pass a listener of inherit.ListenTLS to graceful.Serve"},
		{Func: "(*" + goji + "Server).ListenAndServe", Fixed: "tcp", Receiver: true, Empty: ":http",
			Recipe: Recipe{Kind: Wrap, Func: "Serve", Serve: "{x}.Serve", Address: "{x}.Addr",
				Differs: "connections get the keep-alive of package net, not 3 minutes"}},
		{Func: "(*" + goji + "Server).ListenAndServeTLS", TLS: true, Fixed: "tcp", Receiver: true, Empty: ":https",
			Reason: "pass a listener of inherit.ListenTLS to Server.Serve"},
		// The default of goji is the first inherited socket, if there is one.
		{Func: "github.com/zenazn/goji.Serve", Inherited: true},
		{Func: "github.com/zenazn/goji.ServeTLS", Inherited: true},
		{Func: "github.com/zenazn/goji/bind.Default", Inherited: true},
		{Func: "github.com/zenazn/goji/bind.Socket", Fixed: "tcp", Address: Arg0,
			Reason: "takes the first inherited socket under the address fd@3: call bind.Default, or inherit.Listen"},
	})
	m.addCarriers([]Carrier{{Type: goji + "Server", Fields: map[string]Part{"Addr": Whole}}})

	// Package grace looks for the address among the sockets in LISTEN_FDS.
	m.addSinks([]Sink{
		{Func: "github.com/facebookgo/grace/gracehttp.Serve", Fixed: "tcp", Address: Arg0, Inherited: true},
		{Func: "github.com/facebookgo/grace/gracehttp.ServeWithOptions", Fixed: "tcp", Address: Arg0, Inherited: true},
		{Func: "(*github.com/facebookgo/grace/gracenet.Net).Listen", Network: Arg0, Address: Arg1, Inherited: true},
		{Func: "(*github.com/facebookgo/grace/gracenet.Net).ListenTCP", Network: Arg0, Address: Arg1, NetAddr: true, Inherited: true},
		{Func: "(*github.com/facebookgo/grace/gracenet.Net).ListenUnix", Network: Arg0, Address: Arg1, NetAddr: true, Inherited: true},
	})

	const fds, endless = "(*github.com/cloudflare/tableflip.Fds).", "github.com/fvbock/endless."
	const restarts = "hands its sockets to its own children and takes none: call inherit.ListenAndServe or its TLS twin, and let systemd keep the socket over restarts"
	m.addSinks([]Sink{
		{Func: fds + "Listen", Network: Arg0, Address: Arg1,
			Reason: "ListenWithCallback takes the function that listens: call it with inherit.Listen"},
		{Func: fds + "ListenPacket", Network: Arg0, Address: Arg1,
			Reason: "ListenPacketWithCallback takes the function that listens: call it with inherit.ListenPacket"},
		{Func: endless + "ListenAndServe", Fixed: "tcp", Address: Arg0, Empty: ":http", Reason: restarts},
		{Func: endless + "ListenAndServeTLS", TLS: true, Fixed: "tcp", Address: Arg0, Empty: ":https", Reason: restarts},
		{Func: "(*" + endless + "endlessServer).ListenAndServe", Fixed: "tcp", Receiver: true, Empty: ":http", Reason: restarts},
		{Func: "(*" + endless + "endlessServer).ListenAndServeTLS", TLS: true, Fixed: "tcp", Receiver: true, Empty: ":https", Reason: restarts},
	})
	m.addCarriers([]Carrier{{Type: endless + "endlessServer", Fields: map[string]Part{"Server": Whole}}})
	m.addTransfers([]Transfer{{Func: endless + "NewServer", From: []Arg{Arg0}}})
}
