// Relayd passes messages between the services of a machine: a control socket
// at a fixed path, one for peers in a runtime folder, and one wherever the
// environment says.
package main

import (
	"errors"
	"flag"
	"fmt"
	"log"
	"net"
	"os"
	"path/filepath"
	"strings"
	"syscall"
)

const (
	controlSocket = "/run/relayd/control.sock"
	controlPid    = "/run/relayd/control.pid"
	stateDir      = "/var/lib/relayd"
)

var (
	runtimeDir = flag.String("runtime-dir", "/run/relayd", "folder of sockets")
	statusDir  = flag.String("status-dir", "/run/relayd", "folder of the status socket")
	adminDir   = flag.String("admin-dir", "/run/relayd", "folder of the admin socket")
	eventsDir  = flag.String("events-dir", "/run/relayd", "folder of the events socket")
)

func main() {
	flag.Parse()
	shared, err := endpoint(os.Getenv("RELAYD_LISTEN"))
	if err != nil {
		log.Fatal(err)
	}
	go serve(shared)
	for _, open := range []func() (net.Listener, error){control, peers, status, admin, agents, events} {
		l, err := open()
		if err != nil {
			log.Fatal(err)
		}
		go serve(l)
	}
	syslog()
	datagrams()
	select {}
}

func serve(l net.Listener) {
	for {
		c, err := l.Accept()
		if err != nil {
			return
		}
		c.Close()
	}
}

// control has its path from a constant, and the calls from package syscall.
func control() (net.Listener, error) {
	if err := syscall.Unlink(controlSocket); err != nil && err != syscall.ENOENT { // want path safe of=main.go:66
		return nil, err
	}
	syscall.Unlink(controlPid)
	l, err := net.Listen("unix", controlSocket) // want listen review address=const:"/run/relayd/control.sock" reason=/syscall\.Chmod.*SocketMode/
	if err != nil {
		return nil, err
	}
	if err := syscall.Chmod(controlSocket, 0o600); err != nil { // want path manual of=main.go:66
		return nil, err
	}
	syscall.Chmod(stateDir, 0o700)           // want nothing
	return l, os.Lchown(controlSocket, 0, 0) // want path safe of=main.go:66
}

// peers puts its path together, as it does those of its neighbours.
func peers() (net.Listener, error) {
	if err := os.MkdirAll(*runtimeDir, 0o755); err != nil {
		return nil, err
	}
	os.Chmod(*runtimeDir, 0o711) // want nothing
	os.Remove(filepath.Join(*runtimeDir, "peers.pid"))
	os.RemoveAll(filepath.Join(*runtimeDir, "cache"))
	path := filepath.Join(*runtimeDir, "peers.sock")
	if err := os.RemoveAll(path); err != nil { // want path safe of=main.go:89
		return nil, err
	}
	l, err := net.Listen("unix", path) // want listen safe sole=no
	if err != nil {
		return nil, err
	}
	return l, os.Chmod(filepath.Join(*runtimeDir, "peers.sock"), 0o666) // want path safe of=main.go:89
}

// status does the same with plus signs.
func status() (net.Listener, error) {
	os.Chmod(*statusDir, 0o711)           // want nothing
	os.Remove(*statusDir + "/status.pid") // want nothing
	path := *statusDir + "/status.sock"
	os.Remove(path)                 // want path safe of=main.go:102
	return net.Listen("unix", path) // want listen safe
}

// admin does the same with Sprintf.
func admin() (net.Listener, error) {
	os.Remove(fmt.Sprintf("%s/admin.%d", *adminDir, os.Getpid())) // want nothing
	path := fmt.Sprintf("%s/admin.sock", *adminDir)
	os.Remove(path)                 // want path safe of=main.go:111
	defer os.Remove(path + ".old")  // want nothing
	return net.Listen("unix", path) // want listen safe
}

// agents has a folder to itself, and starts with an empty one.
func agents() (net.Listener, error) {
	dir := filepath.Join(stateDir, "agents")
	os.RemoveAll(filepath.Join(stateDir, "agents.log"))
	if err := os.RemoveAll(dir); err != nil { // want path safe of=main.go:124
		return nil, err
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	return net.Listen("unix", filepath.Join(dir, "agents.sock")) // want listen safe dir=const:"/var/lib/relayd" dir=const:"agents" path=const:"agents.sock"
}

// events appears at its path when it is ready.
func events() (net.Listener, error) {
	path := filepath.Join(*eventsDir, "events.sock")
	tmp := path + ".new"
	os.Remove(tmp)                    // want path safe of=main.go:132
	l, err := net.Listen("unix", tmp) // want listen review reason=/os\.Rename/
	if err != nil {
		return nil, err
	}
	return l, os.Rename(tmp, path) // want path manual of=main.go:132
}

// endpoint listens on unix:///path, unix:/path or tcp://host:port.
func endpoint(where string) (net.Listener, error) {
	if path, ok := strings.CutPrefix(where, "unix://"); ok {
		if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) { // want path safe of=main.go:145
			return nil, err
		}
		l, err := net.Listen("unix", path) // want listen safe address=env:RELAYD_LISTEN
		if err != nil {
			return nil, err
		}
		return l, os.Chmod(path, 0o777) // want path safe of=main.go:145
	}
	if strings.HasPrefix(where, "unix:") {
		path := strings.TrimPrefix(where, "unix:")
		os.Remove(path)                 // want path safe of=main.go:154
		return net.Listen("unix", path) // want listen safe address=env:RELAYD_LISTEN
	}
	return net.Listen("tcp", strings.TrimPrefix(where, "tcp://")) // want listen safe address=env:RELAYD_LISTEN network=tcp
}

// syslog takes packets at a path.
func syslog() {
	path := os.Getenv("RELAYD_SYSLOG")
	if path == "" {
		path = "/run/relayd/log.sock"
	}
	os.Remove(path)                                                                      // want path safe of=main.go:167
	os.Remove(path + ".offset")                                                          // want nothing
	c, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: path, Net: "unixgram"}) // want listen safe path=env:RELAYD_SYSLOG="/run/relayd/log.sock"
	if err != nil {
		log.Fatal(err)
	}
	os.Chmod(c.LocalAddr().String(), 0o666) // want path safe of=main.go:167
}

// datagrams does the same with addresses that are resolved.
func datagrams() {
	addr, err := net.ResolveUnixAddr("unixgram", os.Getenv("RELAYD_DGRAM"))
	if err != nil {
		log.Fatal(err)
	}
	os.Remove(addr.Name)                           // want path safe of=main.go:181
	c, err := net.ListenUnixgram("unixgram", addr) // want listen safe
	if err != nil {
		log.Fatal(err)
	}
	c.SetReadBuffer(1 << 20)
	os.Chmod(addr.String(), 0o622) // want path safe of=main.go:181
}
