package model

// mapstructure, in both its modules: fills structs from maps, comparing names
// without case.

func mapstructureRows(m *Model) {
	for _, p := range []string{"github.com/mitchellh/mapstructure", "github.com/go-viper/mapstructure/v2"} {
		for _, f := range []string{"Decode", "WeakDecode", "DecodeMetadata", "WeakDecodeMetadata"} {
			m.addDecoders([]Decoder{{Func: p + "." + f, Kind: File, Tag: "mapstructure", Dest: Arg1}})
		}
		// The call that decodes has its input only.
		m.addDecoders([]Decoder{{Func: p + ".NewDecoder", Kind: File, Tag: "mapstructure", Dest: Arg0, DestField: "Result"}})
	}
}
