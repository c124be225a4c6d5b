// Command mochi is an MQTT broker over mochi-mqtt.
package main

import (
	"flag"
	"log"
	"os"
	"os/signal"
	"syscall"

	mqtt "github.com/mochi-mqtt/server/v2"
	"github.com/mochi-mqtt/server/v2/hooks/auth"
	"github.com/mochi-mqtt/server/v2/listeners"
)

func main() {
	tcpAddr := flag.String("tcp", ":1883", "network address for TCP listener")
	wsAddr := flag.String("ws", ":1882", "network address for Websocket listener")
	infoAddr := flag.String("info", ":8080", "network address for web info dashboard listener")
	flag.Parse()

	sigs := make(chan os.Signal, 1)
	signal.Notify(sigs, syscall.SIGINT, syscall.SIGTERM)

	server := mqtt.New(nil)
	_ = server.AddHook(new(auth.AllowHook), nil)

	tcp := listeners.NewTCP(listeners.Config{ID: "t1", Address: *tcpAddr}) // want listen manual address=flag:tcp=":1883" network=tcp reason=/listeners.NewNet/
	if err := server.AddListener(tcp); err != nil {
		log.Fatal(err)
	}
	err := server.AddListener(listeners.NewWebsocket(listeners.Config{ // want listen manual address=flag:ws=":1882" network=tcp name=ws reason=/http.Server/
		ID:      "ws1",
		Address: *wsAddr,
	}))
	if err != nil {
		log.Fatal(err)
	}
	conf := listeners.Config{ID: "info", Type: listeners.TypeSysInfo}
	conf.Address = *infoAddr
	if err := server.AddListener(listeners.NewHTTPStats(conf, server.Info)); err != nil { // want listen manual address=flag:info=":8080" network=tcp name=info
		log.Fatal(err)
	}
	if path := os.Getenv("MQTT_SOCKET"); path != "" {
		unix := listeners.NewUnixSock(listeners.Config{ID: "u1", Address: path}) // want listen manual address=env:MQTT_SOCKET network=unix
		if err := server.AddListener(unix); err != nil {
			log.Fatal(err)
		}
	}
	extra := []listeners.Config{{Type: listeners.TypeTCP, ID: "t2", Address: os.Getenv("MQTT_EXTRA")}}
	if err := server.AddListenersFromConfig(extra); err != nil { // want listen manual address=env:MQTT_EXTRA network=tcp
		log.Fatal(err)
	}

	go func() {
		if err := server.Serve(); err != nil {
			log.Fatal(err)
		}
	}()
	<-sigs
	server.Close()
}
