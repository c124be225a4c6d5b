package model

// Package crypto/tls.

func init() {
	addSinks([]Sink{
		{Func: "crypto/tls.Listen", Network: 0, Address: 1, Recipe: Recipe{Replace, "ListenTLS"}},
	})
}
