// Spoolctl hands files to spoold. It listens nowhere.
package main

import (
	"flag"
	"log"
	"net"
	"os"
	"path/filepath"
	"syscall"

	"example.com/lifecycle/internal/conf"
	"example.com/lifecycle/internal/priv"
	"example.com/lifecycle/internal/spool"
)

func main() {
	file := flag.String("c", "/etc/spoold.json", "configuration")
	edit := flag.Bool("edit", false, "edit the configuration")
	flag.Parse()
	syscall.Umask(0o077)
	if *edit {
		os.Clearenv()
		log.Fatal(syscall.Exec("/usr/bin/vi", []string{"vi", *file}, nil))
	}
	cfg, err := conf.Load(*file)
	if err != nil {
		log.Fatal(err)
	}
	if c, err := net.Dial("unix", cfg.Notify); err == nil {
		defer c.Close()
	}
	reply := filepath.Join(os.TempDir(), "spoolctl.reply")
	defer priv.Tidy(reply)
	defer os.Remove(reply)
	for _, name := range flag.Args() {
		data, err := os.ReadFile(name)
		if err != nil {
			log.Fatal(err)
		}
		if err := spool.Submit(cfg.Socket, data); err != nil {
			log.Fatal(err)
		}
	}
	if err := syscall.Setuid(os.Getuid()); err != nil {
		log.Fatal(err)
	}
}
