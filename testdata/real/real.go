// Package real imports every package that the model has rows for, so that
// go.mod pins the versions which the rows are checked against, by
// analyzer/model/model_test.go.
package real

import (
	_ "github.com/BurntSushi/toml"
	_ "github.com/caarlos0/env"
	_ "github.com/caarlos0/env/v10"
	_ "github.com/caarlos0/env/v11"
	_ "github.com/caarlos0/env/v6"
	_ "github.com/caarlos0/env/v7"
	_ "github.com/caarlos0/env/v8"
	_ "github.com/caarlos0/env/v9"
	_ "github.com/coreos/go-systemd/activation"
	_ "github.com/coreos/go-systemd/v22/activation"
	_ "github.com/ghodss/yaml"
	_ "github.com/goccy/go-yaml"
	_ "github.com/json-iterator/go"
	_ "github.com/kelseyhightower/envconfig"
	_ "github.com/pelletier/go-toml"
	_ "github.com/pelletier/go-toml/v2"
	_ "github.com/spf13/pflag"
	_ "go.yaml.in/yaml/v2"
	_ "go.yaml.in/yaml/v3"
	_ "go.yaml.in/yaml/v4"
	_ "golang.org/x/sys/unix"
	_ "gopkg.in/yaml.v2"
	_ "gopkg.in/yaml.v3"
	_ "sigs.k8s.io/yaml"
)
