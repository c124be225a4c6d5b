// Command goftp serves files with goftp.io/server.
package main

import (
	"flag"
	"log"

	"goftp.io/server/v2"
	"goftp.io/server/v2/driver/file"
)

func main() {
	var (
		root = flag.String("root", ".", "root directory to serve")
		user = flag.String("user", "admin", "username for login")
		pass = flag.String("pass", "123456", "password for login")
		port = flag.Int("port", 2121, "port")
		host = flag.String("host", "localhost", "host")
	)
	flag.Parse()
	driver, err := file.NewDriver(*root)
	if err != nil {
		log.Fatal(err)
	}
	s, err := server.NewServer(&server.Options{
		Driver:       driver,
		Auth:         &server.SimpleAuth{Name: *user, Password: *pass},
		Perm:         server.NewSimplePerm("root", "root"),
		Port:         *port,
		Hostname:     *host,
		PassivePorts: "52013-52114",
	})
	if err != nil {
		log.Fatal("Error creating server: ", err)
	}
	log.Printf("Starting ftp server on %v:%v", *host, *port)
	if err := s.ListenAndServe(); err != nil { // want listen manual host=flag:host="localhost" port=flag:port="2121" network=tcp reason=/Server.Serve/
		log.Fatal("Error starting server:", err)
	}
}
