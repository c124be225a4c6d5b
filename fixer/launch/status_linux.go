package launch

// This file defines the sockets on which a supervisor is talked to.

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"slices"
	"time"

	"golang.org/x/sys/unix"
)

// listenPrivate listens on a path that only this user may connect to, and calls
// handle with each connection.
func (s *Supervisor) listenPrivate(what, path string, handle func(*net.UnixConn)) error {
	socket, err := Open(Spec{Network: "unix", Address: path, Mode: 0o600})
	if err != nil {
		return fmt.Errorf("%s socket: %w", what, err)
	}
	l, err := listenerOf(socket)
	if err != nil {
		socket.Close()
		return fmt.Errorf("%s socket: %w", what, err)
	}
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer c.Close()
				handle(c.(*net.UnixConn))
			}()
		}
	}()
	s.listeners = append(s.listeners, func() {
		l.Close()
		if s.successor && what == "takeover" { // which is the successor's too
			socket.path = ""
		}
		_ = socket.Close() // the path is gone
	})
	return nil
}

// listenerOf returns a listener on a duplicate of a socket of this process alone.
func listenerOf(s *Socket) (net.Listener, error) {
	fd, err := unix.FcntlInt(uintptr(s.fd), unix.F_DUPFD_CLOEXEC, 0)
	if err != nil {
		return nil, err
	}
	f := os.NewFile(uintptr(fd), s.Addr)
	defer f.Close()
	return net.FileListener(f)
}

// ask runs f in the supervisor's goroutine, and returns when it has.
func (s *Supervisor) ask(f func()) {
	done := make(chan struct{})
	s.events <- func() { f(); close(done) }
	<-done
}

func (s *Supervisor) serveStatus() error {
	if s.Status == "" || s.tells {
		return nil
	}
	err := s.listenPrivate("status", s.Status, func(c *net.UnixConn) {
		var st Status
		s.ask(func() { st = s.status() })
		_ = json.NewEncoder(c).Encode(st) // whoever asked has gone
	})
	s.tells = err == nil
	return err
}

func (s *Supervisor) status() Status {
	now := time.Now()
	st := Status{
		Pid: os.Getpid(), Uptime: now.Sub(s.began).Seconds(), Program: s.Command.Args, State: "serving",
		Sockets: []SocketStatus{}, Workers: []WorkerStatus{}, Min: s.Min, Max: s.Max, Restarts: s.restarts,
	}
	switch {
	case s.stopping:
		st.State = "stopping"
	case len(s.workers) == 0:
		st.State = "waiting"
	}
	for i, socket := range s.Sockets {
		o := SocketStatus{FD: 3 + i, Name: socket.Name, Network: socket.Network, Address: socket.Addr, Depth: -1, Backlog: -1}
		if i, err := Inspect(socket.fd); err == nil {
			o.Depth, o.Backlog = i.Depth, i.Backlog
		}
		st.Sockets = append(st.Sockets, o)
	}
	for _, w := range s.workers {
		o := WorkerStatus{Pid: w.process.Pid, State: string(w.state), Since: now.Sub(w.started).Seconds(), Status: w.status}
		if w.gate != nil {
			o.Accepted, o.Busy = w.gate.read()
		}
		st.Workers = append(st.Workers, o)
	}
	if n := s.total(); n > 0 {
		st.Accepted, st.Rate = &n, &s.rate.per
	}
	return st
}

// answerTime is how long another supervisor may take to answer.
const answerTime = 5 * time.Second

// ReadStatus asks the supervisor whose socket has a path.
func ReadStatus(path string) (Status, error) {
	c, err := net.Dial("unix", path)
	if err != nil {
		return Status{}, fmt.Errorf("no supervisor tells its status there: %w", err)
	}
	defer c.Close()
	_ = c.SetDeadline(time.Now().Add(answerTime)) // it is open
	var st Status
	if err = json.NewDecoder(c).Decode(&st); errors.Is(err, os.ErrDeadlineExceeded) {
		err = fmt.Errorf("whoever listens there has said nothing for %v", answerTime)
	}
	return st, err
}

// A Handover is what a supervisor has received of another one, which goes on
// until it is told that all is well.
type Handover struct {
	Sockets []*Socket
	workers []int
	conn    *net.UnixConn
	said    bool
}

// The messages of a handover.
type handoverMessage struct {
	Version int              `json:"version"`
	Sockets []handoverSocket `json:"sockets"`
	Workers []int            `json:"workers"`
}

type handoverSocket struct {
	Name, Network, Addr, Path string
	Device, Inode             uint64
	Keep                      bool
}

// maxHandover is the longest message of a handover, and maxSockets the most
// descriptors that one call passes, SCM_MAX_FD.
const (
	maxHandover = 1 << 20
	maxSockets  = 253
)

