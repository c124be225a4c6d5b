// Bundled by inheritfd, helper version 3. Upgrade with: inheritfd init

//go:build go1.18

package inherit

import (
	"net"
	"reflect"
	"strconv"
)

// Port is [Addr] for the port alone: that of the inherited socket that l serves
// on if it is one of IP, else port.
func Port[T ~string | ~int | ~int8 | ~int16 | ~int32 | ~int64 | ~uint | ~uint8 | ~uint16 | ~uint32 | ~uint64](l net.Listener, port T) T {
	if !isInherited(l) { // nor nil, after a listen that failed
		return port
	}
	a, ok := l.Addr().(*net.TCPAddr)
	if !ok {
		return port
	}
	v := reflect.ValueOf(&port).Elem()
	switch {
	case v.Kind() == reflect.String:
		v.SetString(strconv.Itoa(a.Port))
	case v.CanInt():
		v.SetInt(int64(a.Port))
	default:
		v.SetUint(uint64(a.Port))
	}
	return port
}
