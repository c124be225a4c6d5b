// Package model describes what APIs do, as data: which calls listen (sinks),
// which bring configuration in (sources), which pass a string on changed or
// unchanged (transfers), how a sink is ported (recipes), and what else is done to
// sockets (effects).
//
// A modelled function is never analysed: the model trumps the body, but for the
// functions of the module at work ([Model.ForModule]), whose own calls are what
// is asked about. One file describes one API or one family of APIs; a row can be
// reviewed without knowing the engine that reads it. Rows name functions as
// types.Func.FullName prints them. APIS.md lists them.
//
// A [Model] is a value: a process may hold several, with other rows of the user
// or for another helper package.
package model
