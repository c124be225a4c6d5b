// The sites are in a dependency that no row describes; where it has a sibling
// that takes the socket, the recipe is inferred.
package main

import (
	"flag"
	"net/http"

	"example.com/web"
)

func main() {
	addr := flag.String("addr", ":8080", "")
	files := flag.String("files", ":8443", "")
	admin := flag.String("admin", "/run/admin.sock", "")
	raw := flag.String("raw", ":9000", "")
	packets := flag.String("packets", ":9001", "")
	metrics := flag.String("metrics", ":9100", "")
	flag.Parse()
	app := web.New()
	go app.Run(*addr)                               // want listen review address=flag:addr=":8080" network=tcp reason=/inferred: \(\*web.App\).RunListener does the same/
	go app.RunTLS(*files, "c", "k")                 // want listen manual address=flag:files=":8443" reason=/inside a dependency/
	go web.ListenAndServe("unix", *admin, nil, "a") // want listen review address=flag:admin="/run/admin.sock" network=unix reason=/inferred: web.Serve /
	s := &web.Server{Addr: *raw}
	go s.Start()                             // want listen review address=flag:raw=":9000" network=tcp4 reason=/inferred: \(\*web.Server\).StartListener /
	go web.Metrics(*metrics)                 // want listen manual address=flag:metrics=":9100" reason=/inside a dependency/
	p, err := web.ListenPackets(*packets, 1) // want listen review address=flag:packets=":9001" network=udp reason=/inferred: web.NewPackets /
	println(p, err)
	http.Handle("/", nil)
}
