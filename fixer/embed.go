package fixer

import (
	"encoding/json"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"
)

// missingEmbed is what the go command says about a //go:embed directive whose
// files are not there: those of a web interface that was not built, mostly. It
// then refuses the package and all that import it.
var missingEmbed = regexp.MustCompile(`^(.+\.go):\d+:\d+: pattern (.+): no matching files found$`)

// embedOverlay writes an overlay (see go help build) that has a placeholder
// for each file which an embed pattern misses, into dir; what files hold has
// no say in the analysis. It returns the overlay's name, "" when nothing is
// missing, and the problems that it does not solve.
func embedOverlay(base, dir string, problems []string) (string, []string, error) {
	base, err := filepath.Abs(base)
	if err != nil {
		return "", nil, err
	}
	replace := make(map[string]string)
	placeholder := filepath.Join(dir, "placeholder")
	var rest []string
	for _, p := range problems {
		m := missingEmbed.FindStringSubmatch(p)
		if m == nil {
			rest = append(rest, p)
			continue
		}
		file := filepath.FromSlash(m[1])
		if !filepath.IsAbs(file) {
			file = filepath.Join(base, file)
		}
		replace[filepath.Join(filepath.Dir(file), filepath.FromSlash(embedded(m[2])))] = placeholder
	}
	if len(replace) == 0 {
		return "", problems, nil
	}
	data, err := json.Marshal(map[string]any{"Replace": replace})
	if err != nil {
		return "", nil, err
	}
	if err := os.WriteFile(placeholder, []byte("placeholder\n"), 0o600); err != nil {
		return "", nil, err
	}
	name := filepath.Join(dir, "overlay.json")
	return name, rest, os.WriteFile(name, data, 0o600)
}

// embedded returns the name of a file that an embed pattern matches.
func embedded(pattern string) string {
	pattern = strings.TrimPrefix(pattern, "all:")
	name := strings.NewReplacer("*", "x", "?", "x").Replace(pattern)
	if strings.ContainsAny(pattern, "*?[") || path.Ext(name) != "" {
		return name
	}
	return path.Join(name, "x") // a folder
}
