// Values that are made of themselves, or changed on the way.
package main

import (
	"flag"
	"net"
	"net/http"
	"os"
)

var prefix = flag.Bool("prefix", false, "")

// getenv changes the name of the variable, now and then.
func getenv(key string) string {
	if *prefix {
		key = "SELVES_" + key
	}
	return os.Getenv(key)
}

// A tree is a type of itself, and so is a list.
type tree map[string]tree

type list []list

type branch struct {
	children tree
	lists    list
	addr     string
}

func newBranch(t tree) *branch { return &branch{children: t, addr: os.Getenv("BRANCH")} }

type option struct{ Name string }

var (
	listen = option{Name: "listen"}
	alias  = option{Name: listen.Name}
	by     = flag.String(alias.Name, ":8080", "")
)

func watch(path string) {}

func main() {
	flag.Parse()
	var path string
	path = path + os.Getenv("SOCK")
	go func() { watch(path) }()
	os.Remove(path)          // want path safe
	net.Listen("unix", path) // want listen safe address=env:SOCK

	http.ListenAndServe(getenv("ADDR"), nil)  // want listen safe address=unknown:/the name of the env is not a constant/
	net.Listen("tcp", newBranch(tree{}).addr) // want listen safe address=env:BRANCH
	net.Listen("tcp", *by)                    // want listen safe address=flag:listen=":8080"
}
