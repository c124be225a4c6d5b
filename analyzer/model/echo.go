package model

// Package echo, a web framework over net/http: versions 3, 4 and 5.

func echoRows(m *Model) {
	m.speaks("http", "github.com/labstack/echo")
	const v3, v4, v5 = "(*github.com/labstack/echo.Echo).", "(*github.com/labstack/echo/v4.Echo).", "(*github.com/labstack/echo/v5.Echo)."
	const keepAlive = "a Listener or ListenerNetwork set before has no effect, and connections get the keep-alive of package net, not 3 minutes"
	const tls = "echo makes the TLS config in the call and takes a TLSListener as it is: set it to a listener of inherit.ListenTLS with that config first"
	const again = "l.Addr().String()" // for the Addr of its http.Server only
	for _, e := range []string{v3, v4} {
		m.addSinks([]Sink{
			{Func: e + "Start", Fixed: "tcp", Address: Arg0,
				Recipe: Recipe{Kind: Wrap, Func: "Serve",
					Serve: "func(l {net}.Listener) error {\n\t{x}.Listener = {l}\n\treturn {x}.Start({0})\n}", Again: again,
					Differs: keepAlive, Never: []string{"ListenerNetwork"}}},
			{Func: e + "StartTLS", TLS: true, Fixed: "tcp", Address: Arg0, Reason: tls},
			{Func: e + "StartAutoTLS", TLS: true, Fixed: "tcp", Address: Arg0, Reason: tls},
			{Func: e + "StartServer", Fixed: "tcp", Address: Arg0,
				Reason: "it depends on the server's TLSConfig which listener is used: set Echo.Listener to one of inherit.Listen, or Echo.TLSListener to one of inherit.ListenTLS, first"},
		})
	}
	m.addSinks([]Sink{
		{Func: v4 + "StartH2CServer", Fixed: "tcp", Address: Arg0,
			Recipe: Recipe{Kind: Wrap, Func: "Serve",
				Serve: "func(l {net}.Listener) error {\n\t{x}.Listener = {l}\n\treturn {x}.StartH2CServer({0}, {1})\n}", Again: again,
				Differs: keepAlive, Never: []string{"ListenerNetwork"}}},
		{Func: v5 + "Start", Fixed: "tcp", Address: Arg0,
			Reason: "only StartConfig takes a listener: set its Listener to one of inherit.Listen, and call its Start with a context that SIGINT and SIGTERM end, as this call does"},
		{Func: "(github.com/labstack/echo/v5.StartConfig).Start", Fixed: "tcp", Receiver: true,
			Recipe: Recipe{Kind: Wrap, Func: "Serve",
				Serve:   "func(l {net}.Listener) error {\n\tsc := {x}\n\tsc.Listener = l\n\treturn sc.Start({0}, {1})\n}",
				Address: "{x}.Address", Differs: "ListenerNetwork and TLSConfig have no effect on a listener", Never: []string{"ListenerNetwork", "TLSConfig"}}},
		{Func: "(github.com/labstack/echo/v5.StartConfig).StartTLS", TLS: true, Fixed: "tcp", Receiver: true,
			Reason: "a Listener in StartConfig is used as it is: set it to one of inherit.ListenTLS with the certificate, and call Start"},
	})
	m.addCarriers([]Carrier{
		{Type: "github.com/labstack/echo/v5.StartConfig", Fields: map[string]Part{"Address": Whole, "ListenerNetwork": Network}},
	})
}
