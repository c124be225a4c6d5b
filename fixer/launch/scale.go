package launch

// This file defines how many workers there should be.

import "time"

// Scale decides how many workers share the sockets, between Min and Max, from
// how many connections wait in the queues. It grows on a queue that stands for
// some samples while the workers are busy, not on a burst, nor on connections
// that a sample sees while they are being accepted; it shrinks when no queue has
// stood for a while and the others have room, one at a time. A worker that is
// missed soon after it was taken away makes the next one stay longer, so that
// the number does not swing. The zero value of its other fields is ready to use.
type Scale struct {
	Min, Max int

	samples  []bool  // whether a queue was seen, the newest last
	busy     float64 // connections that are being answered, the mean of some time
	quiet    time.Time
	changed  time.Time
	shrunk   time.Time
	patience time.Duration // before a worker is taken away
	limit    int           // patience doubled, how often
	series   int           // workers taken away since one was missed
}

// What Scale goes by.
const (
	scaleSamples = 7                // of which most have to see a queue, or all when it is not known who is busy
	scaleMean    = 100              // samples, about, that the mean is of
	scaleRest    = time.Second      // after a change, until its effect shows
	scaleQuiet   = 10 * time.Second // without a queue before a worker is taken away
	scaleMissed  = 5 * time.Minute  // within which growing again means a worker was missed
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

// queues reports whether more connections wait than come and go as they are
// accepted: if it is known, a quarter of what the workers answer, who are busy.
func (l Load) queues() bool {
	all := l.Workers * l.Room
	return l.Depth > 0 && l.Depth*4 >= all && l.Busy*4 >= all*3
}

// Step takes a sample and returns how many workers there should be, those that
// are coming included. Samples come at a steady pace, of a tenth of a second or
// so.
func (s *Scale) Step(now time.Time, l Load) int {
	if s.patience == 0 {
		s.patience, s.quiet, s.changed = scaleQuiet, now, now.Add(-scaleRest)
	}
	s.samples = append(s.samples, l.queues())
	if len(s.samples) > scaleSamples {
		s.samples = s.samples[1:]
	}
	s.busy += (float64(l.Busy) - s.busy) / scaleMean
	stands := s.stands(l)
	if stands {
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
	case have < s.Max && stands:
		if !s.shrunk.IsZero() && now.Sub(s.shrunk) < scaleMissed+s.patience && s.limit < scaleDoubled {
			s.patience *= 2
			s.limit++
		}
		s.change(now)
		s.shrunk, s.series = time.Time{}, 0
		return have + 1
	case have > s.Min && now.Sub(s.quiet) >= s.wait() && s.spare(l):
		if now.Sub(s.shrunk) > scaleMissed+s.patience && s.limit > 0 && !s.shrunk.IsZero() {
			s.patience /= 2 // nobody missed the last one
			s.limit--
		}
		s.change(now)
		s.quiet, s.shrunk = now, now
		s.series++
		return have - 1
	}
	return have
}

func (s *Scale) change(now time.Time) {
	s.changed = now
	s.samples = s.samples[:0]
}

// wait returns how long no queue has to have stood before a worker is taken
// away: half as long as for the one before, as long as none is missed.
func (s *Scale) wait() time.Duration {
	return max(scaleQuiet, s.patience>>s.series)
}

// stands reports whether there is a queue that stands.
func (s *Scale) stands(l Load) bool {
	seen := 0
	for _, waits := range s.samples {
		if waits {
			seen++
		}
	}
	if l.Room == 0 {
		return seen == scaleSamples
	}
	return seen*3 > scaleSamples*2
}

// spare reports whether one worker less would have room for what is being
// answered, with a third of it to spare.
func (s *Scale) spare(l Load) bool {
	return l.Room == 0 || s.busy*3 <= float64(2*(l.Workers-1)*l.Room)
}
