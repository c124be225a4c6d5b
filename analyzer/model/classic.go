package model

// Frameworks whose Run is http.ListenAndServe with a handler of their own, and
// ends the program when that fails: negroni, flamego, macaron and martini.

func classicRows(m *Model) {
	m.speaks("http", "github.com/urfave/negroni", "github.com/go-martini/martini", "gopkg.in/macaron.v1", "github.com/flamego/flamego")
	for _, p := range []string{"github.com/urfave/negroni", "github.com/urfave/negroni/v3", "github.com/codegangsta/negroni"} {
		// Without an argument it is $PORT that is asked first.
		m.addSinks([]Sink{{Func: "(*" + p + ".Negroni).Run", Fixed: "tcp", Address: Arg0, Empty: ":8080",
			Reason: "returns no error: call inherit.ListenAndServe(addr, n) and log what it returns, which does the same"}})
	}
	m.addSinks([]Sink{
		// These two take a host, a port or both; FLAMEGO_ADDR, HOST and PORT
		// stand in for them.
		{Func: "(*github.com/flamego/flamego.Flame).Run", Fixed: "tcp", Address: Arg0, Empty: "0.0.0.0:2830",
			Reason: "returns no error and takes host and port: call inherit.ListenAndServe(addr, f) and log what it returns, but Flame.Stop does not end that"},
		{Func: "(*gopkg.in/macaron.v1.Macaron).Run", Fixed: "tcp", Address: Arg0, Empty: "0.0.0.0:4000",
			Reason: "returns no error and takes host and port: call inherit.ListenAndServe(addr, m) and log what it returns"},
		{Func: "(*github.com/go-martini/martini.Martini).RunOnAddr", Fixed: "tcp", Address: Arg0, Empty: ":http",
			Reason: "returns no error: call inherit.ListenAndServe(addr, m) and log what it returns, which does the same"},
		{Func: "(*github.com/go-martini/martini.Martini).Run", Fixed: "tcp", Empty: ":3000",
			Reason: "the address is $HOST:$PORT: pass it to inherit.ListenAndServe with m, and log what it returns"},
	})
}
