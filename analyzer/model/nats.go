package model

// Package server of nats-server. It listens for clients, and for what else the
// options say.

func natsRows(m *Model) {
	m.speaks("nats", "github.com/nats-io/nats-server")
	const p = "github.com/nats-io/nats-server/v2/server."
	addresses := map[string]Part{p + "Options.Host": Host, p + "Options.Port": Port}
	const reason = "the server listens itself and takes no listener; with Options.DontListen it has clients of its own process only"
	m.addSinks([]Sink{
		{Func: "(*" + p + "Server).Start", Fixed: "tcp", Fields: addresses, Empty: "0.0.0.0:4222", Reason: reason},
		{Func: p + "Run", Fixed: "tcp", Fields: addresses, Empty: "0.0.0.0:4222", Reason: reason},
	})
}
