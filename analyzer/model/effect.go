package model

// This file defines what functions do to a socket, or to its path, besides
// listening: what a port has to look after when the socket is inherited.

// An Op is what a function does to a socket or to its path.
type Op uint8

const (
	NoOp            Op = iota
	Removes            // removes the path
	RemovesAll         // removes the path, and all that is below it
	Moves              // gives the path another name
	SetsMode           // sets the mode of the path
	SetsOwner          // sets the owner of the path
	SetsUmask          // decides the mode that paths are made with
	Dials              // connects to the address
	Looks              // asks whether the path is there
	Parses             // takes the address apart, and fails on fd://
	UnlinksOnClose     // has the path removed when the listener is closed
	ShutsDown          // shutdown(2), for everybody who has the socket
	MakesFile          // makes a file of the listener
	ClearsEnv          // clears the environment
	Starts             // starts a program
	Becomes            // replaces the program by another
	DropsPrivileges    // gives up privileges
	Stops              // ends a server
	Serves             // makes a server accept from a listener
	Tells              // tells people, or other programs, an address
	Tries              // listens to see whether the address is free
	MakesFolder        // makes a folder for the path
)

// OnPath reports whether functions that do o act on the path of a unix socket.
func (o Op) OnPath() bool { return Removes <= o && o <= SetsUmask }

// Removing reports whether functions that do o take the path away.
func (o Op) Removing() bool { return o == Removes || o == RemovesAll }

// Probing reports whether functions that do o find out whether somebody uses an
// address.
func (o Op) Probing() bool { return o == Dials || o == Looks || o == Tries }

// An Effect is a call that is harmless to a socket of the program's own, and
// not to an inherited one.
type Effect struct {
	Func string // full name
	Op   Op
	// Path is the argument with the path or address of the socket; None when
	// the call has to do with the socket by where it stands.
	Path Arg
	// Net is the network of the sockets that the call may have to do with, tcp or
	// unix; "" for any.
	Net string
	// Mode is the last argument's type where the call sets one: os.FileMode, or
	// the system's own bits.
	Mode ModeType
	// Self is the argument with the program that is run, for a call that
	// matters if it is this one itself.
	Self Arg
	// Recipe is the function of the helper that takes the place of the call,
	// with the same arguments, the receiver in front; "" when there is none.
	Recipe string
	// If is the constant that the last argument must have for the call to
	// matter, "" for any.
	If string
	// Around is what the helper's function goes around, rather than take the
	// place of the call: Recv, or Arg0 with the receiver in front.
	Around Arg
	// Harmless says that the call does no harm, only no good any more.
	Harmless bool
	// Reason says what the call does, and what to do where Recipe is "".
	Reason string
}

// A ModeType is how a function takes the mode of a file.
type ModeType uint8

const (
	NoMode     ModeType = iota
	SystemMode          // the bits of chmod(2)
	GoMode              // io/fs.FileMode
)

// pathEffect adds rows for functions whose first argument is the path.
func (m *Model) pathEffect(op Op, mode ModeType, recipe, what string, names ...string) {
	for _, n := range names {
		m.addEffects([]Effect{{Func: n, Op: op, Path: Arg0, Mode: mode, Recipe: recipe, Reason: what}})
	}
}

