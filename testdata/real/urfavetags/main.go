// Command urfavetags declares its flags from struct tags, in a loop.
package main

import (
	"log"
	"net/http"
	"os"
	"reflect"
	"strings"

	"github.com/urfave/cli/v2"
)

type options struct {
	Address string `flagName:"address" default:"localhost"`
	Port    string `flagName:"port" default:"8080"`
}

// declare makes a flag of each field.
func declare(opts *options) []cli.Flag {
	var flags []cli.Flag
	t := reflect.TypeOf(*opts)
	for i := range t.NumField() {
		name := t.Field(i).Tag.Get("flagName")
		flags = append(flags, &cli.StringFlag{
			Name:    name,
			Value:   t.Field(i).Tag.Get("default"),
			EnvVars: []string{"DEMO_" + strings.ToUpper(name)},
		})
	}
	return flags
}

// load fills the fields from the flags.
func load(opts *options, c *cli.Context) {
	v := reflect.ValueOf(opts).Elem()
	for i := range v.NumField() {
		v.Field(i).SetString(c.String(v.Type().Field(i).Tag.Get("flagName")))
	}
}

func main() {
	opts := new(options)
	app := &cli.App{
		Flags: declare(opts),
		Action: func(c *cli.Context) error {
			load(opts, c)
			return http.ListenAndServe(opts.Address+":"+opts.Port, nil) // want listen safe host=flag:address host=env:DEMO_ADDRESS port=flag:port port=env:DEMO_PORT
		},
	}
	if err := app.Run(os.Args); err != nil {
		log.Fatal(err)
	}
}
