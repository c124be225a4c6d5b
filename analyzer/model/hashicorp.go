package model

// Packages memberlist, raft and mdns of HashiCorp.

func hashicorpRows(m *Model) {
	m.speaks("gossip", "github.com/hashicorp/memberlist")
	m.speaks("mdns", "github.com/hashicorp/mdns")
	m.speaks("raft", "github.com/hashicorp/raft")
	const memberlist, raft = "github.com/hashicorp/memberlist.", "github.com/hashicorp/raft."
	m.addSinks([]Sink{
		{Func: memberlist + "Create", Fixed: "tcp udp",
			Fields: map[string]Part{memberlist + "Config.BindAddr": Host, memberlist + "Config.BindPort": Port},
			Reason: "listens on TCP and UDP itself: only Config.Transport, a memberlist.Transport of your own, can bring other sockets in"},
		{Func: memberlist + "NewNetTransport", Fixed: "tcp udp",
			Fields: map[string]Part{memberlist + "NetTransportConfig.BindAddrs": Host, memberlist + "NetTransportConfig.BindPort": Port},
			Reason: "listens on TCP and UDP itself, and takes no sockets: implement memberlist.Transport over those of package inherit"},
		// It joins the groups on port 5353, whatever the configuration.
		{Func: "github.com/hashicorp/mdns.NewServer", Fixed: "udp",
			Reason: "the multicast groups are joined by the call itself, and it takes no connection"},
	})
	for _, f := range []string{"NewTCPTransport", "NewTCPTransportWithLogger", "NewTCPTransportWithConfig"} {
		m.addSinks([]Sink{{Func: raft + f, Fixed: "tcp", Address: Arg0,
			Reason: "takes no listener, and neither does raft.TCPStreamLayer: implement raft.StreamLayer over one of inherit.Listen, for raft.NewNetworkTransport"}})
	}
}
