package unit

// This file asks systemd itself, where it is installed, what it makes of units.

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// complaint is a line of systemd-analyze: a path with a line in it, or the name of a
// unit, and what is the matter.
var complaint = regexp.MustCompile(`^(.+?\.(?:socket|service|conf))(?::(\d+))?: (.+)$`)

// elsewhere is said of what another machine may have.
var elsewhere = regexp.MustCompile(`is not executable: No such file|Unit \S+ not found`)

// Analyze returns what "systemd-analyze verify" of this machine says of units, as findings
// of the kind systemd, but for lines of which known has a finding, and for programs and
// other units that are not installed here; with user the units are of the user manager. There are none
// where it is not installed.
func Analyze(ctx context.Context, files []*File, known []Finding, user bool) []Finding {
	tool, err := exec.LookPath("systemd-analyze")
	if err != nil {
		return nil
	}
	args := []string{"verify", "--man=no"}
	if user {
		args = append(args, "--user")
	}
	var folders []string
	byName := make(map[string]string) // names of files as they were given
	for _, f := range files {
		path, err := filepath.Abs(f.Name)
		if err != nil {
			return nil
		}
		args = append(args, path)
		byName[path], byName[filepath.Base(path)] = f.Name, f.Name
		for _, d := range f.dropIns {
			if path, err := filepath.Abs(d); err == nil {
				byName[path] = d
			}
		}
		folders = append(folders, filepath.Dir(path))
	}
	cmd := exec.CommandContext(ctx, tool, args...)
	cmd.Env = append(os.Environ(), "SYSTEMD_UNIT_PATH="+strings.Join(folders, ":")+":", "SYSTEMD_LOG_LEVEL=notice", "SYSTEMD_LOG_COLOR=0", "LC_ALL=C")
	var said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &said, &said
	_ = cmd.Run() // error: what it says tells more
	var out []Finding
	for line := range strings.Lines(said.String()) {
		m := complaint.FindStringSubmatch(strings.TrimSpace(line))
		if m == nil || elsewhere.MatchString(m[3]) {
			continue
		}
		name, ok := byName[m[1]]
		if !ok {
			continue // of another unit of the machine
		}
		at, _ := strconv.Atoi(m[2]) // 0 for none
		if at > 0 && slices.ContainsFunc(known, func(f Finding) bool { return f.Unit == name && f.Line == at }) {
			continue
		}
		f := Finding{Unit: name, Line: at, Kind: "systemd", Text: "systemd-analyze verify: " + m[3]}
		if !slices.Contains(out, f) {
			out = append(out, f)
		}
	}
	return out
}
