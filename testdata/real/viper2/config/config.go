// Package config keeps the settings in a viper of its own.
package config

import (
	"strings"

	"github.com/spf13/pflag"
	"github.com/spf13/viper"
)

// HTTP is the section of the HTTP server.
type HTTP struct {
	Addr  string
	Admin string `mapstructure:"admin_addr"`
}

// Config is what the daemon needs to know.
type Config struct {
	HTTP  HTTP
	Store *viper.Viper
	rpc   *viper.Viper
}

// Load reads the settings.
func Load(fs *pflag.FlagSet) (*Config, error) {
	v := viper.New()
	v.SetDefault("http.addr", ":8080")
	v.SetDefault("metrics", map[string]any{"addr": ":9100"})
	v.BindPFlag("debug.addr", fs.Lookup("debug"))
	v.SetEnvPrefix("app")
	v.SetEnvKeyReplacer(strings.NewReplacer(".", "_"))
	v.BindEnv("raw.addr")
	v.BindEnv("named.addr", variable("NAMED_ADDR"))
	v.BindEnv("ws.addr", "WS_ADDR", "WEBSOCKET_ADDR")
	v.SetConfigFile("/etc/app.toml")
	if err := v.ReadInConfig(); err != nil {
		return nil, err
	}
	c := &Config{Store: v, rpc: v.Sub("rpc")}
	if err := v.UnmarshalKey("http", &c.HTTP); err != nil {
		return nil, err
	}
	return c, nil
}

// RPC returns the address of the RPC server.
func (c *Config) RPC() string { return c.rpc.GetString("addr") }

// variable marks the name of a variable for the documentation.
func variable(name string) string { return name }
