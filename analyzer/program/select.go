package program

// This file defines how the configuration can name an inherited socket.

import (
	"slices"
	"strings"

	"inheritfd/analyzer/flow"
	"inheritfd/analyzer/model"
)

// byNumber is how the first socket that is passed is named.
const byNumber = "fd://3"

// selects says how a socket can be named at a site: as for the listeners that it
// serves, where there are any.
func (s *place) selects(all []Listener) []string {
	if len(s.Names) == 0 {
		return s.selectsBy(s.Origins, nil)
	}
	out := []string{}
	for _, l := range all {
		if !l.Of(s.Pos) {
			continue
		}
		for _, text := range l.Select {
			if !slices.Contains(out, text) {
				out = append(out, text)
			}
		}
	}
	return out
}

// selectsBy says how origins can name a socket at a site: where the whole
// address reaches it untouched, and nobody else uses it. The origins of the network
// are those of its name, which the program may take from the address.
func (s *place) selectsBy(origins, network []flow.Origin) []string {
	out := []string{}
	switch {
	case s.Class != Listen && s.Class != Inherited, s.Level == Manual, s.Rejected.IsValid(), s.API.NetAddr, len(s.Uses) > 0:
		return out
	case s.With.IsValid() && s.Takes != "": // it listens only where it has taken no socket
		return out
	}
	for _, o := range origins {
		if o.Part != model.Whole || o.Rejected.IsValid() || o.Cut || taken(o, origins) || taken(o, network) {
			continue
		}
		switch o.Kind {
		case flow.FromFlag:
			out = append(out, o.Dash+o.Key+" "+byNumber)
		case flow.FromEnv:
			out = append(out, o.Key+"="+byNumber)
		case flow.FromFile:
			out = append(out, o.Key+": "+byNumber)
		}
	}
	return out
}

// taken reports whether what gives the whole of an address gives a piece of it, or
// its network, too: then the program takes it apart itself, and would take apart
// the name of an inherited socket. A piece that is cut out is none where there is
// nothing to cut.
func taken(whole flow.Origin, origins []flow.Origin) bool {
	return slices.ContainsFunc(origins, func(o flow.Origin) bool {
		return o.Kind == whole.Kind && o.Key == whole.Key && o.Part != model.Whole && (!o.Cut || o.Part == model.Network)
	})
}

// byName adds to what selects a socket by its number what does by its name.
func byName(selects []string, name string) []string {
	out := []string{}
	for _, s := range selects {
		out = append(out, s, strings.TrimSuffix(s, "3")+name)
	}
	return out
}
