package launch

import (
	"testing"
	"time"
)

func TestTrigger(t *testing.T) {
	begin := time.Now()
	for _, test := range []struct {
		burst, interval string
		each            bool
		at              []time.Duration // of starts
		over            int             // the first that is one too many, from 0; -1 for none
	}{
		{"2", "10s", false, []time.Duration{0, 1, 2}, 2},
		{"2", "10s", false, []time.Duration{0, time.Second, 11 * time.Second, 12 * time.Second, 13 * time.Second}, 4},
		{"0", "", false, make([]time.Duration, 1000), -1},
		{"", "0", false, make([]time.Duration, 1000), -1},
		{"", "", false, make([]time.Duration, 30), 20},
		{"", "", true, make([]time.Duration, 300), 200},
	} {
		trigger, err := NewTrigger(test.burst, test.interval, test.each)
		if err != nil {
			t.Fatal(err)
		}
		over := -1
		for i, at := range test.at {
			if trigger.over(begin.Add(at)) && over < 0 {
				over = i
			}
		}
		if over != test.over {
			t.Errorf("%+v: start %d is one too many", test, over)
		}
	}
	if (*Trigger)(nil).over(begin) {
		t.Error("without a limit there is one")
	}
}
