package program

// This file defines what the origins of an address say together.

import (
	"cmp"
	"slices"
	"strings"

	"inheritfd/analyzer/flow"
	"inheritfd/analyzer/model"
)

// Tidy marks the constants that a configuration source overrides as its
// default, and drops empty values beside others.
func Tidy(origins []flow.Origin) []flow.Origin {
	parts := make(map[model.Part][]flow.Origin)
	var order []model.Part
	for _, o := range origins {
		if parts[o.Part] == nil {
			order = append(order, o.Part)
		}
		parts[o.Part] = append(parts[o.Part], o)
	}
	out := []flow.Origin{}
	for _, part := range order {
		out = append(out, tidyPart(parts[part])...)
	}
	return out
}

// tidyPart tidies the origins of one part of an address.
func tidyPart(origins []flow.Origin) []flow.Origin {
	defaults := make(map[string]bool)
	for _, o := range origins {
		if o.Kind == flow.FromConst && o.Value != "" && (o.Part != model.Whole || strings.ContainsAny(o.Value, ":/@") || strings.Trim(o.Value, "0123456789") == "") {
			defaults[o.Value] = true // a name alone is a piece of a path
		}
	}
	var out []flow.Origin
	absorbed := false
	shared := len(defaults) == 1 && !contextual(origins)
	for _, o := range origins {
		if shared && o.IsConfig() && o.Kind != flow.FromArgs {
			for value := range defaults {
				if !o.HasDefault || o.Default == "" {
					o.Default, o.HasDefault = value, true
					o.Trace = slices.Clone(o.Trace)
					if len(o.Trace) > 0 {
						o.Trace[0].What = o.String()
					}
					absorbed = true
				} else if o.Default == value {
					absorbed = true
				}
			}
		}
		out = append(out, o)
	}
	for i := range out {
		out[i].IsDefault = out[i].Kind == flow.FromConst && absorbed && defaults[out[i].Value]
	}
	return slices.DeleteFunc(out, func(o flow.Origin) bool { return o.Kind == flow.FromConst && o.Value == "" && len(out) > 1 })
}

// contextual reports whether the constants and the sources among origins
// belong to different logical listeners.
func contextual(origins []flow.Origin) bool {
	for _, c := range origins {
		if c.Kind != flow.FromConst || c.Value == "" {
			continue
		}
		for _, o := range origins {
			if o.IsConfig() && !prefix(c.Context, o.Context) && !prefix(o.Context, c.Context) {
				return true
			}
		}
	}
	return false
}

// prefix reports whether a is a prefix of b.
func prefix(a, b []flow.Pos) bool {
	return len(a) <= len(b) && slices.Equal(a, b[:len(a)])
}

// DropUncalled drops, beside others, origins that are parameters of functions
// which the program does not call.
func DropUncalled(origins []flow.Origin) []flow.Origin {
	isParam := func(o flow.Origin) bool { return o.Kind == flow.FromParam }
	if slices.ContainsFunc(origins, func(o flow.Origin) bool { return !isParam(o) }) {
		return slices.DeleteFunc(slices.Clone(origins), isParam)
	}
	return origins
}

// An originID is what makes two origins the same, whatever part they are of.
type originID struct {
	kind               flow.OriginKind
	key, value, reason string
}

func idOf(o flow.Origin) originID { return originID{o.Kind, o.Key, o.Value, o.Reason} }

// telling reports whether an origin of two values makes it likely that they
// are one.
func (id originID) telling() bool {
	switch id.kind {
	case flow.FromConst:
		return strings.ContainsAny(id.value, "/@\\") || strings.HasSuffix(id.value, ".sock")
	case flow.FromUnknown, flow.FromRuntime:
		return false
	}
	return true
}

// unique drops origins that several programs or contexts give alike, and
// keeps the first.
func unique(origins []flow.Origin) []flow.Origin {
	type key struct {
		part model.Part
		id   originID
	}
	seen := make(map[key]bool)
	var out []flow.Origin
	for _, o := range origins {
		k := key{o.Part, idOf(o)}
		if !seen[k] {
			seen[k] = true
			out = append(out, o)
		}
	}
	order := []model.Part{model.Whole, model.Dir, model.Path, model.Host, model.Port, model.Network}
	slices.SortStableFunc(out, func(a, b flow.Origin) int {
		return cmp.Compare(slices.Index(order, a.Part), slices.Index(order, b.Part))
	})
	return out
}

