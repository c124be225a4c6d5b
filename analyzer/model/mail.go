package model

// Packages go-smtp and go-imap (server, and imapserver of version 2).

func mailRows(m *Model) {
	m.speaks("imap", "github.com/emersion/go-imap")
	m.speaks("smtp", "github.com/emersion/go-smtp")
	const smtp, imap, imap2 = "github.com/emersion/go-smtp.", "github.com/emersion/go-imap/server.", "github.com/emersion/go-imap/v2/imapserver."
	const tls = "pass a listener of inherit.ListenTLS to Server.Serve"
	m.addSinks([]Sink{
		{Func: "(*" + smtp + "Server).ListenAndServe", Fixed: "tcp", Receiver: true, Empty: ":smtp",
			Recipe: Recipe{Kind: Wrap, Func: "Serve", Serve: "{x}.Serve", Address: "{x}.Addr",
				Differs: "the socket is TCP, whatever Network and LMTP of the server say", Never: []string{"Network", "LMTP"}}},
		{Func: "(*" + smtp + "Server).ListenAndServeTLS", Fixed: "tcp", Receiver: true, Empty: ":smtps", Reason: tls},
		{Func: "(*" + imap + "Server).ListenAndServe", Fixed: "tcp", Receiver: true, Empty: ":imap",
			Recipe: Recipe{Kind: Wrap, Func: "Serve", Serve: "{x}.Serve", Address: "{x}.Addr"}},
		{Func: "(*" + imap + "Server).ListenAndServeTLS", Fixed: "tcp", Receiver: true, Empty: ":imaps", Reason: tls},
		{Func: "(*" + imap2 + "Server).ListenAndServe", Fixed: "tcp", Address: Arg0, Empty: ":143",
			Recipe: Recipe{Kind: Wrap, Func: "Serve", Serve: "{x}.Serve"}},
		{Func: "(*" + imap2 + "Server).ListenAndServeTLS", Fixed: "tcp", Address: Arg0, Empty: ":993", Reason: tls},
	})
	m.addCarriers([]Carrier{
		{Type: "github.com/emersion/go-smtp.Server", Fields: map[string]Part{"Addr": Whole, "Network": Network}},
		{Type: "github.com/emersion/go-imap/server.Server", Fields: map[string]Part{"Addr": Whole}},
	})
}
