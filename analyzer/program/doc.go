// Package program says what the packages of a module show together: which
// programs reach a site, where its address comes from, what else is done to its
// socket, and what becomes of it. It is pure: it looks at no source, and asks
// nobody.
//
// # What is hard
//
// No package knows a program. Each hands over what it sees, a [Package], in
// which packages main say what they know of the sites of all others. [Join]
// completes the sites with that, and then asks four questions in this order, each
// of which needs the answers to those before it: what class is the site? which
// effects belong to it? what becomes of it? which logical listeners are there,
// and is one the only one of its type?
//
// Which socket an effect is on is told by its kind (belong.go): what is given a
// path belongs to the sites whose addresses have the same origins and are
// composed alike; what makes a server accept, or ends it, to the site of that
// server's listener; a call that says neither to the nearest site. Another
// program's calls are never the business of this one.
//
// What becomes of a site is a [Verdict]: the first of the rules in verdict.go
// that has something to say decides. Nothing changes a verdict afterwards.
//
// # What is not handled
//
// Two listeners that differ only in a value which no trace shows are taken for
// one. The nearest site is a guess; it is taken where nothing better is known,
// and nothing but the level of the site depends on it.
//
// The files, from the bottom up: package has what packages hand over, site what
// is made of it, origin what origins say together; belong, verdict, listener,
// name and select answer the questions; join puts them in order.
package program
