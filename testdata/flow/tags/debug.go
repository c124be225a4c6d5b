//go:build debug

package main

import (
	"net/http"
	"os"
)

func init() {
	go http.ListenAndServe(os.Getenv("DEBUG_ADDR"), nil) // want listen safe address=env:DEBUG_ADDR
}
