// Command urfavealt has flags of github.com/urfave/cli/v2 read from a file, too.
package main

import (
	"log"
	"net/http"
	"os"

	"github.com/urfave/cli/v2"
	"github.com/urfave/cli/v2/altsrc"
)

var flags = []cli.Flag{
	&cli.StringFlag{Name: "config", Value: "/etc/urfavealt.yml"},
	&cli.StringFlag{Name: "plain", Value: ":8081"},
	altsrc.NewStringFlag(&cli.StringFlag{Name: "listen-http", Aliases: []string{"listen_http"}, EnvVars: []string{"ALT_LISTEN"}, Value: ":8080"}),
}

func main() {
	app := &cli.App{
		Name:   "urfavealt",
		Flags:  flags,
		Before: altsrc.InitInputSourceWithContext(flags, altsrc.NewYamlSourceFromFlagFunc("config")),
		Action: func(c *cli.Context) error {
			go http.ListenAndServe(c.String("plain"), nil)           // want listen safe address=flag:--plain=":8081"
			return http.ListenAndServe(c.String("listen-http"), nil) // want listen safe address=flag:--listen-http=":8080" address=env:ALT_LISTEN address=file:listen-http address=file:listen_http
		},
	}
	if err := app.Run(os.Args); err != nil {
		log.Fatal(err)
	}
}
