// Loaders of the program's own that go through structs by reflection.
package main

import (
	"flag"
	"net"
	"os"
	"reflect"
	"strings"

	"example.com/reflected/env"
	"example.com/reflected/over"
)

type config struct {
	Web, Admin server
	Plain      string
}

type server struct{ Addr string }

type settings struct {
	Listen string `from:"PORTAL"`
	Other  string
}

type tagged struct {
	Server struct {
		Addr string `yaml:"listen_addr"`
	} `yaml:"server"`
}

type web struct{ HTTPAddr string }

type known struct{ Addr string }

type options struct {
	Listen string `flag:"listen-address" default:":9000" usage:"where to listen"`
	Quiet  string `json:"quiet"`
}

const prefix = "APP"

func overlay(v reflect.Value, path []string) {
	for i := range v.NumField() {
		f := v.Type().Field(i)
		p := append(path, strings.Split(f.Tag.Get("yaml"), ",")[0])
		if f.Type.Kind() == reflect.Struct {
			overlay(v.Field(i), p)
		} else if text := os.Getenv(prefix + "__" + strings.ToUpper(strings.Join(p, "__"))); text != "" {
			v.Field(i).SetString(text)
		}
	}
}

func register(fs *flag.FlagSet, o any) {
	v := reflect.ValueOf(o).Elem()
	for i := range v.NumField() {
		f := v.Type().Field(i)
		if name := f.Tag.Get("flag"); name != "" {
			fs.StringVar(v.Field(i).Addr().Interface().(*string), name, f.Tag.Get("default"), f.Tag.Get("usage"))
		}
	}
}

func main() {
	c := config{Plain: ":1"}
	env.Load("MYAPP", &c)
	var s settings
	env.Settings(&s)
	t := new(tagged)
	overlay(reflect.ValueOf(t).Elem(), nil)
	o := &options{}
	register(flag.CommandLine, o)
	flag.Parse()
	var named web
	env.Parse(os.Stdin, &named)
	k := known{Addr: ":8"}
	env.Set(&k, "Addr", os.Args[1])
	net.Listen("tcp", k.Addr)         // want listen safe address=const:":8"
	net.Listen("tcp", named.HTTPAddr) // want listen safe address=file:HTTPAddr
	net.Listen("tcp", c.Web.Addr)     // want listen safe address=env:MYAPP_WEB_ADDR
	net.Listen("tcp", c.Admin.Addr)   // want listen safe address=env:MYAPP_ADMIN_ADDR
	net.Listen("tcp", c.Plain)        // want listen safe address=env:MYAPP_PLAIN=":1"
	net.Listen("tcp", s.Listen)       // want listen safe address=env:PORTAL
	net.Listen("tcp", t.Server.Addr)  // want listen safe address=env:APP__SERVER__LISTEN_ADDR
	net.Listen("tcp", o.Listen)       // want listen safe address=flag:listen-address=":9000"
	ov := new(over.Config)
	over.Apply(ov)
	net.Listen("tcp", ov.Server.ListenAddr)    // want listen safe address=env:OVERD__SERVER__LISTEN_ADDR address=env:OLDOVERD__SERVER__LISTEN_ADDR
	net.Listen("tcp", ov.Server.Debug.Profile) // want listen safe address=env:OVERD__SERVER__DEBUG__PROFILE address=env:OLDOVERD__SERVER__DEBUG__PROFILE
	nd := new(struct {
		Bind string `yaml:"bind"`
	})
	over.Named(nd, os.Args[1], os.Args[2])
	net.Listen("tcp", nd.Bind) // want listen safe address=env:NAMED__BIND address=env:OLDNAMED__BIND
}
