package model

// Decoders of JSON and JSON5 besides the standard library's.

func jsonRows(m *Model) {
	for _, p := range []string{"github.com/json-iterator/go", "github.com/goccy/go-json", "github.com/segmentio/encoding/json",
		"github.com/titanous/json5", "github.com/yosuke-furukawa/json5/encoding/json5"} {
		m.addDecoders([]Decoder{
			{Func: p + ".Unmarshal", Kind: File, Tag: "json", Dest: Arg1},
			{Func: "(*" + p + ".Decoder).Decode", Kind: File, Tag: "json", Dest: Arg0},
		})
	}
	const jsoniter, goccy, sonic = "github.com/json-iterator/go", "github.com/goccy/go-json", "github.com/bytedance/sonic"
	m.addDecoders([]Decoder{
		{Func: jsoniter + ".UnmarshalFromString", Kind: File, Tag: "json", Dest: Arg1},
		{Func: "(" + jsoniter + ".API).Unmarshal", Kind: File, Tag: "json", Dest: Arg1},
		{Func: "(" + jsoniter + ".API).UnmarshalFromString", Kind: File, Tag: "json", Dest: Arg1},
		{Func: goccy + ".UnmarshalContext", Kind: File, Tag: "json", Dest: Arg2},
		{Func: goccy + ".UnmarshalNoEscape", Kind: File, Tag: "json", Dest: Arg1},
		{Func: goccy + ".UnmarshalWithOption", Kind: File, Tag: "json", Dest: Arg1},
		{Func: "(*" + goccy + ".Decoder).DecodeContext", Kind: File, Tag: "json", Dest: Arg1},
		{Func: "(*" + goccy + ".Decoder).DecodeWithOption", Kind: File, Tag: "json", Dest: Arg0},
		{Func: sonic + ".Unmarshal", Kind: File, Tag: "json", Dest: Arg1},
		{Func: sonic + ".UnmarshalString", Kind: File, Tag: "json", Dest: Arg1},
		{Func: "(" + sonic + ".API).Unmarshal", Kind: File, Tag: "json", Dest: Arg1},
		{Func: "(" + sonic + ".API).UnmarshalFromString", Kind: File, Tag: "json", Dest: Arg1},
		{Func: "(" + sonic + ".Decoder).Decode", Kind: File, Tag: "json", Dest: Arg0},
	})
}
