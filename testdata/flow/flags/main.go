// Every way to declare a flag with package flag.
package main

import (
	"flag"
	"fmt"
	"net"
	"net/netip"
	"os"

	"example.com/flags/opts"
)

// hostport is a flag.Value.
type hostport struct{ addr string }

func (h *hostport) String() string { return h.addr }

func (h *hostport) Set(s string) error {
	h.addr = s
	return nil
}

// list is a flag.Value that is repeated.
type list []string

func (l *list) String() string     { return fmt.Sprint(*l) }
func (l *list) Set(s string) error { *l = append(*l, s); return nil }

type config struct{ metrics string }

var global string

func init() { flag.StringVar(&global, "global", ":9001", "set in init") }

func main() {
	var (
		local  string
		custom hostport
		many   list
		fn     string
		ap     netip.AddrPort
		cfg    config
		port   uint
		bind   = flag.String("bind", defaultBind(), "")
		viafn  string
	)
	flag.StringVar(&local, "local", ":9002", "")
	flag.Var(&custom, "custom", "")
	flag.Var(&many, "many", "")
	flag.Func("fn", "", func(s string) error { fn = s; return nil })
	flag.TextVar(&ap, "ap", netip.MustParseAddrPort("127.0.0.1:9003"), "")
	flag.StringVar(&cfg.metrics, "metrics", "", "")
	flag.UintVar(&port, "port", 9004, "")
	opts.Register(flag.CommandLine)
	register(&viafn, "viafn", ":9010")

	fs := flag.NewFlagSet("sub", flag.ExitOnError)
	sub := fs.String("sub", ":9005", "")
	fs.Parse(os.Args[1:])
	opts.Parse()

	net.Listen("tcp", global)                   // want listen safe address=flag:global=":9001"
	net.Listen("tcp", local)                    // want listen safe address=flag:local=":9002"
	net.Listen("tcp", custom.addr)              // want listen safe address=flag:custom
	net.Listen("tcp", custom.String())          // want listen safe address=flag:custom
	net.Listen("tcp", fn)                       // want listen safe address=flag:fn
	net.Listen("tcp", ap.String())              // want listen safe address=flag:ap="127.0.0.1:9003"
	net.Listen("tcp", cfg.metrics)              // want listen safe address=flag:metrics=""
	net.Listen("tcp", fmt.Sprintf(":%d", port)) // want listen safe port=flag:port="9004"
	net.Listen("tcp", *sub)                     // want listen safe address=flag:sub=":9005"
	net.Listen("tcp", *bind)                    // want listen safe address=flag:bind="localhost:9006"
	net.Listen("tcp", opts.Addr())              // want listen safe address=flag:opts=":9007"
	net.Listen("tcp", *opts.Exported)           // want listen safe address=flag:exported=":9008"
	net.Listen("tcp", viafn)                    // want listen safe address=flag:viafn=":9010"
	for _, a := range many {
		net.Listen("tcp", a) // want listen safe address=flag:many*
	}
	net.Listen("tcp", flag.Arg(0))                     // want listen safe address=args
	net.Listen("tcp", os.Args[1])                      // want listen safe address=args
	net.Listen("tcp", flag.Lookup("x").Value.String()) // want listen safe address=flag:x
}

func defaultBind() string { return "localhost:9006" }

func register(dest *string, name, def string) { flag.StringVar(dest, name, def, "") }
