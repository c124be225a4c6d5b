package dns

import (
	"bytes"
	"net/netip"
	"testing"
)

func TestQueryRoundTrip(t *testing.T) {
	q := Query{ID: 7, Flags: flagRecursion, Name: "www.example.test", Type: TypeA, Class: ClassIN}
	msg, err := AppendQuestion(nil, q)
	if err != nil {
		t.Fatal(err)
	}
	got, err := ParseQuery(msg)
	if err != nil || got != q {
		t.Errorf("ParseQuery = %+v, %v, want %+v", got, err, q)
	}
	for n := range msg {
		if _, err := ParseQuery(msg[:n]); err == nil {
			t.Errorf("ParseQuery of the first %d bytes succeeded", n)
		}
	}
}

func TestAppendAnswer(t *testing.T) {
	q := Query{ID: 0x0102, Name: "a.b", Type: TypeA, Class: ClassIN}
	msg, err := AppendAnswer(nil, q, Success, netip.MustParseAddr("192.0.2.1"), 300)
	if err != nil {
		t.Fatal(err)
	}
	want := []byte{1, 2, 0x84, 0, 0, 1, 0, 1, 0, 0, 0, 0, 1, 'a', 1, 'b', 0, 0, 1, 0, 1,
		0xc0, 12, 0, 1, 0, 1, 0, 0, 1, 44, 0, 4, 192, 0, 2, 1}
	if !bytes.Equal(msg, want) {
		t.Errorf("answer =\n%v, want\n%v", msg, want)
	}
}

func FuzzParseQuery(f *testing.F) {
	msg, _ := AppendQuestion(nil, Query{ID: 1, Name: "a.test", Type: TypeA, Class: ClassIN})
	f.Add(msg)
	f.Fuzz(func(t *testing.T, msg []byte) {
		ParseQuery(msg) // must not panic
	})
}
