package model

// Frameworks for services that take the address as an option among others, and
// listen far from it: hertz, kratos, go-micro, go-zero, buffalo and revel.

func microRows(m *Model) {
	const kratos, zero = "github.com/go-kratos/kratos/v2/transport/", "github.com/zeromicro/go-zero/rest."
	rest := map[string]Part{zero + "RestConf.Host": Host, zero + "RestConf.Port": Port}
	const restReason = "takes no listener: rest.NewServerless has a handler, its Serve, for inherit.ListenAndServe; what ends the process gracefully is in this call"
	m.addSinks([]Sink{
		{Func: "github.com/cloudwego/hertz/pkg/app/server.WithHostPorts", Fixed: "tcp", Address: Arg0,
			Reason: "an option: put server.WithListener with a listener of inherit.Listen in its place"},
		{Func: kratos + "http.Address", Fixed: "tcp", Address: Arg0,
			Reason: "an option: put http.Listener with a listener of inherit.Listen in its place"},
		{Func: kratos + "grpc.Address", Fixed: "tcp", Address: Arg0,
			Reason: "an option: put grpc.Listener with a listener of inherit.Listen in its place"},
		{Func: "(*" + zero + "Server).Start", Fixed: "tcp", Fields: rest, Reason: restReason},
		{Func: "(*" + zero + "Server).StartWithOpts", Fixed: "tcp", Fields: rest, Reason: restReason},
		{Func: "(*github.com/gobuffalo/buffalo.App).Serve", Fixed: "tcp", Empty: "127.0.0.1:3000",
			Fields: map[string]Part{"github.com/gobuffalo/buffalo.Options.Addr": Whole},
			Reason: "takes servers: pass it servers.WrapListener with a listener of inherit.Listen"},
		{Func: "github.com/gobuffalo/buffalo/servers.UnixSocket", Fixed: "unix", Address: Arg0,
			Reason: "put servers.WrapListener with a listener of inherit.Listen in its place"},
		// The argument is the port; the host is http.addr of app.conf.
		{Func: "github.com/revel/revel.Run", Fixed: "tcp", Address: Arg0,
			Reason: "revel listens as app.conf says, and takes no listener: only a revel.ServerEngine of your own can bring one in"},
	})
	for _, p := range []string{"go-micro.dev/v4", "go-micro.dev/v5"} {
		m.addSinks([]Sink{
			{Func: p + ".Address", Fixed: "tcp", Address: Arg0, Empty: ":0",
				Reason: "an option: give the server server.ListenOption(transport.NetListener(l)) with a listener of inherit.Listen"},
			{Func: p + "/server.Address", Fixed: "tcp", Address: Arg0, Empty: ":0",
				Reason: "an option: add server.ListenOption(transport.NetListener(l)) with a listener of inherit.Listen"},
			{Func: p + "/web.Address", Fixed: "tcp", Address: Arg0, Empty: ":0",
				Reason: "a web.Service takes no listener: serve its handler with inherit.ListenAndServe"},
		})
	}
}
