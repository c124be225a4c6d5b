package launch

import (
	"errors"
	"math"
	"strconv"
	"time"
)

// A Trigger limits how often clients have programs started: as TriggerLimitBurst= and
// TriggerLimitIntervalSec= of systemd.socket(5), so many times in an interval. A burst
// or interval of 0 is no limit.
type Trigger struct {
	Burst    int
	Interval time.Duration

	since time.Time // of the interval
	n     int       // in it
}

// NewTrigger reads the values of the two directives; an empty one has the default of
// systemd, for sockets with a process for each connection or for others.
func NewTrigger(burst, interval string, each bool) (*Trigger, error) {
	t := &Trigger{Burst: 20, Interval: 2 * time.Second}
	if each {
		t.Burst = 200
	}
	if interval == "infinity" {
		t.Interval = math.MaxInt64
	} else if interval != "" {
		span, err := span(interval)
		if err != nil {
			return nil, errors.New("TriggerLimitIntervalSec=" + interval + " " + err.Error())
		}
		t.Interval = span
	}
	if burst != "" {
		n, err := strconv.ParseUint(burst, 10, 31)
		if err != nil {
			return nil, errors.New("TriggerLimitBurst=" + burst + " is no number")
		}
		t.Burst = int(n)
	}
	return t, nil
}

// over notes a start and reports whether it is one too many.
func (t *Trigger) over(now time.Time) bool {
	if t == nil || t.Burst == 0 || t.Interval == 0 {
		return false
	}
	if now.Sub(t.since) > t.Interval {
		t.since, t.n = now, 0
	}
	t.n++
	return t.n > t.Burst
}
