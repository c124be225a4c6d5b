package model

// Packages go-socks5 of armon and of things-go. The sockets of UDP ASSOCIATE
// are no matter of configuration, and no sinks.

func socksRows(m *Model) {
	m.speaks("socks", "github.com/armon/go-socks5", "github.com/things-go/go-socks5")
	for _, p := range []string{"github.com/armon/go-socks5.", "github.com/things-go/go-socks5."} {
		m.addSinks([]Sink{{Func: "(*" + p + "Server).ListenAndServe", Network: Arg0, Address: Arg1,
			Recipe: Recipe{Kind: Wrap, Func: "Serve", Serve: "{x}.Serve"}}})
	}
	m.addSinks([]Sink{{Func: "(*github.com/things-go/go-socks5.Server).ListenAndServeTLS", Network: Arg0, Address: Arg1,
		Reason: "pass a listener of inherit.ListenTLS to Server.Serve"}})
}