// serveTakeover waits for a successor.
func (s *Supervisor) serveTakeover() error {
	if s.Takeover == "" {
		return nil
	}
	return s.listenPrivate("takeover", s.Takeover, func(c *net.UnixConn) {
		var m handoverMessage
		var fds []int
		busy := false
		s.ask(func() {
			if busy = s.handing; !busy {
				s.handing = true
				m, fds = s.handover()
			}
		})
		if busy {
			return // one successor at a time
		}
		defer func() { s.events <- func() { s.handing = false } }()
		text, err := json.Marshal(m)
		if err != nil {
			return
		}
		if err := sendHandover(c, text, fds); err != nil {
			s.events <- func() { s.Log("a successor went away: %v", err) }
			return
		}
		answer := make([]byte, 3)
		if _, err := io.ReadFull(c, answer); err != nil || string(answer) != "ok\n" {
			s.events <- func() { s.Log("the successor has not taken over") }
			return
		}
		s.ask(func() {
			s.Log("a successor has taken over")
			s.successor = true
			m, _ := s.handover()               // with the workers of by now
			text, _ := json.Marshal(m.Workers) // numbers
			_, _ = c.Write(append(text, '\n')) // else the end of the connection says it
		})
		<-s.gone // the successor waits for the end of the connection
	})
}

// handover returns what a successor needs.
func (s *Supervisor) handover() (handoverMessage, []int) {
	m := handoverMessage{Version: 1}
	var fds []int
	for _, o := range s.Sockets {
		m.Sockets = append(m.Sockets, handoverSocket{o.Name, o.Network, o.Addr, o.path, o.device, o.inode, o.keep})
		fds = append(fds, o.fd)
	}
	for _, w := range s.workers {
		m.Workers = append(m.Workers, w.process.Pid)
	}
	return m, fds
}

// handoverHead is the line in front of a handover: how long its text is, and how many
// descriptors come with it. A supervisor before it wrote the text alone.
const handoverHead = "handover %d %d\n"

// sendHandover writes a handover, with as many descriptors in a message as the kernel
// passes at once.
func sendHandover(c *net.UnixConn, text []byte, fds []int) error {
	const most = 16 << 10 // bytes that a message holds in any case
	rest := append(fmt.Appendf(nil, handoverHead, len(text), len(fds)), text...)
	for len(rest) > 0 || len(fds) > 0 {
		batch := fds[:min(len(fds), maxSockets)]
		fds = fds[len(batch):]
		piece := rest[:min(len(rest), most)]
		if len(fds) > 0 { // each message needs some text to go with
			piece = rest[:min(len(rest), max(1, len(rest)/(1+len(fds)/maxSockets+1)))]
		}
		n, _, err := c.WriteMsgUnix(piece, unix.UnixRights(batch...), nil)
		if err != nil {
			return err
		}
		rest = rest[n:]
	}
	return nil
}

// receiveHandover reads what sendHandover writes. The descriptors are the caller's,
// also with an error.
func receiveHandover(c *net.UnixConn) (text []byte, fds []int, err error) {
	buf, oob := make([]byte, maxHandover), make([]byte, unix.CmsgSpace(maxSockets*4))
	want, count := -1, 0
	for want < 0 || len(text) < want || len(fds) < count {
		n, oobn, _, _, err := c.ReadMsgUnix(buf, oob)
		if err != nil {
			return text, fds, err
		}
		if n == 0 {
			return text, fds, io.ErrUnexpectedEOF
		}
		more, err := rightsIn(oob[:oobn])
		if fds = append(fds, more...); err != nil {
			return text, fds, err
		}
		text = append(text, buf[:n]...)
		if want < 0 {
			if text[0] == '{' { // of one before the head
				return text, fds, nil
			}
			head, body, ok := bytes.Cut(text, []byte("\n"))
			if !ok && len(text) < len(handoverHead)+20 {
				continue
			}
			if !ok {
				return text, fds, fmt.Errorf("%q is no handover", head)
			}
			if _, err := fmt.Sscanf(string(head)+"\n", handoverHead, &want, &count); err != nil || want < 0 || want > maxHandover || count < 0 {
				return text, fds, fmt.Errorf("%q is no handover", head)
			}
			text = body
		}
	}
	return text, fds, nil
}

// rightsIn returns the descriptors of a message, which no child inherits.
func rightsIn(oob []byte) (fds []int, err error) {
	msgs, err := unix.ParseSocketControlMessage(oob)
	for _, m := range msgs {
		rights, e := unix.ParseUnixRights(&m)
		if fds = append(fds, rights...); e != nil {
			err = e
		}
	}
	for _, fd := range fds {
		unix.CloseOnExec(fd)
	}
	return fds, err
}

