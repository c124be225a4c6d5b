package model

// Package server of mochi-mqtt. Its listeners listen when they are added to
// the server; what makes them has the address.

func mqttRows(m *Model) {
	m.speaks("mqtt", "github.com/mochi-mqtt/server")
	const p = "github.com/mochi-mqtt/server/v2/listeners."
	const use = "takes no listener: pass one of inherit.Listen to listeners.NewNet, or of inherit.ListenTLS if there is a TLSConfig"
	const web = "takes no listener: implement listeners.Listener with an http.Server that serves one of inherit.Listen"
	m.addSinks([]Sink{
		{Func: p + "NewTCP", Fixed: "tcp", Address: Arg0, Reason: use},
		{Func: p + "NewUnixSock", Fixed: "unix", Address: Arg0, Reason: use},
		{Func: p + "NewWebsocket", Fixed: "tcp", Address: Arg0, Reason: web},
		{Func: p + "NewHTTPStats", Fixed: "tcp", Address: Arg0, Reason: web},
		{Func: p + "NewHTTPHealthCheck", Fixed: "tcp", Address: Arg0, Reason: web},
		{Func: "(*github.com/mochi-mqtt/server/v2.Server).AddListenersFromConfig", Fixed: "tcp", Address: Arg0,
			Reason: "makes listeners that listen themselves: add listeners.NewNet with one of inherit.Listen"},
	})
	m.addCarriers([]Carrier{{Type: p + "Config", Fields: map[string]Part{"Address": Whole}}})
}
