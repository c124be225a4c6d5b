// Bundled by inheritfd, helper version 3. Upgrade with: inheritfd init

package inherit

func init() { serves = onAnyStream }

// onAnyStream reports whether a call takes a socket that fd:// names, as fits does, or
// of another family if both are of streams: the program asks for no type of package
// net that only one family has.
func onAnyStream(r request, s *socket) bool {
	typed := r.op == "ListenTCP" || r.op == "ListenUnix"
	return s.fits(r.network) || !typed && socketType(s.network) == "stream" && socketType(r.network) == "stream"
}
