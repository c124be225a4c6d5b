package verify

// This file defines how the daemon is asked.

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os/exec"
	"strconv"
	"strings"
	"time"
)

// A Probe asks a daemon something over one connection of its own, or in one
// datagram.
type Probe struct {
	kind string // connect, http, https, dns, line, command
	text string
	want string // of line
	any  bool   // of http and https: any status is an answer
}

// ParseProbe reads a probe:
//
//	connect                 a connection is accepted, a datagram read
//	http://{addr}/path      the answer has a status below 400; https:// takes any certificate
//	dns:NAME                a query for NAME's address is answered
//	line:SEND=EXPECT        what comes back begins with EXPECT; \r, \n and \\ as in Go
//	command:PROGRAM ARGS    a program ends with status 0; {addr} is the address
func ParseProbe(text string) (Probe, error) {
	kind, rest, _ := strings.Cut(text, ":")
	switch kind {
	case "connect":
		if rest != "" {
			return Probe{}, fmt.Errorf("probe %q: connect takes nothing", text)
		}
		return Probe{kind: kind}, nil
	case "http", "https":
		if _, err := url.Parse(strings.Replace(text, "{addr}", "localhost", 1)); err != nil || !strings.HasPrefix(rest, "//{addr}") {
			return Probe{}, fmt.Errorf("probe %q: write %s://{addr}/path", text, kind)
		}
		return Probe{kind: kind, text: strings.TrimPrefix(rest, "//{addr}")}, nil
	case "dns", "command":
		if rest == "" {
			return Probe{}, fmt.Errorf("probe %q: what follows %s: is missing", text, kind)
		}
		return Probe{kind: kind, text: rest}, nil
	case "line":
		send, expect, ok := strings.Cut(rest, "=")
		unquote := func(s string) string {
			out, err := strconv.Unquote(`"` + strings.ReplaceAll(s, `"`, `\"`) + `"`)
			if err != nil {
				ok = false
			}
			return out
		}
		p := Probe{kind: kind, text: unquote(send), want: unquote(expect)}
		if !ok || p.want == "" {
			return Probe{}, fmt.Errorf("probe %q: write line:SEND=EXPECT", text)
		}
		return p, nil
	}
	return Probe{}, fmt.Errorf("probe %q: there are connect, http, https, dns, line and command", text)
}

// An answer is what became of a probe: what to show, and whether the daemon
// was connected to.
type answer struct {
	text      string
	connected bool
}

// A wrongAnswer is the error of a daemon that answers something else than a probe
// waits for.
type wrongAnswer struct{ error }

func (e wrongAnswer) Unwrap() error { return e.error }

// patience is for how long a daemon may answer wrongly, as one that is not ready yet
// does, before that is its answer.
const patience = time.Second

// ask makes a probe. The error is for no answer, or a wrongAnswer.
func (p Probe) ask(ctx context.Context, network, addr string) (answer, error) {
	if p.kind == "command" {
		args := strings.Fields(strings.ReplaceAll(p.text, "{addr}", addr))
		out, err := exec.CommandContext(ctx, args[0], args[1:]...).CombinedOutput()
		if err != nil {
			err = fmt.Errorf("%s: %w: %s", args[0], err, firstLine(out))
			if ctx.Err() == nil {
				err = wrongAnswer{err}
			}
			return answer{}, err
		}
		return answer{firstLine(out), true}, nil
	}
	var d net.Dialer
	conn, err := d.DialContext(ctx, goNetwork(network), addr)
	if err != nil {
		return answer{}, err
	}
	defer conn.Close()
	if t, ok := ctx.Deadline(); ok {
		if err := conn.SetDeadline(t); err != nil {
			return answer{}, err
		}
	}
	text, err := p.talk(conn, network)
	return answer{text, true}, err
}

// goNetwork returns what package net calls a network of package launch.
func goNetwork(network string) string {
	if network == "seqpacket" {
		return "unixpacket"
	}
	return network
}

