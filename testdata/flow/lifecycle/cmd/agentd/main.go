// Agentd takes samples from the jobs of a host, through a socket of its own.
package main

import (
	"bufio"
	"flag"
	"fmt"
	"io"
	"log"
	"net"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
)

var (
	socket  = flag.String("socket", "/run/agentd/agentd.sock", "socket for the jobs")
	pidFile = flag.String("pid-file", "/run/agentd/agentd.pid", "where the process id goes")
	group   = flag.Int("gid", -1, "group of the socket")
	dataDir = flag.String("data", "/var/lib/agentd", "folder of the samples")
	fresh   = flag.Bool("fresh", false, "forget the samples")
	dump    = flag.Bool("dump", false, "print what a running agentd has")
)

func main() {
	flag.Parse()
	if *dump {
		if err := ask(os.Stdout); err != nil {
			log.Fatal(err)
		}
		return
	}
	if err := run(); err != nil {
		log.Fatal(err)
	}
}

// ask is a client of the running agentd: nothing that decides about a listen.
func ask(w io.Writer) error {
	if _, err := os.Stat(*socket); err != nil {
		return fmt.Errorf("agentd is not running: %w", err)
	}
	c, err := net.Dial("unix", *socket)
	if err != nil {
		return err
	}
	defer c.Close()
	fmt.Fprintln(c, "DUMP")
	_, err = io.Copy(w, c)
	return err
}

func run() error {
	if err := os.MkdirAll(filepath.Dir(*socket), 0o755); err != nil {
		return err
	}
	if err := os.Chmod(filepath.Dir(*socket), 0o750); err != nil { // want nothing
		return err
	}
	lock, err := os.OpenFile(*socket+".lock", os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return err
	}
	if err := syscall.Flock(int(lock.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		return fmt.Errorf("another agentd has %s: %w", *socket, err) // want nothing
	}
	defer os.Remove(*socket + ".lock") // want nothing
	if err := os.WriteFile(*pidFile, fmt.Appendf(nil, "%d\n", os.Getpid()), 0o600); err != nil {
		return err
	}
	defer os.Remove(*pidFile)
	if err := os.Chmod(*pidFile, 0o644); err != nil {
		return err
	}
	if *fresh {
		if err := os.RemoveAll(*dataDir); err != nil {
			return err
		}
	}

	if err := os.Remove(*socket); err != nil && !os.IsNotExist(err) { // want path safe of=main.go:86
		return err
	}
	ln, err := net.Listen("unix", *socket) // want listen safe address=flag:socket="/run/agentd/agentd.sock" network=unix sole=yes
	if err != nil {
		return err
	}
	defer ln.Close()
	defer os.Remove(*socket)                         // want path safe of=main.go:86
	if err := os.Chmod(*socket, 0o660); err != nil { // want path safe of=main.go:86
		return err
	}
	if err := os.Chown(*socket, -1, *group); err != nil { // want path safe of=main.go:86
		return err
	}

	stop := make(chan os.Signal, 1)
	signal.Notify(stop, syscall.SIGTERM, os.Interrupt)
	go func() {
		<-stop
		ln.Close()
		os.Remove(*socket) // want path safe of=main.go:86
		os.Remove(*pidFile)
		for _, name := range []string{*pidFile, *socket} {
			os.Remove(name) // want path safe of=main.go:86
		}
		os.Remove(strings.TrimSuffix(*socket, ".sock") + ".state") // want nothing
		os.Exit(0)
	}()
	for {
		c, err := ln.Accept()
		if err != nil {
			return err
		}
		go sample(c)
	}
}

func sample(c net.Conn) {
	defer c.Close()
	name := filepath.Join(*dataDir, "current")
	f, err := os.Create(name + ".tmp")
	if err != nil {
		return
	}
	defer os.Remove(name + ".tmp")
	bufio.NewReader(c).WriteTo(f)
	f.Close()
	os.Rename(name+".tmp", name)
}
