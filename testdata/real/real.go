// Package real imports every package that the model has rows for, so that
// go.mod pins the versions which the rows are checked against, by
// analyzer/model/rows_long_test.go.
package real

import (
	_ "github.com/coreos/go-systemd/activation"
	_ "github.com/coreos/go-systemd/v22/activation"
	_ "golang.org/x/sys/unix"
)
