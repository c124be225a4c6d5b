// Command raft takes part in a cluster of HashiCorp's raft.
package main

import (
	"flag"
	"log"
	"net"
	"os"
	"time"

	"github.com/hashicorp/raft"
)

type store struct {
	RaftBind string
	RaftDir  string
}

func (s *store) open(id string) error {
	config := raft.DefaultConfig()
	config.LocalID = raft.ServerID(id)
	addr, err := net.ResolveTCPAddr("tcp", s.RaftBind)
	if err != nil {
		return err
	}
	transport, err := raft.NewTCPTransport(s.RaftBind, addr, 3, 10*time.Second, os.Stderr) // want listen manual address=flag:raddr="localhost:12000" network=tcp reason=/StreamLayer/
	if err != nil {
		return err
	}
	logs := raft.NewInmemStore()
	_, err = raft.NewRaft(config, nil, logs, logs, raft.NewInmemSnapshotStore(), transport)
	return err
}

func main() {
	s := &store{RaftDir: "/var/lib/raft"}
	flag.StringVar(&s.RaftBind, "raddr", "localhost:12000", "Set Raft bind address")
	id := flag.String("id", "", "Node ID")
	flag.Parse()
	if err := s.open(*id); err != nil {
		log.Fatalf("failed to open store: %s", err)
	}
	select {}
}
