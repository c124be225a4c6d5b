package model

// github.com/phayes/freeport looks for a free port.

func freeportRows(m *Model) {
	for _, f := range []string{"GetFreePort", "GetPort", "GetFreePorts"} {
		m.addSources([]Source{{Func: "github.com/phayes/freeport." + f, Kind: Runtime, Unkeyed: FreePort}})
	}
}
