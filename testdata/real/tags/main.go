// Command tags fills its options with a loader of its own, which reads struct
// tags by reflection and declares a flag for each.
package main

import (
	"flag"
	"fmt"
	"log"
	"net"
	"net/http"
	"os"
	"reflect"
)

type options struct {
	HTTPAddress string   `flag:"http-address" cfg:"http_address"`
	TCPAddress  string   `flagName:"tcp-address"`
	Admin       string   `env:"ADMIN_ADDR"`
	Peers       []string `flag:"peer" cfg:"peers"`
}

func newOptions() *options { return &options{HTTPAddress: "0.0.0.0:4151", TCPAddress: "0.0.0.0:4150"} }

func load(fs *flag.FlagSet, opts any) {
	val := reflect.ValueOf(opts).Elem()
	for i := range val.NumField() {
		f := val.Type().Field(i)
		set := func(s string) error {
			switch v := val.Field(i); v.Kind() {
			case reflect.String:
				v.SetString(s)
			case reflect.Slice:
				v.Set(reflect.Append(v, reflect.ValueOf(s)))
			default:
				return fmt.Errorf("field %s: type %s", f.Name, v.Type())
			}
			return nil
		}
		for _, tag := range []string{"flag", "flagName"} {
			if name := f.Tag.Get(tag); name != "" {
				fs.Func(name, "", set)
			}
		}
		if v := os.Getenv(f.Tag.Get("env")); v != "" {
			set(v)
		}
	}
}

func main() {
	opts := newOptions()
	load(flag.CommandLine, opts)
	flag.Parse()
	for _, p := range opts.Peers {
		go http.ListenAndServe(p, nil) // want listen safe address=flag:peer* address=file:peers*
	}
	go http.ListenAndServe(opts.Admin, nil)       // want listen safe address=env:ADMIN_ADDR
	go http.ListenAndServe(opts.HTTPAddress, nil) // want listen safe address=flag:http-address="0.0.0.0:4151" address=file:http_address="0.0.0.0:4151"
	l, err := net.Listen("tcp", opts.TCPAddress)  // want listen safe address=flag:tcp-address="0.0.0.0:4150"
	if err != nil {
		log.Fatal(err)
	}
	log.Fatal(http.Serve(l, nil))
}
