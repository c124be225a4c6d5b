package verify

import (
	"bytes"
	"os"
	"strings"
	"testing"
)

// TestRecord writes far more than is kept.
func TestRecord(t *testing.T) {
	from, to, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	r := newRecord(from)
	line := []byte(strings.Repeat("x", 1023) + "\n")
	if _, err := to.WriteString("first\n"); err != nil {
		t.Fatal(err)
	}
	for range 64 << 10 {
		if _, err := to.Write(line); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := to.WriteString("last\n"); err != nil {
		t.Fatal(err)
	}
	to.Close()
	<-r.end
	out := r.bytes()
	if !bytes.HasPrefix(out, []byte("first\n")) || !bytes.HasSuffix(out, []byte("last\n")) || !bytes.Contains(out, []byte(" bytes are left out ")) {
		t.Errorf("%.20q … %.20q", out, out[len(out)-20:])
	}
	if len(out) > 4*keep {
		t.Errorf("%d bytes are kept", len(out))
	}
}
