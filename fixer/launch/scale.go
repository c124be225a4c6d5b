package launch

// This file defines how many workers there should be.

import (
	"slices"
	"time"
)

// Scale decides how many workers share the sockets, between Min and Max, from
// how many connections wait in the queues. It grows on a standing queue, the
// median of some samples, not on a burst; it shrinks when nothing has waited for
// a while and the others have room, one at a time. A worker that is missed soon
// after it was taken away makes the next one stay longer, so that the number
// does not swing. The zero value of its other fields is ready to use.
type Scale struct {
	Min, Max int

	samples  []int // depths, the newest last
	quiet    time.Time
	changed  time.Time
	shrunk   time.Time
	patience time.Duration // before a worker is taken away
	limit    int           // patience doubled, how often
}

// What Scale goes by.
const (
	scaleSamples = 5                // of which the median has to stand
	scaleRest    = time.Second      // after a change, until its effect shows
	scaleQuiet   = 10 * time.Second // without a queue before a worker is taken away
	scaleMissed  = time.Minute      // within which growing again means a worker was missed
	scaleDoubled = 6                // times that the patience is doubled at most
)

// A Load is what is measured at a time.
type Load struct {
	Depth   int // connections that wait in the queues
	Workers int // that serve
	Coming  int // that are starting
	// Busy are the connections that are being answered, and Room how many a
	// worker answers at a time; both 0 when that is not known.
	Busy, Room int
}

// Step takes a sample and returns how many workers there should be, those that
// are coming included. Samples come at a steady pace, of a tenth of a second or
// so.
func (s *Scale) Step(now time.Time, l Load) int {
	if s.patience == 0 {
		s.patience, s.quiet, s.changed = scaleQuiet, now, now.Add(-scaleRest)
	}
	s.samples = append(s.samples, l.Depth)
	if len(s.samples) > scaleSamples {
		s.samples = s.samples[1:]
	}
	if l.Depth > 0 {
		s.quiet = now
	}
	have := l.Workers + l.Coming
	switch {
	case have < s.Min:
		return s.Min
	case have > s.Max:
		return s.Max
	case l.Coming > 0 || now.Sub(s.changed) < scaleRest || len(s.samples) < scaleSamples:
		return have
	case have < s.Max && s.median() > 0:
		if !s.shrunk.IsZero() && now.Sub(s.shrunk) < scaleMissed+s.patience && s.limit < scaleDoubled {
			s.patience *= 2
			s.limit++
		}
		s.change(now)
		s.shrunk = time.Time{}
		return have + 1
	case have > s.Min && now.Sub(s.quiet) >= s.patience && s.spare(l):
		if now.Sub(s.shrunk) > scaleMissed+s.patience && s.limit > 0 && !s.shrunk.IsZero() {
			s.patience /= 2 // nobody missed the last one
			s.limit--
		}
		s.change(now)
		s.quiet, s.shrunk = now, now
		return have - 1
	}
	return have
}

func (s *Scale) change(now time.Time) {
	s.changed = now
	s.samples = s.samples[:0]
}

func (s *Scale) median() int {
	sorted := slices.Sorted(slices.Values(s.samples))
	return sorted[len(sorted)/2]
}

// spare reports whether one worker less would have room for what is being
// answered, with half of it to spare.
func (s *Scale) spare(l Load) bool {
	return l.Room == 0 || l.Busy*2 <= (l.Workers-1)*l.Room
}
