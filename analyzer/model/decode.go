package model

// Decoders that fill structs through their field tags.

func init() {
	addDecoders([]Decoder{
		{Func: "encoding/json.Unmarshal", Kind: File, Tag: "json", Dest: 1, Prefix: None},
		{Func: "(*encoding/json.Decoder).Decode", Kind: File, Tag: "json", Dest: 0, Prefix: None},
		{Func: "github.com/json-iterator/go.Unmarshal", Kind: File, Tag: "json", Dest: 1, Prefix: None},
		{Func: "(github.com/json-iterator/go.API).Unmarshal", Kind: File, Tag: "json", Dest: 1, Prefix: None},
		{Func: "(*github.com/json-iterator/go.Decoder).Decode", Kind: File, Tag: "json", Dest: 0, Prefix: None},
		{Func: "encoding/xml.Unmarshal", Kind: File, Tag: "xml", Dest: 1, Prefix: None},
		{Func: "(*encoding/xml.Decoder).Decode", Kind: File, Tag: "xml", Dest: 0, Prefix: None},
		{Func: "github.com/BurntSushi/toml.Unmarshal", Kind: File, Tag: "toml", Dest: 1, Prefix: None},
		{Func: "github.com/BurntSushi/toml.Decode", Kind: File, Tag: "toml", Dest: 1, Prefix: None},
		{Func: "github.com/BurntSushi/toml.DecodeFile", Kind: File, Tag: "toml", Dest: 1, Prefix: None},
		{Func: "(*github.com/BurntSushi/toml.Decoder).Decode", Kind: File, Tag: "toml", Dest: 0, Prefix: None},
		{Func: "github.com/caarlos0/env.Parse", Kind: Env, Tag: "env", Dest: 0, Prefix: None},
		{Func: "github.com/ghodss/yaml.Unmarshal", Kind: File, Tag: "json", Dest: 1, Prefix: None},
		{Func: "sigs.k8s.io/yaml.Unmarshal", Kind: File, Tag: "json", Dest: 1, Prefix: None},
		{Func: "sigs.k8s.io/yaml.UnmarshalStrict", Kind: File, Tag: "json", Dest: 1, Prefix: None},
		{Func: "github.com/kelseyhightower/envconfig.Process", Kind: Env, Tag: "envconfig", Dest: 1, Prefix: 0},
		{Func: "github.com/kelseyhightower/envconfig.MustProcess", Kind: Env, Tag: "envconfig", Dest: 1, Prefix: 0},
		{Func: "github.com/pelletier/go-toml.Unmarshal", Kind: File, Tag: "toml", Dest: 1, Prefix: None},
		{Func: "github.com/pelletier/go-toml/v2.Unmarshal", Kind: File, Tag: "toml", Dest: 1, Prefix: None},
		{Func: "(*github.com/pelletier/go-toml.Decoder).Decode", Kind: File, Tag: "toml", Dest: 0, Prefix: None},
		{Func: "(*github.com/pelletier/go-toml/v2.Decoder).Decode", Kind: File, Tag: "toml", Dest: 0, Prefix: None},
	})
	for _, p := range []string{"gopkg.in/yaml.v2", "gopkg.in/yaml.v3", "go.yaml.in/yaml/v2", "go.yaml.in/yaml/v3", "go.yaml.in/yaml/v4",
		"github.com/goccy/go-yaml"} {
		addDecoders([]Decoder{
			{Func: p + ".Unmarshal", Kind: File, Tag: "yaml", Dest: 1, Fold: true, Prefix: None},
			{Func: "(*" + p + ".Decoder).Decode", Kind: File, Tag: "yaml", Dest: 0, Fold: true, Prefix: None},
		})
	}
	for _, p := range []string{"gopkg.in/yaml.v2", "go.yaml.in/yaml/v2"} {
		addDecoders([]Decoder{{Func: p + ".UnmarshalStrict", Kind: File, Tag: "yaml", Dest: 1, Fold: true, Prefix: None}})
	}
	for _, v := range []string{"/v6", "/v7", "/v8", "/v9", "/v10", "/v11"} {
		addDecoders([]Decoder{
			{Func: "github.com/caarlos0/env" + v + ".Parse", Kind: Env, Tag: "env", Dest: 0, Prefix: None},
		})
	}
	for _, v := range []string{"/v8", "/v9", "/v10", "/v11"} {
		addDecoders([]Decoder{
			{Func: "github.com/caarlos0/env" + v + ".ParseWithOptions", Kind: Env, Tag: "env", Dest: 0, Prefix: None},
		})
	}
}

// ConfigTags are the struct tags that mark a field as configuration even
// where the call that decodes it is out of sight (reflection, own loaders),
// with the kind of source; earlier ones win.
var ConfigTags = []struct {
	Tag  string
	Kind SourceKind
}{
	{"flag", Flag}, {"flagName", Flag}, {"long", Flag}, {"arg", Flag},
	{"env", Env}, {"envconfig", Env},
	{"mapstructure", File}, {"yaml", File}, {"toml", File}, {"koanf", File}, {"hcl", File}, {"ini", File},
	{"cfg", File}, {"conf", File}, {"config", File}, {"properties", File}, {"json", File},
}
