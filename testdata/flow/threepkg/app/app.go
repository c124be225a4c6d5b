// Package app exports only Main.
package app

import (
	"log"

	"example.com/threepkg/load"
	"example.com/threepkg/srv"
)

// Main runs the program.
func Main() {
	c, err := load.Load("config.json")
	if err != nil {
		log.Fatal(err)
	}
	start(settings(c))
}

type merged struct{ public, admin string }

func settings(c *load.Config) merged {
	return merged{public: c.Servers.Public.Listen, admin: c.Admin()}
}

func start(m merged) {
	go srv.New(m.admin).Run()
	log.Fatal(srv.Serve(srv.Public{Addr: m.public}))
}
