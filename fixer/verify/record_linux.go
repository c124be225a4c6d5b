package verify

import (
	"fmt"
	"os"
	"sync"
	"time"
)

// keep is how much of the beginning, and of the end, of what a daemon says is kept.
const keep = 512 << 10

// A record keeps what a daemon says, up to a limit: one that writes without end fills
// nothing.
type record struct {
	from *os.File
	end  chan struct{} // closed when everything is read

	mu      sync.Mutex
	head    []byte
	tail    []byte
	dropped int64 // bytes between the two
}

// newRecord reads from a pipe until its end.
func newRecord(from *os.File) *record {
	r := &record{from: from, end: make(chan struct{})}
	go func() {
		defer close(r.end)
		buf := make([]byte, 32<<10)
		for {
			n, err := from.Read(buf)
			r.add(buf[:n])
			if err != nil {
				return
			}
		}
	}()
	return r
}

func (r *record) add(p []byte) {
	r.mu.Lock()
	defer r.mu.Unlock()
	n := min(len(p), keep-len(r.head))
	r.head = append(r.head, p[:n]...)
	r.tail = append(r.tail, p[n:]...)
	if extra := len(r.tail) - 2*keep; extra > 0 { // now and then, and not for each line
		r.dropped += int64(len(r.tail) - keep)
		r.tail = append([]byte(nil), r.tail[len(r.tail)-keep:]...)
	}
}

// settle waits until all is read of a daemon that has ended; not for what those say
// that it has left behind.
func (r *record) settle() {
	select {
	case <-r.end:
	case <-time.After(100 * time.Millisecond):
	}
}

// bytes returns what is kept.
func (r *record) bytes() []byte {
	r.mu.Lock()
	defer r.mu.Unlock()
	out := append([]byte(nil), r.head...)
	if r.dropped > 0 {
		out = fmt.Appendf(out, "\n… %d bytes are left out …\n", r.dropped)
	}
	return append(out, r.tail...)
}
