package main

import (
	"bufio"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"math/big"
	"net"
	"os"
	"sync"
	"time"
)

// limit has a listener wait while n connections are open.
func limit(l net.Listener, n int) net.Listener {
	return &limitListener{Listener: l, slots: make(chan struct{}, n)}
}

type limitListener struct {
	net.Listener
	slots chan struct{}
}

func (l *limitListener) Accept() (net.Conn, error) {
	l.slots <- struct{}{}
	c, err := l.Listener.Accept()
	if err != nil {
		<-l.slots
		return nil, err
	}
	return &limitConn{Conn: c, done: sync.OnceFunc(func() { <-l.slots })}, nil
}

type limitConn struct {
	net.Conn
	done func()
}

func (c *limitConn) Close() error {
	defer c.done()
	return c.Conn.Close()
}

// A lineServer answers each line.
type lineServer struct {
	l       net.Listener
	talking sync.WaitGroup
}

func newLineServer(addr string) (*lineServer, error) {
	l, err := net.Listen("tcp", addr)
	if err != nil {
		return nil, err
	}
	return &lineServer{l: l}, nil
}

func (s *lineServer) serve() error {
	for {
		c, err := s.l.Accept()
		if err != nil {
			return err
		}
		s.talking.Go(func() { talk(c) })
	}
}

// stop waits for the clients.
func (s *lineServer) stop() {
	s.l.Close()
	s.talking.Wait()
}

func talk(c net.Conn) {
	defer c.Close()
	c.SetReadDeadline(time.Now().Add(time.Minute))
	for lines := bufio.NewScanner(c); lines.Scan(); {
		if _, err := fmt.Fprintf(c, "served by process %d%s\n", os.Getpid(), lines.Text()); err != nil {
			return
		}
	}
}

// selfSigned returns a configuration with a certificate that nobody knows.
func selfSigned() (*tls.Config, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(24 * time.Hour), DNSNames: []string{"localhost"}}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		return nil, err
	}
	return &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}}, nil
}
