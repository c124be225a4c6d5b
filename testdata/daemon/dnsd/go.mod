module example.com/dnsd

go 1.25.0

require (
	github.com/spf13/cobra v1.10.2
	golang.org/x/sync v0.20.0
)

require (
	github.com/inconshreveable/mousetrap v1.1.0 // indirect
	github.com/spf13/pflag v1.0.9 // indirect
)
