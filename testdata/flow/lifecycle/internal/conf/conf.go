// Package conf reads the configuration of the spooler's programs.
package conf

import (
	"encoding/json"
	"os"
)

// Config is what spoold.json holds.
type Config struct {
	Socket  string `json:"socket"`
	Notify  string `json:"notify"`
	Web     string `json:"web"`
	PidFile string `json:"pid_file"`
	Spool   string `json:"spool"`
}

// Load reads a file; the environment has the last word.
func Load(name string) (*Config, error) {
	data, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	c := new(Config)
	if err := json.Unmarshal(data, c); err != nil {
		return nil, err
	}
	if s := os.Getenv("SPOOLD_SOCKET"); s != "" {
		c.Socket = s
	}
	return c, nil
}
