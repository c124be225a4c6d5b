// Package conf names what it reads by what its callers say.
package conf

import (
	"bufio"
	"flag"
	"fmt"
	"os"
	"strings"
)

// A Web is told apart by the prefix of its flags.
type Web struct{ Addr string }

func (w *Web) Register(fs *flag.FlagSet, prefix string) {
	fs.StringVar(&w.Addr, prefix+"addr", "", "where to listen")
}

// Default sets what a Web has without a flag.
func Default(w *Web, addr string) {
	if w.Addr == "" {
		w.Addr = addr
	}
}

func Add(fs *flag.FlagSet, p *string, name, def string) {
	fs.StringVar(p, name, def, "where to listen")
}

// Env reads a variable of a program.
func Env(name string) string { return os.Getenv(fmt.Sprintf("%s_LISTEN", strings.ToUpper(name))) }

// A Store has texts by their keys.
type Store struct{ m map[string]string }

func Load(path string) *Store {
	f, err := os.Open(path)
	if err != nil {
		return nil
	}
	s := &Store{m: map[string]string{}}
	for r := bufio.NewScanner(f); r.Scan(); {
		k, v, _ := strings.Cut(r.Text(), ":")
		s.m[k] = v
	}
	return s
}

func (s *Store) Get(key, def string) string {
	if v, ok := s.m[key]; ok {
		return v
	}
	return def
}
