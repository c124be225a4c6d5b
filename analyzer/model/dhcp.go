package model

// Package dhcp of insomniacslk: its servers for DHCPv4 and DHCPv6. They listen
// on an interface, which is BindToDevice= in a unit.

func dhcpRows(m *Model) {
	m.speaks("dhcp", "github.com/insomniacslk/dhcp")
	const v4, v6 = "github.com/insomniacslk/dhcp/dhcpv4/server4.", "github.com/insomniacslk/dhcp/dhcpv6/server6."
	m.addSinks([]Sink{
		{Func: v4 + "NewServer", Fixed: "udp4", Address: Arg1, Empty: ":67",
			Reason: "give it the option server4.WithConn with a connection of inherit.ListenPacket; the unit wants Broadcast= and BindToDevice="},
		{Func: v4 + "NewIPv4UDPConn", Fixed: "udp4", Address: Arg1, Empty: ":67",
			Reason: "sets socket options and binds to an interface: call inherit.ListenUDP, with Broadcast= and BindToDevice= in the unit"},
		{Func: v6 + "NewServer", Fixed: "udp6", Address: Arg1, Empty: "[::]:547",
			Reason: "joins the multicast groups only on a connection of its own: join them on one of inherit.ListenPacket, and give it the option server6.WithConn"},
		{Func: v6 + "NewIPv6UDPConn", Fixed: "udp6", Address: Arg1,
			Reason: "sets socket options and binds to an interface: call inherit.ListenUDP, with BindIPv6Only=ipv6-only and BindToDevice= in the unit"},
	})
}
