// Command pflag reads the command line with github.com/spf13/pflag, whose flag
// sets also take in those of package flag.
package main

import (
	goflag "flag"
	"log"
	"net"
	"net/http"
	"strconv"

	flag "github.com/spf13/pflag"
)

type options struct {
	bind    net.IP
	port    int
	listens []string
}

func (o *options) addFlags(fs *flag.FlagSet) {
	fs.IPVar(&o.bind, "bind-address", net.ParseIP("0.0.0.0"), "address to bind")
	fs.IntVar(&o.port, "secure-port", 6443, "port to bind")
	fs.StringSliceVar(&o.listens, "listen", []string{":80", ":443"}, "addresses of the proxy")
}

// hostPort is a flag.Value.
type hostPort string

func (h *hostPort) String() string { return string(*h) }
func (h *hostPort) Type() string   { return "host:port" }

func (h *hostPort) Set(s string) error {
	if _, _, err := net.SplitHostPort(s); err != nil {
		return err
	}
	*h = hostPort(s)
	return nil
}

var metrics = flag.StringP("metrics", "m", "", "address of the metrics")

func main() {
	health := hostPort(":8086")
	flag.Var(&health, "health", "address of the health check")
	goflag.String("pprof", "localhost:6060", "address of the profiler")
	flag.CommandLine.AddGoFlagSet(goflag.CommandLine)
	var o options
	o.addFlags(flag.CommandLine)
	flag.Parse()

	if *metrics != "" {
		go http.ListenAndServe(*metrics, nil) // want listen safe address=flag:--metrics=""
	}
	go http.ListenAndServe(string(health), nil) // want listen safe address=flag:--health=":8086"
	pprof, _ := flag.CommandLine.GetString("pprof")
	go http.ListenAndServe(pprof, nil) // want MISSING(flags that AddGoFlagSet takes in) listen safe address=flag:pprof="localhost:6060"
	for _, addr := range o.listens {
		l, err := net.Listen("tcp", addr) // want listen safe address=flag:--listen=":80,:443"*
		if err != nil {
			log.Fatal(err)
		}
		go http.Serve(l, nil)
	}
	l, err := net.Listen("tcp", net.JoinHostPort(o.bind.String(), strconv.Itoa(o.port))) // want listen safe host=flag:--bind-address="0.0.0.0" port=flag:--secure-port="6443"
	if err != nil {
		log.Fatal(err)
	}
	log.Fatal(http.Serve(l, nil))
}
