// Command koanf2 reads the environment with the second version of koanf's
// provider, and sets defaults by hand.
package main

import (
	"log"
	"net/http"
	"strings"

	"github.com/knadh/koanf/providers/env/v2"
	"github.com/knadh/koanf/v2"
)

func main() {
	k := koanf.New(".")
	k.Set("listen", ":8080")
	err := k.Load(env.Provider(".", env.Opt{
		Prefix: "APP_",
		TransformFunc: func(key, value string) (string, any) {
			return strings.ToLower(strings.TrimPrefix(key, "APP_")), value
		},
	}), nil)
	if err != nil {
		log.Fatal(err)
	}
	log.Fatal(http.ListenAndServe(k.String("listen"), nil)) // want listen safe address=env:APP_LISTEN=":8080"
}
