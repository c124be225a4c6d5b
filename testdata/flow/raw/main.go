// Sockets without package net, and calls that cannot be ported.
package main

import (
	"flag"
	"log"
	"net"
	"os"
	"syscall"
)

func main() {
	port := flag.Int("port", 8080, "")
	group := flag.String("group", "224.0.0.1:99", "")
	flag.Parse()
	fd, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_STREAM, 0)
	if err != nil {
		log.Fatal(err)
	}
	if err := syscall.Bind(fd, &syscall.SockaddrInet4{Port: *port}); err != nil { // want listen manual port=flag:port="8080" reason=/raw socket/
		log.Fatal(err)
	}
	if err := syscall.Listen(fd, 128); err != nil {
		log.Fatal(err)
	}
	l, err := net.FileListener(os.NewFile(uintptr(fd), "")) // want nothing
	if err != nil {
		log.Fatal(err)
	}
	l.Accept()
	ufd, _ := syscall.Socket(syscall.AF_UNIX, syscall.SOCK_STREAM, 0)
	sa := syscall.SockaddrUnix{Name: os.Getenv("SOCK")}
	syscall.Bind(ufd, &sa) // want listen manual path=env:SOCK
	nfd, _ := syscall.Socket(syscall.AF_NETLINK, syscall.SOCK_RAW, 0)
	syscall.Bind(nfd, &syscall.SockaddrNetlink{Family: syscall.AF_NETLINK}) // want runtime
	bind(nfd, &syscall.SockaddrLinklayer{Ifindex: 1})
	a, _ := net.ResolveUDPAddr("udp", *group)
	net.ListenMulticastUDP("udp", nil, a)                                     // want listen manual address=flag:group="224.0.0.1:99" reason=/multicast/
	net.ListenIP("ip4:icmp", &net.IPAddr{IP: net.ParseIP(os.Getenv("ICMP"))}) // want listen manual host=env:ICMP reason=/raw IP/
}

// bind is for frames.
func bind(fd int, sa syscall.Sockaddr) error {
	return syscall.Bind(fd, sa) // want runtime
}
