package unit

// This file defines what the files say that a command line or a unit names: they
// set addresses as flags and variables do.

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"strings"

	"github.com/BurntSushi/toml"
	"go.yaml.in/yaml/v3"
	"gopkg.in/ini.v1"
)

// maxConfig is the size of a file, in bytes, beyond which it is none of settings.
const maxConfig = 1 << 20

// formats read configuration files: values by their keys, nested as in the file.
var formats = map[string]func([]byte) (any, error){
	".json": decoder(json.Unmarshal), ".yaml": decoder(yaml.Unmarshal), ".yml": decoder(yaml.Unmarshal),
	".toml": func(text []byte) (any, error) {
		tree := make(map[string]any)
		err := toml.Unmarshal(text, &tree)
		return tree, err
	},
	".ini": readINI, ".cfg": readINI, ".conf": readINI, ".env": readINI, ".properties": readINI,
}

func decoder(unmarshal func([]byte, any) error) func([]byte) (any, error) {
	return func(text []byte) (tree any, err error) {
		err = unmarshal(text, &tree)
		return tree, err
	}
}

// A config is what configuration files say: values by their keys, which are written as
// [normal] has it.
type config map[string]setting

// A setting is the value of a key, or several of them, as of the elements of a list.
type setting struct {
	text    string
	several bool
}

// readConfig reads the files among some arguments that are there and have the name of a
// configuration. Of those that cannot be read the error is the first.
func readConfig(args []string) (config, error) {
	c := make(config)
	var first error
	for _, arg := range args {
		if err := c.add(valueOf(arg)); err != nil && first == nil {
			first = err
		}
	}
	return c, first
}

// valueOf returns what a flag is set to, or an argument that is none.
func valueOf(arg string) string {
	if _, value, ok := strings.Cut(arg, "="); ok && strings.HasPrefix(arg, "-") {
		return value
	}
	return arg
}

// add reads one file; the name of none is nothing to it.
func (c config) add(name string) error {
	read := formats[strings.ToLower(filepath.Ext(name))]
	if read == nil {
		return nil
	}
	text := readRegular(name)
	if text == nil {
		return nil
	}
	tree, err := read(text)
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	if tree, ok := tree.(map[string]any); ok { // else one of something else
		one := make(config)
		one.flatten("", tree)
		maps.Copy(c, one) // the last file holds
	}
	return nil
}

// readRegular reads a regular file; nil for none, for one that is too large, and for one
// of somebody else's.
func readRegular(name string) []byte {
	if fi, err := os.Stat(name); err != nil || !fi.Mode().IsRegular() || fi.Size() > maxConfig {
		return nil
	}
	f, err := os.Open(name)
	if err != nil {
		return nil
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, maxConfig))
	if err != nil {
		return nil
	}
	return text
}

// flatten notes the values below a key.
func (c config) flatten(key string, value any) {
	switch v := value.(type) {
	case map[string]any:
		for k, below := range v {
			c.flatten(strings.TrimPrefix(key+"."+normal(k), "."), below)
		}
	case []any:
		if len(v) == 1 {
			c.flatten(key, v[0])
			break
		}
		for range v { // of which none is the value
			c.put(key, "")
		}
	case []map[string]any: // of toml
		for _, below := range v {
			c.flatten(key, below)
		}
	case nil:
	default:
		c.put(key, fmt.Sprint(v))
	}
}

func (c config) put(key, value string) {
	_, again := c[key]
	c[key] = setting{value, again}
}

// value returns what a key is set to.
func (c config) value(key string) (setting, bool) {
	v, ok := c[normal(key)]
	return v, ok && key != ""
}

// normal returns a key as one that is the same in another spelling: the loaders of Go
// programs take listen-addr, ListenAddr and listen_addr for one.
func normal(key string) string {
	return strings.NewReplacer("-", "", "_", "").Replace(strings.ToLower(key))
}

// readINI reads lines KEY=VALUE, in sections or in none.
func readINI(text []byte) (any, error) { return readLines(text, false) }

// readLines does that; bare says that a comment is a line of its own.
func readLines(text []byte, bare bool) (any, error) {
	f, err := ini.LoadSources(ini.LoadOptions{AllowBooleanKeys: true, SkipUnrecognizableLines: true, IgnoreInlineComment: bare}, text)
	if err != nil {
		return nil, err
	}
	tree := make(map[string]any)
	for _, s := range f.Sections() {
		section := tree
		if s.Name() != ini.DefaultSection {
			section = make(map[string]any)
			tree[s.Name()] = section
		}
		for _, k := range s.Keys() {
			section[k.Name()] = k.String()
		}
	}
	return tree, nil
}

// environmentOf returns what a file of EnvironmentFile= sets, if it is there, as
// KEY=VALUE.
func environmentOf(name string) []string {
	tree, err := readLines(readRegular(strings.TrimPrefix(name, "-")), true)
	if err != nil {
		return nil // as another machine's
	}
	var out []string
	for k, v := range tree.(map[string]any) {
		if s, ok := v.(string); ok {
			out = append(out, k+"="+s)
		}
	}
	return out
}
