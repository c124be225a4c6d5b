// Sockets below folders: a folder is no address, and two sockets in one are two.
package main // want listeners api/stream metrics/stream ctl/stream agent/stream name/stream

import (
	"flag"
	"fmt"
	"net"
	"os"
	"path/filepath"
)

var (
	data = flag.String("data-dir", "/var/lib/folders", "")
	run  = flag.String("run-dir", "/run/folders", "")
	name = flag.String("name", "x.sock", "")
)

type config struct{ Dir string }

func (c config) socket() string { return filepath.Join(c.Dir, "ctl.sock") }

func main() {
	flag.Parse()
	api := filepath.Join(*data, "api.sock")
	os.Remove(api)                                                              // want path safe of=main.go:26
	net.Listen("unix", api)                                                     // want listen safe dir=flag:data-dir="/var/lib/folders" path=const:"api.sock" name=api
	net.Listen("unix", *data+"/metrics.sock")                                   // want listen safe dir=flag:data-dir="/var/lib/folders" path=const:"metrics.sock" name=metrics
	net.Listen("unix", config{*run}.socket())                                   // want listen safe dir=flag:run-dir="/run/folders" path=const:"ctl.sock" name=ctl
	net.Listen("unix", fmt.Sprintf("%s/agent/s", os.Getenv("XDG_RUNTIME_DIR"))) // want listen safe dir=env:XDG_RUNTIME_DIR path=const:"agent/s" name=agent
	net.Listen("unix", filepath.Join("/run", *name))                            // want listen safe path=flag:name="x.sock" dir=const:"/run" name=name
}
