// Package zone reads zone files.
package zone

import (
	"bufio"
	"fmt"
	"io"
	"net/netip"
	"os"
	"strings"
)

// A Zone maps names, in lower case and without a final dot, to addresses.
type Zone map[string]netip.Addr

// Lookup returns the address of name, written in any case.
func (z Zone) Lookup(name string) (netip.Addr, bool) {
	addr, ok := z[strings.ToLower(strings.TrimSuffix(name, "."))]
	return addr, ok
}

// Load reads the zone file at path.
func Load(path string) (Zone, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	z, err := parse(f)
	if err != nil {
		return nil, fmt.Errorf("%s:%w", path, err)
	}
	return z, nil
}

// parse returns errors that start with the line's number.
func parse(r io.Reader) (Zone, error) {
	z := make(Zone)
	in := bufio.NewScanner(r)
	for n := 1; in.Scan(); n++ {
		line, _, _ := strings.Cut(in.Text(), "#")
		f := strings.Fields(line)
		if len(f) == 0 {
			continue
		}
		if len(f) != 2 {
			return nil, fmt.Errorf("%d: want NAME ADDRESS", n)
		}
		addr, err := netip.ParseAddr(f[1])
		if err != nil || !addr.Is4() {
			return nil, fmt.Errorf("%d: %q is no IPv4 address", n, f[1])
		}
		z[strings.ToLower(strings.TrimSuffix(f[0], "."))] = addr
	}
	return z, in.Err()
}
