// Bundled by inheritfd, helper version 2. Upgrade with: inheritfd init

package inherit

import (
	"crypto/tls"
	"errors"
	"net"
)

// ListenTLS is [tls.Listen] that claims an inherited socket first. It refuses
// the same configs.
func ListenTLS(network, address string, config *tls.Config) (net.Listener, error) {
	return claimer{}.ListenTLS(network, address, config)
}

func (c claimer) ListenTLS(network, address string, config *tls.Config) (net.Listener, error) {
	if config == nil || len(config.Certificates) == 0 &&
		config.GetCertificate == nil && config.GetConfigForClient == nil {
		return nil, errors.New("tls: neither Certificates, GetCertificate, nor GetConfigForClient set in Config")
	}
	l, err := c.listener("ListenTLS", network, address)
	if err != nil {
		return nil, err
	}
	if l == nil {
		return tls.Listen(network, address, config)
	}
	return tls.NewListener(l, config), nil
}
