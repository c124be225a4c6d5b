//go:build long && linux

package main

// This file defines the restart experiment for servers other than net/http's.

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// stopdMains are the programs of testdata/daemon/stopd, and how a client of
// each does a request.
var stopdMains = []struct {
	name string
	do   func(addr string) request
}{
	{"echod", getTCP},
	{"fasthttpd", getTCP},
	{"fiberd", getTCP},
	{"grpcd", checkHealth},
}

func TestLongRestartOthers(t *testing.T) {
	m := startSystemd(t)
	dir := portModule(t, "stopd", "-level", "review")
	for _, d := range stopdMains {
		bin := filepath.Join(t.TempDir(), d.name)
		runIn(t, dir, nil, "go", "build", "-o", bin, "./cmd/"+d.name)
		withFreeAddrs(t, 1, func(addrs ...string) error {
			m.write("units/"+d.name+".socket", socketUnit("ListenStream="+addrs[0]))
			if err := os.MkdirAll(filepath.Join(m.dir, "units", d.name+".service.d"), 0o755); err != nil {
				t.Fatal(err)
			}
			m.write("units/"+d.name+".service.d/20-restarts.conf", "[Unit]\nStartLimitIntervalSec=0\n")
			m.unit(d.name+".service", serviceUnit("ExecStart="+bin+" -addr "+addrs[0]))
			if err := m.startUnit(d.name + ".socket"); err != nil {
				return err
			}
			got := restartUnderLoad(t, m, d.name+".service", d.do(addrs[0]))[0]
			t.Logf("%-9s %v", d.name, got)
			if got.refused+got.lost != 0 || len(got.bodies) != restarts+1 {
				t.Errorf("%s: %v", d.name, got)
			}
			m.ctl("stop", d.name+".service", d.name+".socket")
			return nil
		})
	}
}

func getTCP(addr string) request {
	return func() (string, bool, error) { return getOnce("tcp", addr) }
}

// checkHealth does a call of grpc.health.v1.Health/Check, with an empty
// message, over a connection of its own; the answer is the header that names
// the process.
func checkHealth(addr string) request {
	return func() (body string, dialed bool, err error) {
		tr := &http.Transport{Protocols: new(http.Protocols)}
		tr.Protocols.SetUnencryptedHTTP2(true)
		tr.DialContext = func(ctx context.Context, _, _ string) (net.Conn, error) {
			conn, err := net.DialTimeout("tcp", addr, deadline)
			dialed = err == nil
			return conn, err
		}
		defer tr.CloseIdleConnections()
		ctx, cancel := context.WithTimeout(context.Background(), deadline)
		defer cancel()
		req, err := http.NewRequestWithContext(ctx, "POST", "http://"+addr+"/grpc.health.v1.Health/Check", bytes.NewReader(make([]byte, 5)))
		if err != nil {
			return "", false, err
		}
		req.Header.Set("Content-Type", "application/grpc")
		req.Header.Set("TE", "trailers")
		res, err := tr.RoundTrip(req)
		if err != nil {
			return "", dialed, err
		}
		defer res.Body.Close()
		if _, err := io.Copy(io.Discard, res.Body); err != nil {
			return "", true, err
		}
		if status := res.Trailer.Get("Grpc-Status"); status != "0" {
			return "", true, fmt.Errorf("grpc status %q %q", status, res.Trailer.Get("Grpc-Message"))
		}
		if body = res.Header.Get("Process"); body == "" {
			err = errors.New("no header of the process")
		}
		return body, true, err
	}
}

var _ = time.Second
