package model

// Package iris, a web framework over net/http. Run takes a Runner, which has
// the address and says how to listen.

func irisRows(m *Model) {
	m.speaks("http", "github.com/kataras/iris")
	const p, app = "github.com/kataras/iris/v12.", "(*github.com/kataras/iris/v12.Application)."
	const host = "github.com/kataras/iris/v12/core/host.Supervisor"
	const runner = "pass a listener of inherit.Listen to iris.Listener, and that to Run"
	const runnerTLS = "listens for the redirection to HTTPS too: pass a listener of inherit.ListenTLS to iris.Listener, and that to Run"
	const options = "SocketSharding and KeepAlive have no effect on a listener"
	m.addSinks([]Sink{
		{Func: app + "Listen", Fixed: "tcp", Address: Arg0, Empty: ":8080",
			Recipe: Recipe{Kind: Wrap, Func: "Serve",
				Serve:   "func(l {net}.Listener) error { return {x}.Run({pkg}.Listener(l), {rest}) }",
				Differs: options + ", and the VHost is made of its address"}},
		{Func: p + "Addr", Fixed: "tcp", Address: Arg0, Empty: ":8080", Reason: runner},
		{Func: p + "Server", Fixed: "tcp", Address: Arg0, Empty: ":8080", Reason: runner + ", with a host configurator that sets what the http.Server had"},
		{Func: p + "TLS", TLS: true, Fixed: "tcp", Address: Arg0, Empty: ":8080", Reason: runnerTLS},
		{Func: p + "AutoTLS", TLS: true, Fixed: "tcp", Address: Arg0, Empty: ":8080", Reason: runnerTLS},
		{Func: "(*" + host + ").ListenAndServe", Fixed: "tcp", Receiver: true, Empty: ":8080",
			Recipe: Recipe{Kind: Wrap, Func: "Serve", Serve: "{x}.Serve", Address: "{x}.Server.Addr",
				Differs: options + ", and neither has TLSConfig", Never: []string{"TLSConfig"}}},
		{Func: "(*" + host + ").ListenAndServeTLS", TLS: true, Fixed: "tcp", Receiver: true, Empty: ":8080",
			Reason: "listens for the redirection to HTTPS too: pass a listener of inherit.ListenTLS to Supervisor.Serve"},
		{Func: "(*" + host + ").ListenAndServeAutoTLS", TLS: true, Fixed: "tcp", Receiver: true, Empty: ":8080",
			Reason: "listens for the redirection to HTTPS too: pass a listener of inherit.ListenTLS to Supervisor.Serve"},
	})
	m.addCarriers([]Carrier{{Type: host, Fields: map[string]Part{"Server": Whole}}})
	m.addTransfers([]Transfer{{Func: app + "NewHost", From: []Arg{Arg0}}})
}
