// Package extract finds the flows of one package: from its syntax and SSA form
// to the edges of package flow, on demand.
//
// # What is hard
//
// A package may be of any size, and hardly any of it has to do with listening.
// So a gate looks first whether the package mentions anything of interest, and
// SSA is built for the others only. One walk indexes the package by what demand
// will ask for: calls by callee, writes by the place that they write to. Then
// edges are found backwards, from the sites and from what the facts of imports
// leave open, and from exported places that configuration may be stored in. What
// cannot matter to an importer is pruned by package flow.
//
// Within the functions of the package there are no nodes: a [slicer] goes back
// over SSA from a value to the places that it may come from, and keeps which
// part of the address each piece of a composed string is. Questions about one
// value (what is it made of? what is done with it?) are asked by the two walks
// in walk.go, back and forward.
//
// A function that hands on what a parameter points to is told to importers as a
// decoder, and one that listens beside a sibling which takes the listener as a
// recipe.
//
// # What is not handled
//
// Values that pass through reflection other than a modelled decoder, through
// channels, through files and sockets, through unsafe. A slice that meets one of
// them ends in a node of kind unknown, with the reason.
//
// The files, from the bottom up: api, names, const, walk and order answer
// questions about SSA; index, values, declare, store, decode and filler
// index a package; slice, calls and text follow a value; extract and twin make
// edges and recipes; site and gate find the calls of interest; package and ask
// are what others see.
package extract
