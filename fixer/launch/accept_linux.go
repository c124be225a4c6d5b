package launch

// This file defines how a process is started for each connection, as systemd
// does with Accept=yes and inetd(8) with nowait.

import (
	"errors"
	"fmt"
	"net"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/sys/unix"
)

// A PerConnection starts a process for each connection.
type PerConnection struct {
	Command Command
	Sockets []*Socket // owned by it, which closes them
	// Max is how many processes there are at most; more connections wait in the
	// queue. 0 is 64, as for MaxConnections= in systemd.socket(5).
	Max int
	// MaxPerSource is how many there are at most for one address of clients, where
	// it is one of IP; more connections are closed. 0 for no limit.
	MaxPerSource int
	// Trigger limits how often connections have one started: then it stops; nil for no
	// limit.
	Trigger     *Trigger
	StopTimeout time.Duration // until processes that are to stop are killed; 0 is a minute and a half
	Log         func(format string, args ...any)
}

// Run accepts connections until SIGTERM or SIGINT, and returns when all
// processes have ended. The process is its own, as of [Supervisor.Run].
func (p *PerConnection) Run() (code int, err error) {
	defer func() {
		for _, s := range p.Sockets {
			err = errors.Join(err, s.Close())
		}
	}()
	for _, s := range p.Sockets {
		if !s.Stream() {
			return 2, fmt.Errorf("%s %s has no connections to accept", s.Network, s.Addr)
		}
	}
	if p.Max == 0 {
		p.Max = 64
	}
	if p.StopTimeout == 0 {
		p.StopTimeout = defaultTimeout
	}
	if p.Log == nil {
		p.Log = func(string, ...any) {}
	}
	reserve()
	ends, rest, children, stop := signals()
	defer stop()

	conns, room := make(chan *connection), make(chan struct{}, p.Max)
	for range p.Max {
		room <- struct{}{}
	}
	var wake [2]int
	if err := unix.Pipe2(wake[:], unix.O_CLOEXEC); err != nil {
		return 1, err
	}
	defer unix.Close(wake[0])
	over := sync.OnceFunc(func() { unix.Close(wake[1]) }) // wakes those who wait for connections
	defer over()
	var accepting sync.WaitGroup
	for _, s := range p.Sockets {
		accepting.Go(func() { acceptAll(s, wake[0], room, conns) })
	}
	deaf := make(chan struct{})
	go func() {
		accepting.Wait()
		close(deaf)
	}()
	tellSupervisor("READY=1\n")
	settle()
	var running []*os.Process
	clients := make(map[int]string) // addresses, by process
	var kill <-chan time.Time
	stopping := false
	for !stopping || len(running) > 0 {
		select {
		case c := <-conns:
			if stopping {
				c.close()
				continue
			}
			if p.Trigger.over(time.Now()) {
				c.close()
				p.Log("more than %d connections in %v: giving up, see TriggerLimitBurst= in systemd.socket(5)", p.Trigger.Burst, p.Trigger.Interval)
				over()
				stopping, code = true, 1 // and those that run are left to end
				continue
			}
			process, err := p.serveFor(c, clients)
			if err != nil {
				p.Log("a connection is closed: %v", err)
				room <- struct{}{}
				continue
			}
			running = append(running, process)
			clients[process.Pid] = c.source
		case <-children:
			running = slices.DeleteFunc(running, func(o *os.Process) bool {
				if !childEnded(o) {
					return false
				}
				_, _ = o.Wait() // how it ends is between it and its client
				delete(clients, o.Pid)
				room <- struct{}{}
				return true
			})
			reapOthers(func(pid int) bool {
				return slices.ContainsFunc(running, func(o *os.Process) bool { return o.Pid == pid })
			})
		case <-deaf:
			if deaf = nil; !stopping {
				p.Log("no socket is left to accept connections from")
				stopping, code = true, 1
			}
		case sig := <-rest:
			for _, process := range running {
				if sig != unix.SIGHUP { // for nothing: the next connection gets the new program anyway
					_ = process.Signal(sig) // error: it has just ended
				}
			}
		case <-ends:
			for _, process := range running {
				if stopping {
					_ = process.Kill() // error: as above
				} else {
					_ = process.Signal(unix.SIGTERM) // error: as above
				}
			}
			over()
			stopping, kill = true, time.After(p.StopTimeout)
		case <-kill:
			for _, process := range running {
				_ = process.Kill() // error: as above
			}
		}
	}
	return code, nil
}

