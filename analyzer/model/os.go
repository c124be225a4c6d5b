package model

// Package os, and what only exists while the program runs.

func init() {
	addSources([]Source{
		{Func: "os.Getenv", Kind: Env, Key: 0, Default: None, Dest: None, Callback: None},
		{Func: "os.LookupEnv", Kind: Env, Key: 0, Default: None, Dest: None, Callback: None},
		{Func: "syscall.Getenv", Kind: Env, Key: 0, Default: None, Dest: None, Callback: None},
		{Func: "os.ReadFile", Kind: File, Key: 0, Default: None, Dest: None, Callback: None},
		{Func: "(net.Listener).Addr", Kind: Runtime, Key: None, Default: None, Dest: None, Callback: None, Unkeyed: "address of another socket"},
		{Func: "(net.Conn).LocalAddr", Kind: Runtime, Key: None, Default: None, Dest: None, Callback: None, Unkeyed: "address of a connection"},
		{Func: "(net.Conn).RemoteAddr", Kind: Runtime, Key: None, Default: None, Dest: None, Callback: None, Unkeyed: "address of a connection"},
		{Func: "(net.PacketConn).LocalAddr", Kind: Runtime, Key: None, Default: None, Dest: None, Callback: None, Unkeyed: "address of another socket"},
		{Func: "(*net/http.Request).FormValue", Kind: Runtime, Key: None, Default: None, Dest: None, Callback: None, Unkeyed: "HTTP request"},
		{Func: "(*net/http.Request).PostFormValue", Kind: Runtime, Key: None, Default: None, Dest: None, Callback: None, Unkeyed: "HTTP request"},
		{Func: "(*net/http.Request).PathValue", Kind: Runtime, Key: None, Default: None, Dest: None, Callback: None, Unkeyed: "HTTP request"},
		{Func: "os.Hostname", Kind: Runtime, Key: None, Default: None, Dest: None, Callback: None, Unkeyed: "host name"},
		{Func: "os.TempDir", Kind: Runtime, Key: None, Default: None, Dest: None, Callback: None, Unkeyed: "temporary folder"},
		{Func: "os.MkdirTemp", Kind: Runtime, Key: None, Default: None, Dest: None, Callback: None, Unkeyed: "temporary folder"},
		{Func: "io/ioutil.TempDir", Kind: Runtime, Key: None, Default: None, Dest: None, Callback: None, Unkeyed: "temporary folder"},
		{Func: "net.InterfaceAddrs", Kind: Runtime, Key: None, Default: None, Dest: None, Callback: None, Unkeyed: "interface addresses"},
		{Func: "(*net.Interface).Addrs", Kind: Runtime, Key: None, Default: None, Dest: None, Callback: None, Unkeyed: "interface addresses"},
	})
	addTransfers([]Transfer{
		{Func: "os.ExpandEnv", From: []int{0}},
		{Func: "os.Expand", From: []int{0}},
	})
}

// remote are the runtime sources that another host has a say in; the others
// are facts of this one.
var remote = map[string]bool{
	"HTTP request": true, "address of a connection": true, "address of another socket": true,
}

// IsRemote reports whether a runtime source, by its key, brings in what
// arrives over the network, or belongs to another socket.
func IsRemote(key string) bool { return remote[key] }

// RuntimeGlobal returns the source behind a package variable or struct field
// of the standard library, by its full name, or "".
func RuntimeGlobal(name string) (SourceKind, string) {
	switch name {
	case "os.Args":
		return Args, "args"
	case "net/http.Request.Host", "net/http.Request.RemoteAddr", "net/http.Request.RequestURI", "net/http.Request.URL":
		return Runtime, "HTTP request"
	}
	return "", ""
}
