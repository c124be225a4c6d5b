// Package model describes what APIs do, as data: which calls listen (sinks),
// which bring configuration in (sources), which pass a string on changed or
// unchanged (transfers), how a sink is ported (recipes), and what else is done to
// sockets (effects).
//
// A modelled function is never analysed: the model trumps the body. One file
// describes one API or one family of APIs; a row can be reviewed without
// knowing the engine that reads it. Rows name functions as types.Func.FullName
// prints them.
package model
