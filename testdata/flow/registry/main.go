// A registry: what a plugin is configured by is made by a function of its own, and its
// defaults are set by another.
package main

import (
	"encoding/json"
	"os"

	"example.com/registry/plugin"
	_ "example.com/registry/tcp"
)

type config struct {
	Plugins []struct {
		Type string          `json:"type"`
		Args json.RawMessage `json:"args"`
	} `json:"plugins"`
}

func main() {
	text, err := os.ReadFile("config.json")
	if err != nil {
		panic(err)
	}
	var c config
	if err := json.Unmarshal(text, &c); err != nil {
		panic(err)
	}
	for _, p := range c.Plugins {
		if err := plugin.Make(p.Type, p.Args); err != nil {
			panic(err)
		}
	}
}
