// Package lib listens.
package lib

import "net/http"

// Run serves at addr.
func Run(addr string) error {
	return http.ListenAndServe(addr, nil) // want listen safe address=flag:addr=":8080" mains=one name=http
}
