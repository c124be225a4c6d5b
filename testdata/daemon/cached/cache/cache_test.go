package cache

import "testing"

func TestDo(t *testing.T) {
	c := New(Limits{Keys: 1, ValueBytes: 8})
	for _, test := range []struct{ line, want string }{
		{"PING", "PONG"},
		{"ping\r\n", "PONG"},
		{"GET a", "NONE"},
		{"SET a b c", "OK"},
		{"GET a", "VALUE b c"},
		{"SET a", "ERR usage: SET KEY VALUE"},
		{"SET a 123456789", "ERR value is longer than 8 bytes"},
		{"SET b 1", "ERR cache holds 1 keys already"},
		{"DEL a", `ERR unknown command "DEL"`},
	} {
		if got := c.Do(test.line); got != test.want {
			t.Errorf("Do(%q) = %q, want %q", test.line, got, test.want)
		}
	}
	c.SetLimits(Limits{Keys: 2, ValueBytes: 8})
	if got := c.Do("SET b 1"); got != "OK" {
		t.Errorf("SET after the limit was raised = %q", got)
	}
}
