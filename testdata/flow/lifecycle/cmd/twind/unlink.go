package main

import "syscall"

// unlink is all that package syscall is for here.
func unlink(path string) {
	syscall.Unlink(path) // want path safe of=main.go:60
}
