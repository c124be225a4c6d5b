// Package flow traces the address of a listen call back to the configuration
// that decides it, across functions, structs and packages.
//
// # What is hard
//
// The package that reads the configuration, the one that listens and the one
// that joins them are three different packages, and a modular driver (go vet)
// shows an analysis only one of them at a time, dependencies first. So every
// package exports what it knows as edges of one graph, a [Flows] fact, and
// whoever sees both ends joins them: the package of the site for its own
// sites, and each package main for every site that it links.
//
// # The graph
//
// A [Node] is a place that a value passes: a parameter, a result, a field, a
// package variable, a constant, a configuration source, an interface method's
// slot, or a sink. Fields are field-based: one node per declared field
// whatever the object, as configuration structs are nearly always singletons.
// Structs of modelled packages that stand for an address (http.Server,
// net.TCPAddr) are the exception: they are followed object by object, as if
// the object were the address (model.Carrier). An [Edge] says that a value
// goes from one place to the next, where, and which part of the address it
// fills. Edges between functions say who mentions whom, towards sinks only;
// from them follows which programs reach a site.
//
// Libraries that keep values by key have places of their own: one per key of
// a store (viper and the like), one per flag that a literal or a loop declares,
// and one per decoder's target. A function that hands on what a parameter
// points to is told to importers as a decoder (Fills), and one that listens
// beside a sibling which takes the listener as a recipe (Twin).
//
// Calls that do something else to a socket's path (model.Effect) are traced as
// sinks are, in the module at work alone; whose path it is, whoever sees both
// traces tells.
//
// Edges are found on demand: from the sinks of the package and from what
// imported facts ask for backwards (package-internal flow is sliced over SSA,
// so locals are no nodes), and from every exported place that configuration
// may have been stored in. What cannot matter to an importer is pruned.
//
// # What is not handled
//
// Values that pass through reflection other than a modelled decoder, through
// channels, through files and sockets, through unsafe; aliasing of pointers
// held in two fields. A trace that meets one of them ends in an Unknown origin
// with the reason. Order of statements is respected for locals only.
package flow
