package model

// Package sockets of Docker's go-connections.

func dockerRows(m *Model) {
	const p = "github.com/docker/go-connections/sockets."
	const unix = `call inherit.Listen("unix", path): owner and mode of an inherited socket are SocketUser=, SocketGroup= and SocketMode= in the unit, but without one a file in its place is not removed`
	m.addSinks([]Sink{
		{Func: p + "NewTCPSocket", Fixed: "tcp", Address: Arg0,
			Reason: `call inherit.Listen("tcp", addr), or inherit.ListenTLS if there is a TLS config`},
		{Func: p + "NewUnixSocket", Fixed: "unix", Address: Arg0, Reason: unix},
		{Func: p + "NewUnixSocketWithOpts", Fixed: "unix", Address: Arg0, Reason: unix},
	})
}
