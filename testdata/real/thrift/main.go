// Command thrift serves a processor over Apache Thrift.
package main

import (
	"crypto/tls"
	"flag"
	"fmt"
	"log"
	"net"
	"os"
	"time"

	"github.com/apache/thrift/lib/go/thrift"
)

func runServer(addr string, secure bool, cfg *tls.Config) error {
	var transport thrift.TServerTransport
	var err error
	if secure {
		transport, err = thrift.NewTSSLServerSocket(addr, cfg) // want listen manual address=flag:addr="localhost:9090" network=tcp reason=/ListenTLS/
	} else {
		transport, err = thrift.NewTServerSocket(addr) // want listen manual address=flag:addr="localhost:9090" network=tcp reason=/FromFactoryTimeout/
	}
	if err != nil {
		return err
	}
	fmt.Printf("%T\n", transport)
	server := thrift.NewTSimpleServer4(thrift.NewTMultiplexedProcessor(), transport,
		thrift.NewTBufferedTransportFactory(8192), thrift.NewTBinaryProtocolFactoryConf(nil))
	return server.Serve()
}

func main() {
	addr := flag.String("addr", "localhost:9090", "address to listen to")
	secure := flag.Bool("secure", false, "use TLS")
	port := flag.Int("admin-port", 9091, "port for administration")
	flag.Parse()

	go func() {
		socket, err := thrift.NewTServerSocketTimeout(fmt.Sprintf("127.0.0.1:%d", *port), time.Minute) // want listen manual host=const:"127.0.0.1" port=flag:admin-port="9091" network=tcp name=admin
		if err != nil {
			log.Fatal(err)
		}
		log.Fatal(thrift.NewTSimpleServer2(thrift.NewTMultiplexedProcessor(), socket).Serve())
	}()
	unix := thrift.NewTServerSocketFromAddrTimeout(&net.UnixAddr{Name: os.Getenv("THRIFT_SOCKET"), Net: "unix"}, 0) // want MISSING(the type of a net.Addr is the network) listen manual path=env:THRIFT_SOCKET network=unix
	go thrift.NewTSimpleServer2(thrift.NewTMultiplexedProcessor(), unix).Serve()
	log.Fatal(runServer(*addr, *secure, nil))
}
