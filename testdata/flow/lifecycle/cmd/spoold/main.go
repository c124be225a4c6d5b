// Spoold is the daemon of the spooler.
package main

import (
	"flag"
	"log"
	"net/http"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"

	"example.com/lifecycle/internal/conf"
	"example.com/lifecycle/internal/priv"
	"example.com/lifecycle/internal/spool"
)

func main() {
	file := flag.String("c", "/etc/spoold.json", "configuration")
	flag.Parse()
	cfg, err := conf.Load(*file)
	if err != nil {
		log.Fatal(err)
	}
	os.MkdirAll(filepath.Dir(cfg.Socket), 0o755)
	os.Remove(filepath.Join(cfg.Spool, "spoold.sock.bak"))
	srv := spool.New(spool.Options{Socket: cfg.Socket, Notify: cfg.Notify, Dir: cfg.Spool})
	back := priv.Hide()
	if err := srv.Start(); err != nil {
		log.Fatal(err)
	}
	back()
	if err := os.Chown(cfg.Socket, 7, 7); err != nil { // want path safe of=server.go:52
		log.Fatal(err)
	}
	if err := priv.Drop(7, 7); err != nil {
		log.Fatal(err)
	}
	go http.ListenAndServe(cfg.Web, nil) // want listen safe address=file:web mains=spoold

	sig := make(chan os.Signal, 1)
	signal.Notify(sig, syscall.SIGTERM)
	<-sig
	srv.Close()
	shutdown(cfg)
}

func shutdown(cfg *conf.Config) {
	if _, err := os.Lstat(cfg.Socket); err == nil {
		syscall.Unlink(cfg.Socket) // want path safe of=server.go:52
	}
	os.Remove(cfg.PidFile)
	priv.Tidy(cfg.PidFile, cfg.Socket)
}
