//go:build !linux

package fixer

func swap(a, b string) error { return swapCopied(a, b) }
