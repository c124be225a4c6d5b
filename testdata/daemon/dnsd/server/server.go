// Package server answers DNS queries over UDP and TCP.
package server

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/netip"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"example.com/dnsd/dns"
	"example.com/dnsd/zone"
)

// idleTimeout is how long a TCP client may stay silent.
const idleTimeout = 10 * time.Second

// A Server answers from a zone. Its fields must not change while it runs.
type Server struct {
	Addr string // UDP and TCP
	Zone zone.Zone
	TTL  uint32
	Log  *slog.Logger
}

// Run answers until ctx is done or a socket fails. It returns nil after an
// orderly stop.
func (s *Server) Run(ctx context.Context) error {
	pc, err := net.ListenPacket("udp", s.Addr)
	if err != nil {
		return fmt.Errorf("udp: %w", err)
	}
	l, err := net.Listen("tcp", s.Addr)
	if err != nil {
		pc.Close()
		return fmt.Errorf("tcp: %w", err)
	}
	return s.serve(ctx, pc, l)
}

// serve answers on pc and l, which it closes.
func (s *Server) serve(ctx context.Context, pc net.PacketConn, l net.Listener) error {
	s.Log.Info("answering", "udp", pc.LocalAddr().String(), "tcp", l.Addr().String(), "names", len(s.Zone))
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error { return s.servePackets(pc) })
	g.Go(func() error { return s.serveStreams(ctx, l) })
	g.Go(func() error {
		<-ctx.Done()
		// A datagram that was read is still answered.
		return errors.Join(pc.SetReadDeadline(time.Now()), l.Close())
	})
	return g.Wait()
}

func (s *Server) servePackets(pc net.PacketConn) error {
	defer pc.Close()
	buf := make([]byte, dns.MaxUDP)
	for {
		n, peer, err := pc.ReadFrom(buf)
		var nerr net.Error
		switch {
		case errors.As(err, &nerr) && nerr.Timeout():
			return nil // we are stopping
		case err != nil:
			return err
		}
		answer, err := s.answer(buf[:n])
		if err != nil {
			s.Log.Debug("dropped a datagram", "peer", peer.String(), "err", err)
			continue
		}
		if _, err := pc.WriteTo(answer, peer); err != nil {
			s.Log.Warn("answering", "peer", peer.String(), "err", err)
		}
	}
}

func (s *Server) serveStreams(ctx context.Context, l net.Listener) error {
	var conns sync.WaitGroup
	defer conns.Wait()
	for {
		c, err := l.Accept()
		switch {
		case errors.Is(err, net.ErrClosed):
			return nil
		case err != nil:
			return err
		}
		conns.Go(func() {
			defer c.Close()
			defer context.AfterFunc(ctx, func() { c.Close() })()
			if err := s.serveStream(c); err != nil && !errors.Is(err, io.EOF) {
				s.Log.Debug("connection ended", "peer", c.RemoteAddr().String(), "err", err)
			}
		})
	}
}

// serveStream answers messages that carry their length in front.
func (s *Server) serveStream(c net.Conn) error {
	for {
		if err := c.SetDeadline(time.Now().Add(idleTimeout)); err != nil {
			return err
		}
		var size [2]byte
		if _, err := io.ReadFull(c, size[:]); err != nil {
			return err
		}
		msg := make([]byte, binary.BigEndian.Uint16(size[:]))
		if _, err := io.ReadFull(c, msg); err != nil {
			return err
		}
		answer, err := s.answer(msg)
		if err != nil {
			return err
		}
		framed := binary.BigEndian.AppendUint16(nil, uint16(len(answer)))
		if _, err := c.Write(append(framed, answer...)); err != nil {
			return err
		}
	}
}

// answer returns the answer to msg, or an error if it deserves none.
func (s *Server) answer(msg []byte) ([]byte, error) {
	q, err := dns.ParseQuery(msg)
	if err != nil {
		if q.ID == 0 {
			return nil, err
		}
		return dns.AppendAnswer(nil, q, dns.FormatError, netip.Addr{}, 0)
	}
	if !q.Standard() {
		return dns.AppendAnswer(nil, q, dns.NotImplemented, netip.Addr{}, 0)
	}
	addr, ok := s.Zone.Lookup(q.Name)
	switch {
	case !ok:
		return dns.AppendAnswer(nil, q, dns.NameError, netip.Addr{}, 0)
	case q.Type != dns.TypeA || q.Class != dns.ClassIN:
		return dns.AppendAnswer(nil, q, dns.Success, netip.Addr{}, 0)
	}
	return dns.AppendAnswer(nil, q, dns.Success, addr, s.TTL)
}
