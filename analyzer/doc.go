// Package analyzer finds the places where a Go daemon starts to listen,
// traces which configuration decides the address, and offers edits that let
// the daemon take a socket that it inherited.
//
// # Analyzer inheritfd
//
// inheritfd: route listen calls through sockets inherited from a supervisor
//
// Under socket activation a supervisor (systemd) opens the listening sockets
// and hands them to the daemon as inherited file descriptors. This analyzer
// reports every call that binds a socket of its own, with the trace from the
// configuration to the call, and a fix that routes the call through a helper
// package bundled with the module:
//
//	l, err := net.Listen("tcp", *addr)
//
// becomes
//
//	l, err := inherit.Listen("tcp", *addr)
//
// which takes the inherited socket for the address when there is one and
// calls net.Listen when there is none. The helper is written to
// internal/inherit of the module by the command
//
//	inheritfd init
//
// Not reported are calls in tests, ephemeral ports, probes that close the
// socket at once, addresses that arrive over the network, and calls that take
// an inherited socket already.
//
// # Categories
//
// The category of a diagnostic is one of these.
//
// listen: a call that listens at a configured address.
//
// hardcoded: a call that listens at an address that no configuration can
// change.
//
// path: a call that removes the path of a socket, or sets its mode or owner.
//
// unlink: a call that takes a socket down: shutdown(2), SetUnlinkOnClose, and
// File, whose method Fd takes O_NONBLOCK from it.
//
// shutdown: the stop of a server that drops accepted connections, and the call
// that makes that server accept.
//
// address: a configured address, or its port, that is told to people or to
// other programs, where an inherited socket may have another.
//
// probe: a call that looks whether somebody uses the address, which is always
// so when a supervisor does.
//
// environment, privilege: calls that clear the environment, start the program
// again, or drop privileges.
//
// # Levels
//
// safe: the fix behaves the same when nothing is inherited, by construction.
//
// review: the fix may behave differently; the message says how.
//
// manual: there is no fix; the message says why, and what to do.
//
// # Flags
//
// -helper=path sets the import path of the helper; the default is
// internal/inherit below the module's path.
//
// -model=file.json adds rows for APIs that the analyzer does not know;
// analyzer/model/APIS.md describes them. The path has to be absolute under go vet.
//
// -sites reports as JSON, in place of diagnostics, what each package shows; it is
// how inheritfd check runs the analyzer. With -graph that has too what is known of
// the flows into the package's calls, for inheritfd trace.
package analyzer
