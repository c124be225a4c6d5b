package model

// Packages that look for a free port.

func init() {
	for _, f := range []string{
		"github.com/phayes/freeport.GetFreePort", "github.com/phayes/freeport.GetPort", "github.com/phayes/freeport.GetFreePorts",
		"github.com/projectdiscovery/freeport.GetFreePort", "github.com/projectdiscovery/freeport.GetPort",
		"github.com/projectdiscovery/freeport.GetFreeTCPPort", "github.com/projectdiscovery/freeport.GetFreeUDPPort",
		"github.com/hashicorp/consul/sdk/freeport.Take", "github.com/hashicorp/consul/sdk/freeport.MustTake",
	} {
		addSources([]Source{{Func: f, Kind: Runtime, Unkeyed: FreePort}})
	}
}
