// Command ldap answers LDAP with glauth's server, and with ldapserver.
package main

import (
	"flag"
	"log"
	"net"
	"os"

	"github.com/glauth/ldap"
	ldapserver "github.com/vjeantet/ldapserver"
)

type handler struct{}

func (handler) Bind(dn, pw string, conn net.Conn) (ldap.LDAPResultCode, error) {
	return ldap.LDAPResultSuccess, nil
}

type config struct {
	Listen string
	Secure string
}

type daemon struct {
	conf *config
	s    *ldap.Server
}

func (d *daemon) listenAndServe() error {
	return d.s.ListenAndServe(d.conf.Listen) // want listen safe address=flag:listen="0.0.0.0:3893" network=tcp
}

func main() {
	var c config
	flag.StringVar(&c.Listen, "listen", "0.0.0.0:3893", "address for LDAP")
	flag.StringVar(&c.Secure, "ldaps", "0.0.0.0:3894", "address for LDAPS")
	old := flag.String("old", ":10389", "address of ldapserver")
	flag.Parse()

	s := ldap.NewServer()
	s.BindFunc("", handler{})
	d := &daemon{&c, s}
	go func() { log.Fatal(d.listenAndServe()) }()
	go s.ListenAndServeTLS(c.Secure, "cert.pem", "key.pem") // want listen manual address=flag:ldaps="0.0.0.0:3894" network=tcp name=ldaps reason=/ListenTLS/

	server := ldapserver.NewServer()
	routes := ldapserver.NewRouteMux()
	routes.Bind(func(w ldapserver.ResponseWriter, m *ldapserver.Message) {
		w.Write(ldapserver.NewBindResponse(ldapserver.LDAPResultSuccess))
	})
	server.Handle(routes)
	go server.ListenAndServe(*old)                                                                            // want listen manual address=flag:old=":10389" network=tcp name=old reason=/Server.Listener/
	log.Fatal(ldapserver.NewServer().ListenAndServe(":"+os.Getenv("LDAP_PORT"), func(*ldapserver.Server) {})) // want listen manual port=env:LDAP_PORT network=tcp
}
