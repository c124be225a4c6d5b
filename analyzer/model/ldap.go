package model

// Package ldap of nmcclain, its fork by glauth, and ldapserver.

func ldapRows(m *Model) {
	m.speaks("ldap", "github.com/nmcclain/ldap", "github.com/glauth/ldap", "github.com/vjeantet/ldapserver")
	for _, p := range []string{"github.com/nmcclain/ldap.", "github.com/glauth/ldap."} {
		m.addSinks([]Sink{
			{Func: "(*" + p + "Server).ListenAndServe", Fixed: "tcp", Address: Arg0,
				Recipe: Recipe{Kind: Wrap, Func: "Serve", Serve: "{x}.Serve"}},
			{Func: "(*" + p + "Server).ListenAndServeTLS", Fixed: "tcp", Address: Arg0,
				Reason: "pass a listener of inherit.ListenTLS with the certificate to Server.Serve"},
		})
	}
	m.addSinks([]Sink{{Func: "(*github.com/vjeantet/ldapserver.Server).ListenAndServe", Fixed: "tcp", Address: Arg0, Empty: ":389",
		Reason: "listens before all else: an option of the call can close Server.Listener and set it to one of inherit.Listen, but only then"}})
}
