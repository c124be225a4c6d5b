package model

// github.com/hashicorp/hcl. v1 compares names without case; v2 leaves fields
// without a tag alone.

func hclRows(m *Model) {
	const hcl = "github.com/hashicorp/hcl"
	m.addDecoders([]Decoder{
		{Func: hcl + ".Decode", Kind: File, Tag: "hcl", Dest: Arg0, Style: Lower},
		{Func: hcl + ".DecodeObject", Kind: File, Tag: "hcl", Dest: Arg0, Style: Lower},
		{Func: hcl + ".Unmarshal", Kind: File, Tag: "hcl", Dest: Arg1, Style: Lower},
		{Func: hcl + "/v2/hclsimple.Decode", Kind: File, Tag: "hcl", Dest: Arg3, Style: Skip},
		{Func: hcl + "/v2/hclsimple.DecodeFile", Kind: File, Tag: "hcl", Dest: Arg2, Style: Skip},
		{Func: hcl + "/v2/gohcl.DecodeBody", Kind: File, Tag: "hcl", Dest: Arg2, Style: Skip},
	})
}
