package model

// Package crypto/tls.

func tlsRows(m *Model) {
	m.addSinks([]Sink{
		{Func: "crypto/tls.Listen", TLS: true, Network: Arg0, Address: Arg1, Recipe: Recipe{Kind: Replace, Func: "ListenTLS"}},
	})
}

// WrapsListener reports whether a function returns a listener around another.
func (m *Model) WrapsListener(callee string) bool {
	switch callee {
	case "crypto/tls.NewListener", "crypto/tls.Listen", "golang.org/x/net/netutil.LimitListener":
		return true
	}
	return false
}
