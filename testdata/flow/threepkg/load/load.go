// Package load reads the configuration.
package load

import (
	"encoding/json"
	"os"
)

// Config is the configuration.
type Config struct {
	Servers struct {
		Public struct {
			Listen string `json:"listen"`
		} `json:"public"`
	} `json:"servers"`
	admin string
}

// Load reads a file.
func Load(name string) (*Config, error) {
	data, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	c := new(Config)
	c.admin = getenv("ADMIN_ADDR", "localhost:9000")
	return c, json.Unmarshal(data, c)
}

// Admin returns what the environment says.
func (c *Config) Admin() string { return c.admin }

func getenv(key, def string) string {
	if v, ok := os.LookupEnv(key); ok {
		return v
	}
	return def
}
