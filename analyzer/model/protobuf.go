package model

// Protocol buffers as configuration, in their text and JSON forms.

func protobufRows(m *Model) {
	m.addDecoders([]Decoder{
		{Func: "google.golang.org/protobuf/encoding/prototext.Unmarshal", Kind: File, Tag: "protobuf", Dest: Arg1},
		{Func: "(google.golang.org/protobuf/encoding/prototext.UnmarshalOptions).Unmarshal", Kind: File, Tag: "protobuf", Dest: Arg1},
		{Func: "google.golang.org/protobuf/encoding/protojson.Unmarshal", Kind: File, Tag: "protobuf", Dest: Arg1},
		{Func: "(google.golang.org/protobuf/encoding/protojson.UnmarshalOptions).Unmarshal", Kind: File, Tag: "protobuf", Dest: Arg1},
		{Func: "github.com/golang/protobuf/proto.UnmarshalText", Kind: File, Tag: "protobuf", Dest: Arg1},
		{Func: "github.com/golang/protobuf/jsonpb.Unmarshal", Kind: File, Tag: "protobuf", Dest: Arg1},
		{Func: "github.com/golang/protobuf/jsonpb.UnmarshalString", Kind: File, Tag: "protobuf", Dest: Arg1},
		{Func: "(*github.com/golang/protobuf/jsonpb.Unmarshaler).Unmarshal", Kind: File, Tag: "protobuf", Dest: Arg1},
	})
}
