package server

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"sync"
)

// serveControl answers the commands of local administrators, one per line,
// until ctx is done.
func (s *Server) serveControl(ctx context.Context, path string) error {
	l, err := net.ListenUnix("unix", &net.UnixAddr{Name: path, Net: "unix"})
	if err != nil {
		return fmt.Errorf("control: %w", err)
	}
	defer context.AfterFunc(ctx, func() { l.Close() })()

	var wg sync.WaitGroup
	defer wg.Wait()
	for {
		c, err := l.AcceptUnix()
		if err != nil {
			if errors.Is(err, net.ErrClosed) {
				return nil
			}
			return fmt.Errorf("control: %w", err)
		}
		wg.Go(func() {
			defer c.Close()
			defer context.AfterFunc(ctx, func() { c.Close() })()
			s.control(c)
		})
	}
}

func (s *Server) control(c *net.UnixConn) {
	for in := bufio.NewScanner(c); in.Scan(); {
		switch cmd := strings.TrimSpace(in.Text()); cmd {
		case "ping":
			fmt.Fprintln(c, "pong")
		case "stats":
			fmt.Fprintf(c, "requests %d failures %d\n", s.requests.Load(), s.failures.Load())
		default:
			fmt.Fprintf(c, "error: unknown command %q\n", cmd)
		}
	}
}
