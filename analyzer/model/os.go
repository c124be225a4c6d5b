package model

import "strings"

// Package os, and what only exists while the program runs.

func osRows(m *Model) {
	m.addSources([]Source{
		{Func: "os.Getenv", Kind: Env, Key: Arg0},
		{Func: "os.LookupEnv", Kind: Env, Key: Arg0},
		{Func: "syscall.Getenv", Kind: Env, Key: Arg0},
		{Func: "os.ReadFile", Kind: File, Key: Arg0},
		{Func: "os.Open", Kind: File, Key: Arg0},
		{Func: "(net.Listener).Addr", Kind: Runtime, Unkeyed: "address of another socket"},
		{Func: "(net.Conn).LocalAddr", Kind: Runtime, Unkeyed: "address of a connection"},
		{Func: "(net.Conn).RemoteAddr", Kind: Runtime, Unkeyed: "address of a connection"},
		{Func: "(net.PacketConn).LocalAddr", Kind: Runtime, Unkeyed: "address of another socket"},
		{Func: "(*net/http.Request).FormValue", Kind: Runtime, Unkeyed: "HTTP request"},
		{Func: "(*net/http.Request).PostFormValue", Kind: Runtime, Unkeyed: "HTTP request"},
		{Func: "(*net/http.Request).PathValue", Kind: Runtime, Unkeyed: "HTTP request"},
		{Func: "(*net.TCPListener).Addr", Kind: Runtime, Unkeyed: "address of another socket"},
		{Func: "(*net.conn).LocalAddr", Kind: Runtime, Unkeyed: "address of a connection"},
		{Func: "(*net.UnixListener).Addr", Kind: Runtime, Unkeyed: "address of another socket"},
		{Func: "os.Hostname", Kind: Runtime, Unkeyed: "host name"},
		{Func: "os.TempDir", Kind: Runtime, Unkeyed: "temporary folder"},
		{Func: "os.MkdirTemp", Kind: Runtime, Unkeyed: "temporary folder"},
		{Func: "io/ioutil.TempDir", Kind: Runtime, Unkeyed: "temporary folder"},
		{Func: "net.InterfaceAddrs", Kind: Runtime, Unkeyed: "interface addresses"},
		{Func: "(*net.Interface).Addrs", Kind: Runtime, Unkeyed: "interface addresses"},
	})
	m.addTransfers([]Transfer{
		{Func: "bufio.NewScanner", From: []Arg{Arg0}},
		{Func: "bufio.NewReader", From: []Arg{Arg0}},
		{Func: "io.ReadAll", From: []Arg{Arg0}},
		{Func: "io/ioutil.ReadAll", From: []Arg{Arg0}},
		{Func: "io.LimitReader", From: []Arg{Arg0}},
		{Func: "net/http.MaxBytesReader", From: []Arg{Arg1}},
		{Func: "(*bufio.Scanner).Text", From: []Arg{Recv}},
		{Func: "(*bufio.Scanner).Bytes", From: []Arg{Recv}},
		{Func: "(*bufio.Reader).ReadString", From: []Arg{Recv}},
		{Func: "os.ExpandEnv", From: []Arg{Arg0}, Composes: Keeps},
		{Func: "os.Expand", From: []Arg{Arg0}},
	})
}

// remote are the runtime sources that another host has a say in; the others
// are facts of this one.
var remote = map[string]bool{
	"HTTP request": true, "HTTP response": true, "address of a connection": true, "address of another socket": true,
}

// IsRemote reports whether a runtime source, by its key, brings in what
// arrives over the network, or belongs to another socket.
func IsRemote(key string) bool { return remote[key] || strings.HasPrefix(key, ofFamily) }

// ofFamily begins the key of the runtime source that an address is whose family has
// no listeners.
const ofFamily = "an address of the family "

// NoListener returns the key of the runtime source that an address of a type is, when
// its family has no listeners: routes, frames, buses and the like; "" for any other.
func NoListener(typeName string) string {
	name, ok := strings.CutPrefix(typeName, "golang.org/x/sys/unix.Sockaddr")
	if !ok {
		name, ok = strings.CutPrefix(typeName, "syscall.Sockaddr")
	}
	if family := noListeners[name]; ok && family != "" {
		return ofFamily + family
	}
	return ""
}

// noListeners are families, by what their types are called.
var noListeners = map[string]string{
	"Netlink": "AF_NETLINK", "Linklayer": "AF_PACKET", "CAN": "AF_CAN", "CANJ1939": "AF_CAN", "ALG": "AF_ALG", "HCI": "AF_BLUETOOTH",
	"XDP": "AF_XDP", "PPPoE": "AF_PPPOX", "NFC": "AF_NFC", "NFCLLCP": "AF_NFC", "IUCV": "AF_IUCV", "Ctl": "AF_SYSTEM",
}

// IsAddressOf reports whether a runtime source, by its key, is the address of a
// socket or of a connection.
func IsAddressOf(key string) bool { return strings.HasPrefix(key, "address of ") }

// AsksPort reports whether a function tells the port that the system has chosen
// for a listener.
func AsksPort(callee string) bool {
	return callee == "(net.Listener).Addr" || callee == "(*net.TCPListener).Addr"
}

// FreePort is the key of the runtime source that a search for a free port is.
const FreePort = "a search for a free port"

// RuntimeGlobal returns the source behind a package variable or struct field
// of the standard library, by its full name, or "".
func RuntimeGlobal(name string) (SourceKind, string) {
	switch name {
	case "os.Args":
		return Args, "args"
	case "net/http.Request.Host", "net/http.Request.RemoteAddr", "net/http.Request.RequestURI", "net/http.Request.URL",
		"net/http.Request.Body":
		return Runtime, "HTTP request"
	case "net/http.Response.Body":
		return Runtime, "HTTP response"
	}
	return "", ""
}
