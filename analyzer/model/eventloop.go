package model

// Packages evio and gnet, which serve from an event loop of their own. Their
// addresses are URLs: tcp://:80, udp://:53, unix:///run/x.sock.

func eventloopRows(m *Model) {
	const reason = "the event loop makes its sockets with system calls of its own, and takes no listener"
	m.addSinks([]Sink{
		{Func: "github.com/tidwall/evio.Serve", Fixed: "tcp", Address: Arg1, Reason: reason},
		{Func: "github.com/panjf2000/gnet.Serve", Fixed: "tcp", Address: Arg1, Reason: reason},
		{Func: "github.com/panjf2000/gnet/v2.Run", Fixed: "tcp", Address: Arg1, Reason: reason},
		{Func: "github.com/panjf2000/gnet/v2.Rotate", Fixed: "tcp", Address: Arg1, Reason: reason},
	})
}
