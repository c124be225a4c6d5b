package model

// github.com/phayes/freeport looks for a free port.

func init() {
	for _, f := range []string{"GetFreePort", "GetPort", "GetFreePorts"} {
		addSources([]Source{{Func: "github.com/phayes/freeport." + f, Kind: Runtime, Unkeyed: FreePort}})
	}
}