func (p Probe) talk(conn net.Conn, network string) (string, error) {
	switch p.kind {
	case "https":
		conn = tls.Client(conn, &tls.Config{InsecureSkipVerify: true}) // whose it is, is not the question
		return p.get(conn)
	case "http":
		return p.get(conn)
	case "dns":
		return p.resolve(conn, strings.HasPrefix(network, "udp"))
	case "line":
		if _, err := io.WriteString(conn, p.text); err != nil {
			return "", err
		}
		got := make([]byte, len(p.want))
		n, err := io.ReadFull(conn, got)
		if err != nil && n == 0 {
			return "", err
		}
		if string(got) != p.want {
			return "", wrongAnswer{fmt.Errorf("got %q, want %q", got[:n], p.want)}
		}
		return fmt.Sprintf("%q", got), nil
	}
	return "connected", nil
}

// get does a request that ends the connection.
func (p Probe) get(conn net.Conn) (string, error) {
	path := p.text
	if !strings.HasPrefix(path, "/") {
		path = "/" + path
	}
	if _, err := fmt.Fprintf(conn, "GET %s HTTP/1.1\r\nHost: localhost\r\nUser-Agent: inheritfd\r\nConnection: close\r\n\r\n", path); err != nil {
		return "", err
	}
	res, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		return "", err
	}
	defer res.Body.Close()
	if p.any { // one that does not end is no less an answer
		return "HTTP " + res.Status, nil
	}
	if _, err := io.Copy(io.Discard, res.Body); err != nil {
		return "", err
	}
	if res.StatusCode >= http.StatusBadRequest {
		return "", wrongAnswer{fmt.Errorf("GET %s: %s", path, res.Status)}
	}
	return "HTTP " + res.Status, nil
}

// resolve asks for the IPv4 address of a name, by RFC 1035: any answer to the
// query is one, whatever it says of the name.
func (p Probe) resolve(conn net.Conn, datagram bool) (string, error) {
	const id = 0x4946
	q := []byte{id >> 8, id & 0xff, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0}
	for _, label := range strings.Split(strings.TrimSuffix(p.text, "."), ".") {
		if label == "" || len(label) > 63 {
			return "", fmt.Errorf("%q is no name", p.text)
		}
		q = append(append(q, byte(len(label))), label...)
	}
	q = append(q, 0, 0, 1, 0, 1)
	if !datagram {
		q = append(binary.BigEndian.AppendUint16(nil, uint16(len(q))), q...)
	}
	if _, err := conn.Write(q); err != nil {
		return "", err
	}
	buf := make([]byte, 1<<16)
	if !datagram {
		if _, err := io.ReadFull(conn, buf[:2]); err != nil {
			return "", err
		}
	}
	n, err := conn.Read(buf)
	if err != nil {
		return "", err
	}
	if n < 12 || binary.BigEndian.Uint16(buf) != id || buf[2]&0x80 == 0 {
		return "", wrongAnswer{errors.New("the answer is no answer to the query")}
	}
	return fmt.Sprintf("DNS answer with code %d", buf[3]&0x0f), nil
}

func firstLine(out []byte) string {
	line, _, _ := bytes.Cut(bytes.TrimSpace(out), []byte("\n"))
	if len(line) > 200 {
		line = line[:200]
	}
	return string(line)
}

// askUntil makes a probe again and again until it is answered, or a wrong answer stays
// the answer.
func askUntil(ctx context.Context, p Probe, network, addr string) (answer, error) {
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	var last error
	var wrong wrongAnswer
	var since time.Time // of the first wrong answer
	for {
		one, cancel := context.WithTimeout(ctx, 3*time.Second)
		a, err := p.ask(one, network, addr)
		cancel()
		if err == nil {
			return a, nil
		}
		if errors.As(err, &wrong) {
			if since.IsZero() {
				since = time.Now()
			}
			if time.Since(since) > patience {
				return a, err
			}
		}
		if last == nil || ctx.Err() == nil { // the end of the time hides what was wrong
			last = err
		}
		select {
		case <-ctx.Done():
			return a, last
		case <-tick.C:
		}
	}
}
