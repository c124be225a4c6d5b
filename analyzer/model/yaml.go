package model

// Decoders of YAML. Fields without a tag are in lower case, but for those that
// go by way of JSON.

func yamlRows(m *Model) {
	for _, p := range []string{"gopkg.in/yaml.v2", "gopkg.in/yaml.v3", "go.yaml.in/yaml/v2", "go.yaml.in/yaml/v3", "go.yaml.in/yaml/v4",
		"github.com/goccy/go-yaml"} {
		m.addDecoders([]Decoder{
			{Func: p + ".Unmarshal", Kind: File, Tag: "yaml", Dest: Arg1, Style: Lower},
			{Func: "(*" + p + ".Decoder).Decode", Kind: File, Tag: "yaml", Dest: Arg0, Style: Lower},
		})
	}
	for _, p := range []string{"gopkg.in/yaml.v2", "go.yaml.in/yaml/v2"} {
		m.addDecoders([]Decoder{{Func: p + ".UnmarshalStrict", Kind: File, Tag: "yaml", Dest: Arg1, Style: Lower}})
	}
	for _, p := range []string{"gopkg.in/yaml.v3", "go.yaml.in/yaml/v3"} {
		m.addDecoders([]Decoder{{Func: "(*" + p + ".Node).Decode", Kind: File, Tag: "yaml", Dest: Arg0, Style: Lower}})
	}
	m.addDecoders([]Decoder{
		{Func: "go.yaml.in/yaml/v4.Load", Kind: File, Tag: "yaml", Dest: Arg1, Style: Lower},
		{Func: "(*go.yaml.in/yaml/v4.Loader).Load", Kind: File, Tag: "yaml", Dest: Arg0, Style: Lower},
		{Func: "github.com/goccy/go-yaml.UnmarshalWithOptions", Kind: File, Tag: "yaml", Dest: Arg1, Style: Lower},
		{Func: "github.com/goccy/go-yaml.UnmarshalContext", Kind: File, Tag: "yaml", Dest: Arg2, Style: Lower},
		{Func: "github.com/goccy/go-yaml.NodeToValue", Kind: File, Tag: "yaml", Dest: Arg1, Style: Lower},
		{Func: "(*github.com/goccy/go-yaml.Decoder).DecodeContext", Kind: File, Tag: "yaml", Dest: Arg1, Style: Lower},
		{Func: "github.com/ghodss/yaml.Unmarshal", Kind: File, Tag: "json", Dest: Arg1},
		{Func: "sigs.k8s.io/yaml.Unmarshal", Kind: File, Tag: "json", Dest: Arg1},
		{Func: "sigs.k8s.io/yaml.UnmarshalStrict", Kind: File, Tag: "json", Dest: Arg1},
	})
}
