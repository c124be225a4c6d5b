// Package net is not the standard library's.
package net

// Listen does nothing.
func Listen(network, addr string) {}
