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

// formats read configuration files into the values of their keys, which are nested as in
// the file.
var formats = map[string]func([]byte, any) error{
	".json": json.Unmarshal, ".yaml": yaml.Unmarshal, ".yml": yaml.Unmarshal, ".toml": toml.Unmarshal,
	".ini": readINI, ".cfg": readINI, ".conf": readINI, ".env": readINI, ".properties": readINI,
}

// A config is what configuration files say: values by their keys, which are written as
// [normal] has it. The value of a key that stands several times in a file, as in the
// elements of a list, is "".
type config map[string]string

// readConfig reads the files among some arguments that are there and have the name of a
// configuration. Of those that cannot be read the error is the first.
func readConfig(args []string) (config, error) {
	c := make(config)
	var first error
	for _, arg := range args {
		name := arg
		if _, value, ok := strings.Cut(arg, "="); ok && strings.HasPrefix(arg, "-") {
			name = value
		}
		if err := c.add(name); err != nil && first == nil {
			first = err
		}
	}
	return c, first
}

// add reads one file; the name of none is nothing to it.
func (c config) add(name string) error {
	decode := formats[strings.ToLower(filepath.Ext(name))]
	if decode == nil {
		return nil
	}
	text, err := readRegular(name)
	if text == nil || err != nil {
		return err
	}
	tree := make(map[string]any)
	if err := decode(text, &tree); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	one := make(config)
	one.flatten("", tree)
	maps.Copy(c, one) // the last file holds
	return nil
}

// readRegular reads a regular file; nil for none, or for one that is too large.
func readRegular(name string) ([]byte, error) {
	if fi, err := os.Stat(name); err != nil || !fi.Mode().IsRegular() || fi.Size() > maxConfig {
		return nil, nil // error: as a file that is not here
	}
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, maxConfig))
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
	if _, again := c[key]; again {
		value = ""
	}
	c[key] = value
}

// value returns what a key is set to, "" for several values or an empty one.
func (c config) value(key string) (string, bool) {
	v, ok := c[normal(key)]
	return v, ok && key != ""
}

// normal returns a key as one that is the same in another spelling: the loaders of Go
// programs take listen-addr, ListenAddr and listen_addr for one.
func normal(key string) string {
	return strings.NewReplacer("-", "", "_", "").Replace(strings.ToLower(key))
}

// readINI reads lines KEY=VALUE, in sections or in none.
func readINI(text []byte, into any) error {
	f, err := ini.LoadSources(ini.LoadOptions{AllowBooleanKeys: true, SkipUnrecognizableLines: true, Loose: true}, text)
	if err != nil {
		return err
	}
	tree := *into.(*map[string]any)
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
	return nil
}

// environmentOf returns what files of EnvironmentFile= set that are there, as
// KEY=VALUE.
func environmentOf(name string) []string {
	text, err := readRegular(strings.TrimPrefix(name, "-"))
	if err != nil || text == nil {
		return nil // as another machine's
	}
	tree := make(map[string]any)
	if readINI(text, &tree) != nil {
		return nil
	}
	var out []string
	for k, v := range tree {
		if s, ok := v.(string); ok {
			out = append(out, k+"="+s)
		}
	}
	return out
}
