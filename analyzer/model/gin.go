package model

// Package gin, a web framework over net/http.

func ginRows(m *Model) {
	m.speaks("http", "github.com/gin-gonic/gin")
	const engine = "(*github.com/gin-gonic/gin.Engine)."
	m.addSinks([]Sink{
		// Without an argument it is $PORT that is asked first. What RunListener
		// does not say is the debug line with the address as written.
		{Func: engine + "Run", Fixed: "tcp", Address: Arg0, Empty: ":8080",
			Recipe: Recipe{Kind: Wrap, Func: "Serve", Serve: "{x}.RunListener",
				Differs: "this version of gin takes an escaped colon in a route as such in Run only", Since: "Engine.routeTreesUpdated"}},
		{Func: engine + "RunTLS", TLS: true, Fixed: "tcp", Address: Arg0, Empty: ":https",
			Reason: "gin takes no listener for TLS: call inherit.ListenAndServeTLS(addr, certFile, keyFile, engine.Handler()), which does the same"},
		// RunUnix removes the file at the end; closing the listener does too.
		{Func: engine + "RunUnix", Fixed: "unix", Address: Arg0,
			Recipe: Recipe{Kind: Wrap, Func: "Serve", Serve: "{x}.RunListener"}},
		{Func: engine + "RunQUIC", Fixed: "udp", Address: Arg0, Empty: ":https",
			Reason: "gin takes no packet connection: pass one of inherit.ListenPacket to the Serve of an http3.Server whose handler is engine.Handler()"},
		{Func: engine + "RunFd", Inherited: true},
	})
}
