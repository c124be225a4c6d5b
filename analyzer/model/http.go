package model

// Package net/http.

func init() {
	addSinks([]Sink{
		{Func: "net/http.ListenAndServe", Network: None, Fixed: "tcp", Address: 0, Empty: ":http",
			Recipe: Recipe{Replace, "ListenAndServe"}},
		{Func: "net/http.ListenAndServeTLS", Network: None, Fixed: "tcp", Address: 0, Empty: ":https",
			Recipe: Recipe{Replace, "ListenAndServeTLS"}},
		{Func: "(*net/http.Server).ListenAndServe", Network: None, Fixed: "tcp", Address: None, Receiver: true, Empty: ":http",
			Recipe: Recipe{Receiver, "ServerListenAndServe"}},
		{Func: "(*net/http.Server).ListenAndServeTLS", Network: None, Fixed: "tcp", Address: None, Receiver: true, Empty: ":https",
			Recipe: Recipe{Receiver, "ServerListenAndServeTLS"}},
	})
	addCarriers([]Carrier{
		{Type: "net/http.Server", Fields: map[string]Part{"Addr": Whole}},
		{Type: "net/url.URL", Fields: map[string]Part{"Host": Whole, "Path": Path, "Scheme": Network}},
	})
	addTransfers([]Transfer{
		{Func: "net/url.Parse", From: []int{0}, Rejects: true},
		{Func: "net/url.ParseRequestURI", From: []int{0}, Rejects: true},
		{Func: "(*net/url.URL).Hostname", From: []int{Recv}, Results: []Part{Host}},
		{Func: "(*net/url.URL).Port", From: []int{Recv}, Results: []Part{Port}},
		{Func: "(*net/url.URL).String", From: []int{Recv}},
	})
}
