package server

import (
	"bytes"
	"context"
	"encoding/binary"
	"io"
	"log/slog"
	"net"
	"net/netip"
	"testing"
	"time"

	"example.com/dnsd/dns"
	"example.com/dnsd/zone"
)

func newServer() *Server {
	return &Server{
		Addr: "127.0.0.1:0",
		Zone: zone.Zone{"a.test": netip.MustParseAddr("192.0.2.1")},
		TTL:  60,
		Log:  slog.New(slog.DiscardHandler),
	}
}

func question(t *testing.T, name string, typ uint16) []byte {
	t.Helper()
	msg, err := dns.AppendQuestion(nil, dns.Query{ID: 9, Name: name, Type: typ, Class: dns.ClassIN})
	if err != nil {
		t.Fatal(err)
	}
	return msg
}

func TestAnswer(t *testing.T) {
	s := newServer()
	for _, test := range []struct {
		name string
		typ  uint16
		code byte
		ip   bool
	}{
		{"a.test", dns.TypeA, 0, true},
		{"A.Test", dns.TypeA, 0, true},
		{"a.test", 28, 0, false},
		{"b.test", dns.TypeA, 3, false},
	} {
		got, err := s.answer(question(t, test.name, test.typ))
		if err != nil {
			t.Fatal(err)
		}
		if code, ip := got[3]&0xf, bytes.HasSuffix(got, []byte{192, 0, 2, 1}); code != test.code || ip != test.ip {
			t.Errorf("%s type %d: code %d, address %v, want %d, %v", test.name, test.typ, code, ip, test.code, test.ip)
		}
	}
	if got, err := s.answer([]byte{0, 9, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0}); err != nil || got[3]&0xf != 1 {
		t.Errorf("two questions: %v, %v, want a format error", got, err)
	}
	if _, err := s.answer([]byte{1}); err == nil {
		t.Error("one byte was answered")
	}
}

func TestServe(t *testing.T) {
	s := newServer()
	pc, err := net.ListenPacket("udp", s.Addr)
	if err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", s.Addr)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- s.serve(ctx, pc, l) }()

	q := question(t, "a.test", dns.TypeA)
	want, _ := s.answer(q)

	udp := dial(t, pc.LocalAddr())
	udp.Write(q)
	buf := make([]byte, dns.MaxUDP)
	n, err := udp.Read(buf)
	if err != nil || !bytes.Equal(buf[:n], want) {
		t.Errorf("over udp: %v, %v, want %v", buf[:n], err, want)
	}

	tcp := dial(t, l.Addr())
	tcp.Write(append(binary.BigEndian.AppendUint16(nil, uint16(len(q))), q...))
	if _, err := io.ReadFull(tcp, buf[:2+len(want)]); err != nil || !bytes.Equal(buf[2:2+len(want)], want) {
		t.Errorf("over tcp: %v, %v, want %v", buf[:2+len(want)], err, want)
	}

	cancel()
	if err := <-done; err != nil {
		t.Errorf("serve after a stop: %v", err)
	}
}

func dial(t *testing.T, addr net.Addr) net.Conn {
	t.Helper()
	c, err := net.Dial(addr.Network(), addr.String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	if err := c.SetDeadline(time.Now().Add(10 * time.Second)); err != nil {
		t.Fatal(err)
	}
	return c
}
