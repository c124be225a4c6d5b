package model

// Package fasthttp, an HTTP server of its own, and the packages next to it that
// listen with socket options.

func fasthttpRows(m *Model) {
	m.speaks("http", "github.com/valyala/fasthttp")
	const p, server = "github.com/valyala/fasthttp.", "(*github.com/valyala/fasthttp.Server)."
	const file = "a file in the socket's place is not removed, and the mode not set"
	wrap := func(serve, differs string) Recipe {
		return Recipe{Kind: Wrap, Func: "Serve", Serve: serve, Differs: differs}
	}
	m.addSinks([]Sink{
		{Func: p + "ListenAndServe", Fixed: "tcp4", Address: Arg0,
			Recipe: wrap("func(l {net}.Listener) error { return {pkg}.Serve(l, {1}) }", "")},
		{Func: p + "ListenAndServeUNIX", Fixed: "unix", Address: Arg0,
			Recipe: wrap("func(l {net}.Listener) error { return {pkg}.Serve(l, {2}) }", file)},
		{Func: p + "ListenAndServeTLS", TLS: true, Fixed: "tcp4", Address: Arg0,
			Recipe: wrap("func(l {net}.Listener) error { return {pkg}.ServeTLS(l, {1}, {2}, {3}) }", "")},
		{Func: p + "ListenAndServeTLSEmbed", TLS: true, Fixed: "tcp4", Address: Arg0,
			Recipe: wrap("func(l {net}.Listener) error { return {pkg}.ServeTLSEmbed(l, {1}, {2}, {3}) }", "")},
		{Func: server + "ListenAndServe", Fixed: "tcp4", Address: Arg0, Recipe: wrap("{x}.Serve", "")},
		{Func: server + "ListenAndServeUNIX", Fixed: "unix", Address: Arg0, Recipe: wrap("{x}.Serve", file)},
		{Func: server + "ListenAndServeTLS", TLS: true, Fixed: "tcp4", Address: Arg0,
			Recipe: wrap("func(l {net}.Listener) error { return {x}.ServeTLS(l, {1}, {2}) }", "")},
		{Func: server + "ListenAndServeTLSEmbed", TLS: true, Fixed: "tcp4", Address: Arg0,
			Recipe: wrap("func(l {net}.Listener) error { return {x}.ServeTLSEmbed(l, {1}, {2}) }", "")},
	})
	for _, f := range []string{
		"github.com/valyala/fasthttp/reuseport.Listen",
		"(*github.com/valyala/fasthttp/tcplisten.Config).NewListener",
		"(*github.com/valyala/tcplisten.Config).NewListener",
	} {
		m.addSinks([]Sink{{Func: f, Network: Arg0, Address: Arg1, Recipe: Recipe{Kind: By, Func: "ListenOr"}}})
	}
}
