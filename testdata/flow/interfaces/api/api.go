// Package api declares the interfaces.
package api

type Opener interface{ Open(addr string) error }

type Config interface{ Address() string }

type Starter interface{ Start(addr string) error }

type Runner interface {
	Starter
	Run() error
}
