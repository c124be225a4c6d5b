package model

import (
	"regexp"
	"strings"
	"sync"
)

// This file defines which functions tell an address to people, or to other
// programs: what they are given should be where the program can be reached.
// Programs have loggers of their own, so rows go by names.

// An Audience is whom a function tells what it is given.
type Audience uint8

const (
	Nobody   Audience = iota
	People            // a log, a terminal
	Programs          // a registry, a label, a link
)

// A Teller describes functions that tell.
type Teller struct {
	// Names is a regular expression for the names of the functions.
	Names string
	// Full are the full names of functions, whatever Names says.
	Full []string
	To   Audience
	// URLs says that only text which is made part of a URL is told.
	URLs bool
}

func tellRows(m *Model) {
	m.tellers = []Teller{
		{Full: []string{"fmt.Errorf"}}, // an error is about what was asked for
		{Full: []string{"fmt.Sprintf"}, To: Programs, URLs: true},
		{Names: `^Sprintf$`, To: Programs},
		{Names: `^(Print|Fprint|Log|Info|Notice|Debug|Trace|Warn|Error|Fatal|Panic|Msg|Str|Int|Say)(f|w|ln|Context|Ctx)?$`, To: People},
		{Names: `^(WithLabelValues|Register\w*|Advertise|Announce|Publish)$`, To: Programs},
	}
}

// patterns are the compiled names of tellers.
var patterns sync.Map

func (t *Teller) fits(fullName, name string) bool {
	for _, f := range t.Full {
		if f == fullName {
			return true
		}
	}
	if t.Names == "" {
		return false
	}
	re, ok := patterns.Load(t.Names)
	if !ok {
		re, _ = patterns.LoadOrStore(t.Names, regexp.MustCompile(t.Names))
	}
	return re.(*regexp.Regexp).MatchString(name)
}

// Tells returns whom a function tells what it is given, by its full name and
// its name; urls says that only a text which is made part of a URL is told.
// Functions of package net and those below it tell nobody.
func (m *Model) Tells(fullName, name string) (to Audience, urls bool) {
	for i := range m.tellers {
		if t := &m.tellers[i]; t.fits(fullName, name) {
			if t.To == People && strings.HasPrefix(PkgOf(fullName), "net") {
				return Nobody, false
			}
			return t.To, t.URLs
		}
	}
	return Nobody, false
}
