package verify

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
)

// A Setting is a flag or a variable of the environment that is said to decide an
// address, or a part of one.
type Setting struct {
	Listener string   `json:"listener"`
	Flag     string   `json:"flag,omitempty"` // with its dashes; "" for a variable
	Env      string   `json:"env,omitempty"`  // "" for a flag
	Part     string   `json:"part"`           // address, path, host, port, or dir
	Now      string   `json:"now"`            // the address of the listener as it is; "" where that is not known
	Unix     bool     `json:"-"`              // the listener has a path
	Words    []string `json:"-"`              // of the command that the flag is of
	// Before are flags that say the same, and go before a variable.
	Before []string `json:"-"`
}

// String returns the flag or variable.
func (s Setting) String() string {
	if s.Env != "" {
		return s.Env
	}
	return s.Flag
}

// A Verdict says what a run with another value showed of a setting.
type Verdict string

const (
	Confirmed  Verdict = "confirmed"   // a socket moves to where it says
	Refuted    Verdict = "refuted"     // none does
	NotReached Verdict = "not reached" // the daemon does not come as far
)

// A Tried is a setting that was changed, with what was seen.
type Tried struct {
	Setting
	Value    string  `json:"value"` // that it was given
	Verdict  Verdict `json:"verdict"`
	Evidence string  `json:"evidence"`
}

// WriteOrigins writes the results for people.
func WriteOrigins(w io.Writer, tried []Tried) error {
	listener, setting := 0, 0
	for _, t := range tried {
		listener, setting = max(listener, len(t.Listener)), max(setting, len(t.String()))
	}
	for _, t := range tried {
		if _, err := fmt.Fprintf(w, "%-11s  %-*s  %-*s  %-7s  %s\n", t.Verdict, listener, t.Listener, setting, t.String(), t.Part, t.Evidence); err != nil {
			return err
		}
	}
	_, err := fmt.Fprintf(w, "%d confirmed, %d refuted, %d not reached\n", count(tried, Confirmed), count(tried, Refuted), count(tried, NotReached))
	return err
}

// WriteOriginsJSON writes the results as a list.
func WriteOriginsJSON(w io.Writer, tried []Tried) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(slices.Concat([]Tried{}, tried))
}

func count(tried []Tried, v Verdict) (n int) {
	for _, t := range tried {
		if t.Verdict == v {
			n++
		}
	}
	return n
}

// RefutesAny reports whether any setting decides nothing.
func RefutesAny(tried []Tried) bool { return count(tried, Refuted) > 0 }
