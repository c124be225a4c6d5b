package model

// Package tsnet: the sockets are in a tailnet.

func tsnetRows(m *Model) {
	for _, f := range []string{"Listen", "ListenTLS", "ListenPacket", "ListenFunnel"} {
		m.addSinks([]Sink{{Func: "(*tailscale.com/tsnet.Server)." + f, Network: Arg0, Address: Arg1, Virtual: true,
			Reason: "the socket is one of the tailnet, not of the kernel"}})
	}
}