// TakeOver asks the supervisor that listens at a path for its sockets. It
// returns nil when there is none.
func TakeOver(path string) (*Handover, error) {
	c, err := net.DialUnix("unix", nil, &net.UnixAddr{Name: path, Net: "unix"})
	if err != nil {
		if errors.Is(err, unix.ENOENT) || errors.Is(err, unix.ECONNREFUSED) {
			return nil, nil
		}
		return nil, err
	}
	if err := trusted(c); err != nil {
		c.Close()
		return nil, fmt.Errorf("takeover from %s: %w", path, err)
	}
	_ = c.SetDeadline(time.Now().Add(answerTime)) // it is open
	text, fds, err := receiveHandover(c)
	if errors.Is(err, io.EOF) {
		err = errors.New("it hands over to another one just now")
	}
	if errors.Is(err, os.ErrDeadlineExceeded) {
		err = fmt.Errorf("whoever listens there has said nothing for %v", answerTime)
	}
	_ = c.SetDeadline(time.Time{}) // as above
	h := &Handover{conn: c}
	var m handoverMessage
	if err == nil {
		err = json.Unmarshal(text, &m)
	}
	if err == nil && (m.Version != 1 || len(m.Sockets) != len(fds)) {
		err = fmt.Errorf("version %d with %d sockets for %d descriptors", m.Version, len(m.Sockets), len(fds))
	}
	if err != nil {
		for _, fd := range fds {
			unix.Close(fd)
		}
		c.Close()
		return nil, fmt.Errorf("takeover from %s: %w", path, err)
	}
	for i, o := range m.Sockets {
		if info, err := Inspect(fds[i]); err != nil || info.Address != o.Path {
			o.Path = "" // or we would remove another file one day
		}
		h.Sockets = append(h.Sockets, &Socket{Name: o.Name, Network: o.Network, Addr: o.Addr, fd: fds[i], path: o.Path, device: o.Device, inode: o.Inode, keep: o.Keep, lent: true})
	}
	h.workers = m.Workers
	return h, nil
}

// trusted returns an error for a peer that is neither root nor this user: it
// names processes that will be stopped.
func trusted(c *net.UnixConn) error {
	raw, err := c.SyscallConn()
	if err != nil {
		return err
	}
	var cred *unix.Ucred
	var credErr error
	if err := raw.Control(func(fd uintptr) { cred, credErr = unix.GetsockoptUcred(int(fd), unix.SOL_SOCKET, unix.SO_PEERCRED) }); err != nil {
		return err
	}
	switch {
	case credErr != nil:
		return credErr
	case cred.Uid != 0 && int(cred.Uid) != os.Geteuid():
		return fmt.Errorf("it belongs to user %d: only root and this user are trusted", cred.Uid)
	}
	return nil
}

// Take returns the socket that was handed over for a spec, nil for none, and
// takes it out of the handover.
func (h *Handover) Take(spec Spec) *Socket {
	for i, s := range h.Sockets {
		info, err := Inspect(s.fd)
		if info.Name = s.Name; err == nil && info.Matches(spec) {
			h.Sockets = append(h.Sockets[:i:i], h.Sockets[i+1:]...)
			s.keep, s.links, s.options = spec.KeepPath, spec.Symlinks, spec.Options
			if domain, err := unix.GetsockoptInt(s.fd, unix.SOL_SOCKET, unix.SO_DOMAIN); err == nil {
				s.setLate(spec, domain)
			}
			return s
		}
	}
	return nil
}

// adopt makes the workers that were handed over this supervisor's.
func (s *Supervisor) adopt() {
	for _, pid := range s.Handover.workers {
		if slices.ContainsFunc(s.workers, func(w *worker) bool { return w.process.Pid == pid }) {
			continue
		}
		p, err := os.FindProcess(pid)
		if err != nil {
			continue
		}
		s.workers = append(s.workers, &worker{process: p, state: ready, started: time.Now(), ready: time.Now(), adopted: true})
	}
}

// confirm tells the supervisor that has handed over that it is not needed any
// more, once; when it has gone its workers are stopped.
func (s *Supervisor) confirm() {
	h := s.Handover
	if h == nil || h.said {
		return
	}
	h.said = true
	go func() {
		defer h.conn.Close()
		var last []byte
		if _, err := h.conn.Write([]byte("ok\n")); err == nil {
			last, _ = io.ReadAll(h.conn) // its workers, or nothing if it was killed: either way it is gone
		}
		s.events <- func() {
			var pids []int
			if json.Unmarshal(last, &pids) == nil {
				h.workers = pids
				s.adopt()
			}
			s.succeed()
		}
	}()
}

// succeed takes the place of the supervisor before.
func (s *Supervisor) succeed() {
	for _, o := range slices.Concat(s.Sockets, s.Handover.Sockets) {
		o.lent = false
	}
	for _, o := range s.Handover.Sockets {
		s.Log("%s %s, which was handed over, is not wanted any more: closed", o.Network, o.Addr)
		_ = o.Close() // the path stays then
	}
	for _, w := range s.workers {
		if w.adopted {
			s.stop(w)
		}
	}
	if s.stopping {
		return
	}
	if err := errors.Join(s.serveStatus(), s.serveTakeover()); err != nil { // on the paths that the one before has left behind
		s.Log("%v", err)
	}
}
