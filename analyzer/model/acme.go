package model

// Packages that listen for HTTPS with certificates of ACME: autocert and
// certmagic. The ports are fixed, or variables of the package.

func acmeRows(m *Model) {
	const autocert, magic = "golang.org/x/crypto/acme/autocert.", "github.com/caddyserver/certmagic."
	m.addSinks([]Sink{
		{Func: autocert + "NewListener", Fixed: "tcp", Empty: ":443",
			Reason: `the address is fixed: call inherit.ListenTLS("tcp", ":443", m.TLSConfig()) with an autocert.Manager m for the domains`},
		{Func: "(*" + autocert + "Manager).Listener", Fixed: "tcp", Empty: ":443",
			Reason: `the address is fixed: call inherit.ListenTLS("tcp", ":443", m.TLSConfig())`},
		{Func: magic + "Listen", Fixed: "tcp", Empty: ":443",
			Reason: "the address is fixed: call inherit.ListenTLS with the config of certmagic.TLS"},
		{Func: magic + "HTTPS", Fixed: "tcp", Empty: ":443",
			Reason: "listens for HTTP and HTTPS: serve one listener of inherit.ListenTLS with the config of certmagic.TLS, and the redirection on one of inherit.Listen"},
	})
}
