// Two that may both run: neither branch excludes the other.
package main // want listeners http/stream https/stream

import (
	"flag"
	"net/http"
)

func main() {
	plain := flag.String("http", ":80", "")
	secure := flag.String("https", "", "")
	flag.Parse()
	if *secure != "" {
		go http.ListenAndServeTLS(*secure, "c", "k", nil) // want listen safe address=flag:https="" name=https sole=no
	}
	if *plain != "" {
		http.ListenAndServe(*plain, nil) // want listen safe address=flag:http=":80" name=http sole=no
	}
}
