package model

// Package net/http.

func httpRows(m *Model) {
	m.speaks("http", "net/http")
	m.addSinks([]Sink{
		{Func: "net/http.ListenAndServe", Fixed: "tcp", Address: Arg0, Empty: ":http",
			Recipe: Recipe{Kind: Replace, Func: "ListenAndServe"}},
		{Func: "net/http.ListenAndServeTLS", TLS: true, Fixed: "tcp", Address: Arg0, Empty: ":https",
			Recipe: Recipe{Kind: Replace, Func: "ListenAndServeTLS"}},
		{Func: "(*net/http.Server).ListenAndServe", Fixed: "tcp", Receiver: true, Empty: ":http",
			Recipe: Recipe{Kind: Receiver, Func: "ServerListenAndServe"}},
		{Func: "(*net/http.Server).ListenAndServeTLS", TLS: true, Fixed: "tcp", Receiver: true, Empty: ":https",
			Recipe: Recipe{Kind: Receiver, Func: "ServerListenAndServeTLS"}},
	})
	m.addCarriers([]Carrier{
		{Type: "net/http.Server", Fields: map[string]Part{"Addr": Whole}},
		{Type: "net/url.URL", Fields: map[string]Part{"Host": Whole, "Path": Path, "Scheme": Network}},
	})
	m.addTransfers([]Transfer{
		{Func: "net/url.Parse", From: []Arg{Arg0}, Rejects: true},
		{Func: "net/url.ParseRequestURI", From: []Arg{Arg0}, Rejects: true},
		{Func: "(*net/url.URL).Hostname", From: []Arg{Recv}, Results: []Part{Host}},
		{Func: "(*net/url.URL).Port", From: []Arg{Recv}, Results: []Part{Port}},
		{Func: "(*net/url.URL).String", From: []Arg{Recv}},
	})
}

// ServeTwin returns the function that does with a listener what a function does
// that listens itself, and the parameter that takes the listener, the receiver
// counted; "" for none.
func ServeTwin(callee string) (twin string, param int) {
	switch callee {
	case "net/http.ListenAndServe":
		return "net/http.Serve", 0
	case "net/http.ListenAndServeTLS":
		return "net/http.ServeTLS", 0
	case "(*net/http.Server).ListenAndServe":
		return "(*net/http.Server).Serve", 1
	case "(*net/http.Server).ListenAndServeTLS":
		return "(*net/http.Server).ServeTLS", 1
	}
	return "", 0
}
