// Package flow holds what is known of how values go from the configuration to
// the listen calls of a program, as one graph, and searches it.
//
// # What is hard
//
// The package that reads the configuration, the one that listens and the one
// that joins them are three different packages, and a modular driver (go vet)
// shows an analysis only one of them at a time, dependencies first. So every
// package exports what it knows as edges of one graph, a [Flows] fact, and
// whoever sees both ends joins them: the package of the site for its own
// sites, and each package main for every site that it reaches.
//
// # The graph
//
// A [Node] is a place that a value passes: a parameter, a result, a field, a
// package variable, a constant, a configuration source, an interface method's
// slot, or a site. Fields are field-based: one node per declared field
// whatever the object, as configuration structs are nearly always singletons.
// Structs of modelled packages that stand for an address (http.Server,
// net.TCPAddr) are the exception: they are followed object by object, as if
// the object were the address (model.Carrier). An [Edge] says that a value
// goes from one place to the next, where, and which part of the address it
// fills. Edges between functions say who mentions whom, towards sites only;
// from them follows which programs reach a site.
//
// Libraries that keep values by key have places of their own: one per key of
// a store (viper and the like), and one for each thing that the program told
// the store about all keys. Beside the edges a fact says which functions fill
// what a parameter points to ([Filler]), and which recipes were inferred for
// functions that listen ([Recipe]).
//
// # The search
//
// A search goes backwards, breadth first, so that the first trace to an origin
// is the shortest. At each place it knows which part of the address the value
// is, and which calls it has to return through: it enters a function by the call
// whose result it followed, and leaves it by the same. Where a value comes from
// several callers, or several literals, it notes which in the context of the
// origin; contexts tell the logical listeners of one site apart.
//
// An example. Package conf has
//
//	var Addr = flag.String("addr", ":8080", "address")
//
// package serve
//
//	func Run(addr string) error { l, err := net.Listen("tcp", addr); … }
//
// and package main calls serve.Run(*conf.Addr). Their facts are
//
//	conf   S:flag:addr → G:conf.Addr (stored), C::8080 → S:flag:addr (default)
//	serve  P:serve.Run#0 → K:net.Listen (copied), N:serve.Run → K:net.Listen (calls)
//
// and package main adds G:conf.Addr → P:serve.Run#0 (passed) and N:main.main →
// N:serve.Run (calls). The search from the site finds the parameter, the variable
// and the flag with its default; written the other way around, they are the
// trace. That main.main leads to the site says that this program listens there.
//
// # What is not handled
//
// Aliasing of pointers held in two fields; order of statements, which is
// respected for locals only (by package extract, which makes the edges). A trace
// that meets a limit ends in an origin of kind unknown, with the reason.
//
// The files, from the bottom up: pos, node and fact are the data, codec its form
// on disk, graph what an importer needs of it, part how addresses are composed;
// origin, search, entry and describe are the search, which explain has tell what it
// does; reach says what leads to sites.
package flow
