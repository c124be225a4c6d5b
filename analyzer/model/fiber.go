package model

// Package fiber, a web framework over fasthttp: versions 2 and 3. The network
// is that of the configuration, tcp4 without.

func fiberRows(m *Model) {
	m.speaks("http", "github.com/gofiber/fiber")
	const v2, v3 = "(*github.com/gofiber/fiber/v2.App).", "(*github.com/gofiber/fiber/v3.App)."
	const tls = "fiber makes the TLS config in the call: pass a listener of inherit.ListenTLS with one like it to App.Listener"
	m.addSinks([]Sink{
		{Func: v2 + "Listen", Fixed: "tcp4", Address: Arg0,
			Recipe: Recipe{Kind: Wrap, Func: "Serve", Serve: "{x}.Listener",
				Differs: "Network and Prefork of the configuration have no effect on a listener", Never: []string{"Network", "Prefork"}}},
		{Func: v2 + "ListenTLS", TLS: true, Fixed: "tcp4", Address: Arg0, Reason: tls},
		{Func: v2 + "ListenTLSWithCertificate", TLS: true, Fixed: "tcp4", Address: Arg0, Reason: tls},
		{Func: v2 + "ListenMutualTLS", TLS: true, Fixed: "tcp4", Address: Arg0, Reason: tls},
		{Func: v2 + "ListenMutualTLSWithCertificate", TLS: true, Fixed: "tcp4", Address: Arg0, Reason: tls},
		{Func: v3 + "Listen", Fixed: "tcp4", Address: Arg0,
			Recipe: Recipe{Kind: Wrap, Func: "Serve",
				Serve:   "func(l {net}.Listener) error { return {x}.Listener(l, {rest}) }",
				Differs: "network, TLS, prefork, socket mode and ListenerAddrFunc of a ListenConfig have no effect on a listener", WithArgs: true,
				Never: []string{"ListenerNetwork", "CertFile", "CertKeyFile", "CertClientFile", "TLSConfig", "TLSConfigFunc", "TLSProvider",
					"AutoCertManager", "EnablePrefork", "UnixSocketFileMode", "ListenerAddrFunc"}}},
	})
}