func effectRows(m *Model) {
	const (
		removes = "removes the path of the socket: clients would not find the inherited one any more"
		mode    = "sets the mode of the path, which is the supervisor's to set (SocketMode=)"
		owner   = "sets the owner of the path, which is the supervisor's to set (SocketUser=, SocketGroup=)"
		own     = "; no drop-in has these arguments: leave the path alone when the socket is inherited"
	)
	m.pathEffect(Removes, NoMode, "Remove", removes, "os.Remove")
	m.pathEffect(RemovesAll, NoMode, "RemoveAll", removes, "os.RemoveAll")
	m.pathEffect(Removes, NoMode, "Unlink", removes, "syscall.Unlink", "golang.org/x/sys/unix.Unlink")
	m.pathEffect(SetsMode, GoMode, "Chmod", mode, "os.Chmod")
	m.pathEffect(SetsOwner, NoMode, "Chown", owner, "os.Chown")
	m.pathEffect(SetsOwner, NoMode, "Lchown", owner, "os.Lchown")
	m.pathEffect(SetsMode, SystemMode, "", mode+own, "syscall.Chmod", "golang.org/x/sys/unix.Chmod")
	m.pathEffect(SetsOwner, NoMode, "", owner+own, "syscall.Chown", "syscall.Lchown", "golang.org/x/sys/unix.Chown", "golang.org/x/sys/unix.Lchown")
	m.addEffects([]Effect{
		{Func: "golang.org/x/sys/unix.Unlinkat", Op: Removes, Path: Arg1, Reason: removes + own},
		{Func: "golang.org/x/sys/unix.Fchmodat", Op: SetsMode, Path: Arg1, Reason: mode + own},
		{Func: "golang.org/x/sys/unix.Fchownat", Op: SetsOwner, Path: Arg1, Reason: owner + own},
		{Func: "os.Rename", Op: Moves, Path: Arg0, Reason: "moves the path of the socket away from where clients look for the inherited one: leave it when the socket is inherited"},
	})
	const (
		dials = "connects to the address of the socket: if it does so to see whether somebody listens, it takes the inherited socket for another program's"
		looks = "looks whether the path of the socket exists, which that of an inherited socket does"
	)
	for _, p := range []string{"net.Dial", "net.DialTimeout", "(*net.Dialer).Dial"} {
		m.addEffects([]Effect{{Func: p, Op: Dials, Path: Arg1, Reason: dials}})
	}
	m.addEffects([]Effect{
		{Func: "net.DialUnix", Op: Dials, Path: Arg2, Reason: dials},
		{Func: "(*net.Dialer).DialContext", Op: Dials, Path: Arg2, Reason: dials},
		{Func: "os.Stat", Op: Looks, Path: Arg0, Reason: looks},
		{Func: "os.Lstat", Op: Looks, Path: Arg0, Reason: looks},
	})
	const asks = "connects to the address of the socket"
	for fn, at := range map[string]Arg{
		"net/http.Get": Arg0, "net/http.Head": Arg0, "net/http.Post": Arg0, "net/http.PostForm": Arg0, "net/http.NewRequest": Arg1,
		"net/http.NewRequestWithContext": Arg2, "(*net/http.Client).Get": Arg0, "(*net/http.Client).Head": Arg0,
		"(*net/http.Client).Post": Arg0, "(*net/http.Client).PostForm": Arg0, "crypto/tls.Dial": Arg1, "crypto/tls.DialWithDialer": Arg2,
		"(*crypto/tls.Dialer).DialContext": Arg2, "net/rpc.Dial": Arg1, "net/rpc.DialHTTP": Arg1,
		"google.golang.org/grpc.Dial": Arg0, "google.golang.org/grpc.NewClient": Arg0, "google.golang.org/grpc.DialContext": Arg1,
	} {
		m.addEffects([]Effect{{Func: fn, Op: Dials, Path: at, Reason: asks}})
	}
	m.pathEffect(MakesFolder, NoMode, "", "makes a folder for the path", "os.Mkdir", "os.MkdirAll")
	m.addEffects([]Effect{
		{Func: "net.SplitHostPort", Op: Parses, Path: Arg0},
		{Func: "net.ResolveTCPAddr", Op: Parses, Path: Arg1},
		{Func: "net.ResolveUDPAddr", Op: Parses, Path: Arg1},
		{Func: "net/netip.ParseAddrPort", Op: Parses, Path: Arg0},
	})
	const umask = "is in force while the socket is made, and does nothing to an inherited one, whose mode is the supervisor's (SocketMode=)"
	for _, f := range []string{"syscall.Umask", "golang.org/x/sys/unix.Umask"} {
		m.addEffects([]Effect{{Func: f, Op: SetsUmask, Net: "unix", Mode: SystemMode, Harmless: true, Reason: umask}})
	}
	m.addEffects([]Effect{
		{Func: "(*net.UnixListener).SetUnlinkOnClose", Op: UnlinksOnClose, Net: "unix", Recipe: "SetUnlinkOnClose", If: "true",
			Reason: "has the path unlinked when the listener is closed: clients would not find the inherited socket any more"},
	})
	const shut = "shuts the socket down for everybody who has it, the supervisor too, which then gives it up: close the listener instead"
	for _, f := range []string{"syscall.Shutdown", "golang.org/x/sys/unix.Shutdown"} {
		m.addEffects([]Effect{{Func: f, Op: ShutsDown, Reason: shut}})
	}
	for f, network := range map[string]string{"(*net.TCPListener).File": "tcp", "(*net.UnixListener).File": "unix"} {
		m.addEffects([]Effect{{Func: f, Op: MakesFile, Net: network, Reason: "makes a file of the listener, whose method Fd takes O_NONBLOCK from the socket, for everybody who has it: use SyscallConn"}})
	}
	m.addEffects([]Effect{{Func: "os.Clearenv", Op: ClearsEnv, Harmless: true,
		Reason: "clears the environment; the helper has read LISTEN_FDS before main, and a child gets none either way"}})
	const drops = "drops privileges that an inherited socket does not take: the unit can start the program without them (User=)"
	for _, p := range []string{"syscall", "golang.org/x/sys/unix"} {
		for _, f := range []string{"Setuid", "Setgid", "Setgroups", "Setreuid", "Setregid", "Setresuid", "Setresgid"} {
			m.addEffects([]Effect{{Func: p + "." + f, Op: DropsPrivileges, Harmless: true, Reason: drops}})
		}
	}
	m.addEffects([]Effect{
		{Func: "os/exec.Command", Op: Starts, Self: Arg0, Reason: startsAgain},
		{Func: "os/exec.CommandContext", Op: Starts, Self: Arg1, Reason: startsAgain},
		{Func: "os.StartProcess", Op: Starts, Self: Arg0, Reason: startsAgain},
	})
	for _, f := range []string{"syscall.Exec", "golang.org/x/sys/unix.Exec"} {
		m.addEffects([]Effect{{Func: f, Op: Becomes, Harmless: true,
			Reason: "replaces the program by another, or by itself: inherited sockets are closed then, and that one binds its own; let the supervisor restart it"}})
	}
	stopRows(m)
}

