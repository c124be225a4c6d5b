package zone

import (
	"strings"
	"testing"
)

func TestParse(t *testing.T) {
	z, err := parse(strings.NewReader("# names\nWWW.test. 192.0.2.1 # web\n\n"))
	if err != nil {
		t.Fatal(err)
	}
	if addr, ok := z.Lookup("www.TEST."); !ok || addr.String() != "192.0.2.1" {
		t.Errorf("Lookup = %v, %v", addr, ok)
	}
	if _, ok := z.Lookup("ftp.test"); ok {
		t.Error("found a name that isn't there")
	}
	for _, text := range []string{"a", "a b", "a ::1", "a 192.0.2.1 300"} {
		if _, err := parse(strings.NewReader(text)); err == nil || !strings.HasPrefix(err.Error(), "1: ") {
			t.Errorf("parse(%q): %v, want an error for line 1", text, err)
		}
	}
}
