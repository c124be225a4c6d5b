package model

import (
	"strings"
	"sync/atomic"
)

// The bundled helper, package inherit, wherever it was bundled, and
// github.com/coreos/go-systemd/activation: sites that take inherited sockets.

// helperPath stands for the helper's import path in rows.
const helperPath = "inherit"

// own is the import path that SetHelper was given.
var own atomic.Pointer[string]

// SetHelper makes one more import path that of the helper: the one that the
// analyzer's flag -helper names. It is for the start of the program.
func SetHelper(pkgPath string) { own.Store(&pkgPath) }

// IsHelper reports whether the import path is one where the helper is
// bundled: internal/inherit of a module, its home in this one, or what
// SetHelper said.
func IsHelper(pkgPath string) bool {
	if p := own.Load(); p != nil && *p == pkgPath {
		return true
	}
	return strings.HasSuffix(pkgPath, "/internal/inherit") || pkgPath == "internal/inherit" || pkgPath == "inheritfd/fixer/inherit"
}

// canonical replaces the helper's import path by the one that rows use, and
// drops Sole: inherit.Sole.Listen is inherit.Listen.
func canonical(name string) string {
	p := strings.TrimSuffix(PkgOf(name), ".Sole")
	if !IsHelper(p) {
		return name
	}
	name = helperPath + strings.TrimPrefix(strings.TrimLeft(name, "(*"), p)
	return strings.Replace(strings.Replace(name, ".claimer).", ".", 1), ".Sole.", ".", 1)
}

func helperRows(m *tables) {
	m.addSinks([]Sink{
		{Func: helperPath + ".Listen", Network: Arg0, Address: Arg1, Inherited: true},
		{Func: helperPath + ".ListenPacket", Network: Arg0, Address: Arg1, Inherited: true},
		{Func: helperPath + ".ListenTCP", Network: Arg0, Address: Arg1, Inherited: true},
		{Func: helperPath + ".ListenUDP", Network: Arg0, Address: Arg1, Inherited: true},
		{Func: helperPath + ".ListenUnix", Network: Arg0, Address: Arg1, Inherited: true},
		{Func: helperPath + ".ListenUnixgram", Network: Arg0, Address: Arg1, Inherited: true},
		{Func: helperPath + ".ListenContext", Network: Arg2, Address: Arg3, Inherited: true},
		{Func: helperPath + ".ListenPacketContext", Network: Arg2, Address: Arg3, Inherited: true},
		{Func: helperPath + ".ListenTLS", Network: Arg0, Address: Arg1, Inherited: true},
		{Func: helperPath + ".ListenAndServe", Fixed: "tcp", Address: Arg0, Empty: ":http", Inherited: true},
		{Func: helperPath + ".ListenAndServeTLS", Fixed: "tcp", Address: Arg0, Empty: ":https", Inherited: true},
		{Func: helperPath + ".ServerListenAndServe", Fixed: "tcp", Address: Arg0, Empty: ":http", Inherited: true},
		{Func: helperPath + ".ServerListenAndServeTLS", Fixed: "tcp", Address: Arg0, Empty: ":https", Inherited: true},
		{Func: helperPath + ".Serve", Network: Arg0, Address: Arg1, Inherited: true},
		{Func: helperPath + ".ServePacket", Network: Arg0, Address: Arg1, Inherited: true},
		{Func: helperPath + ".ListenBy", Network: Arg1, Address: Arg2, Inherited: true},
		{Func: helperPath + ".ListenPacketBy", Network: Arg1, Address: Arg2, Inherited: true},
		{Func: helperPath + ".WithPacketConn", Network: Arg0, Address: Arg1, Inherited: true},
	})
	for _, f := range []string{"Chmod", "Chown", "Lchown", "Remove", "RemoveAll"} {
		m.addEffects([]Effect{{Func: helperPath + "." + f, Category: "path", Path: Arg0, Note: true, Reason: "leaves the path alone when the socket is inherited"}})
	}
	for _, v := range []string{"", "/v22"} {
		p := "github.com/coreos/go-systemd" + v + "/activation."
		for _, f := range []string{"Files", "Listeners", "ListenersWithNames", "PacketConns", "TLSListeners", "TLSListenersWithNames"} {
			m.addSinks([]Sink{{Func: p + f, Inherited: true}})
		}
	}
}
