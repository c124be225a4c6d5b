package model

// Package thrift. A server socket listens when the server starts; what makes
// it has the address.

func thriftRows(m *Model) {
	const p = "github.com/apache/thrift/lib/go/thrift."
	const tcp = "pass thrift.NewTServerSocketFromFactoryTimeout a function that returns a listener of inherit.Listen"
	const tls = "takes no listener: pass thrift.NewTServerSocketFromFactoryTimeout a function that returns one of inherit.ListenTLS"
	m.addSinks([]Sink{
		{Func: p + "NewTServerSocket", Fixed: "tcp", Address: Arg0, Reason: tcp},
		{Func: p + "NewTServerSocketTimeout", Fixed: "tcp", Address: Arg0, Reason: tcp},
		{Func: p + "NewTServerSocketFromAddrTimeout", Fixed: "tcp", Address: Arg0, Reason: tcp},
		{Func: p + "NewTSSLServerSocket", Fixed: "tcp", Address: Arg0, Reason: tls},
		{Func: p + "NewTSSLServerSocketTimeout", Fixed: "tcp", Address: Arg0, Reason: tls},
	})
}
