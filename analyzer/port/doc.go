// Package port makes the edits of one call: what routes a listen call through
// the helper, and what spares an inherited socket the things that a program does
// to its own.
//
// Edits are made of token ranges of the file as it is, so that comments and
// layout stay, and no node is printed anew. A call that cannot be rewritten
// without a doubt is not: the result says why, and what to do by hand.
//
// The files: site.go applies the recipe of a listen call, wrap.go the recipes
// that hand a function which serves to the helper; effect.go and address.go
// rewrite what else is done with a socket, or told of it; expr.go answers
// questions about expressions.
package port
