// Command ftpserverlib serves files with fclairamb's ftpserverlib.
package main

import (
	"crypto/tls"
	"encoding/json"
	"errors"
	"log"
	"os"

	ftpserver "github.com/fclairamb/ftpserverlib"
	"github.com/spf13/afero"
)

type config struct {
	ListenAddress string `json:"listen_address"`
	PublicHost    string `json:"public_host"`
}

type driver struct {
	conf *config
}

func (d *driver) GetSettings() (*ftpserver.Settings, error) {
	return &ftpserver.Settings{
		ListenAddr:               d.conf.ListenAddress,
		PublicHost:               d.conf.PublicHost,
		PassiveTransferPortRange: ftpserver.PortRange{Start: 2122, End: 2130},
	}, nil
}

func (d *driver) ClientConnected(cc ftpserver.ClientContext) (string, error) { return "hello", nil }

func (d *driver) ClientDisconnected(cc ftpserver.ClientContext) {}

func (d *driver) AuthUser(cc ftpserver.ClientContext, user, pass string) (ftpserver.ClientDriver, error) {
	return afero.NewBasePathFs(afero.NewOsFs(), "/srv/ftp"), nil
}

func (d *driver) GetTLSConfig() (*tls.Config, error) { return nil, errors.New("no TLS") }

func main() {
	data, err := os.ReadFile("ftpserver.json")
	if err != nil {
		log.Fatal(err)
	}
	conf := &config{ListenAddress: "0.0.0.0:2121"}
	if err := json.Unmarshal(data, conf); err != nil {
		log.Fatal(err)
	}
	s := ftpserver.NewFtpServer(&driver{conf})
	if err := s.ListenAndServe(); err != nil { // want listen manual address=file:listen_address="0.0.0.0:2121" network=tcp reason=/Settings.Listener/
		log.Fatal("Problem listening: ", err)
	}
}
