// Command brokend answers each line that it gets with "pong", on sockets that
// it inherits in a way that is right, or wrong as -how says.
package main

import (
	"flag"
	"fmt"
	"log"
	"net"
	"os"
	"os/exec"
	"os/signal"
	"strings"
	"syscall"
)

func main() {
	how := flag.String("how", "right", "ignores, second, unlinks, blocks, shuts, third, leaks, panics, tells or right")
	network := flag.String("network", "tcp", "tcp, unix or udp")
	addr := flag.String("addr", "127.0.0.1:7777", "`address` to listen on")
	flag.Parse()
	log.SetFlags(0)
	done := make(chan os.Signal, 1)
	signal.Notify(done, syscall.SIGTERM)

	if *network == "udp" {
		go servePacket(packetConn(*how, *addr))
		<-done
		return
	}
	l := listener(*how, *network, *addr)
	switch *how {
	case "tells":
		log.Printf("listening on %s", *addr)
	case "right":
		log.Printf("listening on %s", l.Addr())
	case "second":
		if os.Getenv("LISTEN_FDS") == "" {
			break
		}
		own, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			log.Fatal(err)
		}
		go serve(own)
	case "blocks":
		f, err := l.(*net.TCPListener).File()
		if err != nil {
			log.Fatal(err)
		}
		f.Fd()
	case "leaks":
		child := exec.Command("cat")
		f, err := l.(*net.TCPListener).File()
		if err != nil {
			log.Fatal(err)
		}
		child.ExtraFiles = []*os.File{f}
		if _, err := child.StdinPipe(); err != nil {
			log.Fatal(err)
		}
		if err := child.Start(); err != nil {
			log.Fatal(err)
		}
		if err := syscall.SetNonblock(int(f.Fd()), true); err != nil {
			log.Fatal(err)
		}
		defer child.Process.Kill()
	}
	go serve(l)
	<-done
	switch *how {
	case "unlinks":
		os.Remove(*addr)
	case "shuts":
		raw, err := l.(*net.TCPListener).SyscallConn()
		if err != nil {
			log.Fatal(err)
		}
		raw.Control(func(fd uintptr) { syscall.Shutdown(int(fd), syscall.SHUT_RDWR) })
	}
}

// inherited returns the first inherited socket that fits, nil if there is none.
func inherited(how string, typ int) *os.File {
	if os.Getenv("LISTEN_PID") != fmt.Sprint(os.Getpid()) || how == "ignores" {
		return nil
	}
	n := strings.Count(os.Getenv("LISTEN_FDNAMES"), ":") + 1
	for fd := 3; fd < 3+n; fd++ {
		got, err := syscall.GetsockoptInt(fd, syscall.SOL_SOCKET, syscall.SO_TYPE)
		if how == "third" || how == "panics" || err == nil && got == typ {
			syscall.CloseOnExec(fd)
			return os.NewFile(uintptr(fd), "inherited")
		}
	}
	log.Fatalf("fd 3 to %d are sockets of another type", 2+n)
	return nil
}

func listener(how, network, addr string) net.Listener {
	if f := inherited(how, syscall.SOCK_STREAM); f != nil {
		l, err := net.FileListener(f)
		if how == "panics" && err != nil {
			panic(err)
		}
		if err != nil {
			log.Fatal(err)
		}
		f.Close()
		return l
	}
	if how == "ignores" && os.Getenv("LISTEN_FDS") != "" && network == "tcp" {
		addr = "127.0.0.1:0" // or it would be in use
	}
	l, err := net.Listen(network, addr)
	if err != nil {
		log.Fatal(err)
	}
	return l
}

func packetConn(how, addr string) net.PacketConn {
	if f := inherited(how, syscall.SOCK_DGRAM); f != nil {
		p, err := net.FilePacketConn(f)
		if err != nil {
			log.Fatal(err)
		}
		f.Close()
		return p
	}
	p, err := net.ListenPacket("udp", addr)
	if err != nil {
		log.Fatal(err)
	}
	return p
}

func serve(l net.Listener) {
	for {
		c, err := l.Accept()
		if err != nil {
			return
		}
		go func() {
			defer c.Close()
			buf := make([]byte, 100)
			for {
				if _, err := c.Read(buf); err != nil {
					return
				}
				fmt.Fprintln(c, "pong")
			}
		}()
	}
}

func servePacket(p net.PacketConn) {
	buf := make([]byte, 100)
	for {
		_, from, err := p.ReadFrom(buf)
		if err != nil {
			return
		}
		p.WriteTo([]byte("pong\n"), from)
	}
}
