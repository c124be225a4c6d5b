// Package opts declares flags for others and parses them.
package opts

import "flag"

var addr string

// Exported is a flag.
var Exported = flag.String("exported", ":9008", "")

// Register adds the flags of the package.
func Register(fs *flag.FlagSet) { fs.StringVar(&addr, "opts", ":9007", "") }

// Addr returns what was given.
func Addr() string { return addr }

// Parse parses the command line.
func Parse() { flag.Parse() }
