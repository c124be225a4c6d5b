// Listeners and addresses of one kind.
package main // want listeners ctl/packet sock/stream tcp/stream udp/packet

import (
	"flag"
	"log"
	"net"
	"net/netip"
)

type server struct {
	l    *net.TCPListener
	conn *net.UDPConn
	unix *net.UnixListener
}

func (s *server) listen(addr, udp, sock, ctl string) error {
	a, err := net.ResolveTCPAddr("tcp", addr)
	if err != nil {
		return err
	}
	if s.l, err = net.ListenTCP("tcp", a); err != nil { // want listen safe address=flag:tcp=":1" network=tcp reason=/ResolveTCPAddr.*rejects fd/ name=tcp
		return err
	}
	u := net.UDPAddrFromAddrPort(netip.MustParseAddrPort(udp))
	if s.conn, err = net.ListenUDP("udp", u); err != nil { // want listen safe address=flag:udp="0.0.0.0:2" network=udp name=udp
		return err
	}
	if s.unix, err = net.ListenUnix("unix", &net.UnixAddr{Name: sock, Net: "unix"}); err != nil { // want listen safe path=flag:sock="/run/x.sock" network=unix name=sock
		return err
	}
	_, err = net.ListenUnixgram("unixgram", &net.UnixAddr{ctl, "unixgram"}) // want listen safe path=flag:ctl="/run/ctl.sock" network=unixgram name=ctl
	return err
}

func fields(host string, port int) {
	net.ListenTCP("tcp", &net.TCPAddr{IP: net.ParseIP(host), Port: port}) // want listen safe host=param:/host/ port=param:/port/ mains=
	addr := net.UDPAddr{Port: port}
	net.ListenUDP("udp", &addr) // want listen safe port=param:/port/ mains=
}

func main() {
	tcp := flag.String("tcp", ":1", "")
	udp := flag.String("udp", "0.0.0.0:2", "")
	sock := flag.String("sock", "/run/x.sock", "")
	ctl := flag.String("ctl", "/run/ctl.sock", "")
	flag.Parse()
	s := new(server)
	if err := s.listen(*tcp, *udp, *sock, *ctl); err != nil {
		log.Fatal(err)
	}
}
