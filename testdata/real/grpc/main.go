// Command grpc serves health checks over gRPC, on TCP and on a unix socket.
package main

import (
	"flag"
	"fmt"
	"log"
	"net"
	"net/http"
	"os"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"
	"google.golang.org/grpc"
	"google.golang.org/grpc/health"
	healthpb "google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/reflection"
)

var port = flag.Int("port", 50051, "the server port")

type server struct {
	grpc     *grpc.Server
	endpoint string
}

// listen opens unix:///path, unix:path or host:port.
func (s *server) listen() (net.Listener, error) {
	if path, ok := strings.CutPrefix(s.endpoint, "unix://"); ok {
		os.Remove(path)                 // want path safe of=main.go:32
		return net.Listen("unix", path) // want listen safe address=env:CSI_ENDPOINT network=unix
	}
	return net.Listen("tcp", s.endpoint) // want listen safe address=env:CSI_ENDPOINT network=tcp
}

func (s *server) run() error {
	l, err := s.listen()
	if err != nil {
		return err
	}
	defer s.grpc.GracefulStop() // want shutdown manual
	return s.grpc.Serve(l)      // want shutdown safe
}

// stop ends calls that take too long.
func stop(s *grpc.Server) {
	defer s.GracefulStop() // want shutdown safe
	time.AfterFunc(time.Minute, s.Stop)
	go s.GracefulStop() // want shutdown safe
	<-time.After(time.Second)
	end := s.GracefulStop // want shutdown manual
	end()
}

func main() {
	metrics := flag.String("metrics-addr", ":9090", "address for metrics")
	flag.Parse()
	s := grpc.NewServer()
	healthpb.RegisterHealthServer(s, health.NewServer())
	reflection.Register(s)

	var g errgroup.Group
	g.Go(func() error {
		lis, err := net.Listen("tcp", fmt.Sprintf(":%d", *port)) // want listen safe port=flag:port="50051" network=tcp name=grpc
		if err != nil {
			return fmt.Errorf("failed to listen: %w", err)
		}
		log.Printf("server listening at %v", lis.Addr())
		defer stop(s)
		return s.Serve(lis) // want shutdown safe
	})
	g.Go((&server{grpc: s, endpoint: os.Getenv("CSI_ENDPOINT")}).run)
	g.Go(func() error { return http.ListenAndServe(*metrics, nil) }) // want listen safe address=flag:metrics-addr=":9090" network=tcp name=metrics
	if err := g.Wait(); err != nil {
		log.Fatal(err)
	}
}
