// Command gosmtp takes mail with go-smtp.
package main

import (
	"flag"
	"io"
	"log"
	"os"
	"time"

	"github.com/emersion/go-smtp"
)

type backend struct{}

func (backend) NewSession(*smtp.Conn) (smtp.Session, error) { return session{}, nil }

type session struct{}

func (session) Mail(from string, opts *smtp.MailOptions) error { return nil }
func (session) Rcpt(to string, opts *smtp.RcptOptions) error   { return nil }
func (session) Data(r io.Reader) error                         { _, err := io.Copy(io.Discard, r); return err }
func (session) Reset()                                         {}
func (session) Logout() error                                  { return nil }

type mailer struct {
	smtp *smtp.Server
}

func (m *mailer) serve() error {
	return m.smtp.ListenAndServe() // want MISSING(fields set of what an unmodelled constructor returns) listen safe port=env:SUBMISSION_PORT network=tcp name=submission
}

func newServer(addr string) *smtp.Server {
	s := smtp.NewServer(backend{})
	s.Addr = addr
	s.Domain = "localhost"
	s.ReadTimeout = 10 * time.Second
	s.AllowInsecureAuth = true
	return s
}

func main() {
	addr := flag.String("addr", "127.0.0.1:1025", "address to listen on")
	secure := flag.String("smtps", ":1465", "address to listen on with TLS")
	flag.Parse()

	m := &mailer{smtp: newServer(":" + os.Getenv("SUBMISSION_PORT"))}
	go func() { log.Fatal(m.serve()) }()
	go newServer(*secure).ListenAndServeTLS() // want listen manual address=flag:smtps=":1465" network=tcp name=smtps reason=/ListenTLS/

	s := smtp.NewServer(backend{})
	s.Addr = *addr
	s.Domain = "localhost"
	log.Println("Starting server at", s.Addr)
	if err := s.ListenAndServe(); err != nil { // want MISSING(fields set of what an unmodelled constructor returns) listen review address=flag:addr="127.0.0.1:1025" network=tcp reason=/empty address.*:smtp/
		log.Fatal(err)
	}
}
