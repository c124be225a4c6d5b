package launch_test

// This file simulates load, with neither a clock nor processes.

import (
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"inheritfd/fixer/launch"
)

const (
	pace = 50 * time.Millisecond // of samples
	fine = 5 * time.Millisecond  // of the simulation
	room = 8                     // connections that a worker answers at a time
	fast = 1000                  // that it answers in a second
)

// A simulation is a queue before some workers.
type simulation struct {
	scale   launch.Scale
	load    func(at time.Duration) float64 // connections in a second
	known   bool                           // how many a worker answers
	startup time.Duration
	glance  float64 // chance that a sample sees a connection that is just being accepted

	backlog float64 // of the queue

	random  *rand.Rand
	at      time.Duration
	queue   float64
	workers int
	coming  []time.Duration // when they serve
	changes []change
}

// A change is one of the number of workers that are wanted.
type change struct {
	at   time.Duration
	from int
	to   int
}

func simulate(least, most int, load func(at time.Duration) float64) *simulation {
	return &simulation{
		scale: launch.Scale{Min: least, Max: most}, load: load, known: true, startup: 100 * time.Millisecond, glance: 0.05, backlog: 4096,
		random: rand.New(rand.NewPCG(1, 2)), workers: least,
	}
}

// run goes on for a while. It fails the test if the number of workers leaves
// its bounds.
func (s *simulation) run(t *testing.T, d time.Duration) {
	t.Helper()
	start := time.Unix(1e9, 0)
	for end := s.at + d; s.at < end; {
		busy := 0.0
		for range pace / fine {
			s.at += fine
			arrive := s.poisson(s.load(s.at) * fine.Seconds())
			served := min(s.queue+arrive, float64(s.workers)*fast*fine.Seconds())
			s.queue = min(s.queue+arrive-served, s.backlog)
			busy += served * room / (fast * pace.Seconds())
			for len(s.coming) > 0 && s.coming[0] <= s.at {
				s.coming = s.coming[1:]
				s.workers++
			}
		}
		l := launch.Load{Depth: int(math.Ceil(s.queue)), Workers: s.workers, Coming: len(s.coming)}
		if l.Depth == 0 && s.random.Float64() < s.glance {
			l.Depth = 1
		}
		if s.known {
			l.Busy, l.Room = min(int(s.poisson(busy)), s.workers*room), room
		}
		s.apply(t, s.scale.Step(start.Add(s.at), l))
	}
}

func (s *simulation) apply(t *testing.T, want int) {
	t.Helper()
	have := s.workers + len(s.coming)
	if want < s.scale.Min || want > s.scale.Max {
		t.Fatalf("after %v: %d workers, want %d to %d", s.at, want, s.scale.Min, s.scale.Max)
	}
	if want == have {
		return
	}
	s.changes = append(s.changes, change{s.at, have, want})
	for ; have < want; have++ {
		s.coming = append(s.coming, s.at+s.startup)
	}
	s.workers -= have - want
}

// poisson returns how many arrive when mean do on the average.
func (s *simulation) poisson(mean float64) float64 {
	return max(0, math.Round(mean+math.Sqrt(mean)*s.random.NormFloat64()))
}

// since counts the changes after a moment.
func (s *simulation) since(at time.Duration) int {
	n := 0
	for _, c := range s.changes {
		if c.at > at {
			n++
		}
	}
	return n
}

func constant(load float64) func(time.Duration) float64 {
	return func(time.Duration) float64 { return load }
}

func TestScaleBurst(t *testing.T) {
	for _, burst := range []time.Duration{fine, pace, 2 * pace} {
		s := simulate(1, 8, func(at time.Duration) float64 {
			if in := at % (10 * time.Second); in > 5*time.Second && in <= 5*time.Second+burst {
				return 1.4 * fast
			}
			return 0.1 * fast
		})
		s.run(t, time.Hour)
		if len(s.changes) > 0 {
			t.Errorf("bursts of %v change the number of workers: %v", burst, s.changes[:min(10, len(s.changes))])
		}
	}
}

