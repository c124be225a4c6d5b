// Package conf decodes YAML.
package conf

import "gopkg.in/yaml.v3"

// Config has no struct tags: keys are the names of the fields in lower case.
type Config struct {
	Server struct {
		Bind string
	}
}

// Parse decodes data.
func Parse(data []byte) (*Config, error) {
	c := new(Config)
	if err := yaml.Unmarshal(data, c); err != nil {
		return nil, err
	}
	return c, nil
}
