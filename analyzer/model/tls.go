package model

// Package crypto/tls.

func tlsRows(m *Model) {
	m.addSinks([]Sink{
		{Func: "crypto/tls.Listen", TLS: true, Network: Arg0, Address: Arg1, Recipe: Recipe{Kind: Replace, Func: "ListenTLS"}},
	})
}
