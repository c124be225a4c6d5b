package model

// Packages goftp.io/server and ftpserverlib. The sockets of passive data
// transfers are no matter of configuration, and no sinks.

func ftpRows(m *Model) {
	m.speaks("ftp", "goftp.io/server", "github.com/fclairamb/ftpserverlib")
	const goftp, lib = "goftp.io/server/v2.", "github.com/fclairamb/ftpserverlib."
	listenAddr := map[string]Part{lib + "Settings.ListenAddr": Whole}
	const settings = "the settings may hold a listener: let the driver's GetSettings set Settings.Listener to one of inherit.Listen (inherit.ListenTLS for implicit TLS)"
	m.addSinks([]Sink{
		{Func: "(*" + goftp + "Server).ListenAndServe", Fixed: "tcp", Empty: "[::]:2121",
			Fields: map[string]Part{goftp + "Options.Hostname": Host, goftp + "Options.Port": Port},
			Reason: "pass a listener of inherit.Listen to Server.Serve; with Options.TLS one of inherit.ListenTLS, and explicit FTPS only works through this call"},
		{Func: "(*" + lib + "FtpServer).ListenAndServe", Fixed: "tcp", Fields: listenAddr, Empty: "0.0.0.0:2121", Reason: settings},
		{Func: "(*" + lib + "FtpServer).Listen", Fixed: "tcp", Fields: listenAddr, Empty: "0.0.0.0:2121", Reason: settings},
	})
}
