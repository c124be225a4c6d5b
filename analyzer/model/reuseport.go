package model

// Packages that listen as package net does, but with SO_REUSEPORT: several
// processes share the address.

func reuseportRows(m *Model) {
	const libp2p, kavu = "github.com/libp2p/go-reuseport.", "github.com/kavu/go_reuseport."
	for _, f := range []string{libp2p + "Listen", kavu + "Listen", kavu + "NewReusablePortListener"} {
		m.addSinks([]Sink{{Func: f, Network: Arg0, Address: Arg1, Recipe: Recipe{Kind: By, Func: "ListenOr"}}})
	}
	for _, f := range []string{libp2p + "ListenPacket", kavu + "ListenPacket", kavu + "NewReusablePortPacketConn"} {
		m.addSinks([]Sink{{Func: f, Network: Arg0, Address: Arg1, Recipe: Recipe{Kind: By, Func: "ListenPacketOr"}}})
	}
}
