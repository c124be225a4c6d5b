// Bundled by inheritfd, helper version 3. Upgrade with: inheritfd init

package inherit

import (
	"crypto/tls"
	"errors"
	"net"
)

// ListenTLS is [tls.Listen] that claims an inherited socket first. It refuses
// the same configs.
func ListenTLS(network, address string, config *tls.Config) (net.Listener, error) {
	return Claimer{}.ListenTLS(network, address, config)
}

func (c Claimer) ListenTLS(network, address string, config *tls.Config) (net.Listener, error) {
	if config == nil || len(config.Certificates) == 0 &&
		config.GetCertificate == nil && config.GetConfigForClient == nil {
		return nil, errors.New("tls: neither Certificates, GetCertificate, nor GetConfigForClient set in Config")
	}
	l, err := c.listener("ListenTLS", network, address, net.Listen)
	if err != nil {
		return nil, err
	}
	return tls.NewListener(l, config), nil
}
