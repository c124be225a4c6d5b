// Package verify proves on a running daemon that it serves on inherited
// sockets: it is started as it is, and with sockets that were opened for it,
// and what it does is looked up in /proc and asked of it as a client.
//
// Each [Check] says what was seen, not what was hoped for: one that could not
// be made is skipped, with the reason, and is no pass.
//
// The daemon has to be dynamic about nothing but sockets: it is started several
// times, one after the other, with the same arguments and files. What it does
// with connections that no probe makes is not seen, nor what a program does
// that it starts and does not wait for.
package verify

import (
	"encoding/json"
	"encoding/xml"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"inheritfd/fixer/launch"
)

// A Status is the outcome of a check.
type Status string

const (
	Pass Status = "pass"
	Fail Status = "fail"
	Skip Status = "skip" // could not be made, which is no pass
)

// A Check is one thing that was looked at.
type Check struct {
	Name     string  `json:"name"`
	Status   Status  `json:"status"`
	Evidence string  `json:"evidence"` // what was seen, or why nothing was
	Seconds  float64 `json:"seconds"`
}

// A Result are the checks of one daemon, in the order in which they were made.
type Result struct {
	Program []string `json:"program"`
	Sockets []string `json:"sockets"` // that were handed over
	Checks  []Check  `json:"checks"`
}

// Config says what to verify.
type Config struct {
	Command launch.Command // Stdout and Stderr are set
	// Plain are the arguments for the run without sockets, with the program
	// first; nil for those of Command.
	Plain []string
	// Specs are the sockets to hand over; none for those that the daemon opens
	// by itself.
	Specs []launch.Spec
	// Probes say how to ask, by the name of the socket; "" is for all others.
	// What has none is connected to.
	Probes map[string]Probe
	// Sites are what is known of the daemon's sockets from its source: those that speak
	// HTTP or DNS are asked that where no probe says otherwise.
	Sites []Site

	Timeout  time.Duration // for a start or a stop; 0 is ten seconds
	Restarts int           // under load; 0 for none
	Clients  int           // that make it; 0 is 8
	// Systemd has the daemon run under a real manager too; nil for not.
	Systemd *Systemd
	// Progress is told when a check begins; nil for nobody.
	Progress func(name string)
}

// Systemd says how to run the daemon under systemd, with units that are there
// only for that long.
type Systemd struct {
	User      bool   // under the user manager
	ExecStart string // the command line, as it stands in a unit
}

// Failed reports whether a check failed.
func (r *Result) Failed() bool {
	return slices.ContainsFunc(r.Checks, func(c Check) bool { return c.Status == Fail })
}

// Text writes the checks for people.
func (r *Result) Text(w io.Writer) error {
	width := 0
	for _, c := range r.Checks {
		width = max(width, len(c.Name))
	}
	for _, c := range r.Checks {
		if _, err := fmt.Fprintf(w, "%-4s  %-*s  %s (%.0f ms)\n", c.Status, width, c.Name, c.Evidence, c.Seconds*1000); err != nil {
			return err
		}
	}
	return nil
}

// JSON writes the result.
func (r *Result) JSON(w io.Writer) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(r)
}

// JUnit writes the result in the form that CI systems read.
func (r *Result) JUnit(w io.Writer) error {
	type message struct {
		Text string `xml:"message,attr"`
	}
	type testcase struct {
		Name    string   `xml:"name,attr"`
		Class   string   `xml:"classname,attr"`
		Seconds float64  `xml:"time,attr"`
		Failure *message `xml:"failure,omitempty"`
		Skipped *message `xml:"skipped,omitempty"`
		Output  string   `xml:"system-out,omitempty"`
	}
	type suite struct {
		XMLName  xml.Name   `xml:"testsuite"`
		Name     string     `xml:"name,attr"`
		Tests    int        `xml:"tests,attr"`
		Failures int        `xml:"failures,attr"`
		Skipped  int        `xml:"skipped,attr"`
		Cases    []testcase `xml:"testcase"`
	}
	s := suite{Name: "inheritfd verify " + strings.Join(r.Program, " "), Tests: len(r.Checks)}
	for _, c := range r.Checks {
		t := testcase{Name: c.Name, Class: "verify", Seconds: c.Seconds}
		switch c.Status {
		case Fail:
			s.Failures++
			t.Failure = &message{c.Evidence}
		case Skip:
			s.Skipped++
			t.Skipped = &message{c.Evidence}
		default:
			t.Output = c.Evidence
		}
		s.Cases = append(s.Cases, t)
	}
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return err
	}
	enc := xml.NewEncoder(w)
	enc.Indent("", "  ")
	if err := enc.Encode(s); err != nil {
		return err
	}
	_, err := io.WriteString(w, "\n")
	return err
}
