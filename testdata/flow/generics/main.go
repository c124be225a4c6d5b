// Type parameters on functions and types.
package main

import (
	"flag"
	"fmt"
	"net"
)

type box[T any] struct{ value T }

func (b *box[T]) set(v T) { b.value = v }
func (b *box[T]) get() T  { return b.value }

func or[T comparable](values ...T) T {
	var zero T
	for _, v := range values {
		if v != zero {
			return v
		}
	}
	return zero
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func ptr[T any](v T) *T { return &v }

func address[S ~string](s S) string { return string(s) }

type hostport string

type opener[A fmt.Stringer] struct{ at A }

func (o opener[A]) open() (net.Listener, error) {
	return net.Listen("tcp", o.at.String()) // want MISSING(method of a type argument) listen safe address=flag:d=":3004"
}

type where struct{ s string }

func (w where) String() string { return w.s }

func main() {
	a := flag.String("a", ":3001", "")
	b := flag.String("b", ":3002", "")
	c := flag.String("c", ":3003", "")
	d := flag.String("d", ":3004", "")
	e := flag.String("e", ":3005", "")
	flag.Parse()
	var x box[string]
	x.set(*a)
	net.Listen("tcp", x.get())               // want MISSING(field of type-parameter type) listen safe address=flag:a=":3001"
	net.Listen("tcp", or(*b, "localhost:1")) // want MISSING(variadic arguments are a list) listen safe address=flag:b=":3002" address=const:"localhost:1"
	must(net.Listen("tcp", *c))              // want listen safe address=flag:c=":3003"
	must(opener[where]{where{*d}}.open())
	net.Listen("tcp", *ptr(*e))                   // want listen safe address=flag:e=":3005"
	net.Listen("tcp", address(hostport(":3006"))) // want listen safe address=const:":3006"
}