// Networks returns the network names that are known of a site: those that its
// function fixes, separated by spaces, and those that origins give.
func Networks(fixed string, origins []flow.Origin) []string {
	out := []string{}
	out = append(out, strings.Fields(fixed)...)
	for _, o := range origins {
		switch {
		case o.Kind == flow.FromConst && isNetwork(o.Value):
			out = append(out, o.Value)
		case o.HasDefault && isNetwork(o.Default):
			out = append(out, o.Default)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// isNetwork reports whether a text is the name of a network, as package net has
// them; those of package dns end in -tls. What else a program may hand on at the
// place of one is an address that it takes its network from, or a word of its own.
func isNetwork(text string) bool {
	name, _, _ := strings.Cut(text, ":") // ip4:icmp
	name = strings.TrimRight(strings.TrimSuffix(name, "-tls"), "46")
	return slices.Contains([]string{"tcp", "udp", "ip", "unix", "unixgram", "unixpacket", "sctp", "vsock", "quic", "kcp"}, name)
}

func isUnix(network string) bool { return strings.HasPrefix(network, "unix") }

// socketType returns the type of socket that network names have in common.
func socketType(networks []string) string {
	found := ""
	for _, n := range networks {
		t := ""
		switch strings.TrimSuffix(n, "-tls") { // as package dns says
		case "tcp", "tcp4", "tcp6", "unix":
			t = "stream"
		case "udp", "udp4", "udp6", "unixgram":
			t = "packet"
		case "unixpacket":
			t = "seqpacket"
		}
		if t == "" || found != "" && t != found {
			return ""
		}
		found = t
	}
	return found
}

// IsStream reports whether networks are of stream sockets, or not known.
func IsStream(networks []string) bool {
	t := socketType(networks)
	return t == "" || t == "stream"
}

// ClassOf tells the class of a site by its origins alone.
func ClassOf(api API, origins []flow.Origin) Class {
	if api.Virtual {
		return Runtime
	}
	runtime, config, searched := false, false, false
	for _, o := range origins {
		runtime = runtime || o.Kind == flow.FromRuntime && model.IsRemote(o.Reason)
		searched = searched || o.Kind == flow.FromRuntime && o.Reason == model.FreePort
		config = config || o.IsConfig() || o.Kind == flow.FromParam
	}
	switch {
	case len(origins) == 0:
		return Listen
	case isEphemeral(api, origins), searched && !config:
		return Ephemeral
	case runtime && !config:
		return Runtime
	}
	return Listen
}

// isEphemeral reports whether the system chooses the port: by constants, and
// whatever decides the host.
func isEphemeral(api API, origins []flow.Origin) bool {
	ports, wholes, hosts := 0, 0, 0
	for _, o := range origins {
		fixed := o.Kind == flow.FromConst
		switch o.Part {
		case model.Port:
			ports++
			if !fixed || o.Value != "0" && o.Value != "" {
				return false
			}
		case model.Whole:
			wholes++
			if !fixed || !strings.HasSuffix(o.Value, ":0") && (o.Value != "" || api.Empty != "") {
				return false
			}
		case model.Host:
			hosts++
		case model.Network:
		default:
			return false // a path
		}
	}
	return ports > 0 || wholes > 0 || hosts > 0 && api.NetAddr
}

// AnyPort reports whether the system chooses the port unless the configuration
// says otherwise.
func AnyPort(origins []flow.Origin) bool {
	ports := 0
	for _, o := range origins {
		switch {
		case o.Part == model.Host || o.Part == model.Network:
		case o.IsConfig() && o.HasDefault && (o.Default == "0" && o.Part == model.Port || strings.HasSuffix(o.Default, ":0")):
			ports++
		default:
			return false
		}
	}
	return ports > 0
}

// CategoryOf tells whether any configuration reaches an address.
func CategoryOf(origins []flow.Origin) Category {
	isConst := func(o flow.Origin) bool { return o.Kind == flow.FromConst }
	if len(origins) > 0 && !slices.ContainsFunc(origins, func(o flow.Origin) bool { return !isConst(o) }) {
		return CategoryHardcoded
	}
	return CategoryListen
}

// MayActOn reports whether a call may have to do with a site: with its path, or
// with any address.
func MayActOn(op model.Op, class Class, networks []string) bool {
	return hasPath(class, networks) || op.Probing() || op == model.Parses
}

// SameValue reports whether a path and the address of a site may be one value:
// the origins of one are among those of the other, and one of them tells
// enough; and whether they are the same.
func SameValue(path, site []flow.Origin) (same, equal bool) {
	a, b := identities(path), identities(site)
	if isDefaultOf(path, site) {
		return true, true
	}
	shared, telling := 0, false
	for id := range a {
		if b[id] {
			shared++
			telling = telling || id.telling()
		}
	}
	return telling && (shared == len(a) || shared == len(b)), shared == len(a) && shared == len(b)
}

// isDefaultOf reports whether a path is a constant that the address of a site is
// unless the configuration says otherwise.
func isDefaultOf(path, site []flow.Origin) bool {
	for _, o := range path {
		if o.Kind != flow.FromConst || !(originID{kind: o.Kind, value: o.Value}).telling() || !slices.ContainsFunc(site, func(s flow.Origin) bool {
			return s.Part != model.Network && (s.Kind == flow.FromConst && s.Value == o.Value || s.HasDefault && s.Default == o.Value)
		}) {
			return false
		}
	}
	return len(path) == 1
}

// identities returns what is known of the origins of an address, but for those
// of its network.
func identities(origins []flow.Origin) map[originID]bool {
	out := make(map[originID]bool)
	known := slices.ContainsFunc(origins, func(o flow.Origin) bool { return o.Kind != flow.FromUnknown })
	whole := slices.ContainsFunc(origins, func(o flow.Origin) bool { return o.Part == model.Whole || o.Part == model.Path })
	for _, o := range origins {
		if o.Part == model.Network || known && o.Kind == flow.FromUnknown || whole && (o.Part == model.Host || o.Part == model.Port) || o.IsDefault {
			continue
		}
		out[idOf(o)] = true
	}
	return out
}
