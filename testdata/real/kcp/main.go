// Command kcp tunnels streams over KCP.
package main

import (
	"crypto/sha1"
	"flag"
	"io"
	"log"
	"os"

	"github.com/xtaci/kcp-go/v5"
	"golang.org/x/crypto/pbkdf2"
)

type config struct {
	Listen                 string
	DataShard, ParityShard int
}

func main() {
	var c config
	flag.StringVar(&c.Listen, "l", ":29900", "kcp server listen address")
	flag.IntVar(&c.DataShard, "datashard", 10, "reed-solomon data shards")
	flag.IntVar(&c.ParityShard, "parityshard", 3, "reed-solomon parity shards")
	flag.Parse()

	go plain(os.Getenv("KCP_PLAIN"))
	block, err := kcp.NewAESBlockCrypt(pbkdf2.Key([]byte("demo pass"), []byte("demo salt"), 1024, 32, sha1.New))
	if err != nil {
		log.Fatal(err)
	}
	lis, err := kcp.ListenWithOptions(c.Listen, block, c.DataShard, c.ParityShard) // want listen review address=flag:l=":29900" network=udp reason=/stays open/
	if err != nil {
		log.Fatal(err)
	}
	if err := lis.SetDSCP(0); err != nil {
		log.Println("SetDSCP:", err)
	}
	for {
		s, err := lis.AcceptKCP()
		if err != nil {
			log.Fatal(err)
		}
		go io.Copy(s, s)
	}
}

func plain(addr string) {
	l, err := kcp.Listen(addr) // want listen review address=env:KCP_PLAIN network=udp name=plain reason=/stays open/
	if err != nil {
		log.Fatal(err)
	}
	defer l.Close()
	for {
		c, err := l.Accept()
		if err != nil {
			return
		}
		c.Close()
	}
}