// serveFor is serve, unless the client's address has as many processes as it may have.
func (p *PerConnection) serveFor(c *connection, clients map[int]string) (*os.Process, error) {
	same := 0
	for _, source := range clients {
		if source == c.source {
			same++
		}
	}
	if p.MaxPerSource > 0 && c.source != "" && same >= p.MaxPerSource {
		c.close()
		return nil, fmt.Errorf("%s has %d already, as many as MaxConnectionsPerSource= allows", c.source, same)
	}
	return p.serve(c)
}

// serve starts a process for a connection.
func (p *PerConnection) serve(c *connection) (*os.Process, error) {
	defer c.close()
	conn := &Socket{Name: "connection", Network: c.of.Network, fd: c.fd}
	if domain, err := unix.GetsockoptInt(c.fd, unix.SOL_SOCKET, unix.SO_DOMAIN); err == nil {
		conn.setLate(Spec{Options: c.of.options}, domain) // as systemd does; what cannot be set was said
	}
	command := p.Command
	command.remote = c.remote
	if command.Env == nil {
		command.Env = os.Environ()
	}
	command.Env = slices.DeleteFunc(slices.Clone(command.Env), func(kv string) bool {
		return strings.HasPrefix(kv, "NOTIFY_SOCKET=") || strings.HasPrefix(kv, "WATCHDOG_") // of this process
	})
	return command.Start([]*Socket{conn})
}

// A connection is one that has been accepted.
type connection struct {
	of     *Socket
	fd     int
	source string   // the client's address, of IP
	remote []string // REMOTE_ADDR and REMOTE_PORT, of IP
}

func (c *connection) close() { unix.Close(c.fd) }

// acceptAll accepts connections of a socket, each when there is room, until the
// socket is of no use any more. While none waits it leaves the room to other
// sockets.
func acceptAll(s *Socket, wake int, room chan struct{}, conns chan<- *connection) {
	over := func() bool { // is told by the end of the pipe
		n, err := unix.Poll([]unix.PollFd{{Fd: int32(wake)}}, 0)
		return err == nil && n > 0
	}
	for {
		_, _ = unix.Poll([]unix.PollFd{{Fd: int32(s.fd), Events: unix.POLLIN}, {Fd: int32(wake)}}, -1) // error: accept has it too
		if over() {
			return
		}
		<-room
		if over() {
			return
		}
		c, err := accept(s)
		if err == nil {
			conns <- c
			continue
		}
		room <- struct{}{}
		switch err {
		case unix.EINVAL, unix.EBADF, unix.ENOTSOCK: // somebody has shut it down
			return
		case unix.EMFILE, unix.ENFILE, unix.ENOBUFS, unix.ENOMEM:
			time.Sleep(pace) // until there is some again
		}
	}
}

// accept accepts a connection that waits. The error is EAGAIN when another
// process was quicker.
func accept(s *Socket) (*connection, error) {
	poll := []unix.PollFd{{Fd: int32(s.fd), Events: unix.POLLIN}}
	if n, err := unix.Poll(poll, 0); err != nil || n == 0 {
		return nil, unix.EAGAIN
	}
	fd, sa, err := unix.Accept4(s.fd, unix.SOCK_CLOEXEC)
	if err != nil {
		return nil, err
	}
	c := &connection{of: s, fd: fd}
	if host, port, err := net.SplitHostPort(addrString(sa)); err == nil && strings.HasPrefix(s.Network, "tcp") {
		c.source, c.remote = host, []string{"REMOTE_ADDR=" + host, "REMOTE_PORT=" + port}
	}
	return c, nil
}