func TestScaleStanding(t *testing.T) {
	s := simulate(1, 8, constant(100*fast))
	s.run(t, 10*time.Second)
	if s.workers != 8 || len(s.changes) != 7 {
		t.Fatalf("%d workers after %v", s.workers, s.changes)
	}
	for i, c := range s.changes[1:] {
		if step := c.at - s.changes[i].at; c.to != c.from+1 || step < time.Second || step > 1500*time.Millisecond {
			t.Errorf("from %d to %d after %v, want one in a second", c.from, c.to, step)
		}
	}
	s.run(t, time.Hour)
	if len(s.changes) != 7 {
		t.Errorf("and then %v", s.changes[7:])
	}
}

func TestScaleSteady(t *testing.T) {
	for _, known := range []bool{true, false} {
		for n := 1; n <= 8; n++ {
			for _, part := range []float64{0.75, 0.9, 1} { // of what n workers can do
				s := simulate(1, 10, func(at time.Duration) float64 {
					return float64(n) * part * fast * min(1, at.Minutes()) // at once, a backlog would be there to work off
				})
				s.known = known
				s.run(t, 2*time.Minute)
				settled := s.workers
				s.run(t, 30*time.Minute)
				changes := s.since(2 * time.Minute)
				if changes > 0 {
					t.Logf("room known %t: load of %.2f workers: %d workers, then %d changes in 30m, %d at the end", known, float64(n)*part, settled, changes, s.workers)
				}
				if s.known && (s.workers < int(math.Ceil(float64(n)*part)) || s.workers > n+1 || changes > 2) {
					t.Errorf("load of %.2f workers: %d workers, then %d changes, %d at the end", float64(n)*part, settled, changes, s.workers)
				}
				if !s.known && changes > 20 {
					t.Errorf("load of %.2f workers of unknown room: %d changes", float64(n)*part, changes)
				}
			}
		}
	}
}

func TestScaleSquare(t *testing.T) {
	for _, known := range []bool{true, false} {
		for _, period := range []time.Duration{5 * time.Second, 15 * time.Second, 30 * time.Second, time.Minute, 2 * time.Minute, 5 * time.Minute} {
			s := simulate(1, 6, func(at time.Duration) float64 {
				if at%period < period/2 {
					return 3.5 * fast
				}
				return 0.2 * fast
			})
			s.known = known
			var hours []int
			for range 4 {
				before := s.at
				s.run(t, time.Hour)
				hours = append(hours, s.since(before))
			}
			t.Logf("room known %t, period %5v: changes in each hour %v", known, period, hours)
			if hours[0] > 60 || hours[1] > hours[0] || hours[2] > 12 || hours[3] > 12 {
				t.Errorf("period %v: changes in each hour are %v", period, hours)
			}
		}
	}
}

func TestScaleQuiet(t *testing.T) {
	for _, rest := range []float64{0, 0.05, 0.3} { // after a busy hour, in workers
		s := simulate(2, 8, func(at time.Duration) float64 {
			switch {
			case at < time.Hour && at%(3*time.Minute) < time.Minute:
				return 7.5 * fast
			case at < time.Hour:
				return 0
			}
			return rest * fast
		})
		s.run(t, time.Hour)
		busy := s.workers
		s.run(t, time.Hour)
		last := s.changes[len(s.changes)-1].at - time.Hour
		t.Logf("load of %.2f workers: from %d to %d, the last change after %v", rest, busy, s.workers, last)
		if s.workers != 2 {
			t.Errorf("after an hour with a load of %.2f workers there are %d, want 2", rest, s.workers)
		}
	}
}

// TestScaleBounds has nonsense for load.
func TestScaleBounds(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	for range 200 {
		least := 1 + random.IntN(4)
		scale := launch.Scale{Min: least, Max: least + random.IntN(5)}
		now := time.Unix(1e9, 0)
		for range 2000 {
			now = now.Add(time.Duration(random.Int64N(int64(3 * time.Second))))
			l := launch.Load{Depth: random.IntN(3) * random.IntN(5000), Workers: random.IntN(12), Coming: random.IntN(3)}
			if random.IntN(2) == 0 {
				l.Room, l.Busy = room, random.IntN(100)
			}
			want := scale.Step(now, l)
			if want < scale.Min || want > scale.Max {
				t.Fatalf("%+v and %+v want %d workers", scale, l, want)
			}
			have := l.Workers + l.Coming
			if have >= scale.Min && have <= scale.Max && (want > have+1 || want < have-1) {
				t.Fatalf("%+v and %+v: from %d to %d workers", scale, l, have, want)
			}
		}
	}
}
