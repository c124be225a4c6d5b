package model

// Package ssh of gliderlabs, its fork by charmbracelet under two paths, and package wish over
// the fork.

func sshRows(m *Model) {
	m.speaks("ssh", "github.com/gliderlabs/ssh", "github.com/charmbracelet/ssh", "charm.land/ssh")
	for _, p := range []string{"github.com/gliderlabs/ssh.", "github.com/charmbracelet/ssh.", "charm.land/ssh."} {
		m.addSinks([]Sink{
			{Func: p + "ListenAndServe", Fixed: "tcp", Address: Arg0, Empty: ":22",
				Recipe: Recipe{Kind: Wrap, Func: "Serve", Serve: "func(l {net}.Listener) error { return {pkg}.Serve(l, {rest}) }"}},
			{Func: "(*" + p + "Server).ListenAndServe", Fixed: "tcp", Receiver: true, Empty: ":22",
				Recipe: Recipe{Kind: Wrap, Func: "Serve", Serve: "{x}.Serve", Address: "{x}.Addr"}},
		})
		m.addCarriers([]Carrier{{Type: p + "Server", Fields: map[string]Part{"Addr": Whole}}})
	}
	for _, wish := range []string{"github.com/charmbracelet/wish.", "charm.land/wish/v2."} {
		m.addTransfers([]Transfer{
			{Func: wish + "WithAddress", From: []Arg{Arg0}},
			{Func: wish + "NewServer", From: []Arg{Arg0}},
		})
	}
}
