package launch

// This file defines the overlap restart.

import (
	"slices"
)

// replace begins an overlap restart: a new worker is started for each, and when
// it is ready the old one is told to stop.
func (s *Supervisor) replace() {
	if s.stopping || len(s.workers) == 0 {
		return
	}
	busy := s.replacing()
	s.toReplace = nil
	for _, w := range s.workers { // one that is coming too: it may be of before
		if w.state != leaving && !w.adopted {
			s.toReplace = append(s.toReplace, w)
		}
	}
	if !busy {
		s.replaceNext()
	}
}

// replacing reports whether a worker is coming in the place of another one.
func (s *Supervisor) replacing() bool {
	return slices.ContainsFunc(s.workers, func(w *worker) bool { return w.replaces != nil })
}

func (s *Supervisor) replaceNext() {
	for len(s.toReplace) > 0 {
		old := s.toReplace[0]
		s.toReplace = s.toReplace[1:]
		if old.state == leaving || !slices.Contains(s.workers, old) {
			continue
		}
		if err := s.start(old); err != nil {
			s.Log("%v: the old workers stay", err)
			s.toReplace = nil
			return
		}
		s.restarts++
		return
	}
}
