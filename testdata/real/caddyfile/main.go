// Command caddyfile parses a file of blocks by hand, as servers do that have a
// configuration language of their own.
package main

import (
	"bufio"
	"fmt"
	"log"
	"net"
	"net/http"
	"os"
	"strings"
)

type site struct {
	addr   string
	bind   []string
	admin  string
	others map[string]string
}

func parse(text string) ([]*site, error) {
	var sites []*site
	var cur *site
	for n, line := range strings.Split(text, "\n") {
		words := strings.Fields(line)
		switch {
		case len(words) == 0:
		case words[len(words)-1] == "{":
			cur = &site{addr: words[0], others: make(map[string]string)}
			sites = append(sites, cur)
		case words[0] == "}":
			cur = nil
		case cur == nil:
			return nil, fmt.Errorf("line %d: outside of a block", n+1)
		case words[0] == "bind":
			cur.bind = append(cur.bind, words[1:]...)
		case words[0] == "admin":
			cur.admin = words[1]
		default:
			cur.others[words[0]] = words[1]
		}
	}
	return sites, nil
}

func main() {
	b, err := os.ReadFile("sites.conf")
	if err != nil {
		log.Fatal(err)
	}
	sites, err := parse(string(b))
	if err != nil {
		log.Fatal(err)
	}
	for _, s := range sites {
		if s.admin != "" {
			go http.ListenAndServe(s.admin, nil) // want listen safe address=file:admin*
		}
		for _, a := range s.bind {
			go http.ListenAndServe(a, nil) // want listen safe address=file:bind*
		}
		go http.ListenAndServe(s.others["metrics"], nil) // want listen safe address=file:metrics
		l, err := net.Listen("tcp", s.addr)              // want listen safe address=file:sites.conf*
		if err != nil {
			log.Fatal(err)
		}
		go http.Serve(l, nil)
	}
	control()
}

func control() {
	f, err := os.Open("control.conf")
	if err != nil {
		log.Fatal(err)
	}
	for s := bufio.NewScanner(f); s.Scan(); {
		if addr, ok := strings.CutPrefix(s.Text(), "listen "); ok {
			log.Fatal(http.ListenAndServe(addr, nil)) // want listen safe address=file:control.conf
		}
	}
}
