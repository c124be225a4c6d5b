package model

// This file defines what functions do to a socket, or to its path, besides
// listening: what a port has to look after when the socket is inherited.

// An Effect is a call that is harmless to a socket of the program's own, and
// not to an inherited one.
type Effect struct {
	Func string // full name
	// Category is the slug of the finding: path, unlink, probe, shutdown.
	Category string
	// Path is the argument with the path or address of the socket; None when
	// the call has to do with the socket by where it stands.
	Path Arg
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
	// Note says that the call does no harm, only no good any more.
	Note bool
	// Reason says what the call does, and what to do where Recipe is "".
	Reason string
}

// pathEffect adds rows of category path, for functions whose first argument is
// the path.
func (m *tables) pathEffect(recipe, what string, names ...string) {
	for _, n := range names {
		m.addEffects([]Effect{{Func: n, Category: "path", Path: Arg0, Recipe: recipe, Reason: what}})
	}
}

func effectRows(m *tables) {
	const (
		removes = "removes the path of the socket: clients would not find the inherited one any more"
		mode    = "sets the mode of the path, which is the supervisor's to set (SocketMode=)"
		owner   = "sets the owner of the path, which is the supervisor's to set (SocketUser=, SocketGroup=)"
		own     = "; no drop-in has these arguments: leave the path alone when the socket is inherited"
	)
	m.pathEffect("Remove", removes, "os.Remove")
	m.pathEffect("RemoveAll", removes, "os.RemoveAll")
	m.pathEffect("Unlink", removes, "syscall.Unlink", "golang.org/x/sys/unix.Unlink")
	m.pathEffect("Chmod", mode, "os.Chmod")
	m.pathEffect("Chown", owner, "os.Chown")
	m.pathEffect("Lchown", owner, "os.Lchown")
	m.pathEffect("", mode+own, "syscall.Chmod", "golang.org/x/sys/unix.Chmod")
	m.pathEffect("", owner+own, "syscall.Chown", "syscall.Lchown", "golang.org/x/sys/unix.Chown", "golang.org/x/sys/unix.Lchown")
	m.addEffects([]Effect{
		{Func: "golang.org/x/sys/unix.Unlinkat", Category: "path", Path: Arg1, Reason: removes + own},
		{Func: "golang.org/x/sys/unix.Fchmodat", Category: "path", Path: Arg1, Reason: mode + own},
		{Func: "golang.org/x/sys/unix.Fchownat", Category: "path", Path: Arg1, Reason: owner + own},
		{Func: "os.Rename", Category: "path", Path: Arg0, Reason: "moves the path of the socket away from where clients look for the inherited one: leave it when the socket is inherited"},
	})
	for _, p := range []string{"net.Dial", "net.DialTimeout", "(*net.Dialer).Dial"} {
		m.addEffects([]Effect{{Func: p, Category: "probe", Path: Arg1, Reason: dials}})
	}
	m.addEffects([]Effect{
		{Func: "net.DialUnix", Category: "probe", Path: Arg2, Reason: dials},
		{Func: "(*net.Dialer).DialContext", Category: "probe", Path: Arg2, Reason: dials},
		{Func: "os.Stat", Category: "probe", Path: Arg0, Reason: looks},
		{Func: "os.Lstat", Category: "probe", Path: Arg0, Reason: looks},
	})
	m.addEffects([]Effect{
		{Func: "net.SplitHostPort", Category: Form, Path: Arg0},
		{Func: "net.ResolveTCPAddr", Category: Form, Path: Arg1},
		{Func: "net.ResolveUDPAddr", Category: Form, Path: Arg1},
		{Func: "net/netip.ParseAddrPort", Category: Form, Path: Arg0},
	})
	const umask = "is in force while the socket is made, and does nothing to an inherited one, whose mode is the supervisor's (SocketMode=)"
	for _, f := range []string{"syscall.Umask", "golang.org/x/sys/unix.Umask"} {
		m.addEffects([]Effect{{Func: f, Category: "path", Note: true, Reason: umask}})
	}
	m.addEffects([]Effect{
		{Func: "(*net.UnixListener).SetUnlinkOnClose", Category: "unlink", Recipe: "SetUnlinkOnClose", If: "true",
			Reason: "has the path unlinked when the listener is closed: clients would not find the inherited socket any more"},
	})
	const shut = "shuts the socket down for everybody who has it, the supervisor too, which then gives it up: close the listener instead"
	for _, f := range []string{"syscall.Shutdown", "golang.org/x/sys/unix.Shutdown"} {
		m.addEffects([]Effect{{Func: f, Category: "unlink", Reason: shut}})
	}
	for _, f := range []string{"(*net.TCPListener).File", "(*net.UnixListener).File"} {
		m.addEffects([]Effect{{Func: f, Category: "unlink", Reason: "makes a file of the listener, whose method Fd takes O_NONBLOCK from the socket, for everybody who has it: use SyscallConn"}})
	}
	m.addEffects([]Effect{{Func: "os.Clearenv", Category: "environment", Note: true,
		Reason: "clears the environment; the helper has read LISTEN_FDS before main, and a child gets none either way"}})
	const drops = "drops privileges that an inherited socket does not take: the unit can start the program without them (User=)"
	for _, p := range []string{"syscall", "golang.org/x/sys/unix"} {
		for _, f := range []string{"Setuid", "Setgid", "Setgroups", "Setreuid", "Setregid", "Setresuid", "Setresgid"} {
			m.addEffects([]Effect{{Func: p + "." + f, Category: "privilege", Note: true, Reason: drops}})
		}
	}
	const again = "starts the program again without the sockets that it inherited, so that the new process binds its own: pass them on (ExtraFiles, LISTEN_FDS), or let the supervisor start it"
	m.addEffects([]Effect{
		{Func: "os/exec.Command", Category: "environment", Self: Arg0, Reason: again},
		{Func: "os/exec.CommandContext", Category: "environment", Self: Arg1, Reason: again},
		{Func: "os.StartProcess", Category: "environment", Self: Arg0, Reason: again},
	})
	const loses = "drops connections that it has accepted and not read a request from yet, which would have waited for the next start"
	m.speaks("grpc", "google.golang.org/grpc")
	// Measured by TestRestartOthers in cmd/inheritfd: these lose connections too,
	// and those of fasthttp and fiber none.
	for _, f := range []string{"(*github.com/labstack/echo.Echo).Shutdown", "(*github.com/labstack/echo/v4.Echo).Shutdown", "(*google.golang.org/grpc.Server).GracefulStop"} {
		m.addEffects([]Effect{{Func: f, Category: Stop, Recipe: "Quiesced", Around: Recv, Reason: loses}})
	}
	const fiber2, fiber3, fasthttp = "(*github.com/gofiber/fiber/v2.App).", "(*github.com/gofiber/fiber/v3.App).", "(*github.com/valyala/fasthttp.Server)."
	for _, f := range []string{
		fiber2 + "Shutdown", fiber2 + "ShutdownWithContext", fiber2 + "ShutdownWithTimeout",
		fiber3 + "Shutdown", fiber3 + "ShutdownWithContext", fiber3 + "ShutdownWithTimeout",
		fasthttp + "Shutdown", fasthttp + "ShutdownWithContext",
	} {
		m.addEffects([]Effect{{Func: f, Category: Stop, Note: true, Reason: answers}})
	}
	m.addEffects([]Effect{
		{Func: "(*google.golang.org/grpc.Server).Serve", Category: Stop, Recipe: "TrackedConns", Around: Arg0, Reason: serves},
		{Func: "(*net/http.Server).Shutdown", Category: Stop, Recipe: "Shutdown", Reason: loses + " (golang/go#75591)"},
		{Func: "(*net/http.Server).Serve", Category: Stop, Recipe: "Tracked", Around: Arg0, Reason: serves},
		{Func: "(*net/http.Server).ServeTLS", Category: Stop, Recipe: "Tracked", Around: Arg0, Reason: serves},
	})
	for _, f := range []string{"syscall.Exec", "golang.org/x/sys/unix.Exec"} {
		m.addEffects([]Effect{{Func: f, Category: "environment", Note: true,
			Reason: "replaces the program by another, or by itself: inherited sockets are closed then, and that one binds its own; let the supervisor restart it"}})
	}
}

// Form is the category of the calls that fail on an address fd://, and are no
// findings of their own.
const Form = "form"

// Stop is the category of the calls that end a server.
const Stop = "shutdown"

const (
	serves  = "accepts from a listener that cannot be stopped without closing it, as its graceful stop needs to lose nothing"
	answers = "answers what it has accepted, by itself"
	dials   = "connects to the address of the socket: if it does so to see whether somebody listens, it takes the inherited socket for another program's"
	looks   = "looks whether the path of the socket exists, which that of an inherited socket does"
)
