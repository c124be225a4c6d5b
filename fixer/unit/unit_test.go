package unit_test

import (
	"slices"
	"strings"
	"testing"

	"inheritfd/fixer/unit"
)

// FuzzCommand checks that a command line which is written for ExecStart= is
// read back as it was, by the rules of systemd.syntax(7). Those rules themselves
// are checked against systemd by TestUnits in cmd/inheritfd.
func FuzzCommand(f *testing.F) {
	for _, args := range []string{"-a\x00b", "a b\x00\"quoted\"\x00'single'", `back\slash` + "\x00$HOME %n %%", "\t\n\r\x01\x7f", "", "ü \xff", "a\\\x00b"} {
		f.Add(args)
	}
	f.Fuzz(func(t *testing.T, joined string) {
		args := append([]string{"/bin/d"}, strings.Split(joined, "\x00")...)
		line, err := unit.Command(args)
		if err != nil {
			t.Fatal(err)
		}
		file := &unit.File{Name: "x.service", Entries: []unit.Entry{{Section: "Service", Key: "ExecStart", Value: line}}}
		read, err := unit.Parse("x.service", strings.NewReader(file.String()))
		if err != nil {
			t.Fatalf("%q: %v", file, err)
		}
		got, err := read.Words(read.Last("Service", "ExecStart").Value)
		if err != nil || !slices.Equal(got, args) {
			t.Errorf("%q was written as %s and read as %q, %v", args, line, got, err)
		}
	})
}

// FuzzParse checks that what is read of any text is written so that it is read
// again as the same.
func FuzzParse(f *testing.F) {
	f.Add("[Socket]\nListenStream=80\n# comment\nListenStream=\\\n  81\n[Install]\nWantedBy=x\n")
	f.Add("[A]\nB=\n;c\n C = d \\\n#e\n f\n")
	f.Fuzz(func(t *testing.T, text string) {
		first, err := unit.Parse("x", strings.NewReader(text))
		if err != nil {
			return
		}
		second, err := unit.Parse("x", strings.NewReader(first.String()))
		if err != nil {
			t.Fatalf("%q: %v", first, err)
		}
		same := func(a, b unit.Entry) bool { return a.Section == b.Section && a.Key == b.Key && a.Value == b.Value }
		if !slices.EqualFunc(first.Entries, second.Entries, same) {
			t.Errorf("%q became %q", first, second)
		}
	})
}

// TestTemplate has a socket that is a template start the template of the service, with
// its own instance: said outright, or not at all.
func TestTemplate(t *testing.T) {
	for _, service := range []string{"", "Service=web@%i.service\n"} {
		read := func(name, text string) *unit.File {
			f, err := unit.Parse(name, strings.NewReader(text))
			if err != nil {
				t.Fatal(err)
			}
			return f
		}
		socket := read("web@.socket", "[Socket]\nListenStream=/run/%i.sock\n"+service)
		found, err := unit.Check([]*unit.File{socket}, read("web@.service", "[Unit]\nRequires=web@%i.socket\nAfter=web@%i.socket\n[Service]\nExecStart=/usr/bin/web\n"), unit.Program{Name: "web"})
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range found {
			if f.Kind == "order" {
				t.Errorf("%q: %s", service, f)
			}
		}
	}
}

// TestBindIPv6Only reads what systemd does, which takes yes and no too.
func TestBindIPv6Only(t *testing.T) {
	for value, want := range map[string]string{"default": "default", "both": "both", "ipv6-only": "ipv6-only", "true": "ipv6-only", "no": "both"} {
		f, err := unit.Parse("a.socket", strings.NewReader("[Socket]\nListenStream=1\nBindIPv6Only="+value+"\n"))
		if err != nil {
			t.Fatal(err)
		}
		if s, err := f.Socket(); err != nil || s.V6Only != want {
			t.Errorf("%s: %+v, %v", value, s, err)
		}
	}
}

func TestSocketReset(t *testing.T) {
	f, err := unit.Parse("a@b-c.socket", strings.NewReader("[Socket]\nListenStream=1\nListenDatagram=2\nListenStream=\nListenStream=/run/%p/%i-%%.sock\nBacklog=9\nSocketMode=0640\n"))
	if err != nil {
		t.Fatal(err)
	}
	s, err := f.Socket()
	if err != nil {
		t.Fatal(err)
	}
	want := unit.Listen{Kind: "Stream", Value: "/run/a/b-c-%.sock", Line: 5}
	if len(s.Listen) != 1 || s.Listen[0] != want || s.Backlog != 9 || s.Mode != 0o640 || s.Service != "a@b-c.service" {
		t.Errorf("%+v, want %+v", s, want)
	}
	if got := unit.Unescape(`b-c\x2dd`); got != "b/c-d" {
		t.Errorf("Unescape: %q", got)
	}
}
