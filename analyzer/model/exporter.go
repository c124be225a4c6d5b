package model

// Package web of Prometheus' exporter toolkit.

func exporterRows(m *Model) {
	m.speaks("http", "github.com/prometheus/exporter-toolkit/web")
	const p = "github.com/prometheus/exporter-toolkit/web."
	addresses := map[string]Part{p + "FlagConfig.WebListenAddresses": Whole}
	const reason = "takes the inherited sockets under its flag --web.systemd-socket already: give that on the command line, or pass listeners of inherit.Listen to web.ServeMultiple"
	m.addSinks([]Sink{
		{Func: p + "ListenAndServe", Fixed: "tcp", Fields: addresses, Takes: "--web.systemd-socket", Reason: reason},
		{Func: p + "Listen", Fixed: "tcp", Fields: addresses, Takes: "--web.systemd-socket", Reason: reason},
	})
}
