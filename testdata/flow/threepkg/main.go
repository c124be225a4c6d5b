// Package main knows nothing: app joins what load reads and srv listens on,
// and shows neither.
package main // want listeners admin/stream public/stream

import "example.com/threepkg/app"

func main() { app.Main() }
