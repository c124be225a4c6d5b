package launch

import "time"

// A Status is what a supervisor tells of itself, as JSON, on the socket
// [Config.Status].
type Status struct {
	Pid      int            `json:"pid"`
	Uptime   float64        `json:"uptime"` // in seconds, as are all times
	Program  []string       `json:"program"`
	State    string         `json:"state"` // waiting, serving, stopping
	Sockets  []SocketStatus `json:"sockets"`
	Workers  []WorkerStatus `json:"workers"`
	Min      int            `json:"min"`
	Max      int            `json:"max"`
	Restarts int            `json:"restarts"`
	// Accepted are connections since the start, and Rate those of a second, by
	// workers that tell: programs with the helper of inheritfd, when they have a
	// gate. Both are null when none does.
	Accepted *uint64  `json:"accepted"`
	Rate     *float64 `json:"accepted_per_second"`
}

// A SocketStatus is what there is to say of a socket.
type SocketStatus struct {
	FD      int    `json:"fd"`
	Name    string `json:"name"`
	Network string `json:"network"`
	Address string `json:"address"`
	Depth   int    `json:"depth"`   // connections that wait unaccepted; -1 when not known
	Backlog int    `json:"backlog"` // the most that may; -1 when not known
}

// A WorkerStatus is what there is to say of a worker.
type WorkerStatus struct {
	Pid      int     `json:"pid"`
	State    string  `json:"state"`    // starting, ready, stopping
	Since    float64 `json:"since"`    // its start
	Accepted uint64  `json:"accepted"` // 0 also when it does not tell
	Busy     int     `json:"busy"`     // connections that it is answering
	Status   string  `json:"status"`   // that it told by sd_notify(3)
}

// A rate is how fast a number grows.
type rate struct {
	at    time.Time
	count uint64
	per   float64 // second
}

// sample notes the number; a rate is that of the last second or so.
func (r *rate) sample(now time.Time, count uint64) {
	if d := now.Sub(r.at); d >= time.Second {
		if !r.at.IsZero() {
			r.per = float64(count-r.count) / d.Seconds()
		}
		r.at, r.count = now, count
	}
}
