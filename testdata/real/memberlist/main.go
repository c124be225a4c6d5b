// Command memberlist joins a gossiping cluster.
package main

import (
	"flag"
	"log"
	"os"
	"strings"

	"github.com/hashicorp/memberlist"
)

type node struct {
	conf *memberlist.Config
	list *memberlist.Memberlist
}

func (n *node) start() (err error) {
	n.list, err = memberlist.Create(n.conf) // want listen manual host=env:BIND_ADDR port=flag:bind-port="7946" network=tcp,udp reason=/Config.Transport/
	return err
}

func main() {
	port := flag.Int("bind-port", 7946, "port to gossip on")
	join := flag.String("join", "", "members to join")
	flag.Parse()
	conf := memberlist.DefaultLANConfig()
	conf.BindAddr = os.Getenv("BIND_ADDR")
	conf.BindPort = *port
	n := &node{conf: conf}
	if err := n.start(); err != nil {
		log.Fatal("Failed to create memberlist: ", err)
	}
	if *join != "" {
		if _, err := n.list.Join(strings.Split(*join, ",")); err != nil {
			log.Fatal("Failed to join cluster: ", err)
		}
	}
	select {}
}
