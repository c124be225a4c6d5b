package model

// Package crypto/tls.

func tlsRows(m *tables) {
	m.addSinks([]Sink{
		{Func: "crypto/tls.Listen", Network: Arg0, Address: Arg1, Recipe: Recipe{Kind: Replace, Func: "ListenTLS"}},
	})
}
