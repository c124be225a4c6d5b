// Package conf decodes.
package conf

import (
	"encoding/json"
	"io"

	"github.com/BurntSushi/toml"
	"github.com/caarlos0/env/v11"
	"github.com/kelseyhightower/envconfig"
	"gopkg.in/yaml.v3"
)

type Entry struct {
	Network string `json:"network"`
	Address string `json:"address"`
}

type Base struct {
	Bind string `json:"bind" yaml:"bind"`
}

type Config struct {
	Base
	Listen string `json:"listen,omitempty"`
	HTTP   struct {
		Addr string `json:"addr"`
	} `json:"http"`
	Endpoint string
	Host     string           `json:"host"`
	Port     int              `json:"port"`
	Addrs    []string         `json:"addrs"`
	Entries  []*Entry         `json:"entries"`
	ByName   map[string]Entry `json:"byName"`
	Ignored  string           `json:"-"`
}

func JSON(r io.Reader) (*Config, error) {
	var c Config
	if err := json.NewDecoder(r).Decode(&c); err != nil {
		return nil, err
	}
	return &c, nil
}

type YAMLConfig struct {
	Server struct {
		ListenAddress string `yaml:"listen_address"`
	} `yaml:"server"`
	Metrics string
	Inner   struct {
		Bind string
	} `yaml:",inline"`
}

func YAML(data []byte) (YAMLConfig, error) {
	c := YAMLConfig{Metrics: ":9100"}
	err := yaml.Unmarshal(data, &c)
	return c, err
}

type TOMLConfig struct {
	Web *struct {
		Listen string `toml:"listen"`
	} `toml:"web"`
}

func TOML(file string) (c TOMLConfig, err error) {
	_, err = toml.DecodeFile(file, &c)
	return c, err
}

type EnvStruct struct {
	Addr  string `env:"ADDR" envDefault:":8080"`
	Admin struct {
		Port int `env:"PORT"`
	} `envPrefix:"ADMIN_"`
}

func Env() (*EnvStruct, error) {
	c := new(EnvStruct)
	return c, env.Parse(c)
}

type Prefixed struct {
	Socket string `env:"SOCKET"`
}

// EnvPrefixed reads variables with one of two prefixes.
func EnvPrefixed(bare bool) (c Prefixed, err error) {
	prefix := "DECODE_"
	if bare {
		prefix = ""
	}
	err = env.ParseWithOptions(&c, env.Options{Prefix: prefix})
	return c, err
}

type EC struct {
	Listen string `envconfig:"LISTEN"`
}

func EnvConfig() (EC, error) {
	var c EC
	err := envconfig.Process("app", &c)
	return c, err
}
