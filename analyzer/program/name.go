package program

import (
	"cmp"
	"fmt"
	"path"
	"slices"
	"strings"
	"unicode"

	"inheritfd/analyzer/flow"
	"inheritfd/analyzer/model"
)

// generic are the words of configuration keys that say that something is an
// address, not which.
var generic = strings.Fields(`a addr addrs address addresses bind binding conf config cfg endpoint fd host hostname
	http_addr interface ip iface listen listener listeners listening local network no num number on opt options path
	port ports server servers serve service sock socket sockets spec str string the to uri url use val value`)

// nameListeners gives each logical listener of a program a name that is
// stable while its configuration key is: what the key says besides "address",
// or the protocol, or the key itself.
func nameListeners(all []Listener, p *Package) {
	type key struct{ name, kind string } // sockets of different types may share a name
	taken := make(map[key]int)
	give := func(l *Listener, name string) {
		if taken[key{name, l.Type}] > 0 && name != "unix" && onlyUnix(*l) {
			name += "-unix"
		}
		k := key{name, l.Type}
		taken[k]++
		l.Name = name
		if n := taken[k]; n > 1 {
			l.Name = fmt.Sprintf("%s-%d", name, n)
		}
	}
	for i := range all { // what a key says goes first
		if name, telling := nameOf(all[i], p); telling {
			give(&all[i], name)
		}
	}
	for _, local := range []bool{false, true} { // then what is not for this machine alone
		for i := range all {
			if name, telling := nameOf(all[i], p); !telling && onlyUnix(all[i]) == local {
				give(&all[i], name)
			}
		}
	}
}

func onlyUnix(l Listener) bool { return slices.Equal(l.Network, []string{"unix"}) }

// nameOf names one logical listener; telling says that a key does.
func nameOf(l Listener, p *Package) (name string, telling bool) {
	var program []string
	for _, folder := range []string{mainFolder(p.Path), mainFolder(p.Module)} {
		program = append(program, words(folder)...)
		program = append(program, strings.TrimSuffix(folder, "d"))
	}
	fallback := ""
	for _, o := range l.Origins {
		text := o.Key
		switch {
		case o.Part == model.Host || o.Part == model.Network || o.Part == model.Dir:
			continue
		case o.Kind == flow.FromConst && o.Part == model.Path:
			text = strings.TrimSuffix(o.Value, path.Ext(o.Value))
		case !o.IsConfig() || o.Kind == flow.FromArgs:
			continue
		}
		all := words(text)
		telling := slices.DeleteFunc(slices.Clone(all), func(w string) bool {
			return len(w) == 1 || slices.Contains(generic, w) || slices.Contains(program, w)
		})
		if len(telling) > 0 {
			return strings.Join(telling, "-"), true
		}
		if key := strings.Join(all, "-"); len(fallback) < 2 {
			fallback = cmp.Or(key, fallback)
		}
	}
	switch {
	case l.first.Protocol == "http" && len(l.Sites) == 1 && l.first.API.TLS:
		return "https", false
	case l.first.Protocol != "":
		return l.first.Protocol, false
	case len(fallback) > 1:
		return fallback, false
	case l.Type == "packet":
		return "udp", false
	}
	if onlyUnix(l) {
		return "unix", false
	}
	if dir := path.Base(path.Dir(l.first.Pos.File)); dir != mainFolder(p.Path) && dir != "." {
		return strings.Join(words(dir), "-"), false
	}
	return "main", false
}

// words splits a key at punctuation, at changes of case and behind numbers, in lower
// case: web.listen-address, METRICS_PORT, httpAddr, https2address.
func words(key string) []string {
	var out []string
	var word strings.Builder
	flush := func() {
		if word.Len() > 0 {
			out = append(out, strings.ToLower(word.String()))
			word.Reset()
		}
	}
	rs := []rune(key)
	for i, r := range rs {
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) || r > unicode.MaxASCII {
			flush()
			continue
		}
		if i > 0 && unicode.IsLetter(r) && unicode.IsDigit(rs[i-1]) {
			flush()
		}
		if unicode.IsUpper(r) && i > 0 && (unicode.IsLower(rs[i-1]) || i+1 < len(rs) && unicode.IsLower(rs[i+1]) && unicode.IsUpper(rs[i-1])) {
			flush()
		}
		word.WriteRune(r)
	}
	flush()
	return out
}

// mainFolder returns the last folder of a program's import path, without a
// major version.
func mainFolder(pkg string) string {
	base := path.Base(pkg)
	if len(base) > 1 && base[0] == 'v' && strings.Trim(base[1:], "0123456789") == "" {
		base = path.Base(path.Dir(pkg))
	}
	return base
}
