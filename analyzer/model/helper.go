package model

import "strings"

// The bundled helper, package inherit, wherever it was bundled, and
// github.com/coreos/go-systemd/activation: sites that take inherited sockets.

// helperFuncs are the functions of the helper that take the place of another, or go
// around something, and are no sites.
var helperFuncs = map[string]bool{
	"Shutdown": true, "Drainable": true, "Drained": true, "DrainableConns": true, "Addr": true, "Port": true,
	"Remove": true, "RemoveAll": true, "Chmod": true, "Chown": true, "Lchown": true, "Unlink": true, "SetUnlinkOnClose": true,
}

// IsHelperFunc reports whether the helper has a function of the name that takes
// the place of another, or goes around something.
func IsHelperFunc(fn string) bool {
	return helperFuncs[fn] || Default().sinks[helperPath+"."+fn] != nil
}

// helperGeneric are the functions of the helper that have type parameters:
// they cannot be methods of Sole, and callers need go 1.18 in their go.mod.
var helperGeneric = map[string]bool{"StartPacket": true, "Drained": true, "Port": true}

// HelperGeneric reports whether a function of the helper has type parameters.
func HelperGeneric(fn string) bool { return helperGeneric[fn] }

// helperNames are names that functions of the helper had before version 3, with those
// of now.
var helperNames = map[string]string{
	"ListenBy": "ListenOr", "ListenPacketBy": "ListenPacketOr", "WithPacketConn": "StartPacket",
	"Tracked": "Drainable", "TrackedConns": "DrainableConns", "Quiesce": "Drain", "Quiesced": "Drained",
}

// HelperName returns the name that a function of the helper has now, fn itself unless
// it had another in an older version.
func HelperName(fn string) string {
	if now := helperNames[fn]; now != "" {
		return now
	}
	return fn
}

// helperPath stands for the helper's import path in rows.
const helperPath = "inherit"

// WithHelper returns m with one more import path that is the helper's: the one
// that the analyzer's flag -helper names.
func (m *Model) WithHelper(pkgPath string) *Model {
	c := *m
	c.helper = pkgPath
	return &c
}

// IsHelper reports whether the import path is one where the helper is
// bundled: internal/inherit of a module, its home in this one, or what
// WithHelper said.
func (m *Model) IsHelper(pkgPath string) bool {
	return m.helper != "" && m.helper == pkgPath || strings.HasSuffix(pkgPath, "/internal/inherit") || pkgPath == "internal/inherit" || pkgPath == "inheritfd/fixer/inherit"
}

// canonical replaces the helper's import path by the one that rows use, and
// drops Sole: inherit.Sole.Listen is inherit.Listen. Names of older helpers become those
// of now.
func (m *Model) canonical(name string) string {
	p := strings.TrimSuffix(PkgOf(name), ".Sole")
	if !m.IsHelper(p) {
		return name
	}
	rest := strings.TrimPrefix(strings.TrimLeft(name, "(*"), p)
	for _, receiver := range []string{".Claimer).", ".claimer).", ".Sole."} { // the second before version 3
		rest = strings.Replace(rest, receiver, ".", 1)
	}
	return helperPath + "." + HelperName(strings.TrimPrefix(rest, "."))
}

func helperRows(m *Model) {
	m.addSinks([]Sink{
		{Func: helperPath + ".Listen", Network: Arg0, Address: Arg1, Inherited: true},
		{Func: helperPath + ".ListenPacket", Network: Arg0, Address: Arg1, Inherited: true},
		{Func: helperPath + ".ListenTCP", Network: Arg0, Address: Arg1, NetAddr: true, Inherited: true},
		{Func: helperPath + ".ListenUDP", Network: Arg0, Address: Arg1, NetAddr: true, Inherited: true},
		{Func: helperPath + ".ListenUnix", Network: Arg0, Address: Arg1, NetAddr: true, Inherited: true},
		{Func: helperPath + ".ListenUnixgram", Network: Arg0, Address: Arg1, NetAddr: true, Inherited: true},
		{Func: helperPath + ".ListenContext", Network: Arg2, Address: Arg3, Inherited: true},
		{Func: helperPath + ".ListenPacketContext", Network: Arg2, Address: Arg3, Inherited: true},
		{Func: helperPath + ".ListenTLS", TLS: true, Network: Arg0, Address: Arg1, Inherited: true},
		{Func: helperPath + ".ListenAndServe", Fixed: "tcp", Address: Arg0, Empty: ":http", Protocol: "http", Inherited: true},
		{Func: helperPath + ".ListenAndServeTLS", TLS: true, Fixed: "tcp", Address: Arg0, Empty: ":https", Protocol: "http", Inherited: true},
		{Func: helperPath + ".ServerListenAndServe", Fixed: "tcp", Address: Arg0, Empty: ":http", Protocol: "http", Inherited: true},
		{Func: helperPath + ".ServerListenAndServeTLS", TLS: true, Fixed: "tcp", Address: Arg0, Empty: ":https", Protocol: "http", Inherited: true},
		{Func: helperPath + ".Serve", Network: Arg0, Address: Arg1, Inherited: true},
		{Func: helperPath + ".ServePacket", Network: Arg0, Address: Arg1, Inherited: true},
		{Func: helperPath + ".ListenOr", Network: Arg1, Address: Arg2, Inherited: true},
		{Func: helperPath + ".ListenPacketOr", Network: Arg1, Address: Arg2, Inherited: true},
		{Func: helperPath + ".StartPacket", Network: Arg0, Address: Arg1, Inherited: true},
		{Func: helperPath + ".Listeners", Inherited: true},
		{Func: helperPath + ".ListenersWithNames", Inherited: true},
		{Func: helperPath + ".PacketConns", Inherited: true},
	})
	const spares = "leaves the path alone when the socket is inherited"
	m.addEffects([]Effect{
		{Func: helperPath + ".Chmod", Op: SetsMode, Path: Arg0, Mode: GoMode, Harmless: true, Reason: spares},
		{Func: helperPath + ".Chown", Op: SetsOwner, Path: Arg0, Harmless: true, Reason: spares},
		{Func: helperPath + ".Lchown", Op: SetsOwner, Path: Arg0, Harmless: true, Reason: spares},
		{Func: helperPath + ".Remove", Op: Removes, Path: Arg0, Harmless: true, Reason: spares},
		{Func: helperPath + ".RemoveAll", Op: RemovesAll, Path: Arg0, Harmless: true, Reason: spares},
	})
	for _, v := range []string{"", "/v22"} {
		p := "github.com/coreos/go-systemd" + v + "/activation."
		for _, f := range []string{"Files", "Listeners", "ListenersWithNames", "PacketConns", "TLSListeners", "TLSListenersWithNames"} {
			row := Sink{Func: p + f, Inherited: true, Activation: true}
			switch f {
			case "Listeners", "ListenersWithNames", "PacketConns":
				row.Recipe = Recipe{Kind: Replace, Func: f}
			}
			m.addSinks([]Sink{row})
		}
	}
}