// startsAgain says what becomes of sockets when a program runs itself again.
const startsAgain = "starts the program again without the sockets that it inherited, so that the new process binds its own: pass them on (ExtraFiles, LISTEN_FDS), or let the supervisor start it"

// StartsAgain says what becomes of inherited sockets where a program replaces itself
// by itself.
func (m *Model) StartsAgain() string { return startsAgain }

// stopRows adds how servers are ended, and made to accept. Measured by
// TestRestartOthers in cmd/inheritfd: net/http, echo and grpc drop what they
// have accepted and not read a request from yet, fasthttp and fiber do not.
func stopRows(m *Model) {
	const (
		loses   = "drops connections that it has accepted and not read a request from yet, which would have waited for the next start"
		answers = "answers what it has accepted, by itself"
		serves  = "accepts from a listener that cannot be stopped without closing it, as its graceful stop needs to lose nothing"
	)
	for _, f := range []string{"(*github.com/labstack/echo.Echo).Shutdown", "(*github.com/labstack/echo/v4.Echo).Shutdown", "(*google.golang.org/grpc.Server).GracefulStop"} {
		m.addEffects([]Effect{{Func: f, Op: Stops, Recipe: "Drained", Around: Recv, Reason: loses}})
	}
	const fiber2, fiber3, fasthttp = "(*github.com/gofiber/fiber/v2.App).", "(*github.com/gofiber/fiber/v3.App).", "(*github.com/valyala/fasthttp.Server)."
	for _, f := range []string{
		fiber2 + "Shutdown", fiber2 + "ShutdownWithContext", fiber2 + "ShutdownWithTimeout",
		fiber3 + "Shutdown", fiber3 + "ShutdownWithContext", fiber3 + "ShutdownWithTimeout",
		fasthttp + "Shutdown", fasthttp + "ShutdownWithContext",
	} {
		m.addEffects([]Effect{{Func: f, Op: Stops, Harmless: true, Reason: answers}})
	}
	m.addEffects([]Effect{
		{Func: "(*google.golang.org/grpc.Server).Serve", Op: Serves, Recipe: "DrainableConns", Around: Arg0, Reason: serves},
		{Func: "(*net/http.Server).Shutdown", Op: Stops, Recipe: "Shutdown", Reason: loses + " (golang/go#75591)"},
		{Func: "(*net/http.Server).Serve", Op: Serves, Recipe: "Drainable", Around: Arg0, Reason: serves},
		{Func: "(*net/http.Server).ServeTLS", Op: Serves, Recipe: "Drainable", Around: Arg0, Reason: serves},
	})
	m.speaks("grpc", "google.golang.org/grpc")
	for fn, protocol := range map[string]string{
		"net/http.Serve": "http", "net/http.ServeTLS": "http", "(*net/http.Server).Serve": "http", "(*net/http.Server).ServeTLS": "http",
		"(*google.golang.org/grpc.Server).Serve": "grpc",
	} {
		m.serving[fn] = protocol
	}
}
