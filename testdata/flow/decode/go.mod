module example.com/decode

go 1.26.0

require (
	github.com/BurntSushi/toml v1.5.0
	github.com/caarlos0/env/v11 v11.3.1
	github.com/kelseyhightower/envconfig v1.4.0
	gopkg.in/yaml.v3 v3.0.1
)
