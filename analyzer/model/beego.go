package model

// Package web of beego. The address is in its configuration, app.conf, unless
// an argument says otherwise.

func beegoRows(m *Model) {
	m.speaks("http", "github.com/beego/beego")
	const p = "github.com/beego/beego/v2/server/web."
	const reason = "beego listens as its configuration says, and takes no listener: web.BeeApp.Handlers is the handler for inherit.ListenAndServe, without the timeouts, TLS and hooks of this call"
	listen := map[string]Part{p + "Listen.HTTPAddr": Host, p + "Listen.HTTPPort": Port}
	m.addSinks([]Sink{
		{Func: p + "Run", Fixed: "tcp", Address: Arg0, Fields: listen, Empty: ":8080", Reason: reason},
		{Func: p + "RunWithMiddleWares", Fixed: "tcp", Address: Arg0, Fields: listen, Empty: ":8080", Reason: reason},
		{Func: "(*" + p + "HttpServer).Run", Fixed: "tcp", Address: Arg0, Fields: listen, Empty: ":8080", Reason: reason},
	})
}
