package model

// Packages for sockets of other families than TCP, UDP and unix: icmp of
// golang.org/x/net, vsock and packet of mdlayher, and sctp.

func icmpRows(m *Model) {
	const vsock, sctp = "github.com/mdlayher/vsock.", "github.com/ishidawataru/sctp."
	const vsockFile = "takes an inherited socket (ListenStream=vsock:… in the unit) as a file: pass it to vsock.FileListener"
	const sctpFile = "takes an inherited socket (SocketProtocol=sctp in the unit) as a file: pass it to sctp.FileListener"
	m.addSinks([]Sink{
		{Func: "golang.org/x/net/icmp.ListenPacket", Network: Arg0, Address: Arg1, Virtual: true,
			Reason: "raw and ping sockets cannot be named in a .socket unit"},
		{Func: "github.com/mdlayher/packet.Listen", Fixed: "packet", Virtual: true,
			Reason: "packet sockets cannot be named in a .socket unit"},
		{Func: vsock + "Listen", Fixed: "vsock", Address: Arg0, Reason: vsockFile},
		{Func: vsock + "ListenContextID", Fixed: "vsock", Address: Arg1, Reason: vsockFile},
		{Func: vsock + "FileListener", Inherited: true},
		{Func: sctp + "ListenSCTP", Network: Arg0, Address: Arg1, Reason: sctpFile},
		{Func: sctp + "ListenSCTPExt", Network: Arg0, Address: Arg1, Reason: sctpFile},
		{Func: "(*" + sctp + "SocketConfig).Listen", Network: Arg0, Address: Arg1, Reason: sctpFile},
		{Func: sctp + "FileListener", Inherited: true},
	})
	m.addCarriers([]Carrier{
		{Type: "github.com/ishidawataru/sctp.SCTPAddr", Fields: map[string]Part{"IPAddrs": Host, "Port": Port}},
	})
	m.addTransfers([]Transfer{
		{Func: "github.com/ishidawataru/sctp.ResolveSCTPAddr", From: []Arg{Arg1}, Rejects: true},
	})
}
